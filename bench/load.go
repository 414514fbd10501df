package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airfielddev/airfield/cloud"
)

const (
	connections = 64
	loadGets    = 50_000
	inTurnGets  = 10_000
)

// target is one address to ask, with the credentials to ask it with.
type target struct {
	url, token string
	close      func()
}

// deployed is a server with one source.
func deployed(ctx context.Context, s settings) (*program, *cloud.Source, error) {
	dir, err := s.dataDir()
	if err != nil {
		return nil, nil, err
	}
	p, _, err := start(ctx, s, dir)
	if err != nil {
		return nil, nil, err
	}
	w, err := p.workspace()
	if err == nil {
		var source *cloud.Source
		if source, err = w.DeploySource(ctx, "bench", cloud.Configuration{"sourceType": "faker", "count": 10}); err == nil {
			return p, source, nil
		}
	}
	p.end()
	return nil, nil, err
}

func airfieldAddress(ctx context.Context, s settings) (target, error) {
	p, source, err := deployed(ctx, s)
	if err != nil {
		return target{}, err
	}
	token, err := fetchToken(ctx, p)
	if err != nil {
		p.end()
		return target{}, err
	}
	return target{url: p.APIRoot + "/sources/" + source.ID(), token: token, close: p.end}, nil
}

// plainAddress is a server that answers everything with a body like that of a source.
func plainAddress(ctx context.Context, _ settings) (target, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return target{}, err
	}
	body := []byte(`{"sourceId":"00000000-0000-0000-0000-000000000000","name":"bench","sourceType":"faker","definitionId":` +
		`"dfd88b22-b603-4c3d-aad7-3701784586b1","workspaceId":"00000000-0000-0000-0000-000000000000","configuration":{"count":10},"createdAt":1767225600}`)
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	go func() { _ = server.Serve(listener) }()
	return target{url: "http://" + listener.Addr().String() + "/", close: func() { _ = server.Close() }}, nil
}

func fetchToken(ctx context.Context, p *program) (string, error) {
	body := map[string]string{"client_id": p.ClientID, "client_secret": p.ClientSecret.Reveal()}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.APIRoot+"/applications/token", jsonBody(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	return answer.AccessToken, json.NewDecoder(res.Body).Decode(&answer)
}

// underLoad asks as fast as so many connections allow.
func underLoad(s settings, address func(context.Context, settings) (target, error)) side {
	return func(ctx context.Context) (sample, error) {
		t, err := address(ctx, s)
		if err != nil {
			return sample{}, err
		}
		defer t.close()
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
		defer client.CloseIdleConnections()
		var left atomic.Int64
		left.Store(loadGets)
		failures := make([]error, connections)
		began := time.Now()
		var wg sync.WaitGroup
		for i := range connections {
			wg.Go(func() {
				for left.Add(-1) >= 0 && failures[i] == nil {
					failures[i] = get(ctx, client, t, nil)
				}
			})
		}
		wg.Wait()
		took := time.Since(began)
		for _, err := range failures {
			if err != nil {
				return sample{}, err
			}
		}
		return sample{Rate: loadGets / took.Seconds()}, nil
	}
}

func get(ctx context.Context, client *http.Client, t target, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url, nil)
	if err != nil {
		return err
	}
	if t.token != "" {
		req.Header.Set("Authorization", "Bearer "+t.token)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", t.url, res.Status)
	}
	if into != nil {
		return json.NewDecoder(res.Body).Decode(into)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// sequential makes one get after the other against our server.
func sequential(s settings, once func(context.Context, *program, *cloud.Source) (func() error, error)) side {
	return func(ctx context.Context) (sample, error) {
		p, source, err := deployed(ctx, s)
		if err != nil {
			return sample{}, err
		}
		defer p.end()
		call, err := once(ctx, p, source)
		if err != nil {
			return sample{}, err
		}
		began := time.Now()
		for range inTurnGets {
			if err := call(); err != nil {
				return sample{}, err
			}
		}
		return sample{Rate: inTurnGets / time.Since(began).Seconds()}, nil
	}
}

func throughClient(ctx context.Context, _ *program, source *cloud.Source) (func() error, error) {
	return func() error {
		_, err := source.Refresh(ctx)
		return err
	}, nil
}

func byHand(ctx context.Context, p *program, source *cloud.Source) (func() error, error) {
	token, err := fetchToken(ctx, p)
	t := target{url: p.APIRoot + "/sources/" + source.ID(), token: token}
	return func() error {
		var answer struct {
			SourceID      string          `json:"sourceId"`
			Name          string          `json:"name"`
			Configuration json.RawMessage `json:"configuration"`
		}
		return get(ctx, http.DefaultClient, t, &answer)
	}, err
}
