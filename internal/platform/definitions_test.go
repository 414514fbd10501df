package platform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

const manifest = `{"version":"6.48.0","type":"DeclarativeSource","z":1,"spec":{"documentation_url":"https://example.com/doc","connection_specification":{` +
	`"type":"object","properties":{"api_key":{"type":"string","airbyte_secret":true},"start":{"type":"string"}}}}}`

func (d *deployment) publish(t *testing.T, name string) platform.Definition {
	t.Helper()
	def, err := d.CreateManifestDefinition(t.Context(), platform.NewManifestDefinition{
		WorkspaceID: d.workspace, Name: name, NewManifest: platform.NewManifest{Manifest: json.RawMessage(manifest)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return def
}

func TestResolveDefinitions(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	own := d.publish(t, "My API")
	for _, word := range []string{shopID, strings.ToUpper(shopID), "shop", "source-shop", "The Shop", "the shop", "acme/source-shop"} {
		if got, err := d.ResolveDefinition(t.Context(), connector.KindSource, d.workspace, word); err != nil || got.ID != shopID {
			t.Errorf("%s: got %s, %v", word, got.ID, err)
		}
	}
	for _, word := range []string{own.ID, "My API"} {
		if got, err := d.ResolveDefinition(t.Context(), connector.KindSource, d.workspace, word); err != nil || got.ID != own.ID {
			t.Errorf("%s: got %s, %v", word, got.ID, err)
		}
		_, err := d.ResolveDefinition(t.Context(), connector.KindSource, "another", word)
		refused(t, err, platform.ErrInvalid)
	}
	_, err := d.ResolveType(connector.KindDestination, "shop")
	refused(t, err, platform.ErrInvalid)
	list, err := d.Definitions(t.Context(), connector.KindSource, d.workspace)
	if err != nil || len(list) != 3 || list[2].ID != own.ID {
		t.Errorf("got %+v, %v", list, err)
	}
	if all, err := d.Definitions(t.Context(), "", ""); err != nil || len(all) != 4 {
		t.Errorf("got %d definitions, %v", len(all), err)
	}
	spec, err := d.Spec(t.Context(), shopID)
	if err != nil || string(spec.ConnectionSpecification) != shopSpec {
		t.Errorf("got %s, %v", spec.ConnectionSpecification, err)
	}
}

func TestManifestVersions(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	def := d.publish(t, "My API")
	if string(def.Manifest) != manifest || def.ManifestVersion != 1 || def.DockerImageTag != "6.48.0" || def.DocumentationURL != "https://example.com/doc" {
		t.Errorf("got %+v", def)
	}
	project, err := d.ProjectForDefinition(t.Context(), def.ID)
	if err != nil || project.Name != "My API" || project.WorkspaceID != d.workspace {
		t.Errorf("got project %+v, %v", project, err)
	}
	if _, err := d.UpdateProject(t.Context(), d.workspace, project.ID, platform.ProjectUpdate{Draft: json.RawMessage(`{"draft":1}`)}); err != nil {
		t.Fatal(err)
	}
	update := func(n platform.NewManifest) (platform.Definition, error) {
		n.Manifest = json.RawMessage(strings.Replace(manifest, `"z":1`, `"z":2`, 1))
		return d.UpdateManifestDefinition(t.Context(), def.ID, n)
	}
	if got, err := update(platform.NewManifest{Inactive: true}); err != nil || got.ManifestVersion != 1 {
		t.Errorf("an inactive version: got %d active, %v", got.ManifestVersion, err)
	}
	if got, err := update(platform.NewManifest{Description: "third"}); err != nil || got.ManifestVersion != 3 || !strings.Contains(string(got.Manifest), `"z":2`) {
		t.Errorf("got %+v, %v", got, err)
	}
	if project, err = d.Project(t.Context(), d.workspace, project.ID); err != nil || project.Draft != nil {
		t.Errorf("the draft is still there: %s, %v", project.Draft, err)
	}
	_, err = update(platform.NewManifest{Version: 2})
	refused(t, err, platform.ErrConflict)
	if err := d.ActivateManifest(t.Context(), def.ID, 1); err != nil {
		t.Fatal(err)
	}
	got, err := d.Definition(t.Context(), def.ID)
	if err != nil || got.ManifestVersion != 1 || string(got.Manifest) != manifest {
		t.Errorf("after activating version 1: got %d, %v", got.ManifestVersion, err)
	}
	refused(t, d.ActivateManifest(t.Context(), def.ID, 9), platform.ErrNotFound)
	versions, err := d.Manifests(t.Context(), def.ID)
	if err != nil || len(versions) != 3 || versions[2].Description != "third" {
		t.Errorf("got %+v, %v", versions, err)
	}
}

func TestManifestsRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	f := func(text, words string) {
		t.Helper()
		_, err := d.CreateManifestDefinition(t.Context(), platform.NewManifestDefinition{
			WorkspaceID: d.workspace, Name: "x", NewManifest: platform.NewManifest{Manifest: json.RawMessage(text)},
		})
		if e := refused(t, err, platform.ErrInvalid, words); e.Problem != "bad-request" {
			t.Errorf("got problem %q", e.Problem)
		}
	}
	f(`[]`, "JSON object")
	f(`{"spec":`, "JSON object")
	f(``, "JSON object")
	f(`{"version":"1.0.0"}`, "no spec")
	f(`{"spec":null}`, "no spec")
	f(`{"spec":{}}`, "spec.connection_specification.properties")
	f(`{"spec":{"connection_specification":{"properties":[]}}}`, "spec.connection_specification.properties")
	_, err := d.UpdateManifestDefinition(t.Context(), shopID, platform.NewManifest{Manifest: json.RawMessage(manifest)})
	refused(t, err, platform.ErrInvalid, "Public definitions")
}

func TestManifestSources(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	def := d.publish(t, "My API")
	a := d.newActor(t, connector.KindSource, def.ID, `{"start":"now","api_key":"k"}`)
	if string(a.Config) != `{"start":"now","api_key":"**********"}` {
		t.Errorf("got %s", a.Config)
	}
	_, err := d.DeleteDefinition(t.Context(), def.ID)
	refused(t, err, platform.ErrConflict, a.ID)
	if err := d.DeleteActor(t.Context(), connector.KindSource, a.ID); err != nil {
		t.Fatal(err)
	}
	if gone, err := d.DeleteDefinition(t.Context(), def.ID); err != nil || gone.ID != def.ID || string(gone.Manifest) != manifest {
		t.Errorf("got %+v, %v", gone, err)
	}
	_, err = d.Definition(t.Context(), def.ID)
	refused(t, err, platform.ErrNotFound)
	_, err = d.ProjectForDefinition(t.Context(), def.ID)
	refused(t, err, platform.ErrNotFound)
}

func TestImageThatCannotRun(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	def, err := d.CreateImageDefinition(t.Context(), platform.NewImageDefinition{
		WorkspaceID: d.workspace, Kind: connector.KindDestination, Name: "Mine", DockerRepository: "acme/destination-mine", DockerImageTag: "1",
	})
	if err != nil || !strings.Contains(def.SpecProblem, "images cannot be run here") {
		t.Fatalf("got %+v, %v", def, err)
	}
	a := d.newActor(t, connector.KindDestination, def.ID, `{"anything":{"goes":1},"password":"hunter2"}`)
	if string(a.Config) != `{"anything":{"goes":1},"password":"**********"}` {
		t.Errorf("got %s", a.Config)
	}
	r, err := d.CheckActor(t.Context(), connector.KindDestination, a.ID)
	if err != nil || r.Status == platform.CheckSucceeded || !strings.Contains(r.Message, "images cannot be run here") {
		t.Errorf("check: got %+v, %v", r, err)
	}
	def, err = d.UpdateImageDefinition(t.Context(), def.ID, platform.ImageDefinitionUpdate{Name: "Ours", DockerImageTag: "2"})
	if err != nil || def.Ref().Image != "acme/destination-mine:2" || def.Name != "Ours" {
		t.Errorf("got %+v, %v", def, err)
	}
	_, err = d.CreateImageDefinition(t.Context(), platform.NewImageDefinition{WorkspaceID: d.workspace, Kind: connector.KindSource, Name: "x"})
	refused(t, err, platform.ErrInvalid)
}

func TestProjects(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	project, err := d.CreateProject(t.Context(), platform.NewProject{WorkspaceID: d.workspace, Name: "draft", Draft: json.RawMessage(manifest)})
	if err != nil {
		t.Fatal(err)
	}
	spec := json.RawMessage(`{"connectionSpecification":{"type":"object","properties":{"api_key":{"airbyte_secret":true},"start":{}}}}`)
	set := func(values, want string) {
		t.Helper()
		got, err := d.SetTestingValues(t.Context(), d.workspace, project.ID, spec, json.RawMessage(values))
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
		read, err := d.Project(t.Context(), d.workspace, project.ID)
		if err != nil || string(read.TestingValues) != want {
			t.Errorf("read %s, %v; want %s", read.TestingValues, err, want)
		}
	}
	set(`{"start":1,"api_key":"k"}`, `{"start":1,"api_key":"**********"}`)
	set(`{"api_key":"**********"}`, `{"api_key":"**********"}`)
	def, err := d.PublishProject(t.Context(), d.workspace, project.ID, platform.Publication{Name: "published", NewManifest: platform.NewManifest{Manifest: json.RawMessage(manifest), Spec: spec}})
	if err != nil || def.Name != "published" || def.ManifestVersion != 1 {
		t.Fatalf("got %+v, %v", def, err)
	}
	again, err := d.PublishProject(t.Context(), d.workspace, project.ID, platform.Publication{Name: "published", NewManifest: platform.NewManifest{Manifest: json.RawMessage(manifest)}})
	if err != nil || again.ID != def.ID || again.ManifestVersion != 2 {
		t.Errorf("published again: got %+v, %v", again, err)
	}
	found, err := d.ProjectForDefinition(t.Context(), def.ID)
	if err != nil || found.ID != project.ID || found.Draft != nil || string(found.TestingValues) != `{"api_key":"**********"}` {
		t.Errorf("got %+v, %v", found, err)
	}
	_, err = d.Project(t.Context(), "another", project.ID)
	refused(t, err, platform.ErrNotFound)
	if err := d.DeleteProject(t.Context(), d.workspace, project.ID); err != nil {
		t.Fatal(err)
	}
	list, err := d.Projects(t.Context(), d.workspace)
	if err != nil || len(list) != 0 {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestSpecsDiffer(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	def := d.publish(t, "My API")
	a := d.newActor(t, connector.KindSource, def.ID, `{"start":"now","region":"eu"}`)
	changed := strings.Replace(manifest, `"start":{"type":"string"}`, `"region":{"type":"string","airbyte_secret":true}`, 1)
	if _, err := d.UpdateManifestDefinition(t.Context(), def.ID, platform.NewManifest{Manifest: json.RawMessage(changed)}); err != nil {
		t.Fatal(err)
	}
	a, err := d.Actor(t.Context(), connector.KindSource, a.ID)
	if diff := cmp.Diff(`{"start":"now","region":"**********"}`, string(a.Config)); diff != "" || err != nil {
		t.Errorf("a new version's secrets are not masked: %v\n%s", err, diff)
	}
}
