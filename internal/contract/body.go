package contract

import (
	"maps"
	"strings"
)

// Body is the schema of the JSON that an operation takes, nil when it takes none.
func (d *Document) Body(method, path string) map[string]any {
	operation, err := d.operation(method, path)
	if err != nil {
		return nil
	}
	body, _ := operation["requestBody"].(map[string]any)
	content, _ := d.Follow(body)["content"].(map[string]any)
	media, _ := content["application/json"].(map[string]any)
	schema, _ := media["schema"].(map[string]any)
	if schema == nil {
		return nil
	}
	return d.Follow(schema)
}

// Parameters are what an operation is asked with beside its body.
func (d *Document) Parameters(method, path string) (out []map[string]any) {
	operation, err := d.operation(method, path)
	if err != nil {
		return nil
	}
	listed, _ := operation["parameters"].([]any)
	for _, parameter := range listed {
		if p, ok := parameter.(map[string]any); ok {
			out = append(out, d.Follow(p))
		}
	}
	return out
}

// Responses are the answers to an operation by status, nil when the document does not have the operation.
func (d *Document) Responses(method, path string) map[string]any {
	operation, err := d.operation(method, path)
	if err != nil {
		return nil
	}
	responses, _ := operation["responses"].(map[string]any)
	out := map[string]any{}
	for status, response := range responses {
		if r, ok := response.(map[string]any); ok {
			out[status] = d.Follow(r)
		}
	}
	return out
}

// Follow goes where a reference leads, and puts together what allOf has in pieces.
func (d *Document) Follow(object map[string]any) map[string]any {
	for {
		reference, ok := object["$ref"].(string)
		if !ok {
			break
		}
		object = d.find(reference)
	}
	pieces, ok := object["allOf"].([]any)
	if !ok {
		return object
	}
	out, properties, required := maps.Clone(object), map[string]any{}, []any(nil)
	for _, piece := range pieces {
		p, _ := piece.(map[string]any)
		p = d.Follow(p)
		own, _ := p["properties"].(map[string]any)
		maps.Copy(properties, own)
		needed, _ := p["required"].([]any)
		required = append(required, needed...)
		maps.Copy(out, p)
	}
	delete(out, "allOf")
	if len(properties) > 0 {
		out["properties"], out["required"] = properties, required
	}
	return out
}

func (d *Document) find(reference string) map[string]any {
	at := d.fields
	for key := range strings.SplitSeq(strings.TrimPrefix(reference, "#/"), "/") {
		at, _ = at[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)].(map[string]any)
	}
	return at
}
