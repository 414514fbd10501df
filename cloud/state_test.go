package cloud_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/protocol"
)

const (
	getState = "POST config/state/get"
	setState = "POST config/state/create_or_update_safe"
)

// The two forms of the same states.
var stateForms = map[string][2]string{
	"not set": {`{"stateType":"not_set","connectionId":""}`, `[]`},
	"legacy":  {`{"stateType":"legacy","connectionId":"","state":{"b":1,"a":1e40}}`, `[{"type":"LEGACY","data":{"b":1,"a":1e40}}]`},
	"stream": {
		`{"stateType":"stream","connectionId":"","streamState":[{"streamDescriptor":{"name":"users","namespace":"public"},"streamState":{"cursor":"x"}},{"streamDescriptor":{"name":"plain"},"streamState":{}}]}`,
		`[{"type":"STREAM","stream":{"stream_descriptor":{"name":"users","namespace":"public"},"stream_state":{"cursor":"x"}}},{"type":"STREAM","stream":{"stream_descriptor":{"name":"plain"},"stream_state":{}}}]`,
	},
	"global": {
		`{"stateType":"global","connectionId":"","globalState":{"shared_state":{"lsn":42},"streamStates":[{"streamDescriptor":{"name":"users"},"streamState":{}}]}}`,
		`[{"type":"GLOBAL","global":{"shared_state":{"lsn":42},"stream_states":[{"stream_descriptor":{"name":"users"},"stream_state":{}}]}}]`,
	},
}

func TestStateForms(t *testing.T) {
	t.Parallel()
	for name, forms := range stateForms {
		for _, form := range forms {
			s, err := cloud.ParseState([]byte(form))
			if err != nil {
				t.Errorf("%s: %s: %v", name, form, err)
				continue
			}
			api, err := json.Marshal(s)
			if err != nil || string(api) != forms[0] {
				t.Errorf("%s from %s:\n got %s, %v\nwant %s", name, form, api, err, forms[0])
			}
			messages, err := json.Marshal(s.Messages())
			if err != nil || string(messages) != forms[1] {
				t.Errorf("%s from %s:\n got %s, %v\nwant %s", name, form, messages, err, forms[1])
			}
		}
	}
}

func TestStatesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{}`, `null`, `7`, `[1]`, `[{"type":"STREAM"}]`, `[{"type":"GLOBAL","global":{"stream_states":[]}},{"type":"LEGACY","data":{}}]`,
		`[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"}}},{"type":"GLOBAL","global":{"stream_states":[]}}]`, `{"type":"LEGACY"}`, `{"type":"BOGUS","data":{}}`,
	} {
		if s, err := cloud.ParseState([]byte(text)); !errors.Is(err, cloud.ErrInvalidInput) {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
}

func FuzzParseState(f *testing.F) {
	for _, forms := range stateForms {
		f.Add(forms[0])
		f.Add(forms[1])
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := cloud.ParseState([]byte(text))
		if err != nil {
			return
		}
		printed, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("%q is read and not printed: %v", text, err)
		}
		if _, err := cloud.ParseState(printed); err != nil {
			t.Errorf("%q is printed as %s, which cannot be read: %v", text, printed, err)
		}
	})
}

