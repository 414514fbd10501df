package process

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"time"
)

// ErrNoContainerEngine is returned when an image is to be run and neither docker nor podman is installed.
var ErrNoContainerEngine = errors.New("running a container image needs docker or podman, and neither is on the PATH")

// filesInContainer is where a container finds its configuration.
const filesInContainer = "/airfield"

// stopTimeout bounds the call that ends a container whose client was killed.
const stopTimeout = 30 * time.Second

// Image is a container image whose entry point speaks the protocol. It runs without the engine's own log, which would write
// every record to disk a second time.
func Image(image string, owner Owner) (Program, error) {
	engine, err := findEngine()
	if err != nil {
		return Program{}, err
	}
	p := Program{Name: NameOf(image), files: filesInContainer}
	// The files belong to this user alone, and root is the one user of a container who may read them whoever that is.
	p.mount = func(dir, staging string) []string {
		argv := []string{
			engine, "run", "--rm", "-i", "--init", "--log-driver", "none", "--name", containerName(dir),
			"-v", dir + ":" + filesInContainer + ":ro", "-u", "0",
		}
		if staging != "" {
			// Both ends of a sync call the files by one path, whichever of them runs in a container.
			argv = append(argv, "-v", staging+":"+staging, "-e", stagingVariable+"="+staging)
		}
		return append(append(argv, owner.labels()...), image)
	}
	p.stop = func(dir string) { killContainer(engine, containerName(dir)) }
	return p, nil
}

// containerName is a name for the container of a run, which has a directory of its own.
func containerName(dir string) string { return filepath.Base(dir) }

func findEngine() (string, error) {
	for _, engine := range []string{"docker", "podman"} {
		if path, err := exec.LookPath(engine); err == nil {
			return path, nil
		}
	}
	return "", ErrNoContainerEngine
}

// killContainer runs beside the caller's context, which is done by the time a container must be killed.
func killContainer(engine, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	_ = exec.CommandContext(ctx, engine, "kill", name).Run()
}
