package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// Past remembers the metrics of the last hour; series.Recorder does.
type Past interface {
	// Series returns a row's samples from a time on, in Unix milliseconds.
	Series(row int, from int64, cols []api.Column) (at []int64, values [][]*int64)
	// Oldest is the time of the row's oldest sample; false where there is none.
	Oldest(row int) (int64, bool)
}

// maxSeries bounds the time asked for, in seconds: as long as anything is kept.
// What is asked of up to memorySeries is answered in samples.
const (
	maxSeries    = 90 * 24 * 60 * 60
	memorySeries = 60 * 60
)

// sampleRest is how far samples are apart, at most and with some slack, where
// nobody watches.
const sampleRest = 15 * time.Second

// diskStep is the history's finest; the time of a step is when it began, in whole
// seconds.
const diskStep = 10 * time.Second

// seriesTimeout bounds what the disk may take.
const seriesTimeout = 10 * time.Second

// getSeries answers the past of one container's metrics: the last hour from
// memory, and what is further back, or before a restart, from the history.
func (s *Server) getSeries(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	seconds := memorySeries
	var err error
	if v := q.Get("seconds"); v != "" {
		if seconds, err = strconv.Atoi(v); err != nil || seconds < 1 || seconds > maxSeries {
			return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The parameter seconds must be a number from 1 to %d.", maxSeries)}
		}
	}
	cols, err := seriesColumns(q.Get("cols"))
	if err != nil {
		return err
	}
	stats := list(q, "stats")
	for _, name := range stats {
		if name != "min" && name != "max" && name != "last" {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter stats takes min, max and last, with commas between them."}
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), seriesTimeout)
	defer cancel()
	c, err := s.seriesOf(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	b := seriesBuilder{cols: cols, stats: stats}
	now := time.Now()
	out, err := b.build(ctx, s, c, now, now.Add(-time.Duration(seconds)*time.Second))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

// seriesOf finds a container, also one that is gone, by its id or key, while the
// history has metrics of it.
func (s *Server) seriesOf(ctx context.Context, ref string) (*api.Container, error) {
	c, err := s.o.Store.Find(ref)
	if err == nil || s.o.History == nil || api.CodeOf(err) != api.ErrNotFound {
		return c, err
	}
	keys := []api.Key{api.Key(ref)}
	for _, e := range s.o.Store.Engines() {
		keys = append(keys, api.MakeKey(e.ID, ref))
	}
	for _, k := range keys {
		if _, ok, herr := s.o.History.MetricsSince(ctx, k); herr == nil && ok {
			gone := &api.Container{}
			gone.Engine, gone.ID = k.Split()
			return gone, nil
		}
	}
	return nil, err
}

// seriesBuilder makes one answer.
type seriesBuilder struct {
	cols  []api.Column
	stats []string
}

func (b *seriesBuilder) build(ctx context.Context, s *Server, c *api.Container, now, from time.Time) (api.Series, error) {
	out := api.Series{Engine: c.Engine, ID: c.ID, StepSeconds: 1, At: []int64{}, Cols: make(map[string][]*int64), From: now.UnixMilli()}
	names := api.ColumnNames()
	for _, col := range b.cols {
		out.Cols[names[col]] = []*int64{}
	}
	for stat, to := range map[string]*map[string][]*int64{"min": &out.Min, "max": &out.Max, "last": &out.Last} {
		if slices.Contains(b.stats, stat) {
			*to = make(map[string][]*int64)
			for _, col := range b.cols {
				(*to)[names[col]] = []*int64{}
			}
		}
	}
	long := now.Sub(from) > memorySeries*time.Second
	var at []int64
	var values [][]*int64
	if s.o.Past != nil && c.Row > 0 {
		if oldest, ok := s.o.Past.Oldest(c.Row); ok {
			out.From = oldest
		}
		if !long {
			at, values = s.o.Past.Series(c.Row, from.UnixMilli(), b.cols)
		}
	}
	// Memory that reaches back far enough needs no disk.
	if begins := until(at, now); s.o.History != nil && (long || begins.Sub(from) > sampleRest) {
		if !long {
			// A step that reaches into memory has the same samples once more, under
			// the time at which it began: that may be before the container was there.
			begins = begins.Add(-diskStep + time.Second)
		}
		if err := b.remembered(ctx, s, c, &out, from, begins, long); err != nil && long {
			return out, err // for the last hour, memory is an answer
		}
	}
	out.At = append(out.At, at...)
	for i, col := range b.cols {
		name := names[col]
		for _, to := range []map[string][]*int64{out.Cols, out.Min, out.Max, out.Last} {
			if to != nil && values != nil {
				to[name] = append(to[name], values[i]...)
			}
		}
	}
	return out, nil
}

// until is where memory begins.
func until(at []int64, now time.Time) time.Time {
	if len(at) == 0 {
		return now
	}
	return time.UnixMilli(at[0])
}

// remembered adds what the history has of a stretch.
func (b *seriesBuilder) remembered(ctx context.Context, s *Server, c *api.Container, out *api.Series, from, to time.Time, long bool) error {
	since, ok, err := s.o.History.MetricsSince(ctx, c.Key())
	if err != nil {
		return err
	}
	if ok {
		out.From = min(out.From, since.UnixMilli())
	}
	resolution := history.ResolutionFor(time.Since(from))
	p, err := s.o.History.Metrics(ctx, c.Key(), from, to, resolution, b.cols)
	if err != nil {
		return err
	}
	if long {
		out.StepSeconds = p.StepSeconds
	}
	out.At = append(out.At, p.At...)
	names := api.ColumnNames()
	for i, col := range b.cols {
		for _, stat := range []struct {
			to   map[string][]*int64
			from [][]int64
		}{{out.Cols, p.Avg}, {out.Min, p.Min}, {out.Max, p.Max}, {out.Last, p.Last}} {
			if stat.to != nil {
				stat.to[names[col]] = known(stat.from[i])
			}
		}
	}
	return nil
}

// known are values as they travel: nil is not known.
func known(values []int64) []*int64 {
	out := make([]*int64, len(values))
	for i := range values {
		if values[i] != api.Unknown {
			out[i] = &values[i]
		}
	}
	return out
}

// seriesColumns reads a list of column names; none is all.
func seriesColumns(list string) ([]api.Column, error) {
	names := api.ColumnNames()
	var cols []api.Column
	for name := range strings.SplitSeq(list, ",") {
		if name == "" {
			continue
		}
		col, ok := api.ColumnByName(name)
		if !ok {
			return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("Unknown column %q; columns are %s.", name, strings.Join(names[:], ", "))}
		}
		if !slices.Contains(cols, col) {
			cols = append(cols, col)
		}
	}
	if cols == nil {
		for i := range names {
			cols = append(cols, api.Column(i))
		}
	}
	return cols, nil
}
