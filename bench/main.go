// Command bench measures how fast Airfield is, as ratios within one run: ours beside the limit of what it stands on, such as
// a bare COPY, and beside every figure how far two runs of the same thing lie apart on this machine.
//
//	go run ./bench                     # everything that this machine has what it needs for
//	go run ./bench -only path          # names that contain a word
//	AIRFIELD_TEST_POSTGRES_URL=... AIRFIELD_TEST_PYTHON=... go run ./bench
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
)

type settings struct {
	rows     int64
	rounds   int
	only     string
	postgres string
	python   string // one that has airbyte-cdk
	dir      string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == childCommand {
		os.Exit(child())
	}
	os.Exit(run())
}

func run() int {
	var s settings
	flag.Int64Var(&s.rows, "rows", 1_000_000, "records in each measurement of the sync path")
	flag.IntVar(&s.rounds, "rounds", 3, "how often each side is measured, in turns")
	flag.StringVar(&s.only, "only", "", "measure only what has this word in its name")
	flag.Parse()
	s.postgres, s.python = os.Getenv("AIRFIELD_TEST_POSTGRES_URL"), os.Getenv("AIRFIELD_TEST_PYTHON")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "airfield-bench-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	s.dir = dir
	if err := measureAll(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

func measureAll(ctx context.Context, s settings) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\tours\tlimit\tratio\tnoise\tpeak memory\tof it private\tlimit is")
	for _, c := range comparisons(s) {
		if !strings.Contains(c.name, s.only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring %s...\n", c.name)
		line, err := c.measure(ctx, s.rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Fprintln(table, line)
	}
	return table.Flush()
}

func comparisons(s settings) []comparison {
	return slices.Concat(pathComparisons(s), manifestComparisons(s), serverComparisons(s))
}
