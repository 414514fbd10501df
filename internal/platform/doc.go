// Package platform holds the nouns of a deployment - organizations, workspaces, sources, destinations, connections, jobs,
// definitions - and the rules between them. It knows neither HTTP nor a database: it declares the store, the engine and the
// connectors that it needs.
package platform
