package platform_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

func (d *deployment) draft(t *testing.T, config string) platform.Actor {
	t.Helper()
	a, err := d.CreateActor(t.Context(), platform.NewActor{
		Kind: connector.KindSource, WorkspaceID: d.workspace, DefinitionID: shopID, Name: "later", Config: json.RawMessage(config), Draft: true,
	})
	if err != nil || !a.Draft {
		t.Fatalf("%+v, %v", a, err)
	}
	return a
}

// TestDrafts completes a source step by step. Only a check that succeeds makes it one that a connection can use.
func TestDrafts(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	checked := 0
	verdict := connector.Failed(connector.ConfigError("no such shop"))
	d.source.check = func(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
		if string(config) != `{"zone":"eu","password":"hunter2"}` {
			t.Errorf("the connector was given %s", config)
		}
		checked++
		return verdict, nil
	}
	a := d.draft(t, `{"zone":"eu"}`)
	to := d.newActor(t, connector.KindDestination, lakeID, plainConfig)
	expect := func(draft bool, checks int, status platform.CheckStatus, words string) {
		t.Helper()
		r, err := d.CheckActor(t.Context(), connector.KindSource, a.ID)
		if err != nil || r.Status != status || !strings.Contains(r.Message, words) || strings.Contains(r.Message, "hunter2") || checked != checks {
			t.Errorf("check %d: %+v, %v", checked, r, err)
		}
		now, err := d.Actor(t.Context(), connector.KindSource, a.ID)
		if err != nil || now.Draft != draft {
			t.Errorf("%+v, %v", now, err)
		}
		_, err = d.CreateConnection(t.Context(), platform.NewConnection{SourceID: a.ID, DestinationID: to.ID})
		if !draft && err == nil {
			return
		}
		refused(t, err, platform.ErrConflict, "is a draft", a.ID)
	}
	expect(true, 0, platform.CheckFailed, "password")
	found, err := d.Discover(t.Context(), a.ID, false)
	if err != nil || found.Catalog != nil || found.Failure == nil || !strings.Contains(found.Failure.Message, "draft") || d.source.discovered() != 0 {
		t.Errorf("%+v, %v", found, err)
	}

	patch := func(config string) {
		t.Helper()
		if _, err := d.PatchActor(t.Context(), connector.KindSource, a.ID, platform.ActorPatch{Config: json.RawMessage(config)}); err != nil {
			t.Fatal(err)
		}
	}
	patch(`{"password":"x"}`)
	expect(true, 0, platform.CheckFailed, "password")
	patch(`{"password":"hunter2"}`)
	expect(true, 1, platform.CheckFailed, "no such shop")
	verdict = connector.Succeeded()
	expect(false, 2, platform.CheckSucceeded, "")
	_, err = d.PatchActor(t.Context(), connector.KindSource, a.ID, platform.ActorPatch{Config: json.RawMessage(`{"password":"x"}`)})
	refused(t, err, platform.ErrUnprocessed, "password")
}

// TestDraftThatChangesWhileItIsChecked stays a draft: what was checked is not what is stored.
func TestDraftThatChangesWhileItIsChecked(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.draft(t, `{"password":"hunter2"}`)
	d.source.check = func(ctx context.Context, _ json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
		_, err := d.PatchActor(ctx, connector.KindSource, a.ID, platform.ActorPatch{Config: json.RawMessage(`{"password":"another"}`)})
		return connector.Succeeded(), err
	}
	if r, err := d.CheckActor(t.Context(), connector.KindSource, a.ID); err != nil || r.Status != platform.CheckSucceeded {
		t.Errorf("%+v, %v", r, err)
	}
	if now, err := d.Actor(t.Context(), connector.KindSource, a.ID); err != nil || !now.Draft {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestDraftsRefuseWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	create := func(config string) error {
		_, err := d.CreateActor(t.Context(), platform.NewActor{
			Kind: connector.KindSource, WorkspaceID: d.workspace, DefinitionID: shopID, Name: "later", Config: json.RawMessage(config), Draft: true,
		})
		return err
	}
	refused(t, create(`[]`), platform.ErrInvalid)
	refused(t, create(`{"password":"`+platform.Mask+`"}`), platform.ErrUnprocessed, "password")
}
