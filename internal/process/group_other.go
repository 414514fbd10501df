//go:build !unix

package process

import "os/exec"

// ownGroup leaves the child as it is: there are no process groups here, and cancelling kills the child alone.
func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill()
	}
}
