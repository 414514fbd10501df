package cloud

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// Deployable is what can be deployed: a local connector, or a [Configuration]. The sources and destinations of package airfield have
// these methods, and neither package needs to know the other.
type Deployable interface {
	// ConnectorName is the name of the connector with its kind before it, such as "source-faker". It is empty when only
	// [WithDefinitionID] tells what the connector is.
	ConnectorName() string
	// ConnectorConfig is the configuration, with its secrets. The caller does not change it.
	ConnectorConfig() (map[string]any, error)
}

// Configuration is the configuration of a connector. To be deployed it names the connector by its member "sourceType" or
// "destinationType", such as "faker", or comes with [WithDefinitionID].
type Configuration map[string]any

// The members of a configuration that name its connector.
const (
	sourceTypeKey      = "sourceType"
	destinationTypeKey = "destinationType"
)

// ConnectorName is made of the member sourceType or destinationType; it is empty when there is neither.
func (c Configuration) ConnectorName() string {
	if name, ok := c[sourceTypeKey].(string); ok && name != "" {
		return "source-" + name
	}
	if name, ok := c[destinationTypeKey].(string); ok && name != "" {
		return "destination-" + name
	}
	return ""
}

// ConnectorConfig is the configuration without the members that name the connector.
func (c Configuration) ConnectorConfig() (map[string]any, error) {
	rest := maps.Clone(map[string]any(c))
	delete(rest, sourceTypeKey)
	delete(rest, destinationTypeKey)
	return rest, nil
}

// plain is the configuration as JSON sees it.
func (c Configuration) plain() (map[string]any, error) {
	text, err := encode("", c)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var plain map[string]any
	return plain, dec.Decode(&plain)
}

// withoutMasks drops the members whose value is the mask of a secret, at any depth of objects. What is left of an array that
// holds one is not known, so arrays stay as they are.
func withoutMasks(object map[string]any) {
	for name, value := range object {
		switch v := value.(type) {
		case string:
			if v == wire.Mask {
				delete(object, name)
			}
		case map[string]any:
			withoutMasks(v)
		}
	}
}

// encode writes JSON without the escapes that are meant for web pages.
func encode(op string, v any) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, refuse(ErrInvalidInput, op, "", "", "a value is no JSON: %s", typeOnly(err))
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}

// typeOnly describes an encoding error without the value, which may be a secret.
func typeOnly(err error) string {
	if unsupported, ok := errors.AsType[*json.UnsupportedTypeError](err); ok {
		return "type " + unsupported.Type.String() + " cannot be written"
	}
	return "it cannot be written"
}

// A DeployOption says how something is deployed.
type DeployOption func(*deployOptions)

type deployOptions struct {
	duplicate    bool
	suffix       bool
	definitionID string
	deferred     bool
}

// AllowDuplicateName deploys even if the name is taken. Without it names are looked up first, since servers allow duplicates, and
// the error matches [ErrDuplicateName].
func AllowDuplicateName() DeployOption { return func(o *deployOptions) { o.duplicate = true } }

// RandomNameSuffix adds a short random text to the name, in the form "name (ID: 01jx3k7pq)", before the name is looked up.
func RandomNameSuffix() DeployOption { return func(o *deployOptions) { o.suffix = true } }

// WithDefinitionID says which connector definition to deploy an instance of, for connectors that have no name on the deployment.
func WithDefinitionID(id string) DeployOption {
	return func(o *deployOptions) { o.definitionID = id }
}

// DeferCredentials deploys a draft, whose configuration may lack secrets and whatever else is to come later, with
// [Source.UpdateConfig] or on the web page at [Source.URL]. No connection can use it until a check of it has succeeded. It needs
// [WithDefinitionID], since it goes through the Config API; the error matches [ErrUnsupported] when the deployment knows no drafts and
// has made an ordinary source or destination, whose ID it tells.
func DeferCredentials() DeployOption { return func(o *deployOptions) { o.deferred = true } }

// devNullDefinitionID is the definition of the destination that keeps nothing, which deployments do not know by name.
const devNullDefinitionID = "a7bcc9d8-13b3-4e49-b80d-d020b90045e3"

// deployment is a request to deploy, worked out.
type deployment struct {
	name          string
	definitionID  string
	configuration json.RawMessage
	deferred      bool
}

