package declarative

import (
	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/manifest"
)

// texts evaluates templates.
func texts(templates []manifest.Template, vars map[string]any) ([]string, error) {
	list := make([]string, len(templates))
	for i := range templates {
		var err error
		if list[i], err = templates[i].Text(vars); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// pathOf evaluates the steps of a path.
func pathOf(templates []manifest.Template, vars map[string]any) (dpath.Path, error) {
	path, err := texts(templates, vars)
	return dpath.Parse(path), err
}

// wantSteps reports a path without steps.
func wantSteps(d *manifest.Decoder, n *manifest.Node, field string, path []manifest.Template) {
	if list := n.Get(field); !list.Null() && len(path) == 0 {
		d.Problem(list, manifest.CodeInvalidValue, "want at least one step")
	}
}