func TestStateOfConnection(t *testing.T) {
	t.Parallel()
	users := protocol.StreamDescriptor{Name: "users"}
	f := serve(t, map[string]handler{
		getState: inTurn(ok(stateForms["global"][0]), ok(stateForms["global"][0]), ok(stateForms["stream"][0]), ok(stateForms["not set"][0]), ok(stateForms["legacy"][0])),
		setState: always(ok(`{}`)),
	})
	c := f.connection()
	blob, err := c.StreamState(t.Context(), users)
	if err != nil || string(blob) != "{}" {
		t.Errorf("%s, %v", blob, err)
	}
	f.body(getState, `{"connectionId":"`+connectionID+`"}`)
	set := func(want string, stream protocol.StreamDescriptor, blob string) {
		t.Helper()
		if err := c.SetStreamState(t.Context(), stream, json.RawMessage(blob)); err != nil {
			t.Fatal(err)
		}
		f.body(setState, `{"connectionId":"`+connectionID+`","connectionState":`+want+`}`)
	}
	// The shared state goes along, in the spelling of the API, because an absent one is removed.
	set(`{"stateType":"global","connectionId":"`+connectionID+`","globalState":{"shared_state":{"lsn":42},
		"streamStates":[{"streamDescriptor":{"name":"users"},"streamState":{"c":1}}]}}`, users, `{"c":1}`)
	public := protocol.StreamDescriptor{Name: "users", Namespace: "public"}
	set(`{"stateType":"stream","connectionId":"`+connectionID+`","streamState":[{"streamDescriptor":{"name":"users","namespace":"public"},"streamState":{"c":2}}]}`, public, `{"c":2}`)
	set(`{"stateType":"stream","connectionId":"`+connectionID+`","streamState":[{"streamDescriptor":{"name":"users"},"streamState":{"c":3}}]}`, users, `{"c":3}`)
	if err := c.SetStreamState(t.Context(), users, json.RawMessage(`{}`)); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a stream of legacy state: %v", err)
	}
	if err := c.SetStreamState(t.Context(), users, json.RawMessage(`{`)); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("broken JSON: %v", err)
	}
	if err := c.SetState(t.Context(), nil); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("no state: %v", err)
	}
}

func TestReplaceState(t *testing.T) {
	t.Parallel()
	f := func(stored, state, want string) {
		t.Helper()
		f := serve(t, map[string]handler{getState: always(ok(stored)), setState: always(ok(`{}`))})
		s, err := cloud.ParseState([]byte(state))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.connection().ReplaceState(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		f.body(setState, `{"connectionId":"`+connectionID+`","connectionState":`+strings.Replace(want, `"connectionId":""`, `"connectionId":"`+connectionID+`"`, 1)+`}`)
	}
	f(stateForms["stream"][0], `[{"type":"STREAM","stream":{"stream_descriptor":{"name":"plain"},"stream_state":{"n":1}}}]`,
		`{"stateType":"stream","connectionId":"","streamState":[{"streamDescriptor":{"name":"plain"},"streamState":{"n":1}},{"streamDescriptor":{"name":"users","namespace":"public"}}]}`)
	f(stateForms["stream"][0], `[]`,
		`{"stateType":"stream","connectionId":"","streamState":[{"streamDescriptor":{"name":"users","namespace":"public"}},{"streamDescriptor":{"name":"plain"}}]}`)
	f(stateForms["global"][0], `[]`, `{"stateType":"global","connectionId":"","globalState":{"streamStates":[{"streamDescriptor":{"name":"users"}}]}}`)
	f(stateForms["not set"][0], stateForms["legacy"][1], `{"stateType":"legacy","connectionId":"","state":{"b":1,"a":1e40}}`)
}

func TestStateWhileSyncing(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{setState: always(reply{status: 423, body: `{"message":"State cannot be updated while a sync is running for this connection."}`})})
	s, err := cloud.ParseState([]byte(stateForms["stream"][1]))
	if err != nil {
		t.Fatal(err)
	}
	err = f.connection().SetState(t.Context(), s)
	if !errors.Is(err, cloud.ErrSyncActive) || !errors.Is(err, cloud.ErrConflict) || !strings.Contains(err.Error(), "while a sync is running") {
		t.Errorf("%v", err)
	}
	f.wants(setState)
}

