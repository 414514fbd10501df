package reference

import (
	"fmt"
	"strings"
)

// Markdown is the whole reference as a page.
func Markdown() string {
	var b strings.Builder
	b.WriteString(head)
	for _, c := range Components() {
		c.markdown(&b)
	}
	return b.String()
}

const head = `# Components of manifests

What a low-code manifest can be made of. ` + "`airfield definition explain NAME`" + ` says the same in a terminal. How to write one:
[a source for an API, from nothing](manifests.md). This page is generated.

Every component has a ` + "`type`" + `, which is its name here, where more than one can stand in a place. A *template* is a text with
` + "[`{{ }}`](templates.md)" + ` in it, over ` + "`config`" + ` and what the field's description names. ` + "`$ref`" + `, ` + "`$parameters`" + `, and any name that begins with
` + "`x-`" + ` are allowed everywhere.

`

func (c Component) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "## %s\n\n%s\n", c.Name, c.Sentence())
	if len(c.Fields) == 0 {
		b.WriteString("It has no fields.\n\n")
		return
	}
	b.WriteString("\n| field | type | |\n|---|---|---|\n")
	for _, f := range c.Fields {
		name := "`" + f.Name + "`"
		if f.Required {
			name += " (required)"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, f.linked(), strings.ReplaceAll(f.Says(), "|", `\|`))
	}
	b.WriteString("\n")
}

// linked is the type, with links to the components that can stand there.
func (f Field) linked() string {
	if len(f.Components) == 0 {
		return f.Type
	}
	var links []string
	for _, name := range f.Components {
		links = append(links, fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name)))
	}
	text := strings.Join(links, ", ")
	if strings.HasPrefix(f.Type, "list of ") {
		return "list of " + text
	}
	return text
}
