package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MaxBody is how many bytes the body of a request may have.
const MaxBody = 10 << 20

// Get is a handler without a request body.
func Get[Out any](fn func(ctx context.Context, p Params) (Out, error)) Handler {
	return Handler{Out: reflect.TypeFor[Out](), answer: func(p Params) (any, error) {
		if err := p.permit(nil); err != nil {
			return nil, err
		}
		return boxed(fn(p.Context(), p))
	}}
}

// Put is a handler with a request body.
func Put[In, Out any](fn func(ctx context.Context, p Params, in In) (Out, error)) Handler {
	return Handler{In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out](), answer: func(p Params) (any, error) {
		in, err := received[In](p)
		if err != nil {
			return nil, err
		}
		return boxed(fn(p.Context(), p, in))
	}}
}

// Call is a handler that needs nothing but the request body.
func Call[In, Out any](fn func(ctx context.Context, in In) (Out, error)) Handler {
	return Put(func(ctx context.Context, _ Params, in In) (Out, error) { return fn(ctx, in) })
}

// Drop is a handler without any body, of the request or of the answer.
func Drop(fn func(ctx context.Context, p Params) error) Handler {
	return Handler{answer: func(p Params) (any, error) {
		if err := p.permit(nil); err != nil {
			return nil, err
		}
		return nil, fn(p.Context(), p)
	}}
}

// Tell is a handler with a request body whose answer has none.
func Tell[In any](fn func(ctx context.Context, in In) error) Handler {
	return Handler{In: reflect.TypeFor[In](), answer: func(p Params) (any, error) {
		in, err := received[In](p)
		if err != nil {
			return nil, err
		}
		return nil, fn(p.Context(), in)
	}}
}

// received is the body of a request that is permitted.
func received[In any](p Params) (in In, err error) {
	if err := Decode(p.Body, &in); err != nil {
		return in, err
	}
	return in, p.permit(&in)
}

func boxed[Out any](out Out, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Decode reads one JSON value into the struct at into. Members that it does not know are ignored; an empty body is an empty object.
func Decode(body io.Reader, into any) error {
	text, err := Read(body)
	if err != nil {
		return err
	}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff"))) // which some programs put before what they print
	if len(text) == 0 {
		text = []byte("{}")
	}
	if !utf8.Valid(text) {
		return Unprocessable("The body is not UTF-8.")
	}
	if text[0] != '{' {
		return Unprocessable("The body must be a JSON object; it starts with %q.", text[0])
	}
	if holdsNUL(text) {
		return Unprocessable("The body holds the character U+0000, which cannot be stored.")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return malformed(err)
	}
	return nil
}

// holdsNUL looks for an escape of U+0000. A backslash before it that is itself escaped makes it a text of six characters.
func holdsNUL(text []byte) bool {
	for {
		i := bytes.Index(text, []byte(`\u0000`))
		if i < 0 {
			return false
		}
		before := len(text[:i]) - len(bytes.TrimRight(text[:i], `\`))
		if before%2 == 0 {
			return true
		}
		text = text[i+1:]
	}
}

// Read is the whole body of a request.
func Read(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(body)
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, TooLarge(large.Limit)
	}
	if err != nil {
		return nil, BadRequest("The body could not be read to its end: %v. Send it again.", err)
	}
	return text, nil
}

func malformed(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return Unprocessable("The body is not valid JSON: %v at byte %d.", syntax, syntax.Offset)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return Unprocessable("The member %q must be %s; it is %s.", wrong.Field, jsonName(wrong.Type), article(wrong.Value))
	}
	return Unprocessable("The body was not understood: %v.", err)
}

func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "a boolean"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Pointer:
		return jsonName(t.Elem())
	default:
		return "a number"
	}
}

// article puts a or an before a noun.
func article(noun string) string {
	if strings.HasPrefix(noun, "a") || strings.HasPrefix(noun, "o") {
		return "an " + noun
	}
	return "a " + noun
}

// WriteJSON prints body with a status.
func WriteJSON(w http.ResponseWriter, status int, body any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return fmt.Errorf("printing the answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The status is sent: a caller who has gone away cannot be told anything any more.
	w.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return nil
}
