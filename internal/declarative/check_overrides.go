package declarative

import (
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// overrider is a checker that has values stand in the configuration while it is checked.
type overrider interface {
	overrides() *template.Dict
}

// overrides are the values, which are taken as they are.
func (c *CheckStream) overrides() *template.Dict { return dictOf(c.Overrides) }

// overrides are the values, which are taken as they are.
func (c *CheckDynamicStream) overrides() *template.Dict { return dictOf(c.Overrides) }

func dictOf(v any) *template.Dict {
	d, _ := v.(*template.Dict)
	return orEmpty(d)
}

// UnmarshalManifest checks the overrides.
func (c *CheckStream) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain CheckStream
	d.Decode(n, (*plain)(c))
	checkOverrides(d, n.Get("config_overrides"))
}

// UnmarshalManifest checks the overrides.
func (c *CheckDynamicStream) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain CheckDynamicStream
	d.Decode(n, (*plain)(c))
	checkOverrides(d, n.Get("config_overrides"))
}

// checkOverrides refuses the keys that belong to the platform.
func checkOverrides(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() != manifest.Mapping {
		d.In("config_overrides", func() { d.Problem(n, manifest.CodeWrongType, "want an object") })
		return
	}
	for key, value := range n.Fields() {
		if strings.HasPrefix(key, "__airbyte") {
			d.In("config_overrides."+key, func() { d.Problem(value, manifest.CodeInvalidValue, "the key belongs to the platform") })
		}
	}
}

// savedOverrides tells of overrides that would outlive the check: a refresh token for single use has the whole configuration saved.
func savedOverrides(doc *manifest.Document, file string) manifest.Problems {
	overrides := doc.Root().Get("check").Get("config_overrides")
	if overrides.Null() || overrides.Len() == 0 || !mentions(doc.Root(), "refresh_token_updater") {
		return nil
	}
	return manifest.Problems{{
		Place:    manifest.Place{File: file, Line: 1, Column: 1, Path: "check.config_overrides"},
		Severity: manifest.Error, Code: manifest.CodeInvalidValue,
		Message: "config_overrides do not go with a refresh_token_updater, which would have them saved",
	}}
}

// mentions tells whether a field of that name is set anywhere.
func mentions(n *manifest.Node, field string) bool {
	for key, value := range n.Fields() {
		if key == field && !value.Null() || mentions(value, field) {
			return true
		}
	}
	for _, item := range n.Items() {
		if mentions(item, field) {
			return true
		}
	}
	return false
}