// DeploySource deploys src as a source of this name. The error matches [ErrDuplicateName] when the name is taken, see
// [AllowDuplicateName], and [ErrInvalidInput] when the configuration does not fit the connector.
//
// See https://reference.airbyte.com/reference/createsource.
func (w *Workspace) DeploySource(ctx context.Context, name string, src Deployable, opts ...DeployOption) (*Source, error) {
	const kind = "source"
	op := "deploying source " + name
	taken := func(name string) (bool, error) { return nonEmpty(w.Sources(ctx, ByName(name), Limit(1))) }
	d, err := w.prepare(op, kind, name, src, taken, opts)
	if err != nil {
		return nil, err
	}
	if d.deferred {
		id, err := w.deployDraft(ctx, op, kind, d)
		if err != nil {
			return nil, err
		}
		return w.Source(id), nil
	}
	body := public.SourceCreateRequest{
		Name: d.name, WorkspaceID: w.id, Configuration: d.configuration, DefinitionID: d.definitionID,
	}
	answer, err := ask[public.SourceResponse](ctx, w.client, w.client.public(op, http.MethodPost, body, "sources"), kind, d.name)
	if err != nil {
		return nil, err
	}
	return w.source(answer), nil
}

// DeployDestination deploys dst as a destination of this name. The error matches [ErrDuplicateName] when the name is taken, see
// [AllowDuplicateName], and [ErrInvalidInput] when the configuration does not fit the connector.
//
// See https://reference.airbyte.com/reference/createdestination.
func (w *Workspace) DeployDestination(ctx context.Context, name string, dst Deployable, opts ...DeployOption) (*Destination, error) {
	const kind = "destination"
	op := "deploying destination " + name
	taken := func(name string) (bool, error) { return nonEmpty(w.Destinations(ctx, ByName(name), Limit(1))) }
	d, err := w.prepare(op, kind, name, dst, taken, opts)
	if err != nil {
		return nil, err
	}
	if d.deferred {
		id, err := w.deployDraft(ctx, op, kind, d)
		if err != nil {
			return nil, err
		}
		return w.Destination(id), nil
	}
	body := public.DestinationCreateRequest{
		Name: d.name, WorkspaceID: w.id, Configuration: d.configuration, DefinitionID: d.definitionID,
	}
	answer, err := ask[public.DestinationResponse](ctx, w.client, w.client.public(op, http.MethodPost, body, "destinations"), kind, d.name)
	if err != nil {
		return nil, err
	}
	return w.destination(answer), nil
}

// prepare works out what to deploy, and looks the name up when it must be free.
func (w *Workspace) prepare(op, kind, name string, what Deployable, taken func(string) (bool, error), opts []DeployOption) (deployment, error) {
	var o deployOptions
	for _, opt := range opts {
		opt(&o)
	}
	if strings.TrimSpace(name) == "" || w.id == "" {
		return deployment{}, refuse(ErrInvalidInput, op, kind, name, "a name and a workspace ID are needed")
	}
	if what == nil {
		return deployment{}, refuse(ErrInvalidInput, op, kind, name, "nothing to deploy is given")
	}
	if o.deferred && o.definitionID == "" {
		return deployment{}, refuse(ErrInvalidInput, op, kind, name, "a draft needs WithDefinitionID")
	}
	d := deployment{name: name, definitionID: o.definitionID, deferred: o.deferred}
	if err := d.configure(op, kind, what); err != nil {
		return deployment{}, err
	}
	if o.suffix {
		d.name += " (ID: " + strings.ToLower(rand.Text()[:9]) + ")"
	}
	if o.duplicate {
		return d, nil
	}
	found, err := taken(d.name)
	if err != nil {
		return deployment{}, err
	}
	if found {
		return deployment{}, refuse(ErrDuplicateName, op, kind, d.name, "the workspace has a %s called %q already", kind, d.name)
	}
	return d, nil
}

// configure writes the configuration, with the member that names the connector unless a definition does.
func (d *deployment) configure(op, kind string, what Deployable) error {
	config, err := what.ConnectorConfig()
	if err != nil {
		return &Error{Op: op, Resource: kind, ID: d.name, Detail: "reading the configuration of the connector", Err: err}
	}
	short, ok := strings.CutPrefix(what.ConnectorName(), kind+"-")
	if d.definitionID == "" && !ok {
		return refuse(ErrInvalidInput, op, kind, d.name,
			"the configuration does not name a connector: give %sType or WithDefinitionID", kind)
	}
	config = maps.Clone(config)
	if config == nil {
		config = map[string]any{}
	}
	if d.definitionID == "" && kind == "destination" && short == "dev-null" {
		d.definitionID = devNullDefinitionID
	}
	if d.definitionID == "" {
		config[kind+"Type"] = short
	}
	d.configuration, err = encode(op, config)
	return err
}
