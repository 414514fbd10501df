package manifest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
)

// A small world of components: pages are made of blocks.
type (
	block interface{ Render() (string, error) }
	world struct{ config *template.Dict }

	page struct {
		Title  Template            `manifest:"title,required"`
		Blocks []Of[block, *world] `manifest:"blocks,default=Paragraph"`
		Footer Of[block, *world]   `manifest:"footer"`
		Width  int                 `manifest:"width"`
		Tags   []string            `manifest:"tags"`
		Style  map[string]string   `manifest:"style"`
		Extra  Tree                `manifest:"extra"`
		Wide   bool                `manifest:"wide"`
		Ratio  float64             `manifest:"ratio"`
		Old    string              `manifest:"old,deprecated=title"`
	}
	paragraph struct {
		Text  Template `manifest:"text,required"`
		Times int      `manifest:"times"`
	}
	quote struct {
		Inner Of[block, *world] `manifest:"inner,required"`
	}
)

func (p *paragraph) Build(w *world) (block, error) {
	text, err := p.Text.Text(map[string]any{"config": w.config})
	return rendered(strings.Repeat(text, p.Times)), err
}

func (q *quote) Build(w *world) (block, error) { return q.Inner.Build(w) }

type rendered string

func (r rendered) Render() (string, error) { return string(r), nil }

func blocks() *Registry {
	r := NewRegistry()
	Add[block](r, "Paragraph", func() *paragraph { return &paragraph{Times: 1} })
	Add[block](r, "Quote", func() *quote { return new(quote) })
	r.AddUnsupported("Picture", "use a Paragraph")
	return r
}

func decodePage(t *testing.T, text string, options Options) (page, Problems) {
	t.Helper()
	var p page
	problems := Decode(parse(t, text), "Page", &p, blocks(), options)
	return p, problems
}

