package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/airfielddev/airfield/cloud"
)

// deployment stands in for an Airbyte deployment, so that the examples run anywhere.
func deployment() *httptest.Server {
	answers := map[string]string{
		"GET /api/public/v1/workspaces/w1":                                  `{"workspaceId":"w1","name":"Home","dataResidency":"us","notifications":{}}`,
		"GET /api/public/v1/sources":                                        `{"data":[{"sourceId":"s1","name":"faker","sourceType":"faker","workspaceId":"w1","configuration":{}}],"next":""}`,
		"GET /api/public/v1/sources/s1":                                     `{"sourceId":"s1","name":"faker","sourceType":"faker","workspaceId":"w1","configuration":{}}`,
		"POST /api/public/v1/sources":                                       `{"sourceId":"s2","name":"test-source","sourceType":"faker","workspaceId":"w1","configuration":{}}`,
		"GET /api/public/v1/destinations":                                   `{"data":[],"next":""}`,
		"POST /api/public/v1/destinations":                                  `{"destinationId":"d1","name":"files","destinationType":"local-json","workspaceId":"w1","configuration":{}}`,
		"GET /api/public/v1/destinations/d1":                                `{"destinationId":"d1","name":"files","destinationType":"local-json","workspaceId":"w1","configuration":{}}`,
		"POST /api/public/v1/connections":                                   `{"connectionId":"c1","name":"faker to files","sourceId":"s1","destinationId":"d1","workspaceId":"w1","status":"active"}`,
		"GET /api/public/v1/connections/c1":                                 `{"connectionId":"c1","name":"faker to files","sourceId":"s1","destinationId":"d1","workspaceId":"w1","status":"active","schedule":{"scheduleType":"manual"},"configurations":{"streams":[{"name":"users","syncMode":"incremental_append"},{"name":"products","syncMode":"full_refresh_overwrite"}]}}`,
		"PATCH /api/public/v1/connections/c1":                               `{"connectionId":"c1","workspaceId":"w1","configurations":{"streams":[{"name":"users","syncMode":"incremental_append"},{"name":"purchases"}]}}`,
		"POST /api/v1/web_backend/connections/get":                          `{"connectionId":"c1","syncCatalog":{"streams":[{"stream":{"name":"users","jsonSchema":{"type":"object"}},"config":{"syncMode":"incremental","destinationSyncMode":"append","cursorField":["updated_at"],"selected":true}},{"stream":{"name":"products"},"config":{"syncMode":"full_refresh","destinationSyncMode":"overwrite","selected":false}}]}}`,
		"POST /api/v1/state/get":                                            `{"stateType":"stream","connectionId":"c1","streamState":[{"streamDescriptor":{"name":"users"},"streamState":{"updated_at":"2026-01-01"}}]}`,
		"POST /api/public/v1/jobs":                                          `{"jobId":7,"status":"running","jobType":"sync","startTime":"2026-01-02T03:04:05Z","connectionId":"c1"}`,
		"GET /api/public/v1/jobs/7":                                         `{"jobId":7,"status":"succeeded","jobType":"sync","startTime":"2026-01-02T03:04:05Z","connectionId":"c1","bytesSynced":52341,"rowsSynced":1000}`,
		"POST /api/v1/sources/check_connection":                             `{"status":"succeeded","jobInfo":{"succeeded":true}}`,
		"POST /api/v1/destinations/check_connection":                        `{"status":"failed","message":"the directory is read-only","jobInfo":{"succeeded":true}}`,
		"POST /api/v1/sources/discover_schema":                              `{"catalog":{"streams":[{"stream":{"name":"users"}},{"stream":{"name":"products"}}]},"jobInfo":{"succeeded":true}}`,
		"GET /api/public/v1/organizations":                                  `{"data":[{"organizationId":"o1","organizationName":"Acme","email":"data@acme.example"}]}`,
		"POST /api/v1/jobs/get":                                             `{"job":{"id":7},"attempts":[{"attempt":{"id":0,"status":"failed","failureSummary":{"failures":[{"failureOrigin":"source","externalMessage":"the API is down"}]}}},{"attempt":{"id":1,"status":"succeeded","recordsSynced":1000}}]}`,
		"GET /api/public/v1/workspaces/w1/definitions/declarative_sources":  `{"data":[]}`,
		"POST /api/public/v1/workspaces/w1/definitions/declarative_sources": `{"id":"def1","name":"my-api","manifest":{},"version":1}`,

		"POST /api/v1/connector_builder_projects/get_for_definition_id": `{"builderProjectId":"p1","workspaceId":"w1"}`,
		"POST /api/v1/connector_builder_projects/read_stream":           `{"logs":[],"slices":[{"pages":[{"records":[{"id":1},{"id":2}],"request":{"url":"https://api.example.com/things","http_method":"GET"},"response":{"status":200}}]}],"test_read_limit_reached":true,"inferred_schema":{"type":"object"}}`,

		"GET /api/public/v1/workspaces/w1/definitions/declarative_sources/def1": `{"id":"def1","name":"my-api","manifest":{"version":"6.0.0","type":"DeclarativeSource"},"version":3}`,
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer, found := answers[r.Method+" "+strings.TrimSuffix(r.URL.Path, "/")]
		if !found {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"status":404,"title":"resource-not-found","detail":"The requested resource could not be found."}`
		}
		fmt.Fprint(w, answer)
	}))
}

func exampleWorkspace() (*cloud.Workspace, func()) {
	s := deployment()
	w, err := cloud.NewWorkspace("w1", cloud.Config{APIRoot: s.URL, BearerToken: "token"})
	if err != nil {
		log.Fatal(err)
	}
	return w, s.Close
}

func ExampleNewWorkspace() {
	server := deployment() // a server's address alone is enough; without one it is Airbyte Cloud
	defer server.Close()
	workspace, err := cloud.NewWorkspace("w1", cloud.Config{APIRoot: server.URL, BearerToken: "token"})
	if err != nil {
		log.Fatal(err)
	}
	name, err := workspace.Name(context.Background())
	fmt.Println(name, err)
	// Output: Home <nil>
}

func ExampleWorkspace_DeploySource() {
	workspace, stop := exampleWorkspace()
	defer stop()
	ctx := context.Background()
	source, err := workspace.DeploySource(ctx, "test-source", cloud.Configuration{"sourceType": "faker", "count": 100})
	if err != nil {
		log.Fatal(err)
	}
	check, err := source.Check(ctx)
	fmt.Println(source.ID(), check, err)
	// Output: s2 Success <nil>
}

func ExampleWorkspace_Sources() {
	workspace, stop := exampleWorkspace()
	defer stop()
	for source, err := range workspace.Sources(context.Background(), cloud.Limit(10)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(source.ID())
	}
	// Output: s1
}

func ExampleWorkspace_PermanentlyDeleteSource() {
	workspace, stop := exampleWorkspace()
	defer stop()
	err := workspace.PermanentlyDeleteSource(context.Background(), cloud.SourceID("s1"))
	fmt.Println(errors.Is(err, cloud.ErrSafeMode))
	fmt.Println(err)
	// Output:
	// true
	// deleting source s1: safe mode keeps source "faker": its name contains neither "delete-me" nor "deleteme"
}

func ExampleSource_Discover() {
	workspace, stop := exampleWorkspace()
	defer stop()
	catalog, err := workspace.Source("s1").Discover(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, stream := range catalog.Streams {
		fmt.Println(stream.Name)
	}
	// Output:
	// users
	// products
}

func ExampleDestination_Check() {
	workspace, stop := exampleWorkspace()
	defer stop()
	check, err := workspace.Destination("d1").Check(context.Background())
	if err != nil {
		log.Fatal(err) // nobody could be asked
	}
	fmt.Println(check.Succeeded, check.Message)
	fmt.Println(check.Err())
	// Output:
	// false the directory is read-only
	// checking destination d1: Failed: the directory is read-only
}

func ExampleWorkspace_DeployConnection() {
	workspace, stop := exampleWorkspace()
	defer stop()
	connection, err := workspace.DeployConnection(context.Background(), cloud.ConnectionSpec{
		Name:        "faker to files",
		Source:      cloud.SourceID("s1"),
		Destination: cloud.DestinationID("d1"),
		Streams: []cloud.Stream{
			{Name: "users", SyncMode: cloud.IncrementalAppend, CursorField: []string{"updated_at"}},
			{Name: "products"},
		},
		Schedule: cloud.Cron("0 0 4 * * ?"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(connection.ID())
	// Output: c1
}

func ExampleConnection_RunSync() {
	workspace, stop := exampleWorkspace()
	defer stop()
	ctx := context.Background()
	result, err := workspace.Connection("c1").RunSync(ctx, cloud.OnProgress(func(p cloud.Progress) {
		fmt.Println("job", p.JobID, p.Status)
	}))
	if err != nil {
		log.Fatal(err) // errors.Is(err, cloud.ErrSyncFailed) when the sync ran and did not succeed
	}
	records, err := result.RecordsSynced(ctx)
	fmt.Println(records, err)
	// Output:
	// job 7 succeeded
	// 1000 <nil>
}

func ExampleSyncResult() {
	workspace, stop := exampleWorkspace()
	defer stop()
	ctx := context.Background()
	result, err := workspace.Connection("c1").RunSync(ctx, cloud.NoWait())
	if err != nil {
		log.Fatal(err)
	}
	// Another program may go on here: the connection and the number of the job are all that it needs.
	result = workspace.Connection("c1").SyncResult(result.JobID())
	status, err := result.Wait(ctx, cloud.Timeout(time.Hour))
	if err != nil {
		log.Fatal(err) // errors.Is(err, cloud.ErrTimeout) when the hour has passed
	}
	bytes, err := result.BytesSynced(ctx)
	fmt.Println(status, bytes, err)
	// Output: succeeded 52341 <nil>
}

func ExampleSyncResult_Attempts() {
	workspace, stop := exampleWorkspace()
	defer stop()
	attempts, err := workspace.Connection("c1").SyncResult(7).Attempts(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range attempts {
		fmt.Println(a.Number, a.Status, a.Failures)
	}
	// Output:
	// 0 failed [source: the API is down]
	// 1 succeeded []
}

func ExampleConnection_SetStreams() {
	workspace, stop := exampleWorkspace()
	defer stop()
	ctx := context.Background()
	connection := workspace.Connection("c1")
	// users keeps its mode and cursor, products is synced no more, purchases is new.
	if err := connection.SetStreams(ctx, cloud.Streams("users", "purchases")); err != nil {
		log.Fatal(err)
	}
	names, err := connection.StreamNames(ctx)
	fmt.Println(names, err)
	// Output: [users purchases] <nil>
}

func ExampleConnection_State() {
	workspace, stop := exampleWorkspace()
	defer stop()
	state, err := workspace.Connection("c1").State(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range state.Messages() {
		fmt.Println(message.Stream.StreamDescriptor, string(message.Stream.StreamState))
	}
	// Output: users {"updated_at":"2026-01-01"}
}

func ExampleWorkspace_PublishCustomSourceDefinition() {
	workspace, stop := exampleWorkspace()
	defer stop()
	definition, err := workspace.PublishCustomSourceDefinition(context.Background(), "my-api", cloud.ManifestYAML(`
version: 6.0.0
type: DeclarativeSource
streams: []
`))
	if err != nil {
		log.Fatal(err)
	}
	version, err := definition.Version(context.Background())
	fmt.Println(definition.ID(), version, err)
	// Output: def1 1 <nil>
}

func ExampleCustomSourceDefinition() {
	workspace, stop := exampleWorkspace()
	defer stop()
	ctx := context.Background()
	definition := workspace.CustomSourceDefinition("def1", cloud.DefinitionYAML)
	info, err := definition.Info(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Name, info.Version, string(info.Manifest))
	source, err := definition.DeploySource(ctx, "from my-api", cloud.Configuration{"api_key": "k"})
	fmt.Println(source.ID(), err)
	// Output:
	// my-api 3 {"version":"6.0.0","type":"DeclarativeSource"}
	// s2 <nil>
}

func ExampleCustomSourceDefinition_ReadStream() {
	workspace, stop := exampleWorkspace()
	defer stop()
	ctx := context.Background()
	definition := workspace.CustomSourceDefinition("def1", cloud.DefinitionYAML)
	edited := cloud.Manifest(map[string]any{"version": "6.0.0", "type": "DeclarativeSource", "streams": []any{}}) // what is to be published if it reads well
	read, err := definition.ReadStream(ctx, "things", cloud.StreamTrial{Manifest: edited, Records: 2})
	if err != nil {
		log.Fatal(err)
	}
	for record := range read.Records() {
		fmt.Println(string(record))
	}
	fmt.Println("more:", read.LimitReached, "failure:", read.Failure())
	// Output:
	// {"id":1}
	// {"id":2}
	// more: true failure:
}

func ExampleCatalog() {
	workspace, stop := exampleWorkspace()
	defer stop()
	catalog, err := workspace.Connection("c1").Catalog(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	configured, err := catalog.Configured() // what is selected of it
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range configured.Streams {
		fmt.Println(s.Stream.Name, s.SyncMode, s.DestinationSyncMode, s.CursorField)
	}
	// Output: users incremental append [updated_at]
}

func ExampleParseCatalog() {
	catalog, err := cloud.ParseCatalog([]byte(`{"streams":[{"stream":{"name":"users","json_schema":{}},"sync_mode":"full_refresh","destination_sync_mode":"append"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.Marshal(catalog) // in the form of the Config API
	fmt.Println(string(text), err)
	// Output: {"streams":[{"stream":{"name":"users","jsonSchema":{}},"config":{"syncMode":"full_refresh","destinationSyncMode":"append","selected":true}}]} <nil>
}

func ExampleClient_Organizations() {
	workspace, stop := exampleWorkspace()
	defer stop()
	organizations, err := cloud.Collect(workspace.Client().Organizations(context.Background()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(organizations[0].Name, organizations[0].Email)
	// Output: Acme data@acme.example
}

func ExampleError() {
	workspace, stop := exampleWorkspace()
	defer stop()
	_, err := workspace.Source("nobody").Info(context.Background())
	if fault, ok := errors.AsType[*cloud.Error](err); ok {
		fmt.Println(fault.Op, "-", fault.Status, "-", fault.Detail)
	}
	fmt.Println(errors.Is(err, cloud.ErrNotFound))
	// Output:
	// getting source nobody - 404 - The requested resource could not be found.
	// true
}
