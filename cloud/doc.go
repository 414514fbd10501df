// Package cloud is the client of an Airbyte deployment: Airbyte Cloud, a self-managed Airbyte, or an airfield server. One
// program works against all three by changing one URL.
//
// A [Client] knows where a deployment is and who is asking. It gives workspaces; a [Workspace] gives sources, destinations,
// connections and custom source definitions, which are handles: making one asks nothing of the server, and every method
// that may ask takes a context first. What was read once is remembered; Refresh asks again.
//
//	workspace, err := cloud.NewWorkspace("19d7a891-8e0e-40ac-8a8c-5faf8d11e47c", cloud.Config{
//		ClientID:     "...",
//		ClientSecret: "...",
//	})
//	source, err := workspace.DeploySource(ctx, "test-source", cloud.Configuration{"sourceType": "faker", "count": 100})
//	check, err := source.Check(ctx)
//
// # Lists
//
// Every list is an iterator that asks for a page when it needs one, holds one page in memory, and starts from the beginning
// each time it is ranged over. An error is yielded once and ends the list. [Collect] makes a slice.
//
// # Errors
//
// A refusal is an *[Error], which matches the conditions of this package with errors.Is: [ErrNotFound], [ErrConflict],
// [ErrUnauthorized] and so on. It holds no secret.
//
// # Deleting
//
// What is deleted cannot be brought back, so deleting is safe by default: the name of what is deleted must contain
// "delete-me" or "deleteme", in any case. [WithoutSafeMode] lifts that.
//
// # The two APIs
//
// Most calls use the Public API (https://reference.airbyte.com). What it lacks, such as checks, logs, attempts, state
// and catalogs, uses the Config API that Airbyte's own pages use; its root is found from the root of the Public API.
package cloud
