package cloud_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/cloud"
)

const (
	definitions    = "/workspaces/" + workspaceID + "/definitions"
	declaratives   = definitions + "/declarative_sources"
	images         = definitions + "/sources"
	findProject    = "POST config/connector_builder_projects/get_for_definition_id"
	readProject    = "POST config/connector_builder_projects/get_with_manifest"
	updateProject  = "POST config/connector_builder_projects/update"
	testingValues  = "POST config/connector_builder_projects/update_testing_values"
	listForImages  = "POST config/source_definitions/list_for_workspace"
	declarative    = `{"id":"` + definitionID + `","name":"mine","version":3,"manifest":{"type":"DeclarativeSource","version":"1.0.0","spec":{"documentation_url":"http://d","connection_specification":{"properties":{}}}}}`
	image          = `{"id":"` + definitionID + `","name":"img","dockerRepository":"me/source-x","dockerImageTag":"1.0","documentationUrl":"http://d"}`
	foundProject   = `{"builderProjectId":"` + projectID + `","workspaceId":"home"}`
	project        = `{"builderProject":{"name":"mine","builderProjectId":"` + projectID + `","hasDraft":true,"updatedAt":1,"componentsFileContent":"code"},"declarativeManifest":{"manifest":{"draft":1},"isDraft":true},"testingValues":{"k":"**********"}}`
	simpleManifest = "version: 1.0.0\ntype: DeclarativeSource\nstreams: []\n"
)

func definitionRoutes() map[string]handler {
	return map[string]handler{
		"GET " + declaratives:                         always(ok(`{"data":[` + declarative + `]}`)),
		"POST " + declaratives:                        always(ok(declarative)),
		"GET " + declaratives + "/" + definitionID:    always(ok(declarative)),
		"PUT " + declaratives + "/" + definitionID:    always(ok(declarative)),
		"DELETE " + declaratives + "/" + definitionID: always(ok(declarative)),
		"POST " + images:                              always(ok(image)),
		"GET " + images + "/" + definitionID:          always(ok(image)),
		"PUT " + images + "/" + definitionID:          always(ok(image)),
		"DELETE " + images + "/" + definitionID:       always(ok(image)),
		findProject:                                   always(ok(foundProject)),
		readProject:                                   always(ok(project)),
		updateProject:                                 always(reply{status: 204}),
		testingValues:                                 always(ok(`{}`)),
		"GET /sources":                                always(ok(pageJSON())),
		"POST /sources":                               always(ok(sourceJSON(sourceID, "n"))),
		listForImages: always(ok(`{"sourceDefinitions":[
			{"sourceDefinitionId":"pub","name":"Faker","dockerRepository":"airbyte/source-faker","dockerImageTag":"1","custom":false},
			{"sourceDefinitionId":"low","name":"low","dockerRepository":"airbyte/source-declarative-manifest","dockerImageTag":"1","custom":true},
			{"sourceDefinitionId":"own","name":"own","dockerRepository":"me/source-x","dockerImageTag":"2","custom":true}]}`)),
	}
}

