package declarative

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// RateLimitedMultipleTokenAuthenticator sends one of several tokens, another once the calls of one are used up, and waits when all
// are.
type RateLimitedMultipleTokenAuthenticator struct {
	Tokens     TokenList         `manifest:"tokens,required"`
	Delimiter  string            `manifest:"token_delimiter"`
	Method     string            `manifest:"auth_method"`
	Header     string            `manifest:"header"`
	Source     QuotaStatusSource `manifest:"quota_status_source,required"`
	Quotas     []TokenQuota      `manifest:"quotas,required"`
	MaxWait    manifest.Template `manifest:"max_wait_time,holds=duration"`
	Reserve    float64           `manifest:"budget_reserve_fraction"` // of the limit, below which calls are spread over the time left
	MinReserve int               `manifest:"budget_min_reserve"`
}

// QuotaStatusSource is where an API tells how many calls a token has left.
type QuotaStatusSource struct {
	URL         manifest.Template `manifest:"url,required"`
	Method      string            `manifest:"http_method"`
	Header      manifest.Tree     `manifest:"request_headers"`
	Unavailable []int             `manifest:"unavailable_status_codes,holds=status"` // mean that nobody counts
}

// TokenQuota is a number of calls that a token has for some requests: those that a matcher fits, or that no other quota is for.
type TokenQuota struct {
	Name            string           `manifest:"name,required"`
	RemainingPath   []string         `manifest:"remaining_path,required"`
	ResetPath       []string         `manifest:"reset_path,required"`
	LimitPath       []string         `manifest:"limit_path"`
	Matchers        []RequestMatcher `manifest:"matchers"`
	RemainingHeader string           `manifest:"remaining_header"`
	ResetHeader     string           `manifest:"reset_header"`
	LimitHeader     string           `manifest:"limit_header"`
	Exhausted       []int            `manifest:"exhaustion_status_codes,holds=status"` // mean that none is left, where no header says how many are
}

// TokenList is a list of tokens, or one text with all of them.
type TokenList struct {
	list []manifest.Template
	text manifest.Template
}

// Spellings are a text or a list.
func (TokenList) Spellings() []any { return []any{manifest.Template{}, []manifest.Template{}} }

// UnmarshalManifest reads both spellings.
func (l *TokenList) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Kind() != manifest.Sequence {
		d.Decode(n, &l.text)
		return
	}
	d.Decode(n, &l.list)
	if len(l.list) == 0 {
		d.Problem(n, manifest.CodeInvalidValue, "want one token or more")
	}
}

func (l *TokenList) tokens(delimiter string, env *Env) ([]string, error) {
	given, err := texts(l.list, env.Vars())
	if err != nil {
		return nil, err
	}
	if l.text.Present() {
		text, err := l.text.Text(env.Vars())
		if err != nil {
			return nil, err
		}
		given = strings.Split(text, delimiter)
	}
	var tokens []string
	for _, token := range given {
		if token = strings.TrimSpace(token); token != "" {
			tokens = append(tokens, token)
		}
	}
	if len(tokens) == 0 {
		return nil, connector.ConfigError("the configuration has no tokens to authenticate with")
	}
	return tokens, nil
}

// Build makes the authenticator. Streams with the same definition share what is left of the tokens.
func (c *RateLimitedMultipleTokenAuthenticator) Build(env *Env) (Authenticator, error) {
	tokens, err := c.Tokens.tokens(c.Delimiter, env)
	if err != nil {
		return nil, err
	}
	if len(c.Quotas) == 0 {
		return nil, connector.ConfigError("a RateLimitedMultipleTokenAuthenticator needs at least one quota")
	}
	p := &tokenPool{config: c, env: env, tokens: tokens}
	if p.maxWait, err = span(&c.MaxWait, env); err != nil {
		return nil, err
	}
	for i := range c.Quotas {
		m, err := newMatchers(env, c.Quotas[i].Matchers)
		if err != nil {
			return nil, err
		}
		p.matchers = append(p.matchers, m)
	}
	source := &HTTPRequester{URL: c.Source.URL, Method: c.Source.Method, Header: c.Source.Header}
	built, err := source.Build(env.uncached())
	if err != nil {
		return nil, err
	}
	requester, _ := built.(*httpRequester)
	requester.errors = &quotaErrors{new(defaultErrors), c.Source.Unavailable}
	p.source = requester
	key, err := p.identity()
	return env.pools.get(key, p), err
}

