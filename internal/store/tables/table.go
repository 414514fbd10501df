package tables

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
)

// table keeps nouns of one kind.
type table[T any] struct {
	conn
	noun[T]
}

// Get reads the document of an id.
func (t table[T]) Get(ctx context.Context, id string) (T, error) {
	var doc string
	err := t.row(ctx, "SELECT doc FROM "+t.table+" WHERE id = ?", id).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, platform.NotFound(t.resource, id)
	}
	if err != nil {
		var none T
		return none, fmt.Errorf("reading %s %s: %w", t.resource, id, err)
	}
	return decode[T](doc)
}

// List reads the documents that a filter lets through. A filter by something that this noun does not have is an error, since
// leaving it out would show more than was asked for.
func (t table[T]) List(ctx context.Context, f platform.Filter) ([]T, error) {
	page, args, narrow, err := t.page(f, t.window(f.Offset, f.Limit))
	if err != nil {
		return nil, err
	}
	query := strings.Replace(page, "SELECT id ", "SELECT doc ", 1)
	if narrow || f.Offset > 0 || f.Connections != nil { // the page is found in an index alone; only its rows are then read
		order := t.order(f)
		query, args = "SELECT doc FROM "+t.table+" WHERE id IN ("+page+")"+order.String(), append(args, order.args...)
	}
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", t.table, err)
	}
	defer rows.Close()
	return scanDocs[T](rows)
}

func scanDocs[T any](rows *sql.Rows) ([]T, error) {
	var list []T
	for rows.Next() {
		var doc sql.RawBytes
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		t, err := decode[T](doc)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// Insert adds a document under a new id.
func (t table[T]) Insert(ctx context.Context, v T) error {
	doc, err := encode(v)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", t.resource, err)
	}
	names := t.names()
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
	query := "INSERT INTO " + t.table + " (" + strings.Join(names, ", ") + ") VALUES (" + marks + ")"
	if _, err = t.exec(ctx, query, t.values(&v, doc)...); err != nil {
		return fmt.Errorf("inserting %s %s: %w", t.resource, t.id(&v), err)
	}
	return nil
}

// Update replaces the document of an id.
func (t table[T]) Update(ctx context.Context, v T) error {
	doc, err := encode(v)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", t.resource, err)
	}
	names := t.names()[1:]
	args := append(t.values(&v, doc)[1:], t.id(&v))
	query := "UPDATE " + t.table + " SET " + strings.Join(names, " = ?, ") + " = ? WHERE id = ?"
	return t.one(ctx, t.id(&v), query, args...)
}

// Delete removes an id for good.
func (t table[T]) Delete(ctx context.Context, id string) error {
	return t.one(ctx, id, "DELETE FROM "+t.table+" WHERE id = ?", id)
}

// one runs a statement that must change the row of an id.
func (t table[T]) one(ctx context.Context, id, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("writing %s %s: %w", t.resource, id, err)
	}
	if n == 0 {
		return platform.NotFound(t.resource, id)
	}
	return nil
}

// encode writes a document. Text inside it is left as it is, so that a schema comes back with the characters it came with.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func decode[T any, S ~string | ~[]byte](doc S) (T, error) {
	var t T
	err := json.Unmarshal([]byte(doc), &t)
	return t, err
}
