// Package protocol is what connectors say and hear: records, states, logs, traces and catalogs, one JSON message to a line.
//
// It follows the Airbyte protocol, version 0: https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol.
// Record data is kept as the bytes the source wrote; only the envelope around it is parsed.
package protocol
