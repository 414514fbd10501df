package cloud_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

func TestRoots(t *testing.T) {
	t.Parallel()
	type roots struct{ api, config, web, workspace string }
	airbyte := roots{
		"https://api.airbyte.com/v1", "https://cloud.airbyte.com/api/v1", "https://cloud.airbyte.com",
		"https://cloud.airbyte.com/workspaces/w",
	}
	at := func(base string) roots {
		return roots{base + "/api/public/v1", base + "/api/v1", base, base + "/workspaces/w"}
	}
	f := func(cfg cloud.Config, want roots) {
		t.Helper()
		c, err := cloud.NewClient(cfg)
		if err != nil {
			t.Errorf("%q: %v", cfg.APIRoot, err)
			return
		}
		got := roots{c.APIRoot(), c.ConfigAPIRoot(), c.WebRoot(), c.Workspace("w").URL()}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(roots{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", cfg.APIRoot, diff)
		}
	}
	for _, root := range []string{"", "https://api.airbyte.com/v1", "https://api.airbyte.com/v1/", "https://api.airbyte.com", "api.airbyte.com", "https://cloud.airbyte.com", "https://cloud.airbyte.com/api/v1", "https://API.airbyte.com/v1"} {
		f(cloud.Config{APIRoot: root}, airbyte)
	}
	for _, root := range []string{
		"http://localhost:8000", "http://localhost:8000/", "localhost:8000", "http://localhost:8000/api/public/v1",
		"http://localhost:8000/api/public/v1/", "http://localhost:8000/api/v1", "http://localhost:8000/v1", "http://localhost:8000/api",
		" http://localhost:8000/api/public?x=1#y ",
	} {
		f(cloud.Config{APIRoot: root}, at("http://localhost:8000"))
	}
	f(cloud.Config{APIRoot: "https://host.example/path"}, at("https://host.example/path"))
	f(cloud.Config{APIRoot: "https://host.example/path/api/public/v1"}, at("https://host.example/path"))
	f(cloud.Config{APIRoot: "airbyte.example.com"}, at("https://airbyte.example.com"))
	f(cloud.Config{APIRoot: "127.0.0.1:8000"}, at("http://127.0.0.1:8000"))
	f(cloud.Config{APIRoot: "[::1]:8000"}, at("http://[::1]:8000"))
	f(cloud.Config{APIRoot: "http://h:1", ConfigAPIRoot: "https://c/x/", WebRoot: "https://w/"},
		roots{"http://h:1/api/public/v1", "https://c/x", "https://w", "https://w/workspaces/w"})
}

func TestRootsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, cfg := range []cloud.Config{
		{APIRoot: "ftp://host"}, {APIRoot: "http://"}, {APIRoot: "http://user:canary@host"}, {APIRoot: "http://h:canary%zz"},
		{APIRoot: "http://h", ConfigAPIRoot: "://canary"}, {WebRoot: "mailto:canary@x"},
	} {
		_, err := cloud.NewClient(cfg)
		if !errors.Is(err, cloud.ErrInvalidInput) {
			t.Errorf("%+v: %v", cfg, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("the error repeats what it was given: %v", err)
		}
	}
}

func FuzzRoots(f *testing.F) {
	for _, s := range []string{"", "localhost:8000", "https://h/api/v1", "http://[::1]/x/", "h\x00", "http://h/%2f", "a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, root string) {
		c, err := cloud.NewClient(cloud.Config{APIRoot: root})
		if err != nil {
			if !errors.Is(err, cloud.ErrInvalidInput) {
				t.Errorf("%q: %v", root, err)
			}
			return
		}
		again, err := cloud.NewClient(cloud.Config{APIRoot: c.APIRoot()})
		if err != nil {
			t.Fatalf("%q gives root %q, which gives: %v", root, c.APIRoot(), err)
		}
		if again.APIRoot() != c.APIRoot() || again.ConfigAPIRoot() != c.ConfigAPIRoot() || again.WebRoot() != c.WebRoot() {
			t.Errorf("%q gives root %q, which gives %q, %q, %q", root, c.APIRoot(), again.APIRoot(), again.ConfigAPIRoot(), again.WebRoot())
		}
	})
}
