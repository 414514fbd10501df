package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/airfielddev/airfield/internal/store/sqlite"
	"github.com/airfielddev/airfield/internal/store/storetest"
)

func BenchmarkPages(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "airfield.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	storetest.BenchmarkPages(b, s)
}
