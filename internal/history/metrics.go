package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// blockID is where a block stands: by resolution, then by series, then by time.
func blockID(resolution int, series, number int64) int64 {
	return int64(resolution)<<58 | series<<22 | number
}

// numberOf is the block that a time falls into.
func numberOf(resolution int, at int64) int64 { return at / (stepOf(resolution) * blockPoints) }

// metricWriter is what the writer knows of the series.
type metricWriter struct {
	coder coder
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
	m := &metricTx{ctx: ctx, tx: tx, coder: &w.metrics.coder}
	err = m.prepare()
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
	get, put *sql.Stmt
	grown    int64 // bytes of content
	previous []byte
}

func (m *metricTx) prepare() (err error) {
	if m.get, err = m.tx.PrepareContext(m.ctx, "SELECT data FROM metric_blocks WHERE id = ?"); err != nil {
		return err
	}
	m.put, err = m.tx.PrepareContext(m.ctx, "INSERT INTO metric_blocks (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data")
	return err
}

// find returns the series of a container, a new one if there is none.
func (m *metricTx) find(key api.Key, at int64) (*metricSeries, error) {
	s := &metricSeries{}
	err := m.tx.QueryRowContext(m.ctx, "INSERT INTO metric_series (key, seen) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET seen = excluded.seen RETURNING id", string(key), at).Scan(&s.id)
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
	if until <= s.rolled {
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

// rolledUntil finds out from the file until when the coarser points reach; where
// there are none, from when there are fine ones.
func (m *metricTx) rolledUntil(series, until int64) (int64, error) {
	widest := stepOf(resolutions - 1)
	var id sql.NullInt64
	err := m.tx.QueryRowContext(m.ctx, "SELECT max(id) FROM metric_blocks WHERE id BETWEEN ? AND ?", blockID(2, series, 0), blockID(2, series, 1<<22-1)).Scan(&id)
	if err != nil {
		return 0, err
	}
	if id.Valid {
		points, err := m.block(2, id.Int64, id.Int64&(1<<22-1))
		if err != nil || len(points) > 0 {
			return last(points).at + widest, err
		}
	}
	err = m.tx.QueryRowContext(m.ctx, "SELECT min(id) FROM metric_blocks WHERE id BETWEEN ? AND ?", blockID(0, series, 0), blockID(0, series, 1<<22-1)).Scan(&id)
	if err != nil || !id.Valid {
		return until, err
	}
	return id.Int64 & (1<<22 - 1) * stepOf(0) * blockPoints / widest * widest, nil
}

func last(points []point) point {
	if len(points) == 0 {
		return point{}
	}
	return points[len(points)-1]
}

// block reads one block; nil where there is none.
func (m *metricTx) block(resolution int, id, number int64) ([]point, error) {
	m.previous = nil
	err := m.get.QueryRowContext(m.ctx, id).Scan(&m.previous)
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
		id := blockID(resolution, series, number)
		there, err := m.block(resolution, id, number)
		if err != nil {
			return err
		}
		size := len(m.previous)
		data, err := m.coder.encode(merge(there, points[:n]), stepOf(resolution))
		if err != nil {
			return err
		}
		if _, err := m.put.ExecContext(m.ctx, id, data); err != nil {
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
		points, err := m.block(resolution, blockID(resolution, series, number), number)
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
	ids, err := seriesIDs(ctx, tx)
	if err != nil {
		return 0, err
	}
	for resolution, age := range ages {
		// A block goes when its end is too old.
		before := numberOf(resolution, now.Add(-age).Unix())
		for _, id := range ids {
			from, to := blockID(resolution, id, 0), blockID(resolution, id, before)-1
			var size sql.NullInt64
			if err := tx.QueryRowContext(ctx, "SELECT sum(length(data)) FROM metric_blocks WHERE id BETWEEN ? AND ?", from, to).Scan(&size); err != nil {
				return 0, err
			}
			if !size.Valid {
				continue
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM metric_blocks WHERE id BETWEEN ? AND ?", from, to); err != nil {
				return 0, err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE sizes SET bytes = bytes - ? WHERE name = 'metrics'", size.Int64); err != nil {
				return 0, err
			}
		}
	}
	oldest := now.Add(-slices.Max(ages[:])).Unix()
	if _, err := tx.ExecContext(ctx, "DELETE FROM metric_series WHERE seen < ?", oldest-stepOf(resolutions-1)*blockPoints); err != nil {
		return 0, err
	}
	var left int64
	err = tx.QueryRowContext(ctx, "SELECT bytes FROM sizes WHERE name = 'metrics'").Scan(&left)
	return left, err
}

func seriesIDs(ctx context.Context, tx *sql.Tx) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id FROM metric_series")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
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
	oldest := int64(math.MaxInt64)
	for resolution := range resolutions {
		var id sql.NullInt64
		err := db.QueryRowContext(ctx, `SELECT min(b.id) FROM metric_series s JOIN metric_blocks b ON b.id BETWEEN (? | s.id << 22) AND (? | s.id << 22 | 4194303)
			WHERE s.key = ?`, int64(resolution)<<58, int64(resolution)<<58, string(key)).Scan(&id)
		if err != nil {
			return time.Time{}, false, h.readFailed(err)
		}
		if id.Valid {
			oldest = min(oldest, id.Int64&(1<<22-1)*stepOf(resolution)*blockPoints)
		}
	}
	return time.Unix(oldest, 0), oldest < math.MaxInt64, nil
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
	rows, err := db.QueryContext(ctx, "SELECT id, data FROM metric_blocks WHERE id BETWEEN ? AND ? ORDER BY id",
		blockID(resolution, series, numberOf(resolution, max(0, from))), blockID(resolution, series, numberOf(resolution, until)))
	if err != nil {
		return nil, h.readFailed(err)
	}
	defer func() { _ = rows.Close() }()
	var c coder
	var out []point
	for rows.Next() {
		var id int64
		var data sql.RawBytes
		if err := rows.Scan(&id, &data); err != nil {
			return nil, h.readFailed(err)
		}
		step := stepOf(resolution)
		points, err := c.decode(data, id&(1<<22-1)*step*blockPoints, step)
		if errors.Is(err, errBlock) {
			continue // a hole in the chart, rather than no chart
		}
		if err != nil {
			return nil, fmt.Errorf("read the metrics of %s: %w", key, err)
		}
		out = append(out, within(points, from, until)...)
	}
	if err := rows.Err(); err != nil {
		return nil, h.readFailed(err)
	}
	return out, nil
}
