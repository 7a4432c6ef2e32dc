package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// blockID is where a block of a resolution stands: by time, then by series.
func blockID(series, number int64) int64 { return number<<36 | series }

// numberOf is the block that a time falls into.
func numberOf(resolution int, at int64) int64 { return at / (stepOf(resolution) * blockPoints) }

// metricWriter is what the writer knows of the series.
type metricWriter struct {
	// series are those that were written in this life of the file.
	series map[api.Key]*metricSeries
}

type metricSeries struct {
	id int64
	// rolled is until when the coarser points have been made, Unix seconds; 0 is
	// not known.
	rolled int64
}

// writeMetrics writes what has gathered: a few series every ten seconds, each
// about every two minutes.
func (w *writer) writeMetrics(ctx context.Context, all bool) {
	w.mu.Lock()
	rollup := w.rollup
	w.mu.Unlock()
	if rollup == nil || w.file == nil || w.paused {
		return
	}
	due := rollup.due(all, time.Now().Unix())
	if len(due) == 0 {
		return
	}
	if err := w.storeMetrics(ctx, due); err != nil {
		w.metrics.series = nil // what was begun is undone
		w.failed(err)
		return
	}
	rollup.written(due)
}

func (w *writer) storeMetrics(ctx context.Context, due map[api.Key][]point) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := w.file.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	m := &metricTx{ctx: ctx, tx: tx, coder: &coder{}}
	if w.metrics.series == nil {
		w.metrics.series = make(map[api.Key]*metricSeries)
	}
	for key, points := range due {
		if err != nil {
			break
		}
		s := w.metrics.series[key]
		if s == nil {
			if s, err = m.find(key, points[0].at); err != nil {
				break
			}
			w.metrics.series[key] = s
		}
		err = m.store(s, points)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE sizes SET bytes = bytes + ? WHERE name = 'metrics'", m.grown)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()
	}
	return err
}

// metricTx writes metrics in one transaction.
type metricTx struct {
	ctx      context.Context //nolint:containedctx // of the transaction, which it is
	tx       *sql.Tx
	coder    *coder
	grown    int64  // bytes of content
	previous []byte // the block that was read last, and whether it is full
	full     bool
	stmts    map[string]*sql.Stmt
}

// prepared is a statement of this transaction, which ends with it.
func (m *metricTx) prepared(query string) (*sql.Stmt, error) {
	if s, ok := m.stmts[query]; ok {
		return s, nil
	}
	s, err := m.tx.PrepareContext(m.ctx, query)
	if err == nil {
		if m.stmts == nil {
			m.stmts = make(map[string]*sql.Stmt)
		}
		m.stmts[query] = s
	}
	return s, err
}

// fullTable has the blocks of a resolution that are full.
func fullTable(resolution int) string {
	return [resolutions]string{"metric_full_0", "metric_full_1", "metric_full_2"}[resolution]
}

// anyBlock reads a block wherever it is, and whether it is full.
func anyBlock(resolution int) string {
	return "SELECT data, 0 FROM metric_open WHERE resolution = ?1 AND id = ?2 UNION ALL SELECT data, 1 FROM " + fullTable(resolution) + " WHERE id = ?2"
}

// find returns the series of a container, a new one if there is none.
func (m *metricTx) find(key api.Key, at int64) (*metricSeries, error) {
	s := &metricSeries{}
	err := m.tx.QueryRowContext(m.ctx, "INSERT INTO metric_series (key, seen, began) VALUES (?1, ?2, ?2) ON CONFLICT (key) DO UPDATE SET seen = excluded.seen, began = min(began, excluded.began) RETURNING id", string(key), at).Scan(&s.id)
	return s, err
}

