package declarative

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative/signing"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// JWTAuthenticator signs a JSON Web Token (RFC 7519) for every request.
type JWTAuthenticator struct {
	Secret       manifest.Template `manifest:"secret_key,required"`
	Base64Secret bool              `manifest:"base64_encode_secret_key"`
	Algorithm    string            `manifest:"algorithm,required"`
	Duration     manifest.Template `manifest:"token_duration,holds=whole"`
	Prefix       manifest.Template `manifest:"header_prefix"`
	Headers      JWTHeaders        `manifest:"jwt_headers"`
	MoreHeaders  manifest.Tree     `manifest:"additional_jwt_headers"`
	Payload      JWTPayload        `manifest:"jwt_payload"`
	MorePayload  manifest.Tree     `manifest:"additional_jwt_payload"`
	Passphrase   manifest.Template `manifest:"passphrase"`
	Into         *RequestOption    `manifest:"request_option"`
}

// JWTHeaders are the registered headers of a token.
type JWTHeaders struct {
	KeyID       manifest.Template `manifest:"kid"`
	Type        manifest.Template `manifest:"typ"`
	ContentType manifest.Template `manifest:"cty"`
}

// JWTPayload is the registered claims of a token that a manifest may set.
type JWTPayload struct {
	Issuer   manifest.Template `manifest:"iss"`
	Subject  manifest.Template `manifest:"sub"`
	Audience manifest.Template `manifest:"aud"`
}

const tokenDuration = 1200 // seconds

// UnmarshalManifest checks the algorithm.
func (c *JWTAuthenticator) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain JWTAuthenticator
	d.Decode(n, (*plain)(c))
	if c.Algorithm != "" && !signing.Known(c.Algorithm) {
		d.ProblemOf(n, "algorithm", manifest.CodeUnsupported, "the algorithm %s is not supported", c.Algorithm)
	}
}

// Build makes the authenticator.
func (c *JWTAuthenticator) Build(env *Env) (Authenticator, error) {
	j := &jwt{JWTAuthenticator: c, env: env, vars: env.Vars(), life: tokenDuration}
	j.vars["json_loads"] = template.JSONLoads()
	life, given, err := c.Duration.Int(j.vars)
	if err != nil {
		return nil, err
	}
	if given {
		j.life = life
	}
	if j.key.Secret, err = c.Secret.Text(j.vars); err != nil {
		return nil, err
	}
	if j.key.Passphrase, err = c.Passphrase.Text(j.vars); err != nil {
		return nil, err
	}
	if c.Base64Secret && j.key.Passphrase == "" {
		j.key.Secret = base64.StdEncoding.EncodeToString([]byte(j.key.Secret))
	}
	j.prefix, err = c.Prefix.Text(j.vars)
	return j, err
}

type jwt struct {
	*JWTAuthenticator
	env    *Env
	vars   map[string]any
	life   int64
	key    signing.Key
	prefix string
}

// Credentials is a fresh token.
func (j *jwt) Credentials(context.Context) (Options, error) {
	signed, err := j.signed()
	if err != nil {
		return Options{}, err
	}
	if j.prefix != "" {
		signed = j.prefix + " " + signed
	}
	if j.Into != nil {
		return j.Into.In(signed, j.env.Vars())
	}
	return authorization(signed), nil
}

func (j *jwt) signed() (string, error) {
	if j.key.Secret == "" || j.key.Secret == printedNone {
		return "", connector.ConfigError("there is no key to sign a token with")
	}
	header, err := j.object(&j.MoreHeaders, []claim{{"kid", textClaim, &j.Headers.KeyID}, {"typ", textClaim, &j.Headers.Type}, {"cty", textClaim, &j.Headers.ContentType}})
	if err != nil {
		return "", err
	}
	switch kind, given := header.Get("typ"); {
	case !given:
		header.Set("typ", "JWT")
	case kind == "":
		header.Delete("typ")
	}
	header.Set("alg", j.Algorithm)
	payload, err := j.object(&j.MorePayload, []claim{{"iss", textClaim, &j.Payload.Issuer}, {"sub", anyClaim, &j.Payload.Subject}, {"aud", anyClaim, &j.Payload.Audience}})
	if err != nil {
		return "", err
	}
	now := j.env.Now().Truncate(time.Second).Unix()
	payload.Set("iat", now)
	payload.Set("exp", now+j.life)
	payload.Set("nbf", now)
	head, err := segment(sorted(header))
	if err != nil {
		return "", err
	}
	claims, err := segment(payload)
	if err != nil {
		return "", err
	}
	signature, err := signing.Sign(j.Algorithm, j.key, head+"."+claims)
	if err != nil {
		return "", connector.ConfigError("signing a token with %s: %w", j.Algorithm, err)
	}
	return head + "." + claims + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// claim is a claim or a header of a token.
type claim struct {
	name     string
	evaluate func(*manifest.Template, map[string]any) (any, error)
	value    *manifest.Template
}

// textClaim is a claim that has to be a text: nil when it evaluates to nothing.
func textClaim(t *manifest.Template, vars map[string]any) (any, error) {
	text, err := t.Text(vars)
	if err != nil || text == printedNone {
		return nil, err
	}
	return text, nil
}

// anyClaim is one that may also be a list.
func anyClaim(t *manifest.Template, vars map[string]any) (any, error) { return t.Value(vars) }

func (j *jwt) object(more *manifest.Tree, claims []claim) (*template.Dict, error) {
	d := template.NewDict(len(claims))
	extra, err := more.Value(j.vars)
	if err != nil {
		return nil, err
	}
	if extra, ok := extra.(*template.Dict); ok {
		d = copyDict(extra)
	}
	for _, c := range claims {
		if !c.value.Present() || c.value.Source() == "" {
			continue
		}
		v, err := c.evaluate(c.value, j.vars)
		if err != nil {
			return nil, err
		}
		if v != nil {
			d.Set(c.name, v)
		}
	}
	return d, nil
}

func segment(d any) (string, error) {
	text, err := template.AppendJSON(nil, d)
	return base64.RawURLEncoding.EncodeToString(text), err
}
