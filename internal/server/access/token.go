package access

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// Token answers a request for a token.
func (g *Gate) Token(ctx context.Context, p endpoint.Params) (public.TokenResponse, error) {
	id, secret, err := credentials(p.Request)
	if err != nil {
		return public.TokenResponse{}, err
	}
	return g.Issue(ctx, id, secret)
}

// credentials reads client credentials from a form, from JSON, or from the Authorization header. The grant is not looked at: there is only one.
func credentials(r *http.Request) (id, secret string, err error) {
	in, err := tokenRequest(r)
	if err != nil {
		return "", "", err
	}
	if user, password, ok := r.BasicAuth(); ok && in.ClientID == "" {
		in.ClientID, in.ClientSecret = user, password
	}
	if err := endpoint.Require("client_id", in.ClientID, "client_secret", in.ClientSecret); err != nil {
		return "", "", err
	}
	return strings.TrimSpace(in.ClientID), in.ClientSecret, nil
}

func tokenRequest(r *http.Request) (in public.TokenRequest, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		return in, endpoint.Decode(r.Body, &in)
	}
	text, err := endpoint.Read(r.Body)
	if err != nil {
		return in, err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return in, endpoint.BadRequest("The form was not understood: it is not encoded as application/x-www-form-urlencoded.")
	}
	in.ClientID, in.ClientSecret = form.Get("client_id"), form.Get("client_secret")
	return in, nil
}