// store adds points of 10 s, and makes the coarser ones of stretches of ten
// minutes that are over.
func (m *metricTx) store(s *metricSeries, points []point) error {
	if err := m.add(0, s.id, points); err != nil {
		return err
	}
	widest := stepOf(resolutions - 1)
	until := points[len(points)-1].at / widest * widest
	if s.rolled == 0 {
		var err error
		if s.rolled, err = m.rolledUntil(s.id, until); err != nil {
			return err
		}
	}
	// Where the clock was set back, it goes on from there; where it was set forth,
	// there is nothing in between.
	s.rolled = max(min(s.rolled, until), until-fineReach)
	if until == s.rolled {
		return nil
	}
	fine, err := m.read(0, s.id, s.rolled, until)
	if err != nil {
		return err
	}
	minutes := coarser(fine, stepOf(1))
	if err := m.add(1, s.id, minutes); err != nil {
		return err
	}
	if err := m.add(2, s.id, coarser(minutes, widest)); err != nil {
		return err
	}
	s.rolled = until
	_, err = m.tx.ExecContext(m.ctx, "UPDATE metric_series SET seen = ? WHERE id = ?", points[len(points)-1].at, s.id)
	return err
}

// fineReach is how far back fine points are looked for, in seconds: they are not
// kept for much longer than a day.
const fineReach = 26 * 60 * 60

// rolledUntil finds out from the file until when the coarser points reach; where
// there are none, from when there are fine ones.
func (m *metricTx) rolledUntil(series, until int64) (int64, error) {
	widest := stepOf(resolutions - 1)
	begin := until - fineReach
	for number := numberOf(2, until); number >= numberOf(2, begin); number-- {
		if points, err := m.block(2, blockID(series, number), number); err != nil || len(points) > 0 {
			return last(points).at + widest, err
		}
	}
	for number := numberOf(0, begin); number <= numberOf(0, until); number++ {
		points, err := m.block(0, blockID(series, number), number)
		if err != nil {
			return 0, err
		}
		if len(points) > 0 {
			return points[0].at / widest * widest, nil
		}
	}
	return until, nil
}

func last(points []point) point {
	if len(points) == 0 {
		return point{}
	}
	return points[len(points)-1]
}

// block reads one block; nil where there is none.
func (m *metricTx) block(resolution int, id, number int64) ([]point, error) {
	m.previous, m.full = nil, false
	get, err := m.prepared(anyBlock(resolution))
	if err != nil {
		return nil, err
	}
	err = get.QueryRowContext(m.ctx, resolution, id).Scan(&m.previous, &m.full)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	step := stepOf(resolution)
	points, err := m.coder.decode(m.previous, number*step*blockPoints, step)
	if errors.Is(err, errBlock) {
		return nil, nil // what is broken is replaced by what comes
	}
	return points, err
}

// add merges points into their blocks.
func (m *metricTx) add(resolution int, series int64, points []point) error {
	for len(points) > 0 {
		number := numberOf(resolution, points[0].at)
		n := 1
		for n < len(points) && numberOf(resolution, points[n].at) == number {
			n++
		}
		id := blockID(series, number)
		there, err := m.block(resolution, id, number)
		if err != nil {
			return err
		}
		size, query := len(m.previous), "INSERT INTO metric_open (resolution, id, data) VALUES (?1, ?2, ?3) ON CONFLICT (resolution, id) DO UPDATE SET data = excluded.data"
		if m.full { // it comes late
			query = "UPDATE " + fullTable(resolution) + " SET data = ?3 WHERE id = ?2 AND ?1 >= 0"
		}
		put, err := m.prepared(query)
		if err != nil {
			return err
		}
		data, err := m.coder.encode(merge(there, points[:n]), stepOf(resolution))
		if err != nil {
			return err
		}
		if _, err := put.ExecContext(m.ctx, resolution, id, data); err != nil {
			return err
		}
		m.grown += int64(len(data) - size)
		points = points[n:]
	}
	return nil
}

// read returns the points from a time until before another.
func (m *metricTx) read(resolution int, series, from, until int64) ([]point, error) {
	var out []point
	for number := numberOf(resolution, from); number <= numberOf(resolution, until); number++ {
		points, err := m.block(resolution, blockID(series, number), number)
		if err != nil {
			return nil, err
		}
		out = append(out, within(points, from, until)...)
	}
	return out, nil
}

