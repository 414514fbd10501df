package attempt

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/scratch"
	"github.com/airfielddev/airfield/protocol"
)

// stage makes the folder for the files of the attempt, where there are any to move and the destination takes them.
func (a *attempt) stage() (string, *platform.Failure) {
	moves := func(s protocol.ConfiguredStream) bool { return s.MovesFiles() }
	if a.run.ClearsOnly || !a.run.TakesFiles || !slices.ContainsFunc(a.run.Catalog.Streams, moves) {
		return "", nil
	}
	dir, err := scratch.Folder(a.Staging, "files-")
	if err == nil {
		return dir, nil
	}
	return "", &platform.Failure{
		Origin: platform.OriginPlatform, Type: string(protocol.FailureSystem), At: time.Now(),
		Message: "making a folder for the files that are moved: " + err.Error(),
	}
}

// unstage removes the folder with what the destination has left in it.
func (a *attempt) unstage(ctx context.Context, dir string) {
	if dir == "" {
		return
	}
	if err := os.RemoveAll(dir); err != nil {
		a.warn(ctx, a.run.Job.ID, "files that were moved are still in "+dir, err)
	}
}