// quotaErrors lets the statuses pass that say that nobody counts.
type quotaErrors struct {
	*defaultErrors

	unavailable []int
}

func (h *quotaErrors) Judge(r *Response, failure error) (Verdict, error) {
	if r != nil && slices.Contains(h.unavailable, r.Status) {
		return Verdict{Action: Ignore}, nil
	}
	return h.defaultErrors.Judge(r, failure)
}

// identity tells definitions apart that do not share their tokens.
func (p *tokenPool) identity() (string, error) {
	vars := p.env.Vars()
	address, err := p.config.Source.URL.Text(vars)
	if err != nil {
		return "", err
	}
	headers, err := p.config.Source.Header.Texts(vars)
	if err != nil {
		return "", err
	}
	parts := []string{address, encodeForm(headers), p.config.Method, p.config.Header, p.maxWait.String(), strconv.Itoa(p.config.MinReserve),
		strconv.FormatFloat(p.config.Reserve, 'g', -1, 64)}
	for i := range p.config.Quotas {
		q := &p.config.Quotas[i]
		parts = append(parts, q.Name, strings.Join(q.RemainingPath, "."), q.RemainingHeader, q.ResetHeader)
	}
	return strings.Join(append(parts, p.tokens...), "\x00"), nil
}

// quota is what a token has left.
type quota struct {
	left, limit int
	reset       time.Time
	uncounted   bool // the API does not tell
}

// ask learns what a token has left.
func (p *tokenPool) ask(ctx context.Context, token string) ([]quota, error) {
	header := template.NewDict(1)
	header.Set(p.config.Header, p.signature(token))
	response, err := p.source.Send(ctx, Call{Options: Options{Header: header}})
	if err != nil {
		return nil, err
	}
	defer response.Close()
	quotas := make([]quota, len(p.config.Quotas))
	if response.Status >= http.StatusBadRequest {
		for i := range quotas {
			quotas[i].uncounted = true
		}
		return quotas, nil
	}
	for i := range quotas {
		if quotas[i], err = p.config.Quotas[i].read(response.JSON()); err != nil {
			return nil, err
		}
	}
	return quotas, nil
}

func (q *TokenQuota) read(body any) (quota, error) {
	var found quota
	var err error
	if found.left, err = q.number(body, q.RemainingPath); err != nil {
		return found, err
	}
	found.limit = found.left
	if len(q.LimitPath) > 0 {
		if found.limit, err = q.number(body, q.LimitPath); err != nil {
			return found, err
		}
	}
	v, _ := valueAt(body, q.ResetPath)
	reset, ok := resetMoment(v)
	if !ok {
		return found, q.missing(q.ResetPath)
	}
	found.reset = reset
	return found, nil
}

func (q *TokenQuota) number(body any, path []string) (int, error) {
	v, _ := valueAt(body, path)
	n, err := strconv.ParseFloat(template.Str(v), 64)
	if err != nil {
		return 0, q.missing(path)
	}
	return int(n), nil
}

func (q *TokenQuota) missing(path []string) error {
	return &connector.Error{Type: protocol.FailureSystem, Message: "the status of token quota " + q.Name + " has nothing usable at " + strings.Join(path, ".")}
}

// resetMoment reads seconds since 1970, or a date.
func resetMoment(v any) (time.Time, bool) {
	if v == nil {
		return time.Time{}, false
	}
	text := template.Str(v)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.UnixMilli(int64(seconds * 1000)).UTC(), true
	}
	t := parseMoment(text)
	return t, !t.IsZero()
}
