package webhook_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform/webhook"
)

func TestPost(t *testing.T) {
	t.Parallel()
	var got string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type") + " " + string(body)
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	s := webhook.New(webhook.Config{})
	if err := s.Post(t.Context(), server.URL+"/s3cret", []byte(`{}`)); err != nil || got != "POST /s3cret application/json {}" {
		t.Errorf("%q, %v", got, err)
	}
	for _, status = range []int{http.StatusFound, http.StatusNotFound, http.StatusInternalServerError} {
		err := s.Post(t.Context(), server.URL+"/s3cret", []byte(`{}`))
		if err == nil || !strings.Contains(err.Error(), http.StatusText(status)) || strings.Contains(err.Error(), "s3cret") || strings.Contains(got, "elsewhere") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestPostRefusesPrivateAddresses(t *testing.T) {
	t.Parallel()
	s := webhook.New(webhook.Config{})
	for _, host := range []string{"10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[fd00::1]", "[fe80::1]", "[::ffff:10.0.0.1]"} {
		err := s.Post(t.Context(), "http://"+host+"/s3cret", nil)
		if !errors.Is(err, webhook.ErrPrivateAddress) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", host, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := webhook.New(webhook.Config{AllowPrivate: true}).Post(ctx, "http://10.255.255.1/", nil); err == nil || errors.Is(err, webhook.ErrPrivateAddress) {
		t.Errorf("where private addresses are allowed: %v", err)
	}
}

func TestPostRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "s3cret", "file:///s3cret", "http://", "http://s3cret host/", "ftp://h/s3cret", "http://h/\x7f"} {
		err := webhook.New(webhook.Config{}).Post(t.Context(), address, nil)
		if !errors.Is(err, webhook.ErrURL) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestPostEndsInTime(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer server.Close()
	defer close(stop)
	err := webhook.New(webhook.Config{Timeout: 20 * time.Millisecond}).Post(t.Context(), server.URL+"/s3cret", nil)
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
