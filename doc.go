// Package airfield gives local connectors by name, in the spirit of PyAirbyte's get_source and get_destination.
//
//	source, err := airfield.GetSource("source-faker", airfield.Config{"count": 100})
//	for record, err := range source.Read(ctx) {
//		...
//	}
//
// Connectors written in Go need nothing but this module. Programs and container images that speak the Airbyte protocol run
// through [WithExecutable] and [WithImage]. A connector that works here can be deployed with package
// [github.com/airfielddev/airfield/cloud] to Airbyte Cloud, a self-managed Airbyte, or Airfield's own server.
package airfield
