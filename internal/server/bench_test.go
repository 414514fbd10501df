package server_test

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/seal"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/store/sqlite"
)

// BenchmarkGetSource reads one source, as the administrator of the instance and as a reader of the workspace, without the network.
func BenchmarkGetSource(b *testing.B) {
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "airfield.db"))
	check(err)
	defer store.Close()
	box, err := seal.New([]byte(strings.Repeat("m", 32)))
	check(err)
	p := platform.New(platform.Config{Store: store, Connectors: airfield.NewConnectors(airfield.ConnectorOptions{}), Secrets: box})
	seed, err := p.Seed(b.Context())
	check(err)
	source, err := p.CreateActor(b.Context(), platform.NewActor{
		Kind: connector.KindSource, WorkspaceID: seed.WorkspaceID, Name: "n", Config: json.RawMessage(`{"sourceType":"faker","count":10}`),
	})
	check(err)
	reader, secret, err := p.CreateRobot(b.Context(), "reader", []platform.NewPermission{{Role: platform.RoleWorkspaceReader, WorkspaceID: seed.WorkspaceID}})
	check(err)
	s, err := server.New(server.Config{Platform: p, SigningKey: []byte(strings.Repeat("k", 32))})
	check(err)
	for _, caller := range []struct{ name, id, secret string }{
		{"admin", seed.Application.ClientID, seed.ClientSecret}, {"reader", reader.ClientID, secret},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/v1/applications/token", strings.NewReader(quote("client_id", caller.id, "client_secret", caller.secret))))
		var token struct {
			AccessToken string `json:"access_token"`
		}
		check(json.Unmarshal(w.Body.Bytes(), &token))
		b.Run(caller.name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := httptest.NewRequest("GET", "/v1/sources/"+source.ID, nil)
					r.Header.Set("Authorization", "Bearer "+token.AccessToken)
					w := httptest.NewRecorder()
					if s.ServeHTTP(w, r); w.Code != 200 {
						b.Error(w.Body.String())
						return
					}
				}
			})
		})
	}
}
