package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Document is something small that is kept by name: a JSON value.
type Document struct {
	Name    string
	Value   json.RawMessage
	Updated time.Time
}

// Documents returns those of an owner in a space, sorted by name.
func (h *History) Documents(ctx context.Context, space, owner string) ([]Document, error) {
	db, err := h.reader()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT name, doc, updated FROM documents WHERE space = ? AND owner = ? ORDER BY name", space, owner)
	if err != nil {
		return nil, h.readFailed(err)
	}
	defer func() { _ = rows.Close() }()
	out := []Document{}
	for rows.Next() {
		var d Document
		var doc []byte
		var updated int64
		if err := rows.Scan(&d.Name, &doc, &updated); err != nil {
			return nil, h.readFailed(err)
		}
		d.Value, d.Updated = doc, time.UnixMicro(updated).UTC()
		out = append(out, d)
	}
	if err := rows.Err(); err != nil {
		return nil, h.readFailed(err)
	}
	return out, nil
}

// Keep writes a document, in the place of the one of that name, and returns when
// it is on disk. An owner may have most in a space; 0 is no bound.
func (h *History) Keep(ctx context.Context, space, owner, name string, value json.RawMessage, most int) (Document, error) {
	d := Document{Name: name, Value: value, Updated: time.Now().UTC().Truncate(time.Microsecond)}
	return d, h.ask(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if most > 0 {
			var others int
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM documents WHERE space = ? AND owner = ? AND name <> ?", space, owner, name).Scan(&others); err != nil {
				return err
			}
			if others >= most {
				return &api.Error{Code: api.ErrTooMany, Message: "That is as many as are kept. Delete one that is not needed any more."}
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO documents (space, owner, name, doc, updated) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (space, owner, name) DO UPDATE SET doc = excluded.doc, updated = excluded.updated`,
			space, owner, name, []byte(value), d.Updated.UnixMicro())
		return err
	})
}

// Forget deletes a document; api.ErrNotFound says that there was none.
func (h *History) Forget(ctx context.Context, space, owner, name string) error {
	return h.ask(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM documents WHERE space = ? AND owner = ? AND name = ?", space, owner, name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return &api.Error{Code: api.ErrNotFound, Message: "There is nothing of that name."}
	})
}
