package declarative

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	gojwt "github.com/golang-jwt/jwt/v5"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// oauthAPI answers at /token, and refuses at other paths what does not carry the latest token.
func oauthAPI(t *testing.T, token func(form url.Values, n int) string) *api {
	t.Helper()
	issued := 0
	return newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/token" {
			issued++
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			answer := token(r.Form, issued)
			if strings.HasPrefix(answer, `{"error"`) {
				w.WriteHeader(http.StatusBadRequest)
			}
			io.WriteString(w, answer)
			return
		}
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer t%d", issued) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		io.WriteString(w, `{"id":1}`)
	})
}

const refreshing = `
      authenticator:
        type: OAuthAuthenticator
        token_refresh_endpoint: API/token
        client_id: "{{ config.id or 'an id' }}"
        client_secret: s&s
        refresh_token: "{{ config.refresh }}"
        scopes: [a, b]
        refresh_request_body: {audience: x, client_id: ignored}
`

func TestOAuth(t *testing.T) {
	t.Parallel()
	a := oauthAPI(t, func(_ url.Values, n int) string {
		return fmt.Sprintf(`{"data":{"access_token":"t%d","expires_in":"60"}}`, n)
	})
	f := load(t, a, requesting(refreshing+`
    paginator: {type: DefaultPaginator, pagination_strategy: {type: CursorPagination, cursor_value: "x", stop_condition: "{{ false }}"}}
`))
	f.config["id"], f.config["refresh"] = "me", "r1"
	// Each page takes half a minute, so that the second page's token is the first, and the third needs another.
	err := f.Read(t.Context(), connector.ReadRequest{Config: f.json(t), Catalog: selected("items")}, func(m protocol.Message) error {
		f.Sleep(t.Context(), 30e9)
		if m.Type == protocol.TypeRecord && len(f.records("items")) == 3 {
			return io.EOF
		}
		return f.emit(m)
	})
	if err == nil {
		t.Error("an endless read ended well")
	}
	equal(t, "first token request", a.calls[0].Body, "grant_type=refresh_token&client_id=me&client_secret=s%26s&refresh_token=r1&scopes=a&scopes=b&audience=x")
	tokens := strings.Count(strings.Join(a.urls(), " "), "/token")
	if tokens < 2 || tokens >= len(a.calls)/2+1 {
		t.Errorf("%d tokens for %d requests", tokens, len(a.calls)-tokens)
	}
}

func selected(names ...string) protocol.ConfiguredCatalog {
	var c protocol.ConfiguredCatalog
	for _, name := range names {
		c.Streams = append(c.Streams, protocol.ConfiguredStream{Stream: protocol.Stream{Name: name}, SyncMode: protocol.FullRefresh})
	}
	return c
}

