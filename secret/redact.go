package secret

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// shortest is the length below which a secret is not searched for in text: blanking every "a" of a log would hide the
// log and tell the secret.
const shortest = 4

// What looks like a credential, whatever its value: a bearer or basic header, a JSON Web Token, the user part of a URL, and
// members, parameters and headers that are named like one.
var (
	authorization = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}`)
	webToken      = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?`)
	userInfo      = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@"']+@`)
	jsonMember    = regexp.MustCompile(`(?i)("[a-z0-9_-]*(?:` + names + `)"\s*:\s*)"(?:[^"\\]|\\.)*"`)
	parameter     = regexp.MustCompile(`(?i)\b([a-z0-9_-]*(?:` + names + `)=)[^\s&"']+`)
	header        = regexp.MustCompile(`(?im)\b((?:x-)?(?:api-key|auth-token|access-token)\s*:\s*)\S+`)
)

const names = `password|passwd|secret|client_?secret|token|access_?key|api_?key|apikey|private_?key|credential|credentials|authorization`

// Redact returns text with the given secrets, and with whatever looks like a credential by its form or its name, replaced by
// [redacted]. Secrets are found as they are, percent-encoded, and escaped for JSON.
func Redact(text string, secrets ...String) string {
	text = Blank(text, secrets...)
	text = authorization.ReplaceAllString(text, "$1 "+Redacted)
	text = webToken.ReplaceAllString(text, Redacted)
	text = userInfo.ReplaceAllString(text, "$1"+Redacted+"@")
	text = jsonMember.ReplaceAllString(text, `$1"`+Redacted+`"`)
	text = parameter.ReplaceAllString(text, "$1"+Redacted)
	return header.ReplaceAllString(text, "$1"+Redacted)
}

// Blank returns text with the given secrets replaced by [redacted], and nothing else changed. Secrets of fewer than four
// bytes are left alone, as are empty ones.
func Blank(text string, secrets ...String) string { return Mask(text, Redacted, secrets...) }

// unescaped are characters that some programs escape in a part of a URL and others do not: Python leaves slashes, and JavaScript the others.
//
//nolint:gochecknoglobals // it is a constant
var unescaped = []*strings.Replacer{
	strings.NewReplacer(), strings.NewReplacer("%2F", "/"), strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*"),
}

// escapeURL is how a text may be written in a URL.
func escapeURL(text string) []string {
	form := url.QueryEscape(text)
	if form == text {
		return nil
	}
	list := []string{url.PathEscape(text)}
	for _, left := range unescaped {
		for _, one := range []string{form, strings.ReplaceAll(form, "+", "%20")} {
			list = append(list, left.Replace(one), lowerEscapes(left.Replace(one)))
		}
	}
	return list
}

// escape is a byte as it is written in a URL.
var escape = regexp.MustCompile(`%[0-9A-F]{2}`)

func lowerEscapes(text string) string { return escape.ReplaceAllStringFunc(text, strings.ToLower) }

// Mask does what [Blank] does, with another text in place of the secrets.
func Mask(text, mask string, secrets ...String) string {
	var spellings []string
	for _, s := range secrets {
		if len(s) < shortest {
			continue
		}
		v := s.Reveal()
		spellings = append(append(spellings, v, escapeJSON(v)), escapeURL(v)...)
	}
	slices.SortFunc(spellings, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, v := range slices.Compact(spellings) {
		text = strings.ReplaceAll(text, v, mask)
	}
	return text
}

// IsSecretName tells whether a setting is called like something that is kept secret, such as api_key or clientSecret.
func IsSecretName(name string) bool { return secretName.MatchString(name) }

var secretName = regexp.MustCompile(`(?i)(?:` + names + `)$`)

func escapeJSON(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

// URL returns the text of u without its user part and with the values of its parameters that are named like a secret
// replaced by [redacted].
func URL(u *url.URL) string {
	if u == nil {
		return ""
	}
	clean := *u
	clean.User = nil
	query := clean.Query()
	changed := false
	for name := range query {
		if IsSecretName(name) {
			query[name] = []string{Redacted}
			changed = true
		}
	}
	if changed {
		clean.RawQuery = query.Encode()
	}
	return clean.String()
}