// within are the points from a time until before another.
func within(points []point, from, until int64) []point {
	begin, _ := slices.BinarySearchFunc(points, from, func(p point, at int64) int { return int(p.at - at) })
	end, _ := slices.BinarySearchFunc(points, until, func(p point, at int64) int { return int(p.at - at) })
	return points[begin:max(begin, end)]
}

// dropMetrics drops blocks that are too old. Where they are too many, ages
// shrink by a tenth until they are few enough.
func (w *writer) dropMetrics(ctx context.Context, now time.Time) error {
	ages := w.o.MetricAges
	for range 50 {
		left, err := w.dropBlocks(ctx, now, ages)
		if err != nil || left <= w.o.MetricBytes {
			return err
		}
		for i := range ages {
			ages[i] = ages[i] * 9 / 10
		}
	}
	return nil
}

// dropBlocks drops the blocks that ended before these ages, and what series are
// left without any, and returns the bytes that are left.
func (w *writer) dropBlocks(ctx context.Context, now time.Time, ages [resolutions]time.Duration) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := w.file.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	left, err := dropBlocksIn(ctx, tx, now, ages)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()
	}
	return left, err
}

func dropBlocksIn(ctx context.Context, tx *sql.Tx, now time.Time, ages [resolutions]time.Duration) (int64, error) {
	for resolution, age := range ages {
		// What nothing is added to any more is full; a block goes when its end is too
		// old.
		full := blockID(0, numberOf(resolution, now.Add(-time.Hour).Unix()))
		before := blockID(0, numberOf(resolution, now.Add(-age).Unix()))
		for _, do := range []struct {
			query string
			args  []any
		}{
			{"INSERT OR REPLACE INTO " + fullTable(resolution) + " (id, data) SELECT id, data FROM metric_open WHERE resolution = ? AND id < ? ORDER BY id", []any{resolution, full}},
			{"DELETE FROM metric_open WHERE resolution = ? AND id < ?", []any{resolution, full}},
			{"UPDATE sizes SET bytes = bytes - ifnull((SELECT sum(length(data)) FROM " + fullTable(resolution) + " WHERE id < ?), 0) WHERE name = 'metrics'", []any{before}},
			{"DELETE FROM " + fullTable(resolution) + " WHERE id < ?", []any{before}},
		} {
			if _, err := tx.ExecContext(ctx, do.query, do.args...); err != nil {
				return 0, err
			}
		}
	}
	oldest := now.Add(-slices.Max(ages[:])).Unix()
	if _, err := tx.ExecContext(ctx, "DELETE FROM metric_series WHERE seen < ?", oldest-stepOf(resolutions-1)*blockPoints); err != nil {
		return 0, err
	}
	var left int64
	err := tx.QueryRowContext(ctx, "SELECT bytes FROM sizes WHERE name = 'metrics'").Scan(&left)
	return left, err
}

// Points are metrics of the past, in columns, with the units of the columns.
type Points struct {
	// StepSeconds is how far they are apart; one that is missing was not measured.
	StepSeconds int
	// At are the beginnings of the stretches, Unix milliseconds.
	At []int64
	// Avg, Min, Max and Last have the columns that were asked for, in that order; of
	// a counter, all four are the last. api.Unknown is not known.
	Avg, Min, Max, Last [][]int64
}

// ResolutionFor is which resolution answers a time so far back: 10 s for six
// hours, a minute for two days, and ten minutes beyond.
func ResolutionFor(back time.Duration) int {
	switch {
	case back <= 6*time.Hour:
		return 0
	case back <= 48*time.Hour:
		return 1
	}
	return 2
}

// Finest is which resolution answers a stretch of the past: as fine as for one of
// that length until now, where the finer points of its beginning are still kept.
func (h *History) Finest(from, until time.Time) int {
	resolution := ResolutionFor(until.Sub(from))
	for back := time.Since(from); resolution < resolutions-1 && back >= h.o.MetricAges[resolution]; {
		resolution++
	}
	return resolution
}