func TestPublishManifest(t *testing.T) {
	t.Parallel()
	f := serve(t, definitionRoutes())
	w := f.workspace()
	path := filepath.Join(t.TempDir(), "manifest.yaml")
	if err := os.WriteFile(path, []byte(simpleManifest), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, def := range []cloud.DefinitionSource{
		cloud.ManifestFile(path), cloud.ManifestYAML(simpleManifest), cloud.ManifestYAML(`{"version":"1.0.0","type":"DeclarativeSource","streams":[]}`),
		cloud.Manifest(map[string]any{"version": "1.0.0", "type": "DeclarativeSource", "streams": []any{}}),
	} {
		d, err := w.PublishCustomSourceDefinition(t.Context(), "fresh", def)
		if err != nil || d.ID() != definitionID || d.Type() != cloud.DefinitionYAML {
			t.Fatalf("%v, %v", d, err)
		}
		f.body("POST "+declaratives, `{"name":"fresh","manifest":{"version":"1.0.0","type":"DeclarativeSource","streams":[]}}`)
	}
	_, err := w.PublishCustomSourceDefinition(t.Context(), "fresh", cloud.ManifestYAML(simpleManifest), cloud.WithTestingValues(map[string]any{"k": "v"}))
	if err != nil {
		t.Fatal(err)
	}
	f.body(testingValues, `{"workspaceId":"home","builderProjectId":"`+projectID+`","testingValues":{"k":"v"},
		"spec":{"documentationUrl":"http://d","connectionSpecification":{"properties":{}},"advancedAuth":null}}`)
}

func TestPublishIsRefused(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]handler{"GET " + declaratives: always(ok(`{"data":[` + declarative + `]}`))}).workspace()
	f := func(want error, name string, def cloud.DefinitionSource, opts ...cloud.PublishOption) {
		t.Helper()
		if d, err := w.PublishCustomSourceDefinition(t.Context(), name, def, opts...); d != nil || !errors.Is(err, want) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	f(cloud.ErrDuplicateName, "mine", cloud.ManifestYAML(simpleManifest))
	f(cloud.ErrInvalidInput, "", cloud.ManifestYAML(simpleManifest))
	f(cloud.ErrInvalidInput, "n", nil)
	for _, text := range []string{"", "7", "[]", "type: DeclarativeSource", "version: 1.0.0", "version: 1.0.0\ntype: Other", "version: 1\ntype: DeclarativeSource"} {
		f(cloud.ErrInvalidInput, "n", cloud.ManifestYAML(text))
	}
	f(cloud.ErrInvalidInput, "n", cloud.DockerImage("me/x", ""))
	f(cloud.ErrInvalidInput, "n", cloud.DockerImage("me/x", "1"), cloud.WithTestingValues(map[string]any{}))
	f(cloud.ErrInvalidInput, "n", cloud.ManifestYAML(simpleManifest), cloud.WithDocumentationURL("http://d"))
	f(os.ErrNotExist, "n", cloud.ManifestFile(filepath.Join(t.TempDir(), "absent.yaml")))
}

func TestPublishImage(t *testing.T) {
	t.Parallel()
	f := serve(t, definitionRoutes())
	w := f.workspace()
	d, err := w.PublishCustomSourceDefinition(t.Context(), "img", cloud.DockerImage("me/source-x", "1.0"), cloud.WithDocumentationURL("http://d"))
	if err != nil || d.Type() != cloud.DefinitionDocker {
		t.Fatalf("%v, %v", d, err)
	}
	f.body("POST "+images, `{"name":"img","dockerRepository":"me/source-x","dockerImageTag":"1.0","documentationUrl":"http://d"}`)
	if _, err := w.PublishCustomSourceDefinition(t.Context(), "own", cloud.DockerImage("a", "b")); !errors.Is(err, cloud.ErrDuplicateName) {
		t.Errorf("a name that is taken: %v", err)
	}
	repository, err := d.DockerRepository(t.Context())
	tag, tagErr := d.DockerImageTag(t.Context())
	page, pageErr := d.DocumentationURL(t.Context())
	version, versionErr := d.Version(t.Context())
	if err := errors.Join(err, tagErr, pageErr, versionErr); err != nil || repository+tag+page+version != "me/source-x"+"1.0"+"http://d"+"1.0" {
		t.Errorf("%s %s %s %s, %v", repository, tag, page, version, err)
	}
	if err := d.Update(t.Context(), cloud.DockerImage("me/source-x", "2.0")); err != nil {
		t.Fatal(err)
	}
	f.body("PUT "+images+"/"+definitionID, `{"name":"img","dockerImageTag":"2.0"}`)
	if err := d.Rename(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
	f.body("PUT "+images+"/"+definitionID, `{"name":"new","dockerImageTag":"1.0"}`)
	if err := d.Update(t.Context(), cloud.DockerImage("other/x", "2.0")); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("another repository: %v", err)
	}
	if err := d.Update(t.Context(), cloud.ManifestYAML(simpleManifest)); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a manifest for an image: %v", err)
	}
	if id, err := d.BuilderProjectID(t.Context()); err != nil || id != "" {
		t.Errorf("an image has builder project %q, %v", id, err)
	}
}

