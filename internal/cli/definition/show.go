package definition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/wire/config"
)

// shower writes what reading a stream is like, for people.
type shower struct {
	out      bytes.Buffer
	requests bool // with headers and bodies
}

func show(w io.Writer, read config.BuilderStream, requests bool) error {
	s := &shower{requests: requests}
	s.auxiliary("", read.AuxiliaryRequests)
	total := 0
	for i, slice := range read.Slices {
		s.line("slice %d  %s", i+1, slice.SliceDescriptor)
		s.auxiliary("  ", slice.AuxiliaryRequests)
		for _, page := range slice.Pages {
			s.page(page)
			total += len(page.Records)
		}
		for _, state := range slice.State {
			s.line("  state  %s", blob(state))
		}
	}
	s.line("%s in %s%s", counted(total, "record"), counted(len(read.Slices), "slice"), suffix(read.TestReadLimitReached))
	_, err := w.Write(s.out.Bytes())
	return err
}

func suffix(limited bool) string {
	if limited {
		return "; there may be more"
	}
	return ""
}

func counted(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// blob is what a stream remembers, without the message around it.
func blob(state json.RawMessage) string {
	var message struct {
		Stream struct {
			State json.RawMessage `json:"stream_state"`
		} `json:"stream"`
	}
	if json.Unmarshal(state, &message) == nil && message.Stream.State != nil {
		return string(message.Stream.State)
	}
	return string(state)
}

// line writes a line. What a manifest or an API put into it does not steer the terminal.
func (s *shower) line(format string, args ...any) {
	s.out.WriteString(printable(fmt.Sprintf(format, args...)) + "\n")
}

// printable is a text that does not steer the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
}

func (s *shower) auxiliary(indent string, list []config.BuilderAuxiliary) {
	for _, a := range list {
		s.line("%s%s %s  %d  %s", indent, a.Request.HTTPMethod, a.Request.URL, a.Response.Status, a.Title)
		s.exchange(indent+"  ", a.Request, a.Response)
	}
}

func (s *shower) page(page config.BuilderPage) {
	if page.Request == nil {
		s.line("  %s that came with the parent", counted(len(page.Records), "record"))
	} else {
		s.line("  %s %s  %d  %s", page.Request.HTTPMethod, page.Request.URL, page.Response.Status, counted(len(page.Records), "record"))
		s.exchange("    ", page.Request, page.Response)
		s.refusal(page.Response)
	}
	for _, record := range page.Records {
		s.line("    %s", record)
	}
}

func (s *shower) exchange(indent string, q *config.BuilderRequest, r *config.BuilderResponse) {
	if !s.requests {
		return
	}
	s.part(indent+"> ", q.Headers, q.Body)
	s.part(indent+"< ", r.Headers, r.Body)
}

// shownRefusal is how much of a refusal is shown without being asked for, in lines and in characters of a line.
const shownRefusal, refusalWidth = 8, 300

// refusal shows why an API refused: it often says so in the body.
func (s *shower) refusal(r *config.BuilderResponse) {
	body := strings.TrimSpace(r.Body)
	if s.requests || r.Status < 400 || body == "" {
		return
	}
	lines := strings.Split(body, "\n")
	for _, text := range lines[:min(len(lines), shownRefusal)] {
		if runes := []rune(text); len(runes) > refusalWidth {
			text = string(runes[:refusalWidth]) + "..."
		}
		s.line("    < %s", text)
	}
	if more := len(lines) - shownRefusal; more > 0 {
		s.line("    < ... and %s", counted(more, "more line"))
	}
}

func (s *shower) part(mark string, headers map[string]string, body string) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		s.line("%s%s: %s", mark, name, headers[name])
	}
	if body = strings.TrimRight(body, "\r\n"); body == "" {
		return
	}
	s.line("%s", mark)
	for text := range strings.SplitSeq(body, "\n") {
		s.line("%s%s", mark, text)
	}
}
