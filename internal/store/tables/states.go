package tables

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// states keeps a row for each stream, so that a commit writes only what has moved.
type states struct{ conn }

// Get reads what a connection has committed, the streams by namespace and name.
func (t states) Get(ctx context.Context, connectionID string) (platform.ConnectionState, error) {
	var s platform.ConnectionState
	var shared, legacy sql.NullString
	err := t.row(ctx, "SELECT type, shared, legacy FROM connection_states WHERE connection_id = ?", connectionID).
		Scan(&s.Type, &shared, &legacy)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading state of connection %s: %w", connectionID, err)
	}
	s.Shared, s.Legacy = raw(shared), raw(legacy)
	if s.Streams, err = t.streams(ctx, connectionID); err != nil {
		return s, fmt.Errorf("reading stream states of connection %s: %w", connectionID, err)
	}
	return s, nil
}

// Type reads the type of a connection's state.
func (t states) Type(ctx context.Context, connectionID string) (protocol.StateType, error) {
	var kind protocol.StateType
	err := t.row(ctx, "SELECT type FROM connection_states WHERE connection_id = ?", connectionID).Scan(&kind)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading state type of connection %s: %w", connectionID, err)
	}
	return kind, nil
}

func raw(s sql.NullString) json.RawMessage {
	if !s.Valid {
		return nil
	}
	return json.RawMessage(s.String)
}

func (t states) streams(ctx context.Context, connectionID string) ([]protocol.StreamState, error) {
	rows, err := t.query(ctx, "SELECT namespace, name, state FROM stream_states WHERE connection_id = ? ORDER BY namespace, name", connectionID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []protocol.StreamState
	for rows.Next() {
		var s protocol.StreamState
		var blob string
		if err := rows.Scan(&s.StreamDescriptor.Namespace, &s.StreamDescriptor.Name, &blob); err != nil {
			return nil, err
		}
		s.StreamState = json.RawMessage(blob)
		list = append(list, s)
	}
	return list, rows.Err()
}

// Put stores the parts that are given.
func (t states) Put(ctx context.Context, connectionID string, s platform.ConnectionState) error {
	if err := t.put(ctx, connectionID, s); err != nil {
		return fmt.Errorf("writing state of connection %s: %w", connectionID, err)
	}
	return nil
}

func (t states) put(ctx context.Context, connectionID string, s platform.ConnectionState) error {
	_, err := t.exec(ctx, `INSERT INTO connection_states (connection_id, type) VALUES (?, ?)
		ON CONFLICT (connection_id) DO UPDATE SET type = excluded.type WHERE connection_states.type <> excluded.type`,
		connectionID, string(s.Type))
	if err != nil {
		return err
	}
	if err := t.part(ctx, connectionID, "shared", s.Shared); err != nil {
		return err
	}
	if err := t.part(ctx, connectionID, "legacy", s.Legacy); err != nil {
		return err
	}
	for _, stream := range s.Streams {
		if err := t.stream(ctx, connectionID, stream); err != nil {
			return err
		}
	}
	return nil
}

func (t states) part(ctx context.Context, connectionID, column string, value json.RawMessage) error {
	if value == nil {
		return nil
	}
	var stored any
	if !isNull(value) {
		stored = string(value)
	}
	_, err := t.exec(ctx, "UPDATE connection_states SET "+column+" = ? WHERE connection_id = ?", stored, connectionID)
	return err
}

func (t states) stream(ctx context.Context, connectionID string, s protocol.StreamState) error {
	d := s.StreamDescriptor
	if isNull(s.StreamState) {
		_, err := t.exec(ctx, "DELETE FROM stream_states WHERE connection_id = ? AND namespace = ? AND name = ?", connectionID, d.Namespace, d.Name)
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO stream_states (connection_id, namespace, name, state) VALUES (?, ?, ?, ?)
		ON CONFLICT (connection_id, namespace, name) DO UPDATE SET state = excluded.state`,
		connectionID, d.Namespace, d.Name, string(s.StreamState))
	return err
}

func isNull(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// Clear removes everything that a connection has committed.
func (t states) Clear(ctx context.Context, connectionID string) error {
	for _, table := range []string{"stream_states", "connection_states"} {
		if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE connection_id = ?", connectionID); err != nil {
			return fmt.Errorf("clearing state of connection %s: %w", connectionID, err)
		}
	}
	return nil
}

// generations counts how often each stream was started anew.
type generations struct{ conn }

// Get reads the generations of a connection's streams.
func (t generations) Get(ctx context.Context, connectionID string) (map[protocol.StreamDescriptor]int64, error) {
	rows, err := t.query(ctx, "SELECT namespace, name, generation FROM generations WHERE connection_id = ?", connectionID)
	if err != nil {
		return nil, fmt.Errorf("reading generations of connection %s: %w", connectionID, err)
	}
	defer rows.Close()
	all := map[protocol.StreamDescriptor]int64{}
	for rows.Next() {
		var d protocol.StreamDescriptor
		var g int64
		if err := rows.Scan(&d.Namespace, &d.Name, &g); err != nil {
			return nil, err
		}
		all[d] = g
	}
	return all, rows.Err()
}

// Put sets the generation of a stream.
func (t generations) Put(ctx context.Context, connectionID string, d protocol.StreamDescriptor, generation int64) error {
	_, err := t.exec(ctx, `INSERT INTO generations (connection_id, namespace, name, generation) VALUES (?, ?, ?, ?)
		ON CONFLICT (connection_id, namespace, name) DO UPDATE SET generation = excluded.generation`,
		connectionID, d.Namespace, d.Name, generation)
	if err != nil {
		return fmt.Errorf("writing generation of stream %s: %w", d, err)
	}
	return nil
}