func TestListDefinitions(t *testing.T) {
	t.Parallel()
	f := serve(t, definitionRoutes())
	w := f.workspace()
	yaml, err := cloud.Collect(w.CustomSourceDefinitions(t.Context(), cloud.DefinitionYAML))
	if err != nil || len(yaml) != 1 || yaml[0].ID() != definitionID {
		t.Errorf("%v, %v", yaml, err)
	}
	docker, err := cloud.Collect(w.CustomSourceDefinitions(t.Context(), cloud.DefinitionDocker))
	if err != nil || len(docker) != 1 || docker[0].ID() != "own" {
		t.Errorf("%v, %v", docker, err)
	}
	if name, err := docker[0].Name(t.Context()); err != nil || name != "own" {
		t.Errorf("%s, %v", name, err)
	}
	f.wants("GET "+declaratives, listForImages)
	if _, err := cloud.Collect(w.CustomSourceDefinitions(t.Context(), "toml")); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("no such type: %v", err)
	}
}

func TestDefinition(t *testing.T) {
	t.Parallel()
	f := serve(t, definitionRoutes())
	d := f.workspace().CustomSourceDefinition(definitionID, cloud.DefinitionYAML)
	ctx := t.Context()
	manifest, err := d.Manifest(ctx)
	version, versionErr := d.Version(ctx)
	id, idErr := d.BuilderProjectID(ctx)
	page, pageErr := d.BuilderProjectURL(ctx)
	has, hasErr := d.HasDraft(ctx)
	draft, draftErr := d.DraftManifest(ctx)
	values, valuesErr := d.TestingValues(ctx)
	if err := errors.Join(err, versionErr, idErr, pageErr, hasErr, draftErr, valuesErr); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(manifest), `{"type":"DeclarativeSource"`) || version != "3" || id != projectID || !has ||
		string(draft) != `{"draft":1}` || string(values) != `{"k":"**********"}` {
		t.Errorf("%s %s %s %v %s %s", manifest, version, id, has, draft, values)
	}
	if want := f.url + "/workspaces/" + workspaceID + "/connector-builder/edit/" + projectID; page != want {
		t.Errorf("page %s, want %s", page, want)
	}
	f.body(findProject, `{"actorDefinitionId":"`+definitionID+`","workspaceId":"`+workspaceID+`"}`)
	f.body(readProject, `{"workspaceId":"home","builderProjectId":"`+projectID+`"}`)

	// Renaming keeps the draft and the code, which an update without them would drop.
	if err := d.Rename(ctx, "new"); err != nil {
		t.Fatal(err)
	}
	f.body(updateProject, `{"workspaceId":"home","builderProjectId":"`+projectID+`","builderProject":{"name":"new","draftManifest":{"draft":1},"componentsFileContent":"code"}}`)
	if err := d.Update(ctx, cloud.ManifestYAML(simpleManifest)); err != nil {
		t.Fatal(err)
	}
	f.body("PUT "+declaratives+"/"+definitionID, `{"manifest":{"version":"1.0.0","type":"DeclarativeSource","streams":[]}}`)
	if _, err := d.DeploySource(ctx, "n", cloud.Configuration{"k": 1}); err != nil {
		t.Fatal(err)
	}
	f.body("POST /sources", `{"name":"n","workspaceId":"`+workspaceID+`","configuration":{"k":1},"definitionId":"`+definitionID+`"}`)
	if err := d.PermanentlyDelete(ctx); !errors.Is(err, cloud.ErrSafeMode) {
		t.Errorf("safe mode: %v", err)
	}
	if err := d.PermanentlyDelete(ctx, cloud.WithoutSafeMode()); err != nil {
		t.Error(err)
	}
}

func TestDefinitionWithoutProject(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{findProject: always(ok(`{"builderProjectId":null,"workspaceId":null}`))})
	d := f.workspace().CustomSourceDefinition(definitionID, cloud.DefinitionYAML)
	if page, err := d.BuilderProjectURL(t.Context()); err != nil || page != "" {
		t.Errorf("%q, %v", page, err)
	}
	if err := d.Rename(t.Context(), "n"); !errors.Is(err, cloud.ErrUnsupported) {
		t.Errorf("renaming: %v", err)
	}
	if err := d.SetTestingValues(t.Context(), map[string]any{}); !errors.Is(err, cloud.ErrUnsupported) {
		t.Errorf("testing values: %v", err)
	}
}

