package server_test

import (
	"errors"
	"os"
	"testing"

	"github.com/airfielddev/airfield/internal/contract"
)

// contractOf skips the test when the official documents, which lie beside the repository, are not there.
func contractOf(t testing.TB, open func() (*contract.Document, error)) *contract.Document {
	t.Helper()
	c, err := open()
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the official OpenAPI documents are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// kept holds the answer to an operation, which is named by its method and its path in the document, to what the document says.
func (a answer) kept(t testing.TB, c *contract.Document, method, path string) answer {
	t.Helper()
	if err := c.Answer(method, path, a.status, a.body); err != nil {
		t.Error(err)
	}
	return a
}
