package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/secret"
)

// tokenServer gives tokens t1, t2, ... and refuses all but the newest.
type tokenServer struct {
	root      string
	minted    atomic.Int32
	mintHold  chan struct{}
	expiresIn int
}

func newTokenServer(t *testing.T, expiresIn int) *tokenServer {
	t.Helper()
	s := &tokenServer{expiresIn: expiresIn}
	s.root = serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/applications/token" {
			if r.Header.Get("Authorization") != fmt.Sprintf("Bearer t%d", s.minted.Load()) {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, `{"name":"ok"}`)
			return
		}
		if s.mintHold != nil {
			<-s.mintHold
		}
		var in map[string]string
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in["client_id"] != "id" || in["client_secret"] != "sec-ret" || in["grant_type"] != "client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":%d}`, s.minted.Add(1), s.expiresIn)
	})
	return s
}

func (s *tokenServer) client(clientSecret secret.String) *transport.Client {
	cfg := transport.Config{Retry: fast}
	cfg.Tokens = transport.NewClientCredentials("id", clientSecret, []string{s.root}, cfg)
	return transport.New(cfg)
}

func TestOneTokenForAll(t *testing.T) {
	t.Parallel()
	s := newTokenServer(t, 900)
	s.mintHold = make(chan struct{})
	c := s.client("sec-ret")
	var wg sync.WaitGroup
	var started sync.WaitGroup
	for range 64 {
		started.Add(1)
		wg.Go(func() {
			started.Done()
			if err := c.Do(t.Context(), transport.Request{Op: "x", Method: "GET", Root: s.root, Path: []string{"y"}}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	started.Wait()
	close(s.mintHold)
	wg.Wait()
	if got := s.minted.Load(); got != 1 {
		t.Errorf("%d tokens for 64 callers", got)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	s := newTokenServer(t, 900)
	c := s.client("sec-ret")
	get := transport.Request{Op: "x", Method: "POST", Root: s.root, Path: []string{"y"}}
	if err := c.Do(t.Context(), get, nil); err != nil {
		t.Fatal(err)
	}
	s.minted.Add(1) // the server forgets the token
	if err := c.Do(t.Context(), get, nil); err != nil || s.minted.Load() != 3 {
		t.Errorf("after the token was forgotten: %v, %d tokens", err, s.minted.Load())
	}
	stubborn := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/applications/token" {
			s.minted.Add(1)
			fmt.Fprint(w, `{"access_token":"x","expires_in":900}`)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	before := s.minted.Load()
	cfg := transport.Config{Retry: fast}
	cfg.Tokens = transport.NewClientCredentials("id", "s", []string{stubborn}, cfg)
	err := transport.New(cfg).Do(t.Context(), transport.Request{Op: "x", Method: "GET", Root: stubborn, Path: []string{"y"}}, nil)
	if fault, ok := errors.AsType[*transport.Error](err); !ok || fault.Status != 401 || s.minted.Load()-before != 2 {
		t.Errorf("a server that refuses every token: %v, %d tokens", err, s.minted.Load()-before)
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	s := newTokenServer(t, 900)
	err := s.client("wrong-canary").Do(t.Context(), transport.Request{Op: "getting x", Method: "GET", Root: s.root, Path: []string{"x"}}, nil)
	fault, ok := errors.AsType[*transport.Error](err)
	if !ok || !fault.Token || fault.Status != 401 || fault.Op != "getting x" {
		t.Fatalf("%+v", err)
	}
	if strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "getting an access token") {
		t.Errorf("the error says %v", err)
	}
}

func TestTokenIsRefreshedBeforeItExpires(t *testing.T) {
	t.Parallel()
	f := func(expiresIn int, wait time.Duration, want int) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			minted := 0
			h := &http.Client{Transport: handler(func(r *http.Request) (int, http.Header, string) {
				if strings.HasSuffix(r.URL.Path, "/applications/token") {
					minted++
					return 200, nil, fmt.Sprintf(`{"access_token":"t","expires_in":%d}`, expiresIn)
				}
				return 200, nil, `{}`
			})}
			cfg := transport.Config{HTTPClient: h}
			cfg.Tokens = transport.NewClientCredentials("id", "s", []string{"http://h/v1"}, cfg)
			c := transport.New(cfg)
			for range 2 {
				if err := c.Do(t.Context(), transport.Request{Op: "x", Method: "GET", Root: "http://h"}, nil); err != nil {
					t.Fatal(err)
				}
				<-time.After(wait)
			}
			if minted != want {
				t.Errorf("life %d s, after %s: %d tokens, want %d", expiresIn, wait, minted, want)
			}
		})
	}
	f(900, 839*time.Second, 1)
	f(900, 841*time.Second, 2)
	f(20, 14*time.Second, 1)
	f(20, 16*time.Second, 2)
	f(0, 100*time.Second, 1)
	f(0, 200*time.Second, 2)
}

func TestTokenIsLookedForBelowTheNextRoot(t *testing.T) {
	t.Parallel()
	var paths []string
	root := serve(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		switch r.URL.Path {
		case "/b/applications/token":
			fmt.Fprint(w, `{"access_token":"t"}`)
		case "/c":
			fmt.Fprint(w, `{}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	cfg := transport.Config{}
	cfg.Tokens = transport.NewClientCredentials("id", "s", []string{root + "/a", root + "/b"}, cfg)
	if err := transport.New(cfg).Do(t.Context(), transport.Request{Op: "x", Method: "GET", Root: root, Path: []string{"c"}}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/a/applications/token", "/b/applications/token", "/c"}, paths); diff != "" {
		t.Error(diff)
	}
}

func TestWaitingForATokenCanBeGivenUp(t *testing.T) {
	t.Parallel()
	s := newTokenServer(t, 900)
	s.mintHold = make(chan struct{})
	c := s.client("sec-ret")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	get := transport.Request{Op: "x", Method: "GET", Root: s.root, Path: []string{"y"}}
	if err := c.Do(ctx, get, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	close(s.mintHold)
	if err := c.Do(t.Context(), get, nil); err != nil || s.minted.Load() != 1 {
		t.Errorf("the next caller: %v, %d tokens", err, s.minted.Load())
	}
}
