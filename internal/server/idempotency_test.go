package server

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	a := newAnswers(func() time.Time { return now })
	key, body := answerKey{"app", "/v1/jobs", "k"}, sha256.Sum256([]byte("body"))
	if a.begin(key, body) != nil {
		t.Fatal("a new key has an answer")
	}
	if earlier := a.begin(key, body); earlier == nil || earlier.done {
		t.Errorf("while the first is worked on, the second sees %+v", earlier)
	}
	a.end(key, http.StatusInternalServerError, nil, nil)
	if a.begin(key, body) != nil {
		t.Error("a failure of the server was kept")
	}
	a.end(key, http.StatusOK, http.Header{}, []byte("text"))
	if earlier := a.begin(key, body); earlier == nil || !earlier.done || string(earlier.text) != "text" || earlier.body != body {
		t.Errorf("the second sees %+v", earlier)
	}
	if a.begin(answerKey{"other", "/v1/jobs", "k"}, body) != nil {
		t.Error("another caller sees the answer")
	}
	now = now.Add(keptFor + time.Second)
	if a.begin(key, body) != nil {
		t.Error("an old answer was kept")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	a := newAnswers(time.Now)
	for i := range 3 * keptAnswers {
		key := answerKey{"app", "/", fmt.Sprint(i)}
		a.begin(key, sha256.Sum256(nil))
		a.end(key, http.StatusOK, nil, nil)
	}
	if len(a.byKey) > keptAnswers || a.order.Len() != len(a.byKey) {
		t.Errorf("%d answers are kept and %d listed, want %d at most", len(a.byKey), a.order.Len(), keptAnswers)
	}
}
