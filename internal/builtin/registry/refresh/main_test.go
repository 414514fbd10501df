package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRefresh(t *testing.T) {
	t.Parallel()
	table := filepath.Join(t.TempDir(), "registry.tsv")
	before := "# old\n" +
		"source\tef69ef6e-aa7f-4af1-a01d-ef775033524e\tsource-github\n" +
		"source\t33333333-3333-4333-8333-333333333333\tsource-older\t2.0.0\tOlder\n"
	if err := os.WriteFile(table, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := refresh("testdata/registry.json", table); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(got)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.TrimSuffix(line, "\n"))
		}
	}
	want := []string{
		"source\t11111111-1111-4111-8111-111111111111\tacme/source-acme\t0.1.0\tAcme",
		"source\tef69ef6e-aa7f-4af1-a01d-ef775033524e\tsource-github\t1.8.30\tGitHub",
		"source\t33333333-3333-4333-8333-333333333333\tsource-older\t2.0.0\tOlder",
		"destination\t25c5221d-dce2-4163-ade9-739ef790f503\tdestination-postgres\t3.0.10\tPostgres",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefreshLeavesTheTableAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	table := filepath.Join(dir, "registry.tsv")
	if err := os.WriteFile(table, []byte("# old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"broken.json": `{"sources": [`,
		"bare.json":   `{"sources": [{"name": "No id", "dockerRepository": "airbyte/source-x"}]}`,
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := refresh(file, table); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if got, err := os.ReadFile(table); err != nil || string(got) != "# old\n" {
		t.Errorf("got %q, %v", got, err)
	}
}
