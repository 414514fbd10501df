package masking

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/secret"
)

const hidden = `pa"ss/wörd&`

func masker(secrets ...secret.String) *Masker {
	m := new(Masker)
	m.Learn(secrets...)
	return m
}

func TestSpellingsOfASecret(t *testing.T) {
	t.Parallel()
	m := masker(hidden)
	quoted, err := json.Marshal(map[string]string{"a": "x" + hidden})
	if err != nil {
		t.Fatal(err)
	}
	request := config.BuilderRequest{
		URL:     "https://me:pass@example.com/" + url.PathEscape(hidden) + "/items?key=" + url.QueryEscape(hidden) + "&page=2",
		Headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer anything", "X-Seen": hidden},
		Body:    "grant=x&password=" + url.QueryEscape(hidden),
	}
	m.Request(&request)
	response := config.BuilderResponse{Body: string(quoted), Headers: map[string]string{"Set-Cookie": "id=7", "X-Other": "kept"}}
	m.Response(&response)
	got := map[string]string{
		"text": m.Text("<" + hidden + ">"), "json": string(m.JSON(quoted)),
		"encoded": m.Text("Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+hidden)) + " sent"),
		"url":     request.URL, "parameters": string(request.Parameters), "form": request.Body,
		"authorization": request.Headers["Authorization"], "header": request.Headers["X-Seen"],
		"answer": response.Body, "cookie": response.Headers["Set-Cookie"], "other": response.Headers["X-Other"],
	}
	want := map[string]string{
		"text": "<****>", "json": `{"a":"x****"}`, "encoded": "Basic **** sent",
		"url": "https://****@example.com/****/items?key=****&page=2", "parameters": `{"key":"****","page":"2"}`, "form": "grant=x&password=****",
		"authorization": "Bearer ****", "header": "****", "answer": `{"a":"x****"}`, "cookie": "****", "other": "kept",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A short secret is part of many words, which are left as they are.
func TestShortSecret(t *testing.T) {
	t.Parallel()
	const text = `pin=123 "123" 1234 a123`
	if got := masker("123").Text(text); got != `pin=**** "****" 1234 a123` {
		t.Errorf("got %s", got)
	}
}

func TestWhatIsLearntOfNamesAndAnswers(t *testing.T) {
	t.Parallel()
	settings, err := template.DecodeJSON([]byte(`{"region":"europe","credentials":[{"client_secret":"abcdef"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	m := new(Masker)
	m.LearnConfig(settings)
	m.LearnAnswer(`{"access":"granted-by-name","scope":"all of it","token_type":"bearertoken","nested":{"token":"tok1"}}`)
	m.LearnAnswer("plain answer\n")
	got := m.Text("europe abcdef granted-by-name all of it bearertoken tok1 plain answer")
	if want := "europe **** **** all of it bearertoken **** ****"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzText(f *testing.F) {
	f.Add("secret", "a secret and c2VjcmV0")
	f.Add(hidden, `{"a":"`+hidden+`"}`)
	f.Add("aaaa", "aaaaaaa")
	f.Fuzz(func(t *testing.T, value, text string) {
		if len(value) < shortSecret || strings.Contains(mask, value) || strings.Contains(value, "*") {
			t.Skip("no secret that could be told from its mask")
		}
		if got := masker(secret.String(value)).Text(text); strings.Contains(got, value) {
			t.Errorf("%q is still in %q", value, got)
		}
	})
}
