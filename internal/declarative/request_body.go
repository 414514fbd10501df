package declarative

import (
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// RequestBody is the body of a request.
type RequestBody interface {
	Fill(vars map[string]any, o *Options, req *request) error
}

// JSONBody is an object, sent as JSON.
type JSONBody struct {
	Value manifest.Tree `manifest:"value,required"`
}

// Build makes the body.
func (c *JSONBody) Build(*Env) (RequestBody, error) { return c, nil }

// Fill sets the body of a request.
func (c *JSONBody) Fill(vars map[string]any, o *Options, _ *request) error {
	return jsonBodyOf(&c.Value, vars, o)
}

// FormBody is an object, sent as a form.
type FormBody struct {
	Value manifest.Tree `manifest:"value,required"`
}

// Build makes the body.
func (c *FormBody) Build(*Env) (RequestBody, error) { return c, nil }

// Fill sets the body of a request.
func (c *FormBody) Fill(vars map[string]any, o *Options, req *request) error {
	return bodyOf(&c.Value, vars, &o.Form, req)
}

// TextBody is a text, sent as it is.
type TextBody struct {
	Value manifest.Template `manifest:"value,required"`
}

// Build makes the body.
func (c *TextBody) Build(*Env) (RequestBody, error) { return c, nil }

// Fill sets the body of a request.
func (c *TextBody) Fill(vars map[string]any, _ *Options, req *request) error {
	var err error
	req.text, err = c.Value.Text(vars)
	return err
}

// GraphQLBody is a GraphQL query with its variables, sent as JSON.
type GraphQLBody struct {
	Value manifest.Tree `manifest:"value,required"`
}

// Build makes the body.
func (c *GraphQLBody) Build(*Env) (RequestBody, error) { return c, nil }

// Fill sets the body of a request.
func (c *GraphQLBody) Fill(vars map[string]any, o *Options, _ *request) error {
	if err := jsonBodyOf(&c.Value, vars, o); err != nil {
		return err
	}
	if query, ok := orEmpty(o.JSON).Get("query"); ok {
		o.JSON.Set("query", template.Str(query))
	}
	return nil
}
