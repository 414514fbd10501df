package attempt

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
)

func TestRedactor(t *testing.T) {
	t.Parallel()
	config := `{"host":"db.example.com","login":{"method":"basic","pass":"tr0ub4dor"},"keys":[{"pem":"-----BEGIN-----\nMIIabc123\n-----END-----"}],
		"api_key":"named-key-1","port":5432,"enabled":true}`
	masked := `{"host":"db.example.com","login":{"method":"basic","pass":"**********"},"keys":[{"pem":"**********"}],"api_key":"named-key-1","port":5432}`
	r := &redactor{}
	r.learnNamed(json.RawMessage(config))
	r.learn(connector.KindSource, json.RawMessage(config), json.RawMessage(masked))
	f := func(text string, hidden ...string) {
		t.Helper()
		got := r.redact(text)
		for _, h := range hidden {
			if strings.Contains(got, h) {
				t.Errorf("%q still holds %q: %q", text, h, got)
			}
		}
	}
	f("connecting to db.example.com with tr0ub4dor", "tr0ub4dor")
	f("the key is MIIabc123 in a line of its own", "MIIabc123")
	f("GET /?x=named-key-1", "named-key-1")
	if got := r.redact("connecting to db.example.com:5432 as admin"); got != "connecting to db.example.com:5432 as admin" {
		t.Errorf("too much is hidden: %q", got)
	}

	r.learnLike(connector.KindSource, json.RawMessage(`{"login":{"pass":"renewed-token"}}`))
	f("now tr0ub4dor is renewed-token", "renewed-token", "tr0ub4dor")
}

// A configuration that does not have the shape of its masked form, or is no JSON, hides nothing and breaks nothing.
func TestRedactorMisfits(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{`{"a":"text"}`, `{"a":{"b":"**********"}}`}, {`["text"]`, `["x","**********"]`}, {`nonsense`, `{}`}, {`{"a":"text"}`, `null`},
	} {
		r := &redactor{}
		r.learn(connector.KindSource, json.RawMessage(c[0]), json.RawMessage(c[1]))
		if got := r.redact("some text here"); got != "some text here" {
			t.Errorf("%v: %q", c, got)
		}
	}
}
