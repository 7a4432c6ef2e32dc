package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sort"
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
	now := time.Now()
	end := now
	if v := q.Get("until"); v != "" {
		ms, err := strconv.ParseInt(v, 10, 64)
		if err != nil || ms < 0 {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter until must be a time in Unix milliseconds."}
		}
		// What is still to come is not there: the stretch ends now, and is shorter.
		seconds -= max(0, int(time.UnixMilli(ms).Sub(now)/time.Second))
		if end = time.UnixMilli(min(ms, now.UnixMilli())); seconds < 1 || now.Sub(end) > maxSeries*time.Second {
			return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The stretch must end within the last %d days.", maxSeries/24/60/60)}
		}
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
	out, err := b.build(ctx, s, c, now, end.Add(-time.Duration(seconds)*time.Second), end)
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

// build answers the stretch from a time to another, which is now or before.
func (b *seriesBuilder) build(ctx context.Context, s *Server, c *api.Container, now, from, end time.Time) (api.Series, error) {
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
			at, values = before(at, values, end.UnixMilli())
		}
	}
	// Memory that reaches back far enough needs no disk.
	past := end.Before(now)
	if begins := memoryFrom(at, end); s.o.History != nil && (long || begins.Sub(from) > sampleRest) {
		if !long && (len(at) > 0 || !past) {
			// A step that reaches into memory has the same samples once more, under
			// the time at which it began: that may be before the container was there.
			begins = begins.Add(-diskStep + time.Second)
		}
		resolution := history.ResolutionFor(now.Sub(from))
		if past {
			resolution = s.o.History.Finest(from, end)
		}
		if err := b.remembered(ctx, s, c, &out, from, begins, resolution, long); err != nil && long {
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

// memoryFrom is where memory begins; the end of what is asked where it has nothing.
func memoryFrom(at []int64, end time.Time) time.Time {
	if len(at) == 0 {
		return end
	}
	return time.UnixMilli(at[0])
}

// before are the samples up to a time.
func before(at []int64, values [][]*int64, end int64) ([]int64, [][]*int64) {
	n := sort.Search(len(at), func(i int) bool { return at[i] > end })
	for i := range values {
		values[i] = values[i][:n]
	}
	return at[:n], values
}

// remembered adds what the history has of a stretch.
func (b *seriesBuilder) remembered(ctx context.Context, s *Server, c *api.Container, out *api.Series, from, to time.Time, resolution int, long bool) error {
	since, ok, err := s.o.History.MetricsSince(ctx, c.Key())
	if err != nil {
		return err
	}
	if ok {
		out.From = min(out.From, since.UnixMilli())
	}
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
