package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// maxTokenTime bounds the waiting for a token endpoint.
const maxTokenTime = 5 * time.Minute

// maxTokenAnswer bounds the answer of a token endpoint, in bytes.
const maxTokenAnswer = 1 << 20

var errInvalidRefreshToken = errors.New("refresh token is invalid or expired")

// worthRepeating tells the statuses of a token endpoint that may go away.
func worthRepeating(status int) bool {
	return status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
}

// ask sends a token request, again while that may help.
func (o *oauth) ask(ctx context.Context, body *template.Dict) (any, error) {
	ctx = withPurpose(ctx, purposeToken)
	began := o.env.Now()
	for attempt := 0; ; attempt++ {
		response, err := o.askOnce(ctx, body)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && !worthRepeating(response.Status) {
			return o.answer(response)
		}
		if err != nil && permanent(err) {
			return nil, err
		}
		if o.env.bounds.sendsOnce() || o.env.Now().Sub(began) >= maxTokenTime {
			if err != nil {
				return nil, connector.TransientError("asking for an access token: %w", err)
			}
			return nil, connector.TransientError("the token endpoint answered with status %d", response.Status)
		}
		if err := o.env.Sleep(ctx, time.Second<<min(attempt, 6)); err != nil {
			return nil, err
		}
	}
}

func (o *oauth) askOnce(ctx context.Context, body *template.Dict) (*Response, error) {
	options := Options{Header: o.request.header}
	address := quoteURL(o.request.endpoint)
	if o.AsQuery {
		var err error
		if address, err = addQuery(address, body); err != nil {
			return nil, connector.ConfigError("the address of the token endpoint cannot be read")
		}
	} else {
		options.Form = body
	}
	return o.env.ask(ctx, http.MethodPost, address, options)
}

// ask sends a request once, outside of any requester: the answer is about credentials, and small.
func (e *Env) ask(ctx context.Context, method, address string, options Options) (*Response, error) {
	req, err := newHTTPRequest(ctx, method, address, options, "")
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: e.transport, CheckRedirect: checkRedirect}
	answer, err := client.Do(req)
	if err != nil {
		return nil, networkError(err)
	}
	answer.Body = newWatchedBody(answer.Body, e.patience)
	return e.readResponse(answer, false, maxTokenAnswer)
}

// answer reads the response of a token endpoint. What it says about a failure may repeat secrets, so only its code is shown.
func (o *oauth) answer(r *Response) (any, error) {
	if r.Status < http.StatusBadRequest {
		return r.JSON(), nil
	}
	codes, key, values := o.refreshErrors()
	code := ""
	if d, ok := r.JSON().(*template.Dict); ok {
		if v, found := d.Get(key); found {
			code = template.Str(v)
		}
	}
	if slices.Contains(codes, r.Status) && slices.Contains(values, code) {
		return nil, connector.ConfigError("%w; authenticate again to get a new one", errInvalidRefreshToken)
	}
	message := fmt.Sprintf("the token endpoint %s answered with status %d", publicURL(o.request.endpoint), r.Status)
	if code != "" && len(code) < 100 {
		message += " (" + code + ")"
	}
	return nil, connector.ConfigError("%s", message)
}

func (o *oauth) refreshErrors() (codes []int, key string, values []string) {
	codes, key, values = o.ErrorCodes, o.ErrorKey, o.ErrorValues
	if u := o.Updater; u != nil && len(u.ErrorCodes) > 0 {
		codes, key, values = u.ErrorCodes, u.ErrorKey, u.ErrorValues
	}
	if len(codes) == 0 {
		codes = []int{http.StatusBadRequest}
	}
	if key == "" {
		key = "error"
	}
	if len(values) == 0 {
		values = []string{"invalid_grant", "invalid_permissions"}
	}
	return codes, key, values
}

// writeBack emits the configuration with the new tokens in it, before anything else uses them: the old refresh token is spent.
func (o *oauth) writeBack() error {
	store := o.env.tokens
	store.mu.Lock()
	defer store.mu.Unlock()
	config := store.config
	if config == nil {
		config = o.env.Config
	}
	config = withValue(config, o.Updater.AccessPath, o.token.access)
	config = withValue(config, o.Updater.RefreshPath, o.token.refresh)
	config = withValue(config, o.Updater.ExpiryPath, o.token.expires.UTC().Format("2006-01-02T15:04:05-07:00"))
	store.config = config
	text, err := template.AppendJSON(nil, config)
	if err != nil {
		return fmt.Errorf("encoding configuration: %w", err)
	}
	return o.env.Control(protocol.Control{
		Type:            protocol.ControlConnectorConfig,
		EmittedAt:       float64(o.env.Now().UnixMilli()),
		ConnectorConfig: &protocol.ConfigEnvelope{Config: json.RawMessage(text)},
	})
}

// withValue is a copy of an object with a value at a path.
func withValue(d *template.Dict, path []string, value any) *template.Dict {
	if len(path) == 0 {
		return d
	}
	c := copyDict(d)
	if len(path) > 1 {
		inner, _ := c.Get(path[0])
		under, _ := inner.(*template.Dict)
		value = withValue(orEmpty(under), path[1:], value)
	}
	c.Set(path[0], value)
	return c
}

// copyDict is a copy that shares its values.
func copyDict(d *template.Dict) *template.Dict {
	c := template.NewDict(d.Len())
	for key, value := range d.All() {
		c.Set(template.Str(key), value)
	}
	return c
}
