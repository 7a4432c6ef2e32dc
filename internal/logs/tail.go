// Package logs follows the logs of several containers for one who reads slowly.
//
// A Tail holds little: when what it has read is not taken, it stops reading, and
// what the containers write waits in the engine. A source that has fallen more
// than five seconds behind jumps to its end, and the gap is told. When a
// container is started again, its log is followed on from the last line.
//
// Goroutines: one for each source, which reads its log and blocks while its
// buffer is full; Close ends them and waits. Locks: Tail.mu guards the buffers
// and what is known of the containers; nobody reads, waits or calls out under it.
package logs

import (
	"context"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// sourceBuffer and tailBuffer bound what is held for one source and for all
	// of them; a source has leastBuffer at any rate, so that 64 of them have 4 MiB.
	sourceBuffer = 256 << 10
	tailBuffer   = 1 << 20
	leastBuffer  = 64 << 10
	// maxLag is how old lines may be when they can be sent.
	maxLag = 5 * time.Second
	// jumpTail is how many lines a source that has jumped to its end begins with.
	jumpTail = 100
	// mergeWait is how long the pasts of the other sources wait for the first
	// line of one, so that all are in the order of time.
	mergeWait = 2 * time.Second
)

// Engine reads a container's log: it calls fn for each line until the log ends
// or fn returns an error, and reads nothing while fn blocks.
type Engine interface {
	Logs(ctx context.Context, id string, o api.LogOptions, fn func(api.LogLine) error) error
}

// Options say what to follow.
type Options struct {
	Engine  Engine
	Sources []Source
	// Tail is how many past lines of each come first.
	Tail int
	// Wake is called when there is something to take after a Fill that found
	// nothing. It must not block.
	Wake func()
	// Allowance is how much later than usual an engine may be, with the first line
	// and with each; 0 is nothing.
	Allowance time.Duration
}

// Source is a container to follow.
type Source struct {
	// ID is the engine's.
	ID string
	// Container is what is known of it now; nil is nothing yet.
	Container *api.Container
	// Since is where to go on instead of Options.Tail: Unix microseconds of the
	// last line that is known, which comes again; 0 is nowhere.
	Since int64
}

// Tail follows logs. Its methods may be called from any goroutine.
type Tail struct {
	o      Options
	cancel context.CancelFunc
	wg     sync.WaitGroup
	// hold ends the wait for the pasts of all sources.
	hold  *time.Timer
	limit int // of a source's buffer

	mu      sync.Mutex
	sources []*source
	held    bool // until all pasts have begun, or mergeWait is over
	hungry  bool // the last Fill found nothing
}

// Open begins to follow, until ctx ends or Close is called.
func Open(ctx context.Context, o Options) *Tail {
	ctx, cancel := context.WithCancel(ctx)
	t := &Tail{o: o, cancel: cancel, held: len(o.Sources) > 1, hungry: true}
	t.limit = max(leastBuffer, min(sourceBuffer, tailBuffer/max(1, len(o.Sources))))
	for i, from := range o.Sources {
		t.sources = append(t.sources, &source{
			tail: t, i: i, id: from.ID, since: from.Since, container: from.Container, seen: from.Container != nil,
			past: true, news: make(chan struct{}, 1),
		})
	}
	t.hold = time.AfterFunc(mergeWait+o.Allowance, t.release)
	for _, s := range t.sources {
		t.wg.Go(func() { s.run(ctx) })
	}
	return t
}

// Close ends the Tail and waits for its goroutines.
func (t *Tail) Close() {
	t.cancel()
	t.hold.Stop()
	t.wg.Wait()
}

// Know tells what has become of a source's container; nil is one that is gone.
func (t *Tail) Know(i int, c *api.Container) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.sources[i]; s.container != c {
		s.container, s.seen = c, s.seen || c != nil
		select {
		case s.news <- struct{}{}:
		default: // one slot: what is known is read anew
		}
	}
}

// release ends the wait for sources whose past has not begun.
func (t *Tail) release() {
	t.mu.Lock()
	t.held = false
	wake := t.feedLocked()
	t.mu.Unlock()
	wake()
}

// feedLocked returns what wakes the reader of the Tail, if it is hungry; it is to
// be called without the lock.
func (t *Tail) feedLocked() func() {
	if !t.hungry {
		return func() {}
	}
	t.hungry = false
	return t.o.Wake
}

// Fill takes lines and news of the sources into f, whose JSON has at most about
// limit bytes unless a single line has more. It reports whether there were any;
// otherwise Wake will be called.
func (t *Tail) Fill(f *api.LogsFrame, limit int) bool {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.sources {
		s.expireLocked(now)
	}
	if !t.waitsLocked() {
		t.takeLocked(f, limit)
	}
	for _, s := range t.sources {
		s.makeRoomLocked()
		if s.state != nil && s.taken >= s.stateAfter {
			f.States = append(f.States, *s.state)
			s.state = nil
		}
	}
	if len(f.At)+len(f.States) == 0 {
		t.hungry = true
		return false
	}
	return true
}

// waitsLocked tells whether to wait for the first line of a source whose past
// may be older than what there is.
func (t *Tail) waitsLocked() bool {
	if !t.held {
		return false
	}
	for _, s := range t.sources {
		if s.past && s.lines.empty() {
			return true
		}
	}
	return false
}

// takeLocked moves lines into f, by time. Pasts are merged line by line; of what
// is written now, each source has its share of the frame, so that one that
// writes much does not keep the others back.
func (t *Tail) takeLocked(f *api.LogsFrame, limit int) {
	const overhead = 256 // of the frame, and of the lists of positions
	limit -= overhead
	past := false
	active := 0
	for _, s := range t.sources {
		s.quota, s.inFrame = s.lines.len(), 0
		past = past || s.past
		if !s.lines.empty() {
			active++
		}
	}
	if active > 1 && !past {
		t.shareLocked(limit, active)
	}
	size := 0
	for {
		s := t.nextLocked()
		if s == nil {
			return
		}
		l := s.lines.first()
		if size += l.size; size > limit && len(f.At) > 0 {
			return
		}
		if l.gap {
			f.Skipped = append(f.Skipped, api.LogSkip{Src: s.i})
		}
		if l.stderr {
			f.Err = append(f.Err, len(f.At))
		}
		if l.cut {
			f.Cut = append(f.Cut, len(f.At))
		}
		if len(t.sources) > 1 {
			f.Src = append(f.Src, s.i)
		}
		f.At, f.Text = append(f.At, l.at/1000), append(f.Text, l.text)
		s.takeLocked()
		if past && s.past && s.lines.empty() && t.held {
			return // its next line may be older than all others
		}
	}
}

// shareLocked sets how many lines each source may put into a frame of limit
// bytes: first an equal share, then what others leave.
func (t *Tail) shareLocked(limit, active int) {
	left := limit
	for _, s := range t.sources {
		n, size := s.lines.fit(limit / active)
		s.quota = n
		left -= size
	}
	for _, s := range t.sources {
		_, had := s.lines.fit(limit / active)
		all, size := s.lines.fit(had + max(0, left))
		s.quota, left = all, left-(size-had)
	}
}

// nextLocked is the source with the oldest line among those that may still put
// one into the frame.
func (t *Tail) nextLocked() *source {
	var next *source
	for _, s := range t.sources {
		if s.inFrame == s.quota || s.inFrame > 0 && s.lines.first().gap {
			continue // a gap is told before the lines of a frame
		}
		if next == nil || s.lines.first().at < next.lines.first().at {
			next = s
		}
	}
	return next
}
