package secret_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/secret"
)

const canary = "canary-7f3a\"x"

func TestStringNeverPrints(t *testing.T) {
	t.Parallel()
	s := secret.String(canary)
	holder := struct {
		Name  string
		Token secret.String
		List  []secret.String
		Map   map[string]secret.String
	}{"n", s, []secret.String{s}, map[string]secret.String{"k": s}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T%[1]v", "%10s", "%-5v", "%b", "%U", "%p", "%t"} {
		for _, v := range []any{s, &s, holder, &holder} {
			if verb == "%p" {
				continue
			}
			if got := fmt.Sprintf(verb, v); leaks(got) {
				t.Errorf("%s of %T leaks: %s", verb, v, got)
			}
		}
	}
	if got := fmt.Sprint(s); got != secret.Redacted {
		t.Errorf("Sprint = %q", got)
	}
	asJSON, err := json.Marshal(holder)
	if err != nil || leaks(string(asJSON)) || !strings.Contains(string(asJSON), secret.Redacted) {
		t.Errorf("JSON = %s, %v", asJSON, err)
	}
	if err := fmt.Errorf("with %w and %v", errors.New("x"), s); leaks(err.Error()) {
		t.Errorf("error leaks: %v", err)
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("m", "token", s, "holder", holder, "list", []secret.String{s})
	}
	if leaks(log.String()) {
		t.Errorf("slog leaks: %s", log.String())
	}
}

func leaks(text string) bool {
	return strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") || strings.Contains(text, "63616E617279")
}

func TestStringComesOutAndIn(t *testing.T) {
	t.Parallel()
	if got := secret.String(canary).Reveal(); got != canary {
		t.Errorf("Reveal = %q", got)
	}
	var in struct{ Token secret.String }
	if err := json.Unmarshal([]byte(`{"Token":"abc"}`), &in); err != nil || in.Token.Reveal() != "abc" {
		t.Errorf("read %q, %v", in.Token.Reveal(), err)
	}
	if s := fmt.Sprintf("%v|%q", secret.String(""), secret.String("")); s != `|""` {
		t.Errorf("the absent secret prints %s", s)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("from file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := secret.Resolver{
		Env:       func(name string) (string, bool) { return map[string]string{"A": "from env"}[name], name == "A" },
		AllowExec: true,
	}
	f := func(reference, want string, wantErr error) {
		t.Helper()
		got, err := r.Resolve(t.Context(), reference)
		if got.Reveal() != want || !errors.Is(err, wantErr) {
			t.Errorf("Resolve(%s) = %q, %v", reference, got.Reveal(), err)
		}
	}
	f("env:A", "from env", nil)
	f("env:B", "", secret.ErrNotFound)
	f("file:"+path, "from file", nil)
	f("file:"+path+".absent", "", secret.ErrNotFound)
	f("exec:echo from command", "from command", nil)
	f("exec:true", "", secret.ErrNotFound)
	f("exec: ", "", secret.ErrNotFound)
	f("plain", "plain", nil)
	if _, err := r.Resolve(t.Context(), "exec:false"); err == nil {
		t.Error("a failing command gave a secret")
	}
	if _, err := (secret.Resolver{}).Resolve(t.Context(), "exec:echo x"); !errors.Is(err, secret.ErrExecDenied) {
		t.Errorf("exec without permission: %v", err)
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	f := func(text, want string, secrets ...secret.String) {
		t.Helper()
		if got := secret.Redact(text, secrets...); got != want {
			t.Errorf("Redact(%s)\n got %s\nwant %s", text, got, want)
		}
	}
	f("nothing to hide", "nothing to hide")
	f("Authorization: Bearer abcdef.123", "Authorization: Bearer [redacted]")
	f("token eyJhbGciOiJI.eyJzdWIiOiIx.c2ln end", "token [redacted] end")
	f("postgres://bob:pw1234@host/db", "postgres://[redacted]@host/db")
	f(`{"client_secret":"a\"b","name":"n"}`, `{"client_secret":"[redacted]","name":"n"}`)
	f(`{"dbPassword": "x", "count": 3}`, `{"dbPassword": "[redacted]", "count": 3}`)
	f("GET /x?api_key=12345&page=2", "GET /x?api_key=[redacted]&page=2")
	f("X-Api-Key: 12345", "X-Api-Key: [redacted]")
	f("saw p&ss/word here", "saw [redacted] here", "p&ss/word")
	f("saw p%26ss%2Fword here", "saw [redacted] here", "p&ss/word")
	for _, spelling := range []string{"p&s/w d+(x)", "p%26s%2Fw+d%2B%28x%29", "p%26s%2Fw%20d%2B%28x%29", "p%26s/w%20d%2B%28x%29", "p%26s%2fw%20d%2b%28x%29", "p%26s%2Fw%20d%2B(x)", "p&s%2Fw%20d+%28x%29"} {
		f("saw "+spelling+" here", "saw [redacted] here", "p&s/w d+(x)")
	}
	f(`saw p\"q1 here`, "saw [redacted] here", `p"q1`)
	f("a b c", "a b c", "a", "")
	f("abcd-long and abcd", "[redacted] and [redacted]", "abcd", "abcd-long")
}

func TestURL(t *testing.T) {
	t.Parallel()
	u, err := url.Parse("https://u:pw@h/p?access_token=s&page=1")
	if err != nil {
		t.Fatal(err)
	}
	if got := secret.URL(u); got != "https://h/p?access_token=%5Bredacted%5D&page=1" {
		t.Errorf("URL = %s", got)
	}
	if got := secret.URL(nil); got != "" {
		t.Errorf("URL of nil = %q", got)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("Bearer x", "secretvalue")
	f.Add(`{"token":"\\"}`, `\"abc`)
	f.Fuzz(func(t *testing.T, text, value string) {
		if len(value) < 6 || strings.Contains(secret.Redacted, value) || strings.Contains(value, secret.Redacted) {
			return
		}
		// What the replacement itself spells together with its surroundings is not the secret.
		if out := secret.Redact(value, secret.String(value)); out != secret.Redacted {
			t.Errorf("Redact(%q) = %q", value, out)
		}
		_ = secret.Redact(text, secret.String(value))
	})
}

func ExampleString() {
	token := secret.String("s3cr3t")
	fmt.Println("token is", token)
	fmt.Println(len(token.Reveal()))
	// Output:
	// token is [redacted]
	// 6
}

func ExampleResolver_Resolve() {
	r := secret.Resolver{Env: func(string) (string, bool) { return "s3cr3t", true }}
	token, err := r.Resolve(context.Background(), "env:API_TOKEN")
	fmt.Println(token, err)
	// Output: [redacted] <nil>
}

func TestIsReference(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"env:A": true, "file:/x": true, "exec:pass show x": true, "environment": false, "": false} {
		if got := secret.IsReference(text); got != want {
			t.Errorf("IsReference(%q) = %v", text, got)
		}
	}
}