// The two forms of the same catalog, with members that this package does not know and schemas that must not be touched.
const (
	apiCatalog = `{"streams":[{"stream":{"name":"users","jsonSchema":{"type":"object","properties":{"camelCase":{"x_y":1e400},"snake_case":{}}},
		"supportedSyncModes":["full_refresh"],"sourceDefinedPrimaryKey":[["someId"]],"futureThing":1},
		"config":{"syncMode":"full_refresh","destinationSyncMode":"overwrite","selected":true,"aliasName":"users","primaryKey":[["someId"]],
		"mappers":[{"type":"hashing","mapperConfiguration":{"targetField":"a"}}],"generationId":3}},
		{"stream":{"name":"skipped"},"config":{"syncMode":"full_refresh","destinationSyncMode":"append","selected":false}}]}`
	protocolCatalog = `{"streams":[{"stream":{"name":"users","json_schema":{"type":"object","properties":{"camelCase":{"x_y":1e400},"snake_case":{}}},
		"supported_sync_modes":["full_refresh"],"source_defined_primary_key":[["someId"]],"future_thing":1},
		"sync_mode":"full_refresh","destination_sync_mode":"overwrite","selected":true,"alias_name":"users","primary_key":[["someId"]],
		"mappers":[{"type":"hashing","mapperConfiguration":{"targetField":"a"}}],"generation_id":3},
		{"stream":{"name":"skipped"},"sync_mode":"full_refresh","destination_sync_mode":"append","selected":false}]}`
)

// sameText compares JSON byte for byte but for white space, since numbers and order must survive.
func sameText(t *testing.T, want, got string) {
	t.Helper()
	strip := strings.NewReplacer("\n", "", "\t", "")
	if strip.Replace(want) != got {
		t.Errorf("\n got %s\nwant %s", got, strip.Replace(want))
	}
}

func TestCatalogForms(t *testing.T) {
	t.Parallel()
	strip := strings.NewReplacer("\n", "", "\t", "")
	for _, form := range []string{apiCatalog, protocolCatalog} {
		c, err := cloud.ParseCatalog([]byte(strip.Replace(form)))
		if err != nil {
			t.Fatal(err)
		}
		api, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, apiCatalog, string(api))
		text, err := c.ProtocolJSON()
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, protocolCatalog, string(text))
		configured, err := c.Configured()
		if err != nil || len(configured.Streams) != 1 {
			t.Fatalf("%+v, %v", configured, err)
		}
		if s := configured.Streams[0]; s.Stream.Name != "users" || s.DestinationSyncMode != protocol.Overwrite || s.GenerationID != 3 || s.PrimaryKey[0][0] != "someId" {
			t.Errorf("configured: %+v", s)
		}
	}
	for _, text := range []string{``, `[]`, `{}`, `{"streams":[7]}`, `{"streams":[{"config":{}}]}`, `{"streams":[{}]}`, `{"streams":[{"stream":[],"sync_mode":"x"}]}`} {
		if _, err := cloud.ParseCatalog([]byte(text)); !errors.Is(err, cloud.ErrInvalidInput) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseCatalog(f *testing.F) {
	f.Add(apiCatalog)
	f.Add(protocolCatalog)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := cloud.ParseCatalog([]byte(text))
		if err != nil {
			return
		}
		printed, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("%q is read and not printed: %v", text, err)
		}
		if _, err := cloud.ParseCatalog(printed); err != nil {
			t.Errorf("%q is printed as %s, which cannot be read: %v", text, printed, err)
		}
		_, _ = c.Configured()
	})
}

func TestCatalogOfConnection(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		getCatalog:    inTurn(ok(`{"syncCatalog":`+apiCatalog+`}`), ok(`{}`)),
		updateCatalog: always(ok(`{}`)),
	})
	c := f.connection()
	catalog, err := c.Catalog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.body(getCatalog, `{"connectionId":"`+connectionID+`"}`)
	if err := c.SetCatalog(t.Context(), catalog); err != nil {
		t.Fatal(err)
	}
	body := f.last(updateCatalog).Body
	for _, part := range []string{`"skipReset":true`, `"futureThing":1`, `{"x_y":1e400}`, `"selected":false`} {
		if !strings.Contains(body, part) {
			t.Errorf("the update lacks %s: %s", part, body)
		}
	}
	if _, err := c.Catalog(t.Context()); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("no catalog: %v", err)
	}
	bare, err := cloud.ParseCatalog([]byte(`{"streams":[{"stream":{"name":"a"},"sync_mode":"full_refresh","destination_sync_mode":"append"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(bare)
	if diff := cmp.Diff(`{"streams":[{"stream":{"name":"a"},"config":{"syncMode":"full_refresh","destinationSyncMode":"append","selected":true}}]}`, string(text)); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}
