package stats

import (
	"context"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// maxStreams bounds the streams: an engine gathers for all of them in one
	// loop, so that each further one slows the others down.
	maxStreams = 50
	// streamLinger is how long a stream stays open after its container was last
	// watched, so that scrolling does not open and close streams.
	streamLinger = 10 * time.Second
	// streamRetry is the pause before a stream that ended is opened again.
	streamRetry = 2 * time.Second
)

// streamSource keeps one stream a watched container. Those that nobody watches,
// and those above the bound, are absent.
type streamSource struct {
	engine  EngineStats
	machine int64
	max     int
	rows    rawRows
	streams map[int]*stream
	running sync.WaitGroup
	// ctx ends with Close: streams outlive the tick that opens them.
	ctx    context.Context
	cancel context.CancelFunc

	mu sync.Mutex // guards latest of all streams
}

// stream is one open stream; its goroutine ends with cancel.
type stream struct {
	target  Target
	cancel  context.CancelFunc
	watched time.Time // when it was last
	latest  *streamAnswer
}

type streamAnswer struct {
	stats api.RawStats
	at    time.Time
}

func newStreamSource(e EngineStats, machine int64) *streamSource {
	ctx, cancel := context.WithCancel(context.Background())
	return &streamSource{
		engine: e, machine: machine, max: maxStreams,
		rows: make(rawRows), streams: make(map[int]*stream),
		ctx: ctx, cancel: cancel,
	}
}

// Name is "stream".
func (s *streamSource) Name() string { return sourceStream }

// Sample opens a stream for each watched target, and appends the rows whose
// streams have brought something since the last tick.
func (s *streamSource) Sample(ctx context.Context, targets []Target, b *api.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now()
	for i := range targets {
		t := &targets[i]
		st := s.streams[t.Row]
		if st != nil && !st.target.same(t) {
			s.drop(t.Row)
			st = nil
		}
		if t.Watched && st == nil && s.room(now) {
			st = s.open(*t) //nolint:contextcheck // a stream outlives the tick: it ends with the source
		}
		if st == nil {
			continue
		}
		if t.Watched {
			st.watched = now
		}
		s.mu.Lock()
		answer := st.latest
		st.latest = nil
		s.mu.Unlock()
		if answer == nil {
			continue
		}
		r := s.rows.of(t)
		if r.apply(&answer.stats, answer.at, s.machine) {
			r.cells.addTo(b, t.Row, r.at)
		}
	}
	for row, st := range s.streams {
		if now.Sub(st.watched) > streamLinger {
			s.drop(row)
		}
	}
	return nil
}

// room tells whether another stream may be opened; for a watched container, one
// that nobody watches any more makes room.
func (s *streamSource) room(now time.Time) bool {
	if len(s.streams) < s.max {
		return true
	}
	for row, st := range s.streams {
		if now.Sub(st.watched) > streamLinger/5 {
			s.drop(row)
			return true
		}
	}
	return false
}

func (s *streamSource) open(t Target) *stream {
	ctx, cancel := context.WithCancel(s.ctx)
	st := &stream{target: t, cancel: cancel}
	s.streams[t.Row] = st
	s.running.Go(func() { s.follow(ctx, st) })
	return st
}

// follow reads the stream until it is dropped, opening it again when it ends.
// Only the latest answer is kept.
func (s *streamSource) follow(ctx context.Context, st *stream) {
	for ctx.Err() == nil {
		// Why it ended is told by the reflector: the container or the engine has
		// gone. Either is better waited out here.
		_ = s.engine.StatsStream(ctx, st.target.ID, func(raw api.RawStats) {
			a := &streamAnswer{stats: raw, at: time.Now()}
			s.mu.Lock()
			st.latest = a
			s.mu.Unlock()
		})
		select {
		case <-ctx.Done():
		case <-time.After(streamRetry):
		}
	}
}

func (s *streamSource) drop(row int) {
	if st := s.streams[row]; st != nil {
		st.cancel()
		delete(s.streams, row)
		delete(s.rows, row) // the next stream begins with a first sample
	}
}

// Forget closes the rows' streams.
func (s *streamSource) Forget(rows []int) {
	for _, row := range rows {
		s.drop(row)
		delete(s.rows, row)
	}
}

// Close closes all streams and waits for their goroutines.
func (s *streamSource) Close() error {
	s.cancel()
	s.running.Wait()
	return nil
}
