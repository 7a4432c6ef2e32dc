package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Known is what the history knows last of a container: enough to tell, after a
// restart, what nobody heard.
type Known struct {
	Name     string     `json:"name"`
	Image    string     `json:"image"`
	Started  *time.Time `json:"started,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`
	// Checked: it has a health check.
	Checked bool `json:"checked,omitempty"`
}

// Recall is what the history knows of an engine.
type Recall struct {
	// Heard is until when it was listened to.
	Heard time.Time
	// Events are the last ones, the oldest first.
	Events []api.Event
	// Containers are by their id.
	Containers map[string]Known
}

// recallEvents is how many events are recalled: as many as a fresh page shows.
const recallEvents = 2000

// Recall returns what is known of an engine; nil where nothing is.
func (h *History) Recall(ctx context.Context, engine string) (*Recall, error) {
	db, err := h.reader()
	if err != nil {
		return nil, err
	}
	var heard int64
	err = db.QueryRowContext(ctx, "SELECT heard FROM engines WHERE id = ?", engine).Scan(&heard)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, h.readFailed(err)
	}
	out := &Recall{Heard: time.UnixMicro(heard).UTC(), Containers: make(map[string]Known)}
	rows, err := db.QueryContext(ctx, "SELECT key, doc FROM containers WHERE key >= ? AND key < ?", engine+"/", engine+"0")
	if err != nil {
		return nil, h.readFailed(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key string
		var doc []byte
		if err := rows.Scan(&key, &doc); err != nil {
			return nil, h.readFailed(err)
		}
		var k Known
		if err := json.Unmarshal(doc, &k); err != nil {
			return nil, fmt.Errorf("read what is known of %s: %w", key, err)
		}
		_, id := api.Key(key).Split()
		out.Containers[id] = k
	}
	if err := rows.Err(); err != nil {
		return nil, h.readFailed(err)
	}
	page, err := h.Events(ctx, Query{Engines: []string{engine}, Limit: recallEvents})
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(page.Items) {
		if e.Engine == engine {
			out.Events = append(out.Events, e)
		}
	}
	return out, nil
}
