package declarative

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// doubts are warnings about what can be read and will hardly do what was meant: they take more than one place of the manifest to see.
func (s *Source) doubts() manifest.Problems {
	d := &doubter{Source: s, seen: map[*manifest.Node]bool{}}
	d.version()
	d.streamNames()
	d.checkedStreams()
	d.schemaFiles()
	if d.known = s.settings(); d.known != nil || s.config.Spec == nil {
		d.templates(s.doc.Root(), "")
	}
	if s.config.Spec == nil && d.asks {
		d.doubt(s.doc.Root(), "spec", manifest.CodeMissingField, "", "nobody is asked for the configuration that the streams need, and what of it is secret is not known")
	}
	return d.problems
}

type doubter struct {
	*Source
	problems manifest.Problems
	known    []string                // the settings that the specification has
	asks     bool                    // whether any are asked for
	seen     map[*manifest.Node]bool // what is used in several places is looked at once
}

func (d *doubter) doubt(n *manifest.Node, path string, code manifest.Code, hint, format string, args ...any) {
	p := manifest.Problem{Place: d.doc.Place(n, path), Severity: manifest.Warning, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
	if d.options.Strict {
		p.Severity = manifest.Error
	}
	d.problems = append(d.problems, p)
}

// versionPattern is how versions of the format are written.
var versionPattern = regexp.MustCompile(`^(\d+)(\.\d+){0,2}([-.]?(dev|a|b|rc|post)[\d.]*)?$`)

// formatMajor is the newest version of the format whose components are known here.
const formatMajor = 7

func (d *doubter) version() {
	n := d.doc.Root().Get("version")
	if n.Null() {
		return
	}
	m := versionPattern.FindStringSubmatch(d.config.Version)
	if m == nil {
		d.doubt(n, "version", manifest.CodeInvalidValue, "", "want a version such as 6.0.0, found %q", d.config.Version)
		return
	}
	if major, err := strconv.Atoi(m[1]); err != nil || major > formatMajor {
		d.doubt(n, "version", manifest.CodeUnsupported, "", "version %s is newer than the newest that is known here, %d; what it has changed is not", d.config.Version, formatMajor)
	}
}

// streamNames tells of streams that nobody can choose.
func (d *doubter) streamNames() {
	seen := map[string]bool{}
	for i := range d.config.Streams.list {
		l := &d.config.Streams.list[i]
		switch {
		case l.name == "":
			d.doubt(l.node, l.path+".name", manifest.CodeMissingField, "", "the stream has no name")
		case seen[l.name] && l.condition == nil:
			d.doubt(l.node, l.path+".name", manifest.CodeInvalidValue, "", "another stream is called %q as well; this one is read", l.name)
		}
		seen[l.name] = true
	}
}

// checkedStreams tells of a check of streams that do not exist, which fails always. Streams of templates have names that are not
// known yet.
func (d *doubter) checkedStreams() {
	names := d.doc.Root().Get("check").Get("stream_names")
	if names.Null() || len(d.config.DynamicStreams.list) > 0 {
		return
	}
	var known []string
	for _, l := range d.config.Streams.list {
		known = append(known, l.name)
	}
	for i, n := range names.Items() {
		if !slices.Contains(known, n.Text()) {
			d.doubt(n, fmt.Sprintf("check.stream_names[%d]", i), manifest.CodeReference, manifest.DidYouMean(n.Text(), known), "there is no stream %q", n.Text())
		}
	}
}

// schemaFiles tells once of schemas that are in files beside a connector's Python code.
func (d *doubter) schemaFiles() {
	var streams []*listedStream
	for i := range d.config.Streams.list {
		l := &d.config.Streams.list[i]
		if kind := l.node.Get("schema_loader").Get("type"); !kind.Null() && kind.Text() == "JsonFileSchemaLoader" {
			streams = append(streams, l)
		}
	}
	if len(streams) == 0 {
		return
	}
	first := streams[0]
	d.doubt(first.node.Get("schema_loader"), first.path+".schema_loader", manifest.CodeUnsupported, "",
		"%d of %d streams have their schema in a file of a Python package, which is not here; nothing is known of their fields", len(streams), len(d.config.Streams.list))
}

// settings are the names that the specification gives to what a user is asked for. Nil: they cannot be told.
func (s *Source) settings() []string {
	if s.config.Spec == nil || s.config.Spec.Normalization != nil || !s.doc.Root().Get("check").Get("config_overrides").Null() {
		return nil
	}
	schema, _ := s.config.Spec.Schema.(*template.Dict)
	return settingsOf(orEmpty(schema))
}

func settingsOf(schema *template.Dict) []string {
	var names []string
	properties, _ := dictAt(schema, "properties")
	for key := range orEmpty(properties).All() {
		names = append(names, template.Str(key))
	}
	for _, key := range []string{"oneOf", "anyOf", "allOf"} {
		choices, _ := schema.Get(key)
		list, _ := choices.([]any)
		for _, choice := range list {
			inner, _ := choice.(*template.Dict)
			names = append(names, settingsOf(orEmpty(inner))...)
		}
	}
	return names
}

// askedSettings is where a template asks for a setting that has to be there: config['key'] or config.key.
var askedSettings = regexp.MustCompile(`\bconfig(?:\[\s*(?:'([^'\\]+)'|"([^"\\]+)")\s*\]|\.(\w+)\b)([ \t]*\()?`)

// templates tells of settings that are asked for and that no user can give.
func (d *doubter) templates(n *manifest.Node, path string) {
	if n == nil || n.Kind() == manifest.Scalar && !strings.Contains(n.Text(), "{") || d.seen[n] {
		return
	}
	d.seen[n] = true
	for key, value := range n.Fields() {
		if path == "" && slices.Contains([]string{"definitions", "schemas", "metadata", "spec"}, key) {
			continue
		}
		d.templates(value, strings.TrimPrefix(path+"."+key, "."))
	}
	for i, item := range n.Items() {
		d.templates(item, path+"["+strconv.Itoa(i)+"]")
	}
	if n.Kind() == manifest.Scalar {
		d.template(n, path)
	}
}

// careful is how a template shows that it knows what may be missing, such as settings of an older specification.
var careful = regexp.MustCompile(`\bif\b|\bor\b|\bdefault\b|\.get\(`)

func (d *doubter) template(n *manifest.Node, path string) {
	d.asks = d.asks || askedSettings.MatchString(n.Text())
	if d.config.Spec == nil || careful.MatchString(n.Text()) {
		return
	}
	for _, m := range askedSettings.FindAllStringSubmatch(n.Text(), -1) {
		name := m[1] + m[2] + m[3]
		called := m[3] != "" && m[4] != ""
		if called || strings.HasPrefix(name, "__") || slices.Contains(d.known, name) {
			continue
		}
		d.doubt(n, path, manifest.CodeReference, manifest.DidYouMean(name, d.known), "the specification has no %s", name)
	}
}
