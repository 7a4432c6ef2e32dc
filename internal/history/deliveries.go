package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"

	"github.com/quaywatch/quaywatch/internal/api"
)

// MaxDeliveryLog is how many tries of deliveries are kept.
const MaxDeliveryLog = 5000

// Deliveries returns what is kept of messages that are to be delivered, by key.
func (h *History) Deliveries(ctx context.Context) (map[string]json.RawMessage, error) {
	// What was written before is there, and the file is open, or it is said why not.
	if err := h.Sync(ctx); err != nil {
		return nil, err
	}
	db, err := h.reader()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT key, doc FROM deliveries")
	if err != nil {
		return nil, h.readFailed(err)
	}
	defer func() { _ = rows.Close() }()
	out := make(map[string]json.RawMessage)
	for rows.Next() {
		var key string
		var doc []byte
		if err := rows.Scan(&key, &doc); err != nil {
			return nil, h.readFailed(err)
		}
		out[key] = doc
	}
	if err := rows.Err(); err != nil {
		return nil, h.readFailed(err)
	}
	return out, nil
}

// KeepDeliveries writes documents by key (nil forgets one) and appends to the log,
// of which the oldest goes. It returns when all of it is on disk, or nothing.
func (h *History) KeepDeliveries(ctx context.Context, put map[string]json.RawMessage, log []api.DeliveryAttempt) error {
	return h.ask(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for key, doc := range put {
			var err error
			if doc == nil {
				_, err = tx.ExecContext(ctx, "DELETE FROM deliveries WHERE key = ?", key)
			} else {
				_, err = tx.ExecContext(ctx, "INSERT INTO deliveries (key, doc) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc", key, []byte(doc))
			}
			if err != nil {
				return err
			}
		}
		for i := range log {
			doc, err := json.Marshal(&log[i])
			if err != nil {
				return fmt.Errorf("encode a line of the delivery log: %w", err)
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO delivery_log (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", log[i].ID, doc); err != nil {
				return err
			}
		}
		if len(log) == 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM delivery_log WHERE id <= (SELECT id FROM delivery_log ORDER BY id DESC LIMIT 1 OFFSET ?)", MaxDeliveryLog)
		return err
	})
}

// DeliveryLog returns what was tried, the newest first, before an id; 0 is from
// the newest on.
func (h *History) DeliveryLog(ctx context.Context, before int64, limit int) ([]api.DeliveryAttempt, error) {
	db, err := h.reader()
	if err != nil {
		return nil, err
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := db.QueryContext(ctx, "SELECT doc FROM delivery_log WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit)
	if err != nil {
		return nil, h.readFailed(err)
	}
	defer func() { _ = rows.Close() }()
	var out []api.DeliveryAttempt
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return nil, h.readFailed(err)
		}
		var a api.DeliveryAttempt
		if err := json.Unmarshal(doc, &a); err != nil {
			return nil, fmt.Errorf("read a line of the delivery log: %w", err)
		}
		out = append(out, a)
	}
	if err := rows.Err(); err != nil {
		return nil, h.readFailed(err)
	}
	return out, nil
}
