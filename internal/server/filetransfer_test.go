package server_test

import (
	"fmt"
	"strings"
	"testing"
)

// Files can be included where the destination takes them and the stream has some, through either API, and else the request is refused.
func TestIncludedFiles(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	source, nowhere := d.source(t), d.destination(t)
	body := fmt.Sprintf(`{"name":"lines","workspaceId":%q,"configuration":{"destinationType":"local-json","destination_path":%q}}`, d.workspace, t.TempDir())
	lines := d.call(t, "POST", "/v1/destinations", body).want(200).text("destinationId")
	catalog := func(files bool) string {
		return fmt.Sprintf(`{"streams":[{"stream":{"name":"users","jsonSchema":{},"supportedSyncModes":["full_refresh"],"isFileBased":%t},
			"config":{"syncMode":"full_refresh","destinationSyncMode":"append","selected":true,"includeFiles":true}}]}`, files)
	}
	create := func(destination, catalog string) answer {
		t.Helper()
		return d.config(t, "/connections/create", fmt.Sprintf(`{"sourceId":%q,"destinationId":%q,"status":"active","syncCatalog":%s}`, source, destination, catalog))
	}
	const problem = "error:connection-validation/file-transfer/"
	refused := func(a answer, kind string) {
		t.Helper()
		a.want(400).problem()
		if got := a.text("type"); got != problem+kind || !strings.Contains(a.body, `"streams":[{"streamName":"`) {
			t.Errorf("got %s, want %s", a.body, kind)
		}
	}
	refused(create(nowhere, catalog(true)), "connection-unsupported")
	refused(create(lines, catalog(false)), "stream-unsupported")
	a := create(lines, catalog(true)).want(200)
	if !strings.Contains(a.body, `"includeFiles":true`) {
		t.Errorf("got %s", a.body)
	}
	refused(d.config(t, "/web_backend/connections/update", `{"connectionId":"`+a.text("connectionId")+`","syncCatalog":`+catalog(false)+`}`), "stream-unsupported")

	streams := `"configurations":{"streams":[{"name":"users","includeFiles":true}]}`
	refused(d.call(t, "POST", "/v1/connections", fmt.Sprintf(`{"sourceId":%q,"destinationId":%q,%s}`, source, nowhere, streams)), "connection-unsupported")
	refused(d.call(t, "POST", "/v1/connections", fmt.Sprintf(`{"sourceId":%q,"destinationId":%q,%s}`, source, lines, streams)), "stream-unsupported")
	a = d.call(t, "POST", "/v1/connections", fmt.Sprintf(`{"sourceId":%q,"destinationId":%q}`, source, lines)).want(200)
	if strings.Contains(a.body, "includeFiles") {
		t.Errorf("files are included that nobody asked for: %s", a.body)
	}
	refused(d.call(t, "PATCH", "/v1/connections/"+a.text("connectionId"), `{`+streams+`}`), "stream-unsupported")
	for id, want := range map[string]bool{lines: true, nowhere: false} {
		a := d.config(t, "/actor_definition_versions/get_for_destination", quote("destinationId", id)).want(200)
		if got := a.at("supportsFileTransfer"); got != want {
			t.Errorf("got %v, want %t", got, want)
		}
	}
}