func TestProblems(t *testing.T) {
	t.Parallel()
	const text = `titel: x
width: many
tags: one
blocks:
  - text: "{{ config.a }"
  - type: Paragraf
    text: x
  - type: Quote
    inner: oops
  - type: Picture
  - class_name: my.Block
    type: CustomBlock
  - tpye: Paragraph
    text: ok
  - type: Quote
    inner: {$ref: "#/definitions/shared"}
style: {a: [1]}
wide: "no"
footer: {text: x}
x-note: kept
definitions:
  shared:
    type: Paragraph
    times: 1.5
`
	_, problems := decodePage(t, text, Options{})
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	want := []string{
		"manifest.yaml:1:1: error: title: required field is missing",
		"manifest.yaml:1:1: warning: titel: unknown field (did you mean title?)",
		`manifest.yaml:2:8: error: width: want a whole number, found a text ("many")`,
		`manifest.yaml:3:7: error: tags: want a list, found a text ("one")`,
		"manifest.yaml:5:11: error: blocks[0].text: the template cannot be read, at its line 1, column 13: unexpected '}'",
		`manifest.yaml:6:11: error: blocks[1].type: no block is called "Paragraf" (did you mean Paragraph?)`,
		`manifest.yaml:9:12: error: blocks[2].inner: want a block component, found a text ("oops")`,
		"manifest.yaml:10:11: error: blocks[3].type: Picture is not supported; use a Paragraph",
		"manifest.yaml:11:5: error: blocks[4]: it needs the Python class my.Block, which cannot run here",
		"manifest.yaml:13:5: warning: blocks[5].tpye: unknown field (did you mean type?)",
		"manifest.yaml:17:12: error: style.a: want a text, found a list",
		`manifest.yaml:18:7: error: wide: want a boolean, found a text ("no")`,
		"manifest.yaml:19:9: error: footer.type: required field is missing (one of Paragraph, Quote)",
		"manifest.yaml:21:1: warning: definitions: unknown field",
		"manifest.yaml:23:5: error: blocks[6].inner.text: required field is missing",
		"manifest.yaml:24:12: error: blocks[6].inner.times: want a whole number, found a number (1.5)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if problems.Err() == nil || strings.Count(problems.Error(), "\n") != len(problems.Errors())-1 {
		t.Errorf("as an error: %v", problems.Err())
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	const text = "title: x\nold: y\nwidht: 3\nwidth: 1\nwidth: 2\n"
	p, problems := decodePage(t, text, Options{})
	if problems.Err() != nil || len(problems) != 3 || p.Width != 2 {
		t.Errorf("lenient: %v, width %d", problems, p.Width)
	}
	_, problems = decodePage(t, text, Options{Strict: true})
	if len(problems.Errors()) != 2 {
		t.Errorf("strict: %v", problems)
	}
}

func TestBuild(t *testing.T) {
	t.Parallel()
	const text = `
title: "{{ parameters.name }}"
$parameters: {name: Ada, times: 3, text: unused}
width: "7"
ratio: 2
extra: {"{{ config.k }}": ["{{ 1 + 1 }}", null], gone: "{{ config.none }}", n: 1}
footer:
  type: Quote
  inner: {type: Paragraph, text: "{{ config.k }}-", times: 0, $parameters: {text: loses}}
blocks: [{text: plain, times: 2}]
`
	p, problems := decodePage(t, text, Options{Strict: true})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	config := template.NewDict(1)
	config.Set("k", "v")
	w := &world{config: config}
	if got := build(t, p.Footer, w); got != "v-v-v-" {
		t.Errorf("a zero takes the parameter: got %q", got)
	}
	if got := build(t, p.Blocks[0], w); got != "plainplain" {
		t.Errorf("what is written stays: got %q", got)
	}
	if p.Width != 7 || p.Ratio != 2 {
		t.Errorf("got width %d, ratio %v", p.Width, p.Ratio)
	}
	title, err := p.Title.Text(nil)
	if title != "Ada" || err != nil {
		t.Errorf("title: got %q, %v", title, err)
	}
	extra, err := p.Extra.Value(map[string]any{"config": config})
	if got := asJSON(t, extra); err != nil || got != `{"v":[2,null],"n":1}` {
		t.Errorf("extra: got %s, %v", got, err)
	}
}

func build(t *testing.T, o Of[block, *world], w *world) string {
	t.Helper()
	b, err := o.Build(w)
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Render()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBuildErrorHasThePlace(t *testing.T) {
	t.Parallel()
	p, problems := decodePage(t, "title: x\nfooter:\n  type: Quote\n  inner:\n    type: Paragraph\n    text: \"{{ config.a.b }}\"\n", Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	_, err := p.Footer.Build(&world{config: template.NewDict(0)})
	var placed *PlaceError
	if !errors.As(err, &placed) || placed.Place.String() != "manifest.yaml:6:11: footer.inner.text" || !errors.Is(err, template.ErrUndefined) {
		t.Errorf("got %v", err)
	}
	empty := Of[block, *world]{}
	if b, err := empty.Build(nil); b != nil || err != nil || empty.Present() {
		t.Errorf("an empty slot gives %v, %v", b, err)
	}
}

func TestBrokenComponentDoesNotBuild(t *testing.T) {
	t.Parallel()
	p, _ := decodePage(t, "title: x\nfooter: {type: Paragraph, times: x}\n", Options{})
	if _, err := p.Footer.Build(&world{}); !errors.Is(err, ErrUnusable) {
		t.Errorf("got %v", err)
	}
}

func TestTemplateClock(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC) }
	p, _ := decodePage(t, "title: \"{{ now_utc().strftime('%Y-%m-%d') }}\"\n", Options{Now: now})
	if got, err := p.Title.Text(nil); got != "2024-02-03" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// slots of the reference's components, as far as the vectors use them.
type (
	goldenSource struct {
		Streams any `manifest:"streams,default=DeclarativeStream"`
	}
	goldenStream struct {
		Retriever any `manifest:"retriever,default=SimpleRetriever"`
		Loader    any `manifest:"schema_loader,default=JsonFileSchemaLoader"`
	}
	goldenRetriever struct {
		Requester any `manifest:"requester,default=HttpRequester"`
		Selector  any `manifest:"record_selector,default=RecordSelector"`
		Paginator any `manifest:"paginator,default=NoPagination"`
	}
	goldenSelector struct {
		Extractor any `manifest:"extractor,default=DpathExtractor"`
	}
)

func TestGoldenParameters(t *testing.T) {
	t.Parallel()
	r := NewRegistry().with("DeclarativeSource", reflect.TypeFor[*goldenSource]()).
		with("DeclarativeStream", reflect.TypeFor[*goldenStream]()).
		with("SimpleRetriever", reflect.TypeFor[*goldenRetriever]()).
		with("RecordSelector", reflect.TypeFor[*goldenSelector]())
	compared := 0
	for _, v := range goldenVectors(t, "parameters.json") {
		if v.UseParent != nil && *v.UseParent {
			continue // of templates for dynamic streams
		}
		doc, err := Parse("manifest.json", v.Manifest)
		if err != nil {
			t.Fatal(err)
		}
		pass := &parameterPass{registry: r}
		if got := asJSON(t, pass.component(doc.root, "", "", nil).value(true)); !equalJSON(t, got, string(v.Out)) {
			t.Errorf("%s:\ngot  %s\nwant %s", v.Manifest, got, v.Out)
		}
		compared++
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestParametersStayOutOfPlainValues has a schema that looks like a component to the reference.
func TestParametersStayOutOfPlainValues(t *testing.T) {
	t.Parallel()
	doc := parse(t, `
type: DeclarativeStream
$parameters: {name: n}
schema_loader: {type: X, schema: {type: [object, "null"], properties: {a: {type: string}}}}
`)
	pass := &parameterPass{registry: NewRegistry()}
	n := pass.component(doc.root, "", "", nil).Get("schema_loader").Get("schema")
	if got := asJSON(t, n.Value()); got != `{"type":["object","null"],"properties":{"a":{"type":"string"}}}` {
		t.Errorf("got %s", got)
	}
}
