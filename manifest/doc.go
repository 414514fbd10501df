// Package manifest reads the manifests of low-code connectors: a YAML or JSON file becomes typed configuration, and every
// problem in it is reported at once, with its line, column and path.
//
// [Parse] reads the text the way the reference implementation does, which is YAML 1.1 with `$ref`. [Decode] fills Go structs
// from it. A component is a struct whose fields carry a `manifest:"name"` tag, and a Build method; a field of type [Of] is a
// slot for a component of one kind, and a [Registry] lists the components there are for each slot. Decoding does no I/O and
// needs no configuration; building, later, needs both.
//
// The format: https://docs.airbyte.com/platform/connector-development/config-based/understanding-the-yaml-file/yaml-overview.
package manifest
