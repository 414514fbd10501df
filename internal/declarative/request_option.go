package declarative

import (
	"errors"

	"github.com/airfielddev/airfield/manifest"
)

// RequestOption says where in a request a value goes.
type RequestOption struct {
	Into      string              `manifest:"inject_into,required"` // request_parameter, header, body_data or body_json
	Field     manifest.Template   `manifest:"field_name"`
	FieldPath []manifest.Template `manifest:"field_path"` // instead of Field, for body_json
}

// UnmarshalManifest checks what the fields say together.
func (o *RequestOption) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain RequestOption
	d.Decode(n, (*plain)(o))
	switch o.Into {
	case "":
	case "request_parameter", "header", "body_data", "body_json":
		o.checkName(d, n)
	default:
		d.ProblemOf(n, "inject_into", manifest.CodeInvalidValue,
			"want one of request_parameter, header, body_data and body_json, found %q", o.Into)
	}
}

// checkName wants one name. A path beside a name does no harm where it cannot be meant: parameters of the manifest may be called
// the same.
func (o *RequestOption) checkName(d *manifest.Decoder, n *manifest.Node) {
	path := len(o.FieldPath) > 0
	switch {
	case !o.Field.Present() && !path, o.Field.Present() && path && o.Into == "body_json":
		d.Problem(n, manifest.CodeInvalidValue, "want one of field_name and field_path")
	case !o.Field.Present() && o.Into != "body_json":
		d.Problem(n, manifest.CodeInvalidValue, "field_path goes with inject_into: body_json only")
	case o.Field.Present() && path:
		d.WarnOf(n, "field_path", manifest.CodeInvalidValue, "only field_name counts; Airbyte refuses a manifest that has both")
	}
}

func (o *RequestOption) path(vars map[string]any) ([]string, error) {
	names := o.FieldPath
	if o.Field.Present() {
		names = []manifest.Template{o.Field}
	}
	if len(names) == 0 {
		return nil, errors.New("a request option without a name")
	}
	path := make([]string, len(names))
	for i := range names {
		name, err := names[i].Text(vars)
		if err != nil {
			return nil, err
		}
		path[i] = name
	}
	return path, nil
}
