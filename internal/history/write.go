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

// write writes a batch, and rows of the history's own, in one transaction.
func (w *writer) write(ctx context.Context, b batch, tell []api.Event) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := w.file.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	err = w.writeIn(ctx, tx, b, tell)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()
		w.book = book{} // what it holds was not written
	}
	return err
}

func (w *writer) writeIn(ctx context.Context, tx *sql.Tx, b batch, tell []api.Event) error {
	events := b.events
	if len(tell) > 0 {
		events = append(tell, events...)
	}
	if b.lost.n > 0 {
		e := ofHistory("lost", b.lost.from, b.lost.until, fmt.Sprintf("%d events were not written: more came than the disk took.", b.lost.n))
		e.Attributes[api.AttrCount] = strconv.Itoa(b.lost.n)
		events = append(events, e)
	}
	if err := w.writeEvents(ctx, tx, events); err != nil {
		return err
	}
	for k, known := range b.known {
		if err := writeKnown(ctx, tx, k, known); err != nil {
			return err
		}
	}
	for engine, at := range b.heard {
		if _, err := tx.ExecContext(ctx, "INSERT INTO engines (id, heard) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET heard = max(heard, excluded.heard)", engine, at.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

func writeKnown(ctx context.Context, tx *sql.Tx, k api.Key, known *Known) error {
	if known == nil {
		_, err := tx.ExecContext(ctx, "DELETE FROM containers WHERE key = ?", string(k))
		return err
	}
	doc, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("encode what is known of %s: %w", k, err)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO containers (key, doc) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc", string(k), doc)
	return err
}

// writeEvents appends events that are not there yet. They are written in the
// order of time: the full-text index takes rows in the order of their ids far
// more cheaply.
func (w *writer) writeEvents(ctx context.Context, tx *sql.Tx, events []api.Event) error {
	if len(events) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, "INSERT OR IGNORE INTO events (id, ident, doc) VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	look, err := tx.PrepareContext(ctx, "SELECT ident FROM events WHERE id = ?")
	if err != nil {
		return err
	}
	defer func() { _ = look.Close() }()
	places := &places{insert, look}
	index, err := tx.PrepareContext(ctx, "INSERT INTO events_words (rowid, words) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = index.Close() }()
	word, err := tx.PrepareContext(ctx, "INSERT INTO search_words (word, seen) VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET seen = max(seen, excluded.seen)")
	if err != nil {
		return err
	}
	defer func() { _ = word.Close() }()
	if !slices.IsSortedFunc(events, byTime) {
		events = slices.Clone(events)
		slices.SortStableFunc(events, byTime)
	}
	for i := range events {
		e := &events[i]
		own := *e
		own.Seq = 0
		doc, err := json.Marshal(&own)
		if err != nil {
			return fmt.Errorf("encode an event: %w", err)
		}
		id, fresh, err := places.place(ctx, e.Time.UnixMicro(), identity(e), doc)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		words := split(texts(e), maxWords)
		if err := w.book.note(ctx, word, append(words, tag(tagAction, e.Action)), e.Time.Unix()/secondsADay); err != nil {
			return err
		}
		if _, err := index.ExecContext(ctx, id, strings.Join(append(words, tagsOf(e)...), " ")); err != nil {
			return err
		}
	}
	return nil
}

const secondsADay = 24 * 60 * 60

func byTime(a, b api.Event) int { return a.Time.Compare(b.Time) }

// places are the statements that find a row its place.
type places struct{ insert, look *sql.Stmt }

// place inserts a row at its time, or where that is taken at one of a sequence
// of later microseconds that only its identity decides: a row that is told again
// goes the same way and finds itself. The steps double, so that ten thousand
// rows of one moment find theirs soon, too.
func (p *places) place(ctx context.Context, at, ident int64, doc []byte) (id int64, fresh bool, err error) {
	for n := 0; ; n++ {
		id = at + detour(ident, n)
		res, err := p.insert.ExecContext(ctx, id, ident, doc)
		if err != nil {
			return 0, false, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return id, n == 1, err
		}
		var there int64
		if err := p.look.QueryRowContext(ctx, id).Scan(&there); err != nil {
			return 0, false, err
		}
		if there == ident {
			return id, false, nil
		}
	}
}

// detour is the n-th step aside, in microseconds: within 2 to the n-th, and a
// tenth of a second at most.
func detour(ident int64, n int) int64 {
	if n == 0 {
		return 0
	}
	// The finalizer of SplitMix64: every bit decides about every bit.
	x := uint64(ident) + uint64(n)*0x9E3779B97F4A7C15 //nolint:gosec // G115: a hash
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return int64((x^x>>31)&(1<<min(n, 17)-1)) + 1 //nolint:gosec // G115: 17 bits
}

// Retention. A step is small, so that what is recorded meanwhile waits for a
// moment only.
const (
	dropStep  = 1000
	dropSteps = 50
)

// upkeep drops what is too old or too much, and gives room back to the disk.
func (w *writer) upkeep(ctx context.Context) {
	if w.file == nil || w.paused {
		return
	}
	for range dropSteps {
		n, err := w.dropEvents(ctx)
		if err != nil {
			w.failed(err)
			return
		}
		if n == 0 {
			break
		}
	}
	if err := w.dropMetrics(ctx, time.Now()); err != nil {
		w.failed(err)
		return
	}
	if err := w.dropAlerts(ctx); err != nil {
		w.failed(err)
		return
	}
	if err := w.dropWords(ctx); err != nil {
		w.failed(err)
		return
	}
	if _, err := w.file.write.ExecContext(ctx, "PRAGMA incremental_vacuum(2000)"); err != nil {
		w.failed(err)
		return
	}
	w.measure(ctx)
}

// dropEvents drops some of the oldest events, if there is anything to drop, and
// returns how many.
func (w *writer) dropEvents(ctx context.Context) (int, error) {
	w.measure(ctx)
	most := time.Now().Add(-w.o.EventAge).UnixMicro()
	if w.Status().EventBytes > w.o.EventBytes {
		most = 1<<63 - 1
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := w.file.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	n, err := dropOldest(ctx, tx, most)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()
	}
	return n, err
}

func dropOldest(ctx context.Context, tx *sql.Tx, before int64) (int, error) {
	var last sql.NullInt64
	err := tx.QueryRowContext(ctx, "SELECT max(id) FROM (SELECT id FROM events WHERE id < ? ORDER BY id LIMIT ?)", before, dropStep).Scan(&last)
	if err != nil || !last.Valid {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM events_words WHERE rowid IN (SELECT id FROM events WHERE id <= ?)", last.Int64); err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, "DELETE FROM events WHERE id <= ?", last.Int64)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// dropWords drops the words that no event has any more.
func (w *writer) dropWords(ctx context.Context) error {
	_, err := w.file.write.ExecContext(ctx, "DELETE FROM search_words WHERE seen < (SELECT min(id) FROM events) / 1000000 / ?", secondsADay)
	return err
}

// measure looks how large the history is and how far back it reaches.
func (w *writer) measure(ctx context.Context) {
	var size, free, page, metrics int64
	var oldest sql.NullInt64
	for _, q := range []struct {
		ask string
		to  any
	}{
		{"PRAGMA page_count", &size},
		{"PRAGMA freelist_count", &free},
		{"PRAGMA page_size", &page},
		{"SELECT min(id) FROM events", &oldest},
		{"SELECT bytes FROM sizes WHERE name = 'metrics'", &metrics},
	} {
		if err := w.file.write.QueryRowContext(ctx, q.ask).Scan(q.to); err != nil {
			return // a write will find out what is wrong
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.Bytes = size * page
	// Blocks fill their pages to about four fifths.
	w.status.MetricBytes = metrics
	w.status.EventBytes = max(0, (size-free)*page-metrics*5/4)
	w.status.Oldest = nil
	if oldest.Valid {
		at := time.UnixMicro(oldest.Int64).UTC()
		w.status.Oldest = &at
	}
}
