package world

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

// FromOS is the world of this process. It takes over the signals that ask a process to stop.
func FromOS() World {
	return World{
		Args:      os.Args[1:],
		Env:       os.Getenv,
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		StdinTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		StderrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Now:       time.Now,
		Signals:   signals(),
		Kill:      os.Exit,
	}
}

func signals() <-chan Signal {
	raw := make(chan os.Signal, 2)
	signal.Notify(raw, os.Interrupt, syscall.SIGTERM)
	named := make(chan Signal)
	go func() {
		for s := range raw {
			named <- describe(s)
		}
	}()
	return named
}

func describe(s os.Signal) Signal {
	if number, ok := s.(syscall.Signal); ok {
		return Signal{Name: s.String(), Code: 128 + int(number)}
	}
	return Signal{Name: s.String(), Code: 130}
}
