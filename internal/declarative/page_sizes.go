package declarative

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// lessWanted is returned for a response after which less is to be asked for: a smaller page, or a shorter slice.
type lessWanted struct {
	action  Action
	message string // what the error handler says of the response
}

func (e *lessWanted) Error() string {
	text := "the API wants less to be asked for, by the action " + string(e.action)
	if e.message != "" {
		text += ": " + e.message
	}
	return text
}

// pageSizes is the size of the pages of one slice, as it becomes smaller. The nil *pageSizes is the usual size, always.
type pageSizes struct {
	*PageSizeReduction

	env      *Env
	usual    int64
	current  int64 // 0: the usual
	attempts int   // reductions since the last page
	retries  int   // at the smallest size, since the last page
}

// newPageSizes begins with what a paginator is set up for.
func newPageSizes(c *PageSizeReduction, p Paginator, env *Env) (*pageSizes, error) {
	sized, ok := p.(interface{ Size() (any, error) })
	if c == nil || !ok {
		return nil, nil
	}
	size, err := sized.Size()
	if err != nil {
		return nil, err
	}
	usual, _ := size.(int64)
	return &pageSizes{PageSizeReduction: c, env: env, usual: usual}, nil
}

// asked is the size to ask for; 0: the usual one.
func (p *pageSizes) asked() int64 {
	if p == nil {
		return 0
	}
	return p.current
}

// succeeded notes a page that was not too large.
func (p *pageSizes) succeeded() {
	if p == nil {
		return
	}
	p.attempts, p.retries = 0, 0
	if p.ResetPolicy == restoreAfter {
		p.current = 0
	}
}

// reduce makes the size smaller and waits a little, or says that nothing smaller can be asked for.
func (p *pageSizes) reduce(ctx context.Context, why *lessWanted) error {
	before := p.current
	if before == 0 {
		before = p.usual
	}
	after := max(p.Minimum, int64(math.Floor(float64(before)/p.Factor)))
	if after >= before {
		return p.repeat(ctx, before, why)
	}
	if p.attempts++; p.attempts > p.Attempts {
		return p.failed(why, "The API rejects pages of stream %s of every size, down to %d records.", p.env.Stream(), before)
	}
	p.env.Log(protocol.LevelInfo, "stream %s: asking for %d records a page, after %d were too many", p.env.Stream(), after, before)
	p.current = after
	return p.env.Sleep(ctx, seconds(p.Pause*float64(p.attempts)))
}

// repeat waits with a size that cannot become smaller: the API may only be unwell.
func (p *pageSizes) repeat(ctx context.Context, size int64, why *lessWanted) error {
	if p.retries < p.AtMinimum {
		p.retries++
		p.env.Log(protocol.LevelInfo, "stream %s: asking again for %d records a page, which is as few as it may be", p.env.Stream(), size)
		return p.env.Sleep(ctx, seconds(p.Pause*float64(p.retries)))
	}
	if p.current == 0 && p.Minimum > 1 {
		return connector.ConfigError("the pages of stream %s have %d records, which cannot be reduced to %d: want a greater page size, or a smaller minimum_page_size",
			p.env.Stream(), size, p.Minimum)
	}
	return p.failed(why, "The API rejects pages of stream %s of the smallest size, %d records.", p.env.Stream(), size)
}

func (p *pageSizes) failed(why *lessWanted, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	return &connector.Error{Type: protocol.FailureTransient, Message: advised(message, p.Advice), Internal: message + " " + why.Error()}
}

// advised is a message with what a manifest has to add.
func advised(message, advice string) string {
	return strings.TrimSpace(message + " " + strings.TrimSpace(advice))
}
