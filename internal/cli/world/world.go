// Package world is everything outside the program as one value: arguments, environment, streams, terminal, clock, signals
// and files. The command line reaches nothing else, so a test can hand it another world.
package world

import (
	"io"
	"path/filepath"
	"runtime"
	"time"
)

// World is what a run of the program sees of its surroundings.
type World struct {
	Args   []string // without the name of the program
	Env    func(name string) string
	Dir    string // relative paths begin here; "": where the process is
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// StdinTTY and StderrTTY tell which streams a person is at the other end of.
	StdinTTY, StderrTTY bool
	Now                 func() time.Time
	// Signals delivers what asks the program to stop: interrupts and terminations. nil: nothing ever does.
	Signals <-chan Signal
	// Kill ends the process at once. It is called when a second signal arrives.
	Kill func(code int)
}

// Signal is a request to stop.
type Signal struct {
	Name string // "interrupt"
	Code int    // exit code by custom: 128 and the signal's number
}

// ConfigDir is where a person's settings are: $XDG_CONFIG_HOME/airfield, or .config/airfield in the home directory, or the
// roaming application data of Windows.
func (w World) ConfigDir() string {
	return w.userDir("XDG_CONFIG_HOME", "APPDATA", ".config")
}

// DataDir is where a server keeps its data unless told otherwise: $XDG_DATA_HOME/airfield, or .local/share/airfield in the home
// directory, or the local application data of Windows.
func (w World) DataDir() string {
	return w.userDir("XDG_DATA_HOME", "LOCALAPPDATA", filepath.Join(".local", "share"))
}

// Path is where a file is that was named on the command line.
func (w World) Path(name string) string {
	if w.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(w.Dir, name)
}

func (w World) userDir(xdg, windows, underHome string) string {
	if base := w.Env(xdg); filepath.IsAbs(base) {
		return filepath.Join(base, "airfield")
	}
	if base := w.Env(windows); runtime.GOOS == "windows" && base != "" {
		return filepath.Join(base, "airfield")
	}
	return filepath.Join(w.home(), underHome, "airfield")
}

func (w World) home() string {
	if runtime.GOOS == "windows" {
		return w.Env("USERPROFILE")
	}
	return w.Env("HOME")
}

// Color tells whether to color what goes to stderr: a person reads it and has not asked for NO_COLOR.
func (w World) Color() bool {
	return w.StderrTTY && w.Env("NO_COLOR") == "" && w.Env("TERM") != "dumb"
}
