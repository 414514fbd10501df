package public

import "github.com/airfielddev/airfield/internal/wire"

// TokenRequest trades client credentials for an access token. Its names are in snake_case, but for the hyphen that the
// published specification spells the grant with; the standard spelling is what most clients send.
type TokenRequest struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	GrantType    string `json:"grant_type,omitempty"`
	GrantHyphen  string `json:"grant-type,omitempty"`
}

// GrantClientCredentials is the only grant.
const GrantClientCredentials = "client_credentials"

// TokenTypeBearer is the type of every token. Clients compare it with regard to case.
const TokenTypeBearer = "Bearer"

// TokenResponse is an access token and its life in seconds.
type TokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
}

// Shared with the Config API.
type (
	// Application is a pair of client credentials.
	Application = wire.Application
	// ApplicationCreate asks for a new pair of client credentials.
	ApplicationCreate = wire.ApplicationCreate
	// Applications lists pairs of client credentials, in a member that other lists call data.
	Applications = wire.ApplicationList
)