// TestOneTokenForAllStreams reads streams at once that share a token.
func TestOneTokenForAllStreams(t *testing.T) {
	t.Parallel()
	a := oauthAPI(t, func(_ url.Values, n int) string { return fmt.Sprintf(`{"access_token":"t%d"}`, n) })
	one := requesting(refreshing)
	f := load(t, a, one+strings.Replace(one, "name: items", "name: others", 1))
	f.options.Concurrency = 4
	f.config["refresh"] = "r"
	if err := f.read(t, "items", "others"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", len(a.calls), 3)
}

func TestOAuthFailures(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"error":"invalid_grant","error_description":"r-secret"}`: "refresh token is invalid or expired",
		`{"error":"other"}`: "status 400 (other)",
		`{"no":"token"}`:    "has no access_token",
	} {
		a := oauthAPI(t, func(url.Values, int) string { return answer })
		f := load(t, a, requesting(refreshing))
		f.config["refresh"] = "r-secret"
		err := f.read(t, "items")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "r-secret") || connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("%s: got %v", answer, err)
		}
	}
}

func TestOAuthWithoutAnAddress(t *testing.T) {
	t.Parallel()
	f := load(t, newAPI(t, ok), requesting(strings.Replace(refreshing, "API/token", "no-address", 1)))
	f.config["refresh"] = "r"
	if err := f.read(t, "items"); connector.FailureOf(err) != protocol.FailureConfig || len(f.slept) != 0 {
		t.Errorf("got %v after %s", err, f.slept)
	}
}

func TestOAuthRetriesItsEndpoint(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, `{"access_token":"t","id":1}`)
	})
	f := load(t, a, requesting(refreshing))
	f.config["refresh"] = "r"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "slept", f.slept, durations(1, 2))
}

// TestSingleUseRefreshTokens writes what the endpoint gives back into the configuration, before it is used.
func TestSingleUseRefreshTokens(t *testing.T) {
	t.Parallel()
	a := oauthAPI(t, func(form url.Values, n int) string {
		if form.Get("refresh_token") != "r0" {
			t.Errorf("got %v", form)
		}
		return fmt.Sprintf(`{"access_token":"t%d","refresh_token":"r%d","expires_in":3600}`, n, n)
	})
	f := load(t, a, requesting(`
      authenticator:
        type: OAuthAuthenticator
        token_refresh_endpoint: API/token
        client_id: me
        client_secret: s
        refresh_token: unused
        refresh_token_updater: {}
`))
	f.config["credentials"] = map[string]any{"access_token": "old", "refresh_token": "r0", "token_expiry_date": "2024-05-01T11:59:59Z", "kept": 1}
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	var got string
	for _, m := range f.messages {
		if m.Type == protocol.TypeControl {
			got += string(m.Control.ConnectorConfig.Config)
		}
		if m.Type == protocol.TypeRecord && got == "" {
			t.Error("a record came before the configuration")
		}
	}
	equal(t, "configuration", got, `{"credentials":{"access_token":"t1","kept":1,"refresh_token":"r1","token_expiry_date":"2024-05-01T13:00:00+00:00"}}`)
}

func TestRefreshThenRetry(t *testing.T) {
	t.Parallel()
	first := true
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch {
		case r.URL.Path == "/token":
			fmt.Fprintf(w, `{"access_token":"t%d"}`, n)
		case first:
			first = false
			w.WriteHeader(http.StatusUnauthorized)
		default:
			io.WriteString(w, `{"id":1}`)
		}
	})
	f := load(t, a, requesting(refreshing+"      error_handler: {response_filters: [{http_codes: [401], action: REFRESH_TOKEN_THEN_RETRY}]}\n"))
	f.config["refresh"] = "r"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/token", "/items", "/token", "/items"})
	equal(t, "token", a.calls[3].Header.Get("Authorization"), "Bearer t3")
}

func TestSessionToken(t *testing.T) {
	t.Parallel()
	for duration, want := range map[string][]string{
		"        expiration_duration: PT1H\n": {"/login", "/items", "/items"},
		"":                                    {"/login", "/items", "/login", "/items"},
	} {
		var a *api
		a = newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			switch {
			case r.URL.Path == "/login":
				io.WriteString(w, `{"session":{"id":"007"}}`)
			case strings.Count(strings.Join(a.urls(), " "), "/items") < 2:
				io.WriteString(w, `[{"id":1}]`)
			default:
				io.WriteString(w, `[]`)
			}
		})
		f := load(t, a, requesting(`
      authenticator:
        type: SessionTokenAuthenticator
        login_requester: {type: HttpRequester, url: API/login, http_method: POST, request_body_json: {user: "{{ config.user }}"}}
        session_token_path: [session, id]
`+duration+`
        request_authentication: {type: ApiKey, inject_into: {type: RequestOption, inject_into: header, field_name: X-Session}}
    paginator: {type: DefaultPaginator, pagination_strategy: {type: PageIncrement}}
`))
		f.config["user"] = "ada"
		if err := f.read(t, "items"); err != nil {
			t.Fatal(err)
		}
		equal(t, "requests", a.urls(), want)
		equal(t, "login", a.calls[0].Body, `{"user":"ada"}`)
		equal(t, "token", a.calls[1].Header.Get("X-Session"), "007")
	}
}

func pemKey(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestJWT verifies what is signed with the public key.
func TestJWT(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for algorithm, key := range map[string]struct {
		secret string
		public any
	}{
		"HS256": {"s3cret", []byte("s3cret")}, "HS512": {"s3cret", []byte("s3cret")},
		"RS256": {pemKey(t, rsaKey), rsaKey.Public()}, "PS384": {pemKey(t, rsaKey), rsaKey.Public()},
		"ES256": {pemKey(t, ecKey), ecKey.Public()}, "EdDSA": {pemKey(t, edKey), edPublic},
	} {
		a := newAPI(t, ok)
		f := load(t, a, requesting(`
      authenticator:
        type: JwtAuthenticator
        algorithm: `+algorithm+`
        secret_key: "{{ config.key }}"
        header_prefix: Bearer
        token_duration: 600
        jwt_headers: {kid: k1}
        jwt_payload: {iss: "{{ config.me }}", aud: api}
        additional_jwt_payload: {scope: "a b", n: "{{ 1 + 1 }}"}
`))
		f.config["key"], f.config["me"] = key.secret, "ada"
		if err := f.read(t, "items"); err != nil {
			t.Fatalf("%s: %v", algorithm, err)
		}
		text := strings.TrimPrefix(a.calls[0].Header.Get("Authorization"), "Bearer ")
		token, err := gojwt.Parse(text, func(*gojwt.Token) (any, error) { return key.public, nil },
			gojwt.WithValidMethods([]string{algorithm}), gojwt.WithTimeFunc(f.Now))
		if err != nil {
			t.Fatalf("%s: %v", algorithm, err)
		}
		claims, err := json.Marshal(token.Claims)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, algorithm+" claims", string(claims), `{"aud":"api","exp":1714565400,"iat":1714564800,"iss":"ada","n":2,"nbf":1714564800,"scope":"a b"}`)
		equal(t, algorithm+" key", token.Header["kid"], any("k1"))
	}
}

// TestJWTWithPassphrase signs with a key that is encrypted in the configuration.
func TestJWTWithPassphrase(t *testing.T) {
	t.Parallel()
	a := newAPI(t, ok)
	f := load(t, a, requesting(`
      authenticator:
        type: JwtAuthenticator
        algorithm: RS256
        secret_key: "{{ config.key }}"
        passphrase: "{{ config.passphrase }}"
        base64_encode_secret_key: true
`))
	f.config["key"], f.config["passphrase"] = keyFile(t, "rsa-aes256-sha256"), "let-me-in"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	key, err := gojwt.ParseRSAPrivateKeyFromPEM([]byte(keyFile(t, "rsa")))
	if err != nil {
		t.Fatal(err)
	}
	_, err = gojwt.Parse(a.calls[0].Header.Get("Authorization"), func(*gojwt.Token) (any, error) { return key.Public(), nil },
		gojwt.WithValidMethods([]string{"RS256"}), gojwt.WithTimeFunc(f.Now))
	if err != nil {
		t.Error(err)
	}
}

func keyFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("signing/testdata/keys/" + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