func TestLostPublicationIsNotRepeated(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"PUT " + declaratives + "/" + definitionID: always(reply{})})
	d := f.workspace().CustomSourceDefinition(definitionID, cloud.DefinitionYAML)
	if err := d.Update(t.Context(), cloud.ManifestYAML(simpleManifest)); !errors.Is(err, cloud.ErrUnreachable) {
		t.Error(err)
	}
	f.wants("PUT " + declaratives + "/" + definitionID)
}

func TestManifestYAML(t *testing.T) {
	t.Parallel()
	f := func(yaml, want string) {
		t.Helper()
		f := serve(t, map[string]handler{"POST " + declaratives: always(ok(declarative))})
		_, err := f.workspace().PublishCustomSourceDefinition(t.Context(), "n", cloud.ManifestYAML(yaml), cloud.AllowDuplicateDefinition(), cloud.WithoutValidation())
		if err != nil {
			t.Errorf("%s: %v", yaml, err)
			return
		}
		if got := f.last("POST " + declaratives).Body; got != `{"name":"n","manifest":`+want+`}` {
			t.Errorf("%s:\n got %s\nwant %s", yaml, got, want)
		}
	}
	f("z: 1\na: 1.5\nm: x", `{"z":1,"a":1.5,"m":"x"}`)
	f("a: yes\nb: off\nc: 'yes'\nd: true\ne: \"no\"", `{"a":true,"b":false,"c":"yes","d":true,"e":"no"}`)
	f("a: 2024-01-01\nb: ~\nc: ''\nd:", `{"a":"2024-01-01","b":null,"c":"","d":null}`)
	f("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nref: *b", `{"base":{"x":1,"y":2},"use":{"y":3,"x":1},"ref":{"x":1,"y":2}}`)
	f("a: [&x {k: v}, *x]\nb: {<<: [*x, {z: 1}]}", `{"a":[{"k":"v"},{"k":"v"}],"b":{"k":"v","z":1}}`)
	f("1: a\ntrue: b", `{"1":"a","true":"b"}`)
	f("t: |\n  {{ config['a'] }}\n  <b>&\n", `{"t":"{{ config['a'] }}\n<b>&\n"}`)
}

func TestYAMLBombs(t *testing.T) {
	t.Parallel()
	w := serve(t, nil).workspace()
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 12; i++ {
		n, p := string(rune('0'+i%10))+strings.Repeat("x", i/10), string(rune('0'+(i-1)%10))+strings.Repeat("x", (i-1)/10)
		bomb.WriteString("a" + n + ": &a" + n + " [*a" + p + ",*a" + p + ",*a" + p + ",*a" + p + ",*a" + p + ",*a" + p + ",*a" + p + ",*a" + p + ",*a" + p + "]\n")
	}
	for _, text := range []string{bomb.String(), strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "a: &a {b: *a}", "\tx", "a: b: c", "<<: 7"} {
		if _, err := w.PublishCustomSourceDefinition(t.Context(), "n", cloud.ManifestYAML(text), cloud.AllowDuplicateDefinition()); err == nil {
			t.Errorf("published %.60q", text)
		}
	}
}

func FuzzManifestYAML(f *testing.F) {
	f.Add(simpleManifest)
	f.Add("a: &a\n  <<: *a")
	f.Add("{a: [1, {b: !!binary x}]}")
	f.Fuzz(func(t *testing.T, text string) {
		f := &fake{t: t, fallback: always(ok(declarative))}
		client, err := cloud.NewClient(cloud.Config{APIRoot: "http://h", HTTPClient: f.httpClient()})
		if err != nil {
			t.Fatal(err)
		}
		w := client.Workspace(workspaceID)
		_, err = w.PublishCustomSourceDefinition(t.Context(), "n", cloud.ManifestYAML(text), cloud.AllowDuplicateDefinition(), cloud.WithoutValidation())
		if err == nil && len(f.asked()) != 1 {
			t.Errorf("%q was published without asking", text)
		}
	})
}
