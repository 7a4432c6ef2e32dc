package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// KeptAlert is an alert as it was written last.
type KeptAlert struct {
	Alert   api.Alert
	Written time.Time
}

// maxAlerts bounds the alerts that are kept: some hundred megabytes at most.
const maxAlerts = 100_000

// PutAlerts writes alerts in the place of those with the same ids, drops others
// by their ids, and returns when that is on disk.
func (h *History) PutAlerts(ctx context.Context, put []*api.Alert, drop []string) error {
	return h.ask(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now := time.Now().UnixMicro()
		for _, a := range put {
			doc, err := json.Marshal(a)
			if err != nil {
				return fmt.Errorf("encode the alert %s: %w", a.ID, err)
			}
			var resolved any
			if a.ResolvedAt != nil {
				resolved = a.ResolvedAt.UnixMicro()
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO alerts (id, at, resolved, rule, container, name, state, written, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET resolved = excluded.resolved, name = excluded.name, state = excluded.state, written = excluded.written, doc = excluded.doc`,
				a.ID, a.ActiveAt.UnixMicro(), resolved, a.Rule, a.Container, a.Name, string(a.State), now, doc); err != nil {
				return err
			}
		}
		for _, id := range drop {
			if _, err := tx.ExecContext(ctx, "DELETE FROM alerts WHERE id = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// OpenAlerts returns the alerts that have not resolved, and before them the last
// that have, the oldest of each first.
func (h *History) OpenAlerts(ctx context.Context, resolved int) ([]KeptAlert, error) {
	db, err := h.reader()
	if err != nil {
		return nil, err
	}
	out, err := scanAlerts(db.QueryContext(ctx, `SELECT doc, written FROM (
			SELECT id, at, resolved, doc, written FROM alerts WHERE resolved IS NOT NULL ORDER BY at DESC LIMIT ?
		) UNION ALL SELECT doc, written FROM (SELECT doc, written FROM alerts WHERE resolved IS NULL ORDER BY at)`, resolved))
	if err != nil {
		return nil, h.readFailed(err)
	}
	// The resolved ones come first, the newest before the older.
	n := 0
	for n < len(out) && out[n].Alert.ResolvedAt != nil {
		n++
	}
	for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, nil
}

func scanAlerts(rows *sql.Rows, err error) ([]KeptAlert, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []KeptAlert
	for rows.Next() {
		var doc []byte
		var written int64
		if err := rows.Scan(&doc, &written); err != nil {
			return nil, err
		}
		k := KeptAlert{Written: time.UnixMicro(written).UTC()}
		if err := json.Unmarshal(doc, &k.Alert); err != nil {
			return nil, fmt.Errorf("decode an alert: %w", err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// AlertQuery says which alerts are wanted. Empty fields don't restrict.
type AlertQuery struct {
	States []api.AlertState
	Rule   string
	// Container is an id, or the beginning of one with 12 digits, or a name.
	Container string
	// Since is inclusive, Until is not: of when it began to hold.
	Since, Until time.Time
	// Limit is how many at most; 0 is DefaultLimit. Next is that of the page before.
	Limit int
	Next  string
}

// AlertPage are alerts, those that began last first.
type AlertPage struct {
	Items []api.Alert
	Next  string // empty where there is no more
}

// Alerts returns a page of alerts, those that go on among them.
func (h *History) Alerts(ctx context.Context, q AlertQuery) (AlertPage, error) {
	db, err := h.reader()
	if err != nil {
		return AlertPage{}, err
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, MaxLimit)
	where, args := []string{"1"}, []any{}
	add := func(cond string, more ...any) { where, args = append(where, cond), append(args, more...) }
	if !q.Since.IsZero() {
		add("at >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		add("at < ?", q.Until.UnixMicro())
	}
	if q.Next != "" {
		at, id, ok := strings.Cut(q.Next, ".")
		n, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil {
			return AlertPage{}, &api.Error{Code: api.ErrInvalid, Message: "The parameter before is not one that this server gave. Take it from next of the page before."}
		}
		add("(at, id) < (?, ?)", n, id)
	}
	if q.Rule != "" {
		add("rule = ?", q.Rule)
	}
	if c := strings.TrimPrefix(q.Container, "/"); c != "" {
		if i := strings.LastIndexByte(c, '/'); i >= 0 {
			c = c[i+1:]
		}
		if cut := cutID(c); len(cut) == shortID && isHex(cut) {
			add("(substr(container, 1, ?) = ? OR name = ?)", shortID, strings.ToLower(cut), c)
		} else {
			add("name = ?", c)
		}
	}
	if len(q.States) > 0 {
		marks := make([]any, len(q.States))
		for i, s := range q.States {
			marks[i] = string(s)
		}
		add("state IN (?"+strings.Repeat(", ?", len(marks)-1)+")", marks...)
	}
	kept, err := scanAlerts(db.QueryContext(ctx, "SELECT doc, written FROM alerts WHERE "+strings.Join(where, " AND ")+" ORDER BY at DESC, id DESC LIMIT ?", append(args, q.Limit+1)...)) //nolint:gosec // G202: only what stands above
	if err != nil {
		return AlertPage{}, h.readFailed(err)
	}
	p := AlertPage{Items: make([]api.Alert, 0, len(kept))}
	for i := range kept {
		if i == q.Limit {
			last := p.Items[i-1]
			p.Next = strconv.FormatInt(last.ActiveAt.UnixMicro(), 10) + "." + last.ID
			break
		}
		p.Items = append(p.Items, kept[i].Alert)
	}
	return p, nil
}

// dropAlerts drops those that have resolved long ago, or that are too many.
func (w *writer) dropAlerts(ctx context.Context) error {
	for _, q := range []struct {
		ask string
		arg int64
	}{
		{"DELETE FROM alerts WHERE resolved < ?", time.Now().Add(-w.o.EventAge).UnixMicro()},
		{"DELETE FROM alerts WHERE resolved IS NOT NULL AND at < (SELECT at FROM alerts ORDER BY at DESC LIMIT 1 OFFSET ?)", maxAlerts},
	} {
		if _, err := w.file.write.ExecContext(ctx, q.ask, q.arg); err != nil {
			return err
		}
	}
	return nil
}

// Matches tells whether an alert is one that is asked for.
func (q *AlertQuery) Matches(a *api.Alert) bool {
	c := strings.TrimPrefix(q.Container, "/")
	if i := strings.LastIndexByte(c, '/'); i >= 0 {
		c = c[i+1:]
	}
	switch {
	case len(q.States) > 0 && !slices.Contains(q.States, a.State), q.Rule != "" && q.Rule != a.Rule:
		return false
	case c != "" && c != a.Name && (len(c) < shortID || !strings.HasPrefix(a.Container, cutID(c))):
		return false
	}
	return (q.Since.IsZero() || !a.ActiveAt.Before(q.Since)) && (q.Until.IsZero() || a.ActiveAt.Before(q.Until))
}
