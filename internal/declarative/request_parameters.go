package declarative

import (
	"errors"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// RequestParameters are the query of a request. One of them may be a list of properties to ask for.
type RequestParameters struct {
	manifest.Tree

	properties *QueryProperties // nil: none
	key        string           // what the parameter is called that asks for them
}

// UnmarshalManifest tells properties from other parameters.
func (p *RequestParameters) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n != nil && n.Kind() == manifest.Mapping {
		for name, value := range n.Fields() {
			if value.Kind() != manifest.Mapping {
				continue
			}
			d.In(name, func() { p.object(d, name, value) })
			n = n.Without(name)
		}
	}
	p.Tree.UnmarshalManifest(d, n)
}

// object reads a parameter that is an object, which only properties are.
func (p *RequestParameters) object(d *manifest.Decoder, name string, n *manifest.Node) {
	kind := n.Get("type")
	switch {
	case kind.Null() || kind.Text() != "QueryProperties":
		d.Problem(n, manifest.CodeWrongType, "want a text or QueryProperties, found an object")
	case p.properties != nil:
		d.Problem(n, manifest.CodeInvalidValue, "a request asks for properties in one parameter, and %s does that", p.key)
	default:
		p.key = name
		d.Decode(n, &p.properties)
	}
}

var errNoProperties = errors.New("only a SimpleRetriever gives properties to its requester")

// ask adds the properties of a request to its query.
func (p *RequestParameters) ask(query *template.Dict, vars map[string]any) error {
	if p.properties == nil {
		return nil
	}
	list, ok := vars[propertiesKey].([]any)
	if !ok {
		return errNoProperties
	}
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = template.Str(v)
	}
	query.Set(p.key, strings.Join(texts, ","))
	return nil
}

// buildProperties makes the properties that requests ask for, wherever the manifest lists them; nil when they ask for none.
func (c *HTTPRequester) buildProperties(env *Env) (*properties, error) {
	switch {
	case c.Query.properties != nil:
		return c.Query.properties.build(env)
	case c.Endpoint != nil:
		return (&QueryProperties{List: propertyList{endpoint: c.Endpoint}}).build(env)
	case c.Properties != nil:
		return c.Properties.build(env)
	}
	return nil, nil
}
