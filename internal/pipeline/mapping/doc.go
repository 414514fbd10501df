// Package mapping changes the records of a stream on their way: it hashes, encrypts, renames and removes fields, and leaves rows
// out. It also tells what the stream looks like afterwards, for the destination.
//
// Values come out as Airbyte's mappers write them, so that tables which either of the two has begun can be continued by the other:
// https://docs.airbyte.com/platform/using-airbyte/mappings.
package mapping
