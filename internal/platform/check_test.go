package platform_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

type (
	ctx    = context.Context
	status = protocol.ConnectionStatus
)

func TestCheck(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, shopConfig)
	check := func(fn func(context.Context, json.RawMessage, connector.Emit) (status, error)) platform.Report {
		t.Helper()
		d.source.check = fn
		r, err := d.CheckActor(t.Context(), connector.KindSource, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := check(func(_ ctx, config json.RawMessage, emit connector.Emit) (status, error) {
		if string(config) != shopConfig {
			t.Errorf("the connector was given %s", config)
		}
		return connector.Succeeded(), emit(protocol.LogMessage(protocol.LevelInfo, "hello"))
	})
	if r.Status != platform.CheckSucceeded || !r.Succeeded || len(r.LogLines) != 1 || r.ID == "" {
		t.Errorf("a check that works: got %+v", r)
	}
	r = check(func(ctx, json.RawMessage, connector.Emit) (status, error) {
		return connector.Failed(errors.New("wrong password")), nil
	})
	if r.Status != platform.CheckFailed || !r.Succeeded || r.Message != "wrong password" {
		t.Errorf("a check that fails: got %+v", r)
	}
	r = check(func(ctx, json.RawMessage, connector.Emit) (status, error) {
		return status{}, connector.ConfigError("no such host")
	})
	if r.Status != platform.CheckFailed || !r.Succeeded || r.Message != "no such host" {
		t.Errorf("a check that ends with a configuration error: got %+v", r)
	}
	r = check(func(ctx, json.RawMessage, connector.Emit) (status, error) { panic("a fault") })
	if r.Status != "" || r.Succeeded || r.Failure == nil || !strings.Contains(r.Failure.Message, "a fault") {
		t.Errorf("a check that panics: got %+v", r)
	}
	if r = check(func(_ ctx, _ json.RawMessage, emit connector.Emit) (status, error) {
		control := protocol.Control{Type: protocol.ControlConnectorConfig, ConnectorConfig: &protocol.ConfigEnvelope{Config: json.RawMessage(`{"password":"renewed"}`)}}
		return connector.Succeeded(), emit(protocol.Message{Type: protocol.TypeControl, Control: &control})
	}); !r.ConfigUpdated {
		t.Errorf("a check that renews the configuration: got %+v", r)
	}
	if got := d.stored(t, a.ID); got != `{"password":"renewed"}` {
		t.Errorf("the renewed configuration is %s", got)
	}
}

func TestCheckThatHangs(t *testing.T) {
	t.Parallel()
	d := deployWith(t, func(c *platform.Config) { c.CheckTimeout = 50 * time.Millisecond })
	a := d.newSource(t, shopConfig)
	d.source.check = func(ctx ctx, _ json.RawMessage, _ connector.Emit) (status, error) {
		<-ctx.Done()
		return status{}, ctx.Err()
	}
	r, err := d.CheckActor(t.Context(), connector.KindSource, a.ID)
	if err != nil || r.Status != "" || r.Failure == nil || !strings.Contains(r.Failure.Message, "did not end within 50ms") {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestCheckForUpdate(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, shopConfig)
	var got string
	d.source.check = func(_ ctx, config json.RawMessage, _ connector.Emit) (status, error) {
		got = string(config)
		return connector.Succeeded(), nil
	}
	if _, err := d.CheckForUpdate(t.Context(), connector.KindSource, a.ID, "x", json.RawMessage(`{"password":"**********","zone":"us"}`)); err != nil {
		t.Fatal(err)
	}
	if got != `{"password":"hunter2","zone":"us"}` {
		t.Errorf("checked %s", got)
	}
	if stored := d.stored(t, a.ID); stored != shopConfig {
		t.Errorf("the check has stored %s", stored)
	}
	_, err := d.CheckConfig(t.Context(), shopID, json.RawMessage(`{}`))
	refused(t, err, platform.ErrUnprocessed, "/password")
}

func TestDiscoverIsRemembered(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, shopConfig)
	discover := func(ignoreCache bool, want int) platform.Discovery {
		t.Helper()
		r, err := d.Discover(t.Context(), a.ID, ignoreCache)
		if err != nil || r.Catalog == nil || len(r.Catalog.Streams) != 4 || r.CatalogID == "" {
			t.Fatalf("got %+v, %v", r, err)
		}
		if n := d.source.discovered(); n != want {
			t.Errorf("the source was asked %d times, want %d", n, want)
		}
		return r
	}
	first := discover(false, 1)
	if again := discover(false, 1); again.CatalogID != first.CatalogID {
		t.Error("the same catalog has two ids")
	}
	discover(true, 2)
	patch := func(config string) {
		t.Helper()
		if _, err := d.PatchActor(t.Context(), connector.KindSource, a.ID, platform.ActorPatch{Config: json.RawMessage(config)}); err != nil {
			t.Fatal(err)
		}
	}
	patch(`{"zone":"eu"}`)
	discover(false, 2)
	patch(`{"zone":"us"}`)
	discover(false, 3)
}

func TestDiscoverOnceForManyCallers(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, shopConfig)
	begun, release := make(chan struct{}), make(chan struct{})
	d.source.discover = func(ctx ctx, _ json.RawMessage, _ connector.Emit) (protocol.Catalog, error) {
		close(begun)
		<-release
		return shopCatalog(), ctx.Err()
	}
	impatient, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := d.Discover(impatient, a.ID, false)
		left <- err
	}()
	<-begun
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller who left got %v", err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if r, err := d.Discover(t.Context(), a.ID, false); err != nil || r.Catalog == nil {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
	close(release)
	group.Wait()
	if n := d.source.discovered(); n != 1 {
		t.Errorf("the source was asked %d times", n)
	}
}

func TestDiscoverFails(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, shopConfig)
	to := d.newActor(t, connector.KindDestination, lakeID, lakeConfig)
	d.source.discover = func(ctx, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
		return protocol.Catalog{}, &connector.Error{Type: protocol.FailureTransient, Message: "try later", Internal: "http 503"}
	}
	r, err := d.Discover(t.Context(), a.ID, false)
	if err != nil || r.Succeeded || r.Catalog != nil || r.Failure.Message != "try later" || r.Failure.Internal != "http 503" || r.Failure.Type != "transient_error" {
		t.Errorf("got %+v, %v", r, err)
	}
	_, err = d.CreateConnection(t.Context(), platform.NewConnection{SourceID: a.ID, DestinationID: to.ID})
	if e := refused(t, err, platform.ErrConnector, "try later"); e.Problem != "unexpected-problem" {
		t.Errorf("got %+v", e)
	}
	d.source.discover = func(ctx, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
		return protocol.Catalog{Streams: []protocol.Stream{{Name: "a"}, {Name: "a"}}}, nil
	}
	if r, err = d.Discover(t.Context(), a.ID, false); err != nil || r.Succeeded || !strings.Contains(r.Failure.Message, "twice") {
		t.Errorf("a catalog with a stream twice: got %+v, %v", r, err)
	}
}
