package main

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// sample is one measurement.
type sample struct {
	Rate    float64 // units a second, or a duration or size where unit says so
	Peak    int64   // bytes of resident memory at most; 0: not measured
	Private int64   // of them, those that are no pages of files
}

type side func(ctx context.Context) (sample, error)

// comparison is one line of the report: ours against a limit, which may be absent.
type comparison struct {
	name    string
	unit    string
	ours    side
	limit   side
	limitIs string
}

// measure runs both sides in turns, so that a disturbance hits both, and reports medians.
func (c comparison) measure(ctx context.Context, rounds int) (string, error) {
	var ours, limits []sample
	for range rounds {
		sample, err := c.ours(ctx)
		if err != nil {
			return "", err
		}
		ours = append(ours, sample)
		if c.limit == nil {
			continue
		}
		if sample, err = c.limit(ctx); err != nil {
			return "", fmt.Errorf("limit: %w", err)
		}
		limits = append(limits, sample)
	}
	return c.line(ours, limits), nil
}

func (c comparison) line(ours, limits []sample) string {
	middle := median(ours)
	limit, ratio := "-", "-"
	var other sample
	if len(limits) > 0 {
		other = median(limits)
		limit, ratio = fmt.Sprintf("%s ±%.0f%%", figure(other.Rate, c.unit), noise(limits)), fmt.Sprintf("%.2f", middle.Rate/other.Rate)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t±%.0f%%\t%s\t%s\t%s", c.name, figure(middle.Rate, c.unit), limit, ratio, noise(ours),
		memory(middle.Peak, other.Peak), memory(middle.Private, other.Private), c.limitIs)
}

func memory(ours, limit int64) string {
	switch {
	case ours == 0:
		return "-"
	case limit == 0:
		return fmt.Sprintf("%d MB", ours>>20)
	}
	return fmt.Sprintf("%d MB, limit %d MB", ours>>20, limit>>20)
}

func median(samples []sample) sample {
	sorted := slices.SortedFunc(slices.Values(samples), func(a, b sample) int { return int(math.Copysign(1, a.Rate-b.Rate)) })
	return sorted[len(sorted)/2]
}

// noise is half the distance between the lowest and the highest of runs of the same thing, in percent of their middle.
func noise(samples []sample) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		low, high = min(low, s.Rate), max(high, s.Rate)
	}
	return (high - low) / 2 / median(samples).Rate * 100
}

func figure(value float64, unit string) string {
	switch {
	case value >= 1e6:
		return fmt.Sprintf("%.2f M %s", value/1e6, unit)
	case value >= 1e4:
		return fmt.Sprintf("%.0f k %s", value/1e3, unit)
	}
	return fmt.Sprintf("%.0f %s", value, unit)
}
