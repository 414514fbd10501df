// Package declarative runs low-code connectors: the components that their manifests are made of, and the source that comes out.
// [NewSource] makes a [connector.Source] of a manifest.
//
// # How a component is written
//
// A component is a struct with a field for each field of the manifest, and a Build method. It stands in a file of its own and
// is listed in [Registry], which also says what kind of component it is:
//
//	// ListPartitionRouter reads a stream once for each value of a list.
//	type ListPartitionRouter struct {
//		Values        manifest.Template `manifest:"values,required"`
//		Field         manifest.Template `manifest:"cursor_field,required"`
//		RequestOption *RequestOption    `manifest:"request_option"`
//	}
//
//	func (c *ListPartitionRouter) Build(env *Env) (PartitionRouter, error) { … }
//
//	add[PartitionRouter](r, "ListPartitionRouter", func() *ListPartitionRouter { return new(ListPartitionRouter) })
//
// Fields that may be templates are [manifest.Template] (one value) or [manifest.Tree] (an object whose keys and texts may be
// templates). A slot for another component is [Of], with the kind of component it takes: Of[Authenticator]. Everything else is
// plain Go: string, bool, int64, []string, structs, maps. Defaults are set by the function in the registry.
//
// Decoding does no I/O and reports every mistake in the manifest. Build is called once for every check, discover or read, with an
// [Env] that holds the configuration; it evaluates what depends on the configuration alone, and does no I/O either. What
// Build makes is used by several goroutines at once.
//
// Values are those of package template: nil, bool, int64, *big.Int, float64, string, []any and *template.Dict, whose order is
// kept. Records are *template.Dict. Templates are evaluated with the variables of [Env.Vars] and [Slice.Vars].
//
// # How a stream is read
//
// A [Stream] opens a [Cursor] on the state it is given. The cursor says which [Slice] to read next; it asks the stream's
// [PartitionRouter], when there is one, for the partitions. For each slice the [Retriever] sends requests, page by page, and
// gives the records to the stream, which emits them, lets the cursor observe them, and closes the slice; the cursor then
// says what state is to be emitted. Slices of one stream are read by several goroutines at once.
package declarative
