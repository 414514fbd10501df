package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// privateEvery is how often the memory of a process is looked at.
const privateEvery = 10 * time.Millisecond

// watched runs a program to its end, and gives what it printed and the most memory that it had to itself: without the pages of files,
// such as its code, which processes share and the system may take back. It is 0 where the system does not tell.
func watched(cmd *exec.Cmd) (out []byte, private int64, err error) {
	var printed bytes.Buffer
	cmd.Stdout = &printed
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	file := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	tick := time.NewTicker(privateEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return printed.Bytes(), private, err
		case <-tick.C:
			private = max(private, statusField(file, "RssAnon:"))
		}
	}
}

// peakMemory is the most resident memory this process has had, or 0 where the system does not tell.
func peakMemory() int64 { return statusField("/proc/self/status", "VmHWM:") }

// statusField reads a size from a status file of Linux, in bytes.
func statusField(file, name string) int64 {
	body, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(body)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			fields := strings.Fields(rest)
			if len(fields) > 0 {
				kilobytes, _ := strconv.ParseInt(fields[0], 10, 64)
				return kilobytes << 10
			}
		}
	}
	return 0
}
