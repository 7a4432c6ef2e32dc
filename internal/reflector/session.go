package reflector

import (
	"context"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Times of a session.
const (
	statusTimeout  = 5 * time.Second
	inspectTimeout = 5 * time.Second
	listTimeout    = 30 * time.Second
	// readyWait is how long the list waits for the subscription. Some engines
	// (podman) send the head of their answer with the first event only.
	readyWait = 2 * time.Second
	// pingEvery and pingTimeout find a frozen engine within 8 s: at worst it
	// freezes just after a sign of life during a ping.
	pingEvery   = 2 * time.Second
	pingTimeout = 3 * time.Second
	// healthyAfter is how long a session must have shown the engine's state for
	// the backoff to begin anew.
	healthyAfter = 2 * time.Second
	relistEvery  = time.Minute
	// relistGap is the least time between two lists: a storm of overflows must
	// not become a storm of lists.
	relistGap   = time.Second
	relistRetry = 5 * time.Second
	// overlap is how far before the last event the replay begins: the engine
	// takes an event's time before the lock that puts it in order.
	overlap = 5 * time.Second
	// history is how far back the first subscription asks, so that whoever opens
	// the page sees what led here. Docker keeps 256 events.
	history = time.Hour
	// jump is how far the clocks may part, and stall how long nothing may have
	// happened here, before events are taken for lost.
	jump  = 2 * time.Second
	stall = 10 * time.Second
	// batchMax is how many events and answers go to the store in one change, if
	// so many are ready.
	batchMax = 64
)

// job is an inspect to make. The worker must read nothing of the key.
type job struct {
	key *key
	id  string
}

type answer struct {
	key       *key
	container api.Container
	err       error
}

type listing struct {
	rows []api.Container
	err  error
}

type pinged struct {
	began time.Time
	rtt   time.Duration
	err   error
}

// session is one connected life with the engine. Its fields are the goroutine
// of Run's; the others see its channels only.
type session struct {
	r      *Reflector
	status api.EngineStatus

	// At most r.workers inspects are in flight, and jobs and answers have room
	// for all of them; the others hold one value, and there is one sender each.
	jobs    chan job
	answers chan answer
	lists   chan listing
	pings   chan pinged
	// The same for what is asked besides the containers.
	rjobs    chan rjob
	ranswers chan ranswer
	measures chan measured
	ready    chan struct{}
	stream   chan error

	inList    bool      // a list is under way
	listBegan time.Time // the last one
	nextList  time.Time
	applied   time.Time // of the first list; zero before
	alive     time.Time // the engine's last sign of life
	lastWall  time.Time // at the last wake check
	lastMono  time.Time

	measuring   bool
	nextMeasure time.Time
	measuredAt  time.Time     // when the last one began, then when it ended
	measureTook time.Duration // the last one

	healthy     bool
	streamEnded bool
}

func newSession(r *Reflector, status api.EngineStatus) *session {
	return &session{
		r: r, status: status,
		jobs: make(chan job, r.workers), answers: make(chan answer, r.workers),
		lists: make(chan listing, 1), pings: make(chan pinged, 1),
		rjobs: make(chan rjob, resourceWorkers), ranswers: make(chan ranswer, resourceWorkers), measures: make(chan measured, 1),
		ready: make(chan struct{}), stream: make(chan error, 1),
	}
}

// run lives until the stream ends, the engine stops answering, or ctx ends. It
// returns when all its goroutines have, and nothing that was heard is lost.
func (s *session) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	t := s.r.tracker
	t.ahead = 0
	if o := s.status.ClockOffsetSeconds; o != nil {
		t.ahead = time.Duration(*o * float64(time.Second))
	}
	first := t.watermark.IsZero()
	if first {
		t.watermark = time.Now().Add(t.ahead)
	}
	t.opened = time.Now().Add(t.ahead)
	since := t.watermark.Add(-overlap)
	if first {
		t.past, since = since, t.watermark.Add(-history)
	}
	wg.Go(func() { s.decode(ctx, since) })
	wg.Go(func() { s.ping(ctx) })
	for range s.r.workers {
		wg.Go(func() { s.inspect(ctx) })
	}
	if s.r.resources != nil {
		for range resourceWorkers {
			wg.Go(func() { s.askResources(ctx) })
		}
	}
	err := s.loop(ctx, &wg)
	cancel()
	wg.Wait()
	for len(s.r.queue) > 0 {
		e := <-s.r.queue
		t.hear(e, time.Now())
	}
	t.end()
	s.r.disk.Measuring = false
	s.flush()
	return err
}

// decode is the goroutine that the engine's stream depends on: an engine skips
// a subscriber that stalls for 100 ms, silently. So it waits for nothing.
func (s *session) decode(ctx context.Context, since time.Time) {
	ready := sync.OnceFunc(func() { close(s.ready) })
	s.stream <- s.r.engine.Events(ctx, since, ready, func(e api.Event) {
		select {
		case s.r.queue <- &e:
		default:
			s.r.counters.drops.Add(1)
			select {
			case s.r.overflow <- struct{}{}:
			default:
			}
		}
	})
}

func (s *session) ping(ctx context.Context) {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		began := time.Now()
		asked, cancel := context.WithTimeout(ctx, pingTimeout)
		rtt, err := s.r.engine.Ping(asked)
		cancel()
		select {
		case s.pings <- pinged{began, rtt, err}:
		case <-ctx.Done():
			return
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *session) inspect(ctx context.Context) {
	for {
		select {
		case j := <-s.jobs:
			asked, cancel := context.WithTimeout(ctx, inspectTimeout)
			c, err := s.r.engine.Inspect(asked, j.id)
			cancel()
			s.answers <- answer{j.key, c, err}
		case <-ctx.Done():
			return
		}
	}
}

// list asks for the engine's list in a goroutine of its own.
func (s *session) list(ctx context.Context, wg *sync.WaitGroup, now time.Time) {
	s.inList, s.listBegan, s.nextList = true, now, now.Add(relistEvery)
	s.r.tracker.list()
	wg.Go(func() {
		asked, cancel := context.WithTimeout(ctx, listTimeout)
		defer cancel()
		rows, err := s.r.engine.List(asked)
		s.lists <- listing{rows, err}
	})
}
