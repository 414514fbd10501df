package access_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

type oneApplication struct{}

func (oneApplication) Authenticate(_ context.Context, id, secret string) (platform.Application, error) {
	if id == "id" && secret == "s3cret" {
		return platform.Application{ID: "app", UserID: "user"}, nil
	}
	return platform.Application{}, &platform.Error{Condition: platform.ErrForbidden}
}

var key = []byte(strings.Repeat("k", 32))

func gate(t *testing.T, now *time.Time) *access.Gate {
	t.Helper()
	g, err := access.NewGate(access.Config{Applications: oneApplication{}, Key: key, Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func request(header string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", header)
	return r
}

func TestTokenIsGoodForItsLifetime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	g := gate(t, &now)
	token, err := g.Issue(t.Context(), "id", "s3cret")
	if err != nil {
		t.Fatal(err)
	}
	if token.TokenType != "Bearer" || token.ExpiresIn != 900 {
		t.Errorf("got type %q and %d seconds, want Bearer and 900", token.TokenType, token.ExpiresIn)
	}
	for _, scheme := range []string{"Bearer ", "bearer ", "BEARER  "} {
		caller, err := g.Admit(request(scheme + token.AccessToken))
		if err != nil || caller != (access.Caller{ApplicationID: "app", UserID: "user"}) {
			t.Errorf("%q: got %+v, %v", scheme, caller, err)
		}
	}
	now = now.Add(access.Lifetime + time.Second)
	if _, err := g.Admit(request("Bearer " + token.AccessToken)); endpoint.ProblemOf(err).Status != 401 {
		t.Errorf("an expired token got %v", err)
	}
}

func TestLifetimeIsAsConfigured(t *testing.T) {
	t.Parallel()
	now := time.Now()
	g, err := access.NewGate(access.Config{Applications: oneApplication{}, Key: key, Now: func() time.Time { return now }, Lifetime: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	token, err := g.Issue(t.Context(), "id", "s3cret")
	if err != nil || token.ExpiresIn != 3 {
		t.Errorf("got %d seconds, %v, want 3", token.ExpiresIn, err)
	}
	for seconds, ok := range map[int]bool{2: true, 4: false} {
		after := time.Duration(seconds) * time.Second
		later := now.Add(after)
		checker, err := access.NewGate(access.Config{Applications: oneApplication{}, Key: key, Now: func() time.Time { return later }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := checker.Admit(request("Bearer " + token.AccessToken)); (err == nil) != ok {
			t.Errorf("after %s: got %v", after, err)
		}
	}
}

func TestAdmitRefuses(t *testing.T) {
	t.Parallel()
	now := time.Now()
	g := gate(t, &now)
	signed := func(method jwt.SigningMethod, signer any, claims jwt.MapClaims) string {
		text, err := jwt.NewWithClaims(method, claims).SignedString(signer)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + text
	}
	later := now.Add(time.Minute).Unix()
	for name, header := range map[string]string{
		"nothing":           "",
		"no token":          "Bearer",
		"another scheme":    "Token abc",
		"garbage":           "Bearer abc",
		"wrong basic":       "Basic aWQ6d3Jvbmc=",
		"another key":       signed(jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), jwt.MapClaims{"aud": "airbyte-server", "exp": later}),
		"no algorithm":      signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, jwt.MapClaims{"aud": "airbyte-server", "exp": later}),
		"another algorithm": signed(jwt.SigningMethodHS512, key, jwt.MapClaims{"aud": "airbyte-server", "exp": later}),
		"another audience":  signed(jwt.SigningMethodHS256, key, jwt.MapClaims{"aud": "other", "exp": later}),
		"no expiry":         signed(jwt.SigningMethodHS256, key, jwt.MapClaims{"aud": "airbyte-server"}),
	} {
		if _, err := g.Admit(request(header)); err == nil || endpoint.ProblemOf(err).Status != 401 {
			t.Errorf("%s: got %v, want 401", name, err)
		}
	}
	if _, err := g.Admit(request(signed(jwt.SigningMethodHS256, key, jwt.MapClaims{"aud": "airbyte-server", "exp": later}))); err != nil {
		t.Errorf("a good token is refused: %v", err)
	}
}

func TestBasicIsAccepted(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth("id", "s3cret")
	caller, err := gate(t, &now).Admit(r)
	if err != nil || caller.ApplicationID != "app" {
		t.Errorf("got %+v, %v", caller, err)
	}
}

func TestTokenRequests(t *testing.T) {
	t.Parallel()
	now := time.Now()
	g := gate(t, &now)
	f := func(contentType, body string, status int) {
		t.Helper()
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		_, err := g.Token(t.Context(), endpoint.Params{Request: r})
		got := 200
		if err != nil {
			got = endpoint.ProblemOf(err).Status
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells the secret: %v", err)
			}
		}
		if got != status {
			t.Errorf("%s %s: got %d, want %d (%v)", contentType, body, got, status, err)
		}
	}
	const form = "application/x-www-form-urlencoded"
	f(form, "client_id=id&client_secret=s3cret&grant_type=client_credentials", 200)
	f(form+"; charset=utf-8", "client_id=id&client_secret=s3cret", 200)
	f("application/json", `{"client_id":"id","client_secret":"s3cret","grant-type":"client_credentials"}`, 200)
	f("", `{"client_id":"id","client_secret":"s3cret","other":[1]}`, 200)
	f("application/json", `{"client_id":"id","client_secret":"wrong"}`, 401)
	f(form, "client_id=id&client_secret=wrong", 401)
	f(form, "client_id=id", 400)
	f(form, "client_id=%zz&client_secret=s3cret", 400)
	f("application/json", ``, 400)
	f("application/json", `{"client_id":"id","client_secret":s3cret}`, 422)
	f("application/json", `{"client_id":7,"client_secret":"s3cret"}`, 422)
}

func TestShortKeysAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := access.NewGate(access.Config{Key: make([]byte, 31)}); err == nil {
		t.Error("a key of 31 bytes is accepted")
	}
}
