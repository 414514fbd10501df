package local

import (
	"testing"
	"time"
)

func TestWakeTime(t *testing.T) {
	t.Parallel()
	looked := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := func(next time.Duration, found bool, want time.Duration) {
		t.Helper()
		if got := wakeTime(looked, looked.Add(next), found).Sub(looked); got != want {
			t.Errorf("next %v (%v): wakes after %v, want %v", next, found, got, want)
		}
	}
	f(0, false, longestSleep)
	f(time.Hour, true, longestSleep)
	f(20*time.Second, true, 20*time.Second)
	f(time.Millisecond, true, time.Millisecond)
	f(0, true, shortestSleep)
	f(-time.Hour, true, shortestSleep)
}
