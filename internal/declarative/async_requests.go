package declarative

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// errNoJob is returned for an answer to the request of a job that is none.
var errNoJob = errors.New("the API did not take the job on")

// create asks for a slice.
func (r *asyncRetriever) create(ctx context.Context, slice Slice) (*template.Dict, error) {
	response, err := r.creation.Send(withPurpose(ctx, purposeCreate), Call{Slice: slice})
	if err != nil {
		return nil, err
	}
	defer response.Close()
	if response.Status >= http.StatusBadRequest {
		return nil, fmt.Errorf("%w: status %d", errNoJob, response.Status)
	}
	return r.context(response), nil
}

// context is a response as the templates of later requests see it: its fields, its headers, and what was asked.
func (r *asyncRetriever) context(response *Response) *template.Dict {
	d := template.NewDict(2)
	if body, ok := response.JSON().(*template.Dict); ok {
		d = copyDict(body)
	}
	request := template.NewDict(2)
	request.Set("method", response.Method)
	request.Set("url", response.URL)
	for name, value := range map[string]*template.Dict{"headers": headerDict(response.Header, r.templates...), "request": request} {
		if _, taken := d.Get(name); !taken {
			d.Set(name, value)
		}
	}
	return d
}

// look asks what a job is doing.
func (r *asyncRetriever) look(ctx context.Context, j *asyncJob) error {
	response, err := r.polling.Send(withPurpose(ctx, purposePoll), Call{Slice: j.pollSlice()})
	if err != nil {
		return err
	}
	defer response.Close()
	found, err := r.values(ctx, response, r.status)
	if err != nil {
		return err
	}
	var word any
	if len(found) > 0 {
		word = found[0]
	}
	status := r.statuses.find(template.Str(word))
	switch status {
	case jobUnknown:
		return fmt.Errorf("the status %q of a job is not one that status_mapping knows", template.Str(word))
	case jobCompleted:
		j.polled, j.done = response, r.context(response)
	}
	j.status = status
	return nil
}

// values are what an extractor finds in a response.
func (r *asyncRetriever) values(ctx context.Context, response *Response, extractor Extractor) ([]any, error) {
	var found []any
	err := r.decoder.Decode(bytes.NewBuffer(response.Body), func(v any) error {
		return extractor.Extract(ctx, v, func(value any) error {
			found = append(found, value)
			return nil
		})
	})
	return found, err
}

// downloadTargets are what is to be downloaded, as the API calls it. Without an extractor, it is one thing without a name.
func (r *asyncRetriever) downloadTargets(ctx context.Context, j *asyncJob) ([]any, error) {
	if r.targets == nil {
		return []any{""}, nil
	}
	if r.target == nil {
		return r.values(ctx, j.polled, r.targets)
	}
	s := j.pollSlice()
	s.Extra.Set("polling_response", j.done)
	response, err := r.target.Send(withPurpose(ctx, purposeTarget), Call{Slice: s})
	if err != nil {
		return nil, err
	}
	defer response.Close()
	if response.Status >= http.StatusBadRequest {
		return nil, fmt.Errorf("the API did not say what to download: status %d", response.Status)
	}
	return r.values(ctx, response, r.targets)
}

// stop ends a job that is no longer wanted. That it cannot be ended is the other side's concern.
func (r *asyncRetriever) stop(ctx context.Context, j *asyncJob) {
	r.tell(withPurpose(ctx, purposeAbort), j, r.abort, "aborting")
}

// cleanUp removes what a job has prepared, once it was read.
func (r *asyncRetriever) cleanUp(ctx context.Context, j *asyncJob) {
	r.tell(withPurpose(ctx, purposeDelete), j, r.remove, "deleting")
}

func (r *asyncRetriever) tell(ctx context.Context, j *asyncJob, to Requester, doing string) {
	if to == nil || j.created == nil {
		return
	}
	response, err := to.Send(ctx, Call{Slice: j.pollSlice()})
	if err != nil {
		r.env.Log(protocol.LevelWarn, "stream %s: %s a job: %s", r.env.stream, doing, err)
		return
	}
	response.Close()
}
