// Package progress shows a person how far a job has come. Without a terminal it shows nothing.
package progress

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/world"
)

// Bar shows one job. A nil bar shows nothing.
type Bar struct {
	container *mpb.Progress
	bar       *mpb.Bar
	total     int64
	seen      atomic.Pointer[cloud.Progress]
}

const width = 40

// Start shows a bar on stderr when a person looks at it. total is how many records there will be; 0: nobody knows.
func Start(w world.World, title string, total int64) *Bar {
	if !w.StderrTTY {
		return nil
	}
	b := &Bar{container: mpb.New(mpb.WithOutput(w.Stderr), mpb.WithWidth(width), mpb.WithAutoRefresh(), mpb.WithRefreshRate(100*time.Millisecond)), total: total}
	b.seen.Store(&cloud.Progress{})
	decorators := []mpb.BarOption{
		mpb.PrependDecorators(decor.Name(title + " ")),
		mpb.AppendDecorators(decor.Any(b.text)),
		mpb.BarRemoveOnComplete(),
	}
	if total > 0 {
		b.bar = b.container.AddBar(total, decorators...)
	} else {
		b.bar = b.container.AddSpinner(0, decorators...)
	}
	return b
}

func (b *Bar) text(decor.Statistics) string {
	p := b.seen.Load()
	return fmt.Sprintf(" %d records, %s, %s", p.RecordsSynced, Bytes(p.BytesSynced), p.Elapsed.Round(time.Second/10))
}

// Update shows what is known now.
func (b *Bar) Update(p cloud.Progress) {
	if b == nil {
		return
	}
	b.seen.Store(&p)
	if b.total > 0 {
		b.bar.SetCurrent(min(p.RecordsSynced, b.total-1))
	}
}

// Stop takes the bar away and returns when the terminal is as it was.
func (b *Bar) Stop() {
	if b == nil {
		return
	}
	b.bar.Abort(true)
	b.container.Wait()
}

// Bytes is an amount of data in the unit that suits it.
func Bytes(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, prefix := float64(n)/unit, 0
	for value >= unit && prefix < len("kMGTPE")-1 {
		value /= unit
		prefix++
	}
	return fmt.Sprintf("%.1f %cB", value, "kMGTPE"[prefix])
}
