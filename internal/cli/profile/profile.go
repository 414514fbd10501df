// Package profile says which deployment the command line talks to and as whom: from flags, the environment, the contexts that a
// person has added, or the server on this machine.
package profile

import (
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/secret"
)

// Profile is one deployment and the credentials for it. It has the form of a server's credentials.json.
type Profile struct {
	APIRoot        string        `json:"api_root,omitempty"` // "": Airbyte Cloud
	ConfigAPIRoot  string        `json:"config_api_root,omitempty"`
	WebRoot        string        `json:"web_root,omitempty"`
	OrganizationID string        `json:"organization_id,omitempty"`
	WorkspaceID    string        `json:"workspace_id,omitempty"`
	ClientID       string        `json:"client_id,omitempty"`
	ClientSecret   secret.String `json:"client_secret,omitempty"` // or a reference: env:NAME, file:PATH
	BearerToken    secret.String `json:"bearer_token,omitempty"`  // or a reference
}

// onDisk is a profile whose secrets are written out. A [secret.String] would be stored as [redacted].
type onDisk struct {
	Profile

	ClientSecret string `json:"client_secret,omitempty"`
	BearerToken  string `json:"bearer_token,omitempty"`
}

func (p Profile) onDisk() onDisk {
	return onDisk{Profile: p, ClientSecret: p.ClientSecret.Reveal(), BearerToken: p.BearerToken.Reveal()}
}

// Marshal is the profile as JSON with its secrets in plain text. It belongs in files of mode 0600 and nowhere else.
func (p Profile) Marshal() ([]byte, error) {
	text, err := json.MarshalIndent(p.onDisk(), "", "  ")
	return append(text, '\n'), err
}

// Resolve replaces references by the secrets that they point at.
func (p Profile) Resolve(ctx context.Context, env func(string) string) (Profile, error) {
	resolver := secret.Resolver{Env: func(name string) (string, bool) { return env(name), env(name) != "" }}
	var err error
	if p.ClientSecret, err = resolver.Resolve(ctx, p.ClientSecret.Reveal()); err != nil {
		return p, err
	}
	p.BearerToken, err = resolver.Resolve(ctx, p.BearerToken.Reveal())
	return p, err
}

// Auth is how the profile proves who is asking, in words.
func (p Profile) Auth() string {
	switch {
	case !p.BearerToken.IsZero():
		return "bearer token"
	case p.ClientID != "":
		return "client credentials"
	}
	return "none"
}
