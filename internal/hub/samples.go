package hub

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Bounds of a metrics filter's intervals.
const (
	defaultEvery = time.Second
	minEvery     = 200 * time.Millisecond
	maxEvery     = time.Hour
	// changeEvery is how soon after a frame a changed filter gets its own: a
	// client that scrolls sends many.
	changeEvery = 100 * time.Millisecond
)

// samples is a session's subscription to the metrics. Of what the client has it
// knows two ticks only; the store tells from them what it lacks.
type samples struct {
	on     bool
	id     int
	filter sampleFilter
	// since is the tick the client has of the filter's rows, restSince of all
	// others; lastAt and restAt are when frames with them left.
	since, restSince uint64
	lastAt, restAt   time.Time
	// whole are rows of the filter of which the client has nothing.
	whole map[int]bool
	// changed: the filter is new, and what it adds is due at once.
	changed bool
}

// sampleFilter is an api.Filter that has been checked.
type sampleFilter struct {
	rows             []int // sorted
	rowsKey          string
	all              bool
	paced            bool // never with all
	cols             store.ColumnSet
	every, restEvery time.Duration // restEvery 0: no rest
}

func parseFilter(f *api.Filter) (sampleFilter, error) {
	if f == nil {
		f = &api.Filter{}
	}
	out := sampleFilter{all: f.All, cols: store.AllColumns, every: defaultEvery}
	if len(f.Cols) > 0 {
		var cols []api.Column
		for _, name := range f.Cols {
			c, ok := api.ColumnByName(name)
			if !ok {
				names := api.ColumnNames()
				return out, fmt.Errorf("unknown column %q; columns are %s", name, strings.Join(names[:], ", "))
			}
			cols = append(cols, c)
		}
		out.cols = store.Columns(cols...)
	}
	if f.EveryMs < 0 || f.RestEveryMs < 0 {
		return out, fmt.Errorf("an interval below 0 ms")
	}
	if f.EveryMs > 0 {
		out.every = interval(f.EveryMs)
	}
	if f.All {
		return out, nil
	}
	if f.RestEveryMs > 0 {
		out.restEvery = max(interval(f.RestEveryMs), out.every)
	}
	out.paced = f.Paced
	out.rows = slices.Compact(slices.Sorted(slices.Values(f.Rows)))
	out.rowsKey = rowsKey(out.rows)
	return out, nil
}

func interval(ms int) time.Duration {
	return min(max(time.Duration(min(ms, int(maxEvery.Milliseconds())))*time.Millisecond, minEvery), maxEvery)
}

// rowsKey is a comparable form of a list of rows.
func rowsKey(rows []int) string {
	var b []byte
	for _, r := range rows {
		b = append(strconv.AppendInt(b, int64(r), 36), ',')
	}
	return string(b)
}

// subscribeSamples serves a sub message for the metrics. With the same id it
// changes the filter: rows that were in the old one go on from where they are.
func (s *session) subscribeSamples(m api.Sub) {
	filter, err := parseFilter(m.Filter)
	if err != nil {
		s.refuse(m.ID, err.Error())
		return
	}
	p := &s.samples
	if p.on && p.id == m.ID {
		p.change(filter)
	} else {
		*p = samples{on: true, id: m.ID, filter: filter, changed: true}
	}
	s.out.add(encode(api.Subbed{Type: api.TypeSubbed, ID: m.ID, Topic: api.TopicMetrics, Seq: s.hub.metrics.Tick()}))
	s.hub.setWatch(s, &watch{rows: filter.rows, all: filter.all})
	s.follow()
}

func (p *samples) change(next sampleFilter) {
	old := p.filter
	switch {
	case next.cols&^old.cols != 0 || next.all && !old.all:
		p.since, p.restSince, p.whole = 0, 0, nil // everything, once more
	case !old.all && !next.all:
		had := make(map[int]bool, len(old.rows))
		for _, r := range old.rows {
			had[r] = !p.whole[r]
		}
		whole := make(map[int]bool)
		for _, r := range next.rows {
			if !had[r] {
				whole[r] = true
			}
		}
		p.whole = whole
		if old.restEvery == 0 {
			p.restSince = 0
		}
	case old.all && !next.all:
		p.restSince = 0
	}
	p.filter, p.changed = next, true
}

// due is when the next frame should leave; false while there is nothing to
// tell, because the last tick has been told.
func (p *samples) due(tick uint64, _ time.Time) (time.Time, bool) {
	if !p.on || tick == 0 {
		return time.Time{}, false
	}
	if p.changed {
		return p.lastAt.Add(changeEvery), true
	}
	if tick == p.since {
		return time.Time{}, false
	}
	return p.lastAt.Add(p.filter.every - slack(p.filter.every)), true
}

// slack lets a tick that comes a little early be taken, instead of sending each
// a little late: the sampler's ticks are not exactly as far apart as ours.
func slack(every time.Duration) time.Duration { return min(every/10, 100*time.Millisecond) }

// overdue tells that a frame has already waited for a whole interval.
func (p *samples) overdue(now time.Time) bool {
	return p.on && now.Sub(p.lastAt) >= 2*p.filter.every
}

// sample puts a metrics frame into the outbox if one is due.
func (s *session) sample(now time.Time) {
	p := &s.samples
	tick := s.hub.metrics.Tick()
	if at, ok := p.due(tick, now); !ok || now.Before(at) {
		return
	}
	f := &p.filter
	rest := f.restEvery > 0 && (p.restSince == 0 || now.Sub(p.restAt) >= f.restEvery-slack(f.restEvery))
	q := store.Query{
		Rows: f.rows, All: f.all, Cols: f.cols, Since: p.since, Whole: p.whole,
		Rest: rest, RestSince: p.restSince, Every: f.every, RestEvery: f.restEvery,
	}
	msg, reached := s.hub.metricsFrame(&q, f.rowsKey)
	if p.since != 0 && reached > p.since {
		s.hub.stats.skippedTicks.Add(reached - p.since - 1)
		// A slower pace than the sampler's leaves out ticks too; of that the client
		// is not told, it has asked for it.
		late := uint64(max(0, (now.Sub(p.lastAt)+slack(f.every))/f.every-1))
		s.skipped += min(reached-p.since-1, late)
	}
	p.since, p.lastAt, p.whole, p.changed = reached, now, nil, false
	if rest {
		p.restSince, p.restAt = reached, now
	}
	s.out.add(msg)
}
