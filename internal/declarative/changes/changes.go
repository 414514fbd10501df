// Package changes tells what changes for the users of a connector when its manifest does: streams, their fields, keys and cursors, and
// the settings. How the connector gets at its records is its own affair.
package changes

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Change is one thing that is different.
type Change struct {
	// Path is what is different: "streams.customers.fields.email".
	Path string `json:"path"`
	Kind Kind   `json:"kind"`
	// Old and New are what was there before and is there now; "" is nothing.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Breaking tells that somebody who uses the connector has to do something, for the reason that Why gives. See
	// https://docs.airbyte.com/platform/connector-development/connector-breaking-changes.
	Breaking bool   `json:"breaking"`
	Why      string `json:"why,omitempty"`
}

// Kind is what happened to something.
type Kind string

// The kinds of changes.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Between lists what is different in a resolved manifest, in the order of their paths.
func Between(before, after json.RawMessage) ([]Change, error) {
	a, err := surfaceOf(before)
	if err != nil {
		return nil, fmt.Errorf("reading the old manifest: %w", err)
	}
	b, err := surfaceOf(after)
	if err != nil {
		return nil, fmt.Errorf("reading the new manifest: %w", err)
	}
	c := &collector{}
	c.streams(a.streams, b.streams)
	c.settings("spec", a.spec, b.spec)
	c.set("check.streams", a.check, b.check, "")
	slices.SortStableFunc(c.list, func(x, y Change) int { return strings.Compare(x.Path, y.Path) })
	return c.list, nil
}

type collector struct{ list []Change }

func (c *collector) add(kind Kind, path, before, after, why string) {
	c.list = append(c.list, Change{Path: path, Kind: kind, Old: before, New: after, Breaking: why != "", Why: why})
}

// set notes that a value is another one. A reason makes it a breaking change.
func (c *collector) set(path, before, after, why string) {
	switch {
	case before == after:
	case before == "":
		c.add(Added, path, "", after, why)
	case after == "":
		c.add(Removed, path, before, "", why)
	default:
		c.add(Changed, path, before, after, why)
	}
}

// keys are those of both maps, in order.
func keys[T any](a, b map[string]T) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]T{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

func (c *collector) streams(before, after map[string]stream) {
	for _, name := range keys(before, after) {
		a, was := before[name]
		b, is := after[name]
		path := "streams." + name
		switch {
		case !is:
			c.add(Removed, path, "", "", "connections that sync the stream cannot any more")
		case !was:
			c.add(Added, path, "", "", "")
		default:
			c.stream(path, a, b)
		}
	}
}

func (c *collector) stream(path string, a, b stream) {
	c.set(path+".primary_key", a.key, b.key, "what is deduplicated by it has to be read anew")
	why := "the state of connections that sync the stream incrementally is of no use any more"
	switch {
	case a.cursor == "" && b.cursor != "":
		c.add(Added, path+".incremental", "", b.cursor, "")
	case a.cursor != "" && b.cursor == "":
		c.add(Removed, path+".incremental", a.cursor, "", "connections that sync the stream incrementally cannot any more")
	case a.cursor != "":
		c.set(path+".cursor", a.cursor, b.cursor, why)
		c.set(path+".cursor_format", a.format, b.format, "states that were written before may not be understood")
		c.set(path+".partitions", a.partitions, b.partitions, why)
	}
	c.fields(path+".fields", a.fields, b.fields)
}

func (c *collector) fields(path string, before, after map[string]string) {
	for _, name := range keys(before, after) {
		a, b := before[name], after[name]
		why := ""
		switch {
		case b == "":
			why = "whoever reads the field finds it no more"
		case a != "" && !widened(a, b):
			why = "what is in the field may not fit the column that was made for it"
		}
		c.set(path+"."+name, a, b, why)
	}
}

// widened tells whether a type lets through what it let through before, and null at the most beside it.
func widened(before, after string) bool {
	a, b := strings.Split(before, "|"), strings.Split(after, "|")
	for _, kind := range a {
		if kind != "null" && !slices.Contains(b, kind) {
			return false
		}
	}
	for _, kind := range b {
		if kind != "null" && !slices.Contains(a, kind) {
			return false
		}
	}
	return true
}

func (c *collector) settings(path string, before, after settings) {
	for _, name := range keys(before.properties, after.properties) {
		a, was := before.properties[name]
		b, is := after.properties[name]
		at := path + "." + name
		switch {
		case !is:
			c.add(Removed, at, a.kind, "", "")
		case !was && b.required && !b.hasDefault:
			c.add(Added, at, "", b.kind, "sources that exist have no value for it, and it is required")
		case !was:
			c.add(Added, at, "", b.kind, "")
		default:
			c.setting(at, a, b)
		}
	}
}

func (c *collector) setting(path string, a, b setting) {
	why := ""
	if !widened(a.kind, b.kind) {
		why = "values that sources have do not fit any more"
	}
	c.set(path+".type", a.kind, b.kind, why)
	if !a.required && b.required && !b.hasDefault {
		c.add(Changed, path+".required", "no", "yes", "sources may have no value for it")
	}
	if a.required && !b.required {
		c.add(Changed, path+".required", "yes", "no", "")
	}
	if a.secret != b.secret {
		c.add(Changed, path+".secret", yesNo(a.secret), yesNo(b.secret), "")
	}
	if gone := slices.DeleteFunc(slices.Clone(a.choices), func(v string) bool { return slices.Contains(b.choices, v) }); len(gone) > 0 && len(b.choices) > 0 {
		c.add(Removed, path+".choices", strings.Join(gone, ", "), "", "sources may have one of these values")
	}
	if fresh := slices.DeleteFunc(slices.Clone(b.choices), func(v string) bool { return slices.Contains(a.choices, v) }); len(fresh) > 0 {
		why := ""
		if len(a.choices) == 0 {
			why = "sources may have another value"
		}
		c.add(Added, path+".choices", "", strings.Join(fresh, ", "), why)
	}
	if !reflect.DeepEqual(a.usual, b.usual) {
		c.set(path+".default", textOf(a.usual), textOf(b.usual), "")
	}
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