// Metrics returns a container's points from a time until before another, the
// oldest first. What is not written yet is among them.
func (h *History) Metrics(ctx context.Context, key api.Key, from, until time.Time, resolution int, cols []api.Column) (Points, error) {
	out := Points{StepSeconds: int(stepOf(resolution))}
	points, err := h.points(ctx, key, from.Unix(), until.Unix(), resolution)
	if err != nil {
		return out, err
	}
	out.At = make([]int64, len(points))
	for _, to := range []*[][]int64{&out.Avg, &out.Min, &out.Max, &out.Last} {
		*to = make([][]int64, len(cols))
		for i := range *to {
			(*to)[i] = make([]int64, len(points))
		}
	}
	for i := range points {
		p := &points[i]
		out.At[i] = p.at * 1000
		for j, col := range cols {
			if n := counterAt(col); n >= 0 {
				v := p.counts[n]
				out.Avg[j][i], out.Min[j][i], out.Max[j][i], out.Last[j][i] = v, v, v, v
				continue
			}
			g := &p.gauges[col]
			out.Avg[j][i], out.Min[j][i], out.Max[j][i], out.Last[j][i] = g[statAvg].value(), g[statMin].value(), g[statMax].value(), g[statLast].value()
		}
	}
	return out, nil
}

// MetricsSince is the time of a container's oldest metrics; false where there
// are none on disk.
func (h *History) MetricsSince(ctx context.Context, key api.Key) (time.Time, bool, error) {
	db, err := h.reader()
	if err != nil {
		return time.Time{}, false, err
	}
	var began int64
	err = db.QueryRowContext(ctx, "SELECT began FROM metric_series WHERE key = ?", string(key)).Scan(&began)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, h.readFailed(err)
	}
	kept := time.Now().Add(-slices.Max(h.o.MetricAges[:]))
	return time.Unix(max(began, kept.Unix()), 0), true, nil
}

// points reads a resolution, and what of the end is not there yet from the finer
// ones.
func (h *History) points(ctx context.Context, key api.Key, from, until int64, resolution int) ([]point, error) {
	points, err := h.blocks(ctx, key, from, until, resolution)
	if err != nil {
		return nil, err
	}
	var news []point
	h.mu.Lock()
	rollup := h.rollup
	h.mu.Unlock()
	if resolution == 0 {
		if rollup != nil {
			news = within(rollup.waiting(key), from, until)
		}
		return merge(points, news), nil
	}
	begin := from
	if n := len(points); n > 0 {
		begin = max(from, points[n-1].at+stepOf(resolution))
	}
	// The coarser ones lack ten minutes or so; what is much longer ago has been
	// dropped in the finer ones, or never was.
	begin = max(begin, until-int64(6*time.Hour/time.Second))
	if begin >= until {
		return points, nil
	}
	fine, err := h.points(ctx, key, begin/stepOf(resolution)*stepOf(resolution), until, resolution-1)
	if err != nil {
		return nil, err
	}
	return merge(points, coarser(fine, stepOf(resolution))), nil
}

// blocks reads what of a stretch is on disk.
func (h *History) blocks(ctx context.Context, key api.Key, from, until int64, resolution int) ([]point, error) {
	db, err := h.reader()
	if err != nil {
		return nil, err
	}
	var series int64
	err = db.QueryRowContext(ctx, "SELECT id FROM metric_series WHERE key = ?", string(key)).Scan(&series)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, h.readFailed(err)
	}
	get, err := db.PrepareContext(ctx, anyBlock(resolution))
	if err != nil {
		return nil, h.readFailed(err)
	}
	defer func() { _ = get.Close() }()
	from = max(from, until-int64(2*slices.Max(h.o.MetricAges[:])/time.Second))
	var c coder
	var out []point
	for number := numberOf(resolution, from); number <= numberOf(resolution, until); number++ {
		var data []byte
		var full bool
		err := get.QueryRowContext(ctx, resolution, blockID(series, number)).Scan(&data, &full)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, h.readFailed(err)
		}
		step := stepOf(resolution)
		points, err := c.decode(data, number*step*blockPoints, step)
		if errors.Is(err, errBlock) {
			continue // a hole in the chart, rather than no chart
		}
		if err != nil {
			return nil, fmt.Errorf("read the metrics of %s: %w", key, err)
		}
		out = append(out, within(points, from, until)...)
	}
	return out, nil
}
