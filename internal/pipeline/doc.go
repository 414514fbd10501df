// Package pipeline is one attempt of a sync: it reads from a source, writes to a destination, counts what goes by, commits
// states once the destination has echoed them, and says whether the attempt succeeded.
//
// It knows neither a server nor a database. See
// https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol for the messages that flow through it.
package pipeline
