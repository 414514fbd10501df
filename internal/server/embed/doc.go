// Package embed runs a whole deployment inside this process: a data directory with its lock, a store, the platform, an engine and
// the HTTP server, put together and taken apart in the right order.
package embed
