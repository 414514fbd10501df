// Package secret keeps credentials out of logs, errors and files: a [String] that prints as [redacted] wherever it
// goes, references that say where a secret is instead of what it is, and redaction of text that may hold one.
package secret

import (
	"fmt"
	"log/slog"
)

// Redacted is what is shown in place of a secret.
const Redacted = "[redacted]"

// String is a secret. Every way of printing it gives [redacted]: all verbs of fmt, encoding/json, text encodings and
// slog, also where it is a field of something that is printed. [String.Reveal] is the only way out.
//
// The zero value is no secret at all; it prints as the empty string, so that an absent secret can be told from a
// present one. Strings can be compared with == and are set by conversion: secret.String("...").
//
// Two places ask no methods of what they print and so need care: the keys of a map that becomes JSON, and the unexported
// fields of a struct that fmt prints. Keep secrets out of the former, and behind a pointer or a function in the latter.
type String string

// Reveal returns the secret itself. Call it where the secret is used and nowhere earlier.
func (s String) Reveal() string { return string(s) }

// IsZero tells whether there is no secret.
func (s String) IsZero() bool { return s == "" }

// String returns [redacted], or the empty string when there is no secret.
func (s String) String() string {
	if s == "" {
		return ""
	}
	return Redacted
}

// GoString returns what [String.String] returns, quoted.
func (s String) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format prints what [String.String] returns for every verb, including those that would show a string's bytes.
func (s String) Format(f fmt.State, verb rune) {
	if verb == 'q' || (verb == 'v' && f.Flag('#')) {
		fmt.Fprintf(f, "%q", s.String())
		return
	}
	fmt.Fprint(f, s.String())
}

// MarshalText returns what [String.String] returns, so that JSON, YAML and flags show no more.
func (s String) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets the secret, so that files and flags can carry one in.
func (s *String) UnmarshalText(text []byte) error {
	*s = String(text)
	return nil
}

// LogValue returns what [String.String] returns.
func (s String) LogValue() slog.Value { return slog.StringValue(s.String()) }
