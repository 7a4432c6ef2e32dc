package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Topic logs. A session holds no lines: it takes a frame from the tail when the
// client has confirmed enough of the last ones, so that what is under way never
// delays a change of state for long. The tail stops reading when nobody takes.

const (
	// firstLogFrame and leastLogFrame are bytes; the largest is the session's
	// maxFrame.
	firstLogFrame = 16 << 10
	leastLogFrame = 4 << 10
	// A frame that is confirmed within quickAck of the round trip was small; one
	// that takes longer than slowAck besides was large.
	quickAck = 100 * time.Millisecond
	slowAck  = 300 * time.Millisecond
	// logEvery is how soon after a logs frame the next may leave: without it, a
	// client that confirms at once would get each line in a frame of its own.
	logEvery = 10 * time.Millisecond
	// maxLogSources bounds the logs that are followed at once, over all sessions:
	// each is a connection to an engine.
	maxLogSources = 1024
)

// LogRequest says which logs to follow.
type LogRequest struct {
	// Keys are the containers; Containers is what the store knows of them, nil
	// where that is nothing yet.
	Keys       []api.Key
	Containers []*api.Container
	// Tail is how many past lines of each come first. Since is where to go on
	// instead, by container: Unix microseconds, 0 is nowhere.
	Tail  int
	Since []int64
	// Wake is to be called when there is something to take after a Fill that
	// found nothing. It never blocks.
	Wake func()
}

// LogTail is the logs of one subscription.
type LogTail interface {
	// Fill takes lines into f, of about limit bytes of JSON, and reports whether
	// there were any.
	Fill(f *api.LogsFrame, limit int) bool
	// Know tells what has become of the i-th container; nil is one that is gone.
	Know(i int, c *api.Container)
	// Close ends the tail, and returns when nothing of it runs any more.
	Close()
}

// logFeed is a session's subscription to logs. Its zero value is none.
type logFeed struct {
	on bool
	id int
	// request waits until the tails of earlier subscriptions have closed: so a
	// client that subscribes in a loop has one at most.
	request *LogRequest
	tail    LogTail
	keys    []api.Key
	// told is the position of topic containers that the tail was told.
	told uint64
	// ready: the tail may have something.
	ready bool
	// n counts frames, acked is the last one confirmed. sent is when the last
	// frames left, filled whether they were about as large as allowed.
	n, acked uint64
	sent     [api.LogWindow]time.Time
	filled   [api.LogWindow]bool
	last     time.Time
	size     int
}

// open tells whether another frame may be on its way.
func (l *logFeed) open() bool { return l.tail != nil && l.ready && l.n-l.acked < api.LogWindow }

// subscribeLogs serves a sub message for logs; it replaces the one before.
func (s *session) subscribeLogs(m api.Sub) {
	request, err := s.logRequest(m.Filter)
	if err != nil {
		s.refuseWith(m.ID, err)
		return
	}
	s.closeLogs()
	if n := int64(len(request.Keys)); s.hub.logSources.Add(n) > maxLogSources {
		s.hub.logSources.Add(-n)
		s.refuseWith(m.ID, &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf("%d logs are followed already by all clients together. Close some, or try again later.", maxLogSources)})
		s.follow()
		return
	}
	s.logs = logFeed{on: true, id: m.ID, request: request, keys: request.Keys, size: min(firstLogFrame, s.maxFrame)}
	s.out.add(encode(api.Subbed{Type: api.TypeSubbed, ID: m.ID, Topic: api.TopicLogs}))
	s.follow()
}

// logRequest checks a filter.
func (s *session) logRequest(f *api.Filter) (*LogRequest, error) {
	bad := func(format string, args ...any) (*LogRequest, error) {
		return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf(format, args...)}
	}
	switch {
	case s.hub.o.OpenLogs == nil:
		return nil, &api.Error{Code: api.ErrUnsupported, Message: "This server has no logs."}
	case f == nil || len(f.Containers) == 0:
		return bad("Say whose logs: filter.containers is a list of keys.")
	case len(f.Containers) > api.MaxLogSources:
		return bad("Logs of %d containers are too many: one subscription follows %d.", len(f.Containers), api.MaxLogSources)
	}
	r := &LogRequest{Keys: f.Containers, Tail: api.DefaultLogTail, Wake: func() { s.poke(dirtyLogs) }}
	if f.Tail != nil {
		if r.Tail = *f.Tail; r.Tail < 0 || r.Tail > api.MaxLogTail {
			return bad("filter.tail is %d; it can be from 0 to %d.", r.Tail, api.MaxLogTail)
		}
	}
	for i, k := range f.Containers {
		engine, id := k.Split()
		if engine == "" || id == "" {
			return bad("%q is no container's key: ENGINE/ID.", clip(string(k)))
		}
		if slices.Contains(f.Containers[:i], k) {
			return bad("The container %q stands in filter.containers twice.", clip(string(k)))
		}
		c, ok := s.hub.store.Container(k)
		if !ok && s.listed(engine) {
			return nil, &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no container %q; it may have been removed.", clip(string(k)))}
		}
		since := f.Since[k]
		if since < 0 {
			return bad("filter.since has a time before 1970 for %q.", clip(string(k)))
		}
		r.Containers, r.Since = append(r.Containers, c), append(r.Since, since)
	}
	return r, nil
}

// listed tells whether the engine's containers are known: a container that is
// not among them is none. Before the first list it may well be one.
func (s *session) listed(engine string) bool {
	return slices.ContainsFunc(s.hub.store.Engines(), func(e api.EngineStatus) bool {
		return e.ID == engine && e.State == api.EngineConnected
	})
}

// clip bounds what a client sent, for a message to it.
func clip(text string) string {
	const limit = 100
	if len(text) > limit {
		return text[:limit] + "…"
	}
	return text
}

// closeLogs ends the subscription to logs, if there is one. The tail closes in a
// goroutine of its own, for which Serve waits.
func (s *session) closeLogs() {
	l := &s.logs
	n := int64(len(l.keys))
	switch {
	case l.tail != nil:
		tail := l.tail
		s.closing.Add(1)
		s.tails.Go(func() {
			tail.Close()
			s.hub.logSources.Add(-n)
			s.closing.Add(-1)
			s.poke(dirtyLogs)
		})
	case l.on:
		s.hub.logSources.Add(-n)
	}
	s.logs = logFeed{}
}

// confirm takes an ack, and adapts the size of frames to how long it took.
func (s *session) confirm(m api.Ack, now time.Time) {
	l := &s.logs
	if !l.on || m.ID != l.id || m.N <= l.acked || m.N > l.n {
		return // of an earlier subscription, or once more
	}
	l.acked = m.N
	i := m.N % api.LogWindow
	took := now.Sub(l.sent[i])
	// Where logs flow all the time, a ping waits behind them: an ack that came
	// sooner knows better how far away the client is.
	if took > 0 {
		s.trip = min(s.trip, took)
	}
	switch took -= s.trip; {
	case took > slowAck:
		l.size = max(l.size/2, min(leastLogFrame, s.maxFrame))
	case took < quickAck && l.filled[i]:
		l.size = min(l.size*2, s.maxFrame)
	}
}

// tendLogs opens the tail that was asked for, and tells it what has become of
// its containers.
func (s *session) tendLogs(ctx context.Context, dirty uint32) {
	l := &s.logs
	if dirty&dirtyLogs != 0 {
		l.ready = true
	}
	if l.request != nil && s.closing.Load() == 0 {
		l.tail, l.request = s.hub.o.OpenLogs(ctx, *l.request), nil
		dirty |= dirtyState // what has changed since it was asked for
	}
	if l.tail == nil || dirty&dirtyState == 0 {
		return
	}
	seq := s.hub.store.Seq(api.TopicContainers)
	if seq == l.told {
		return
	}
	l.told = seq
	for i, k := range l.keys {
		c, _ := s.hub.store.Container(k)
		l.tail.Know(i, c)
	}
}

// takeLogs makes a logs frame, if one may leave: behind all there is to say of
// the state, and never more than one at a time.
func (s *session) takeLogs(now time.Time) {
	l := &s.logs
	if !l.open() || now.Before(l.last.Add(logEvery)) {
		return
	}
	for i := range s.feeds {
		if s.feeds[i].on && !s.feeds[i].live() {
			return // its snapshot goes first
		}
	}
	f := api.LogsFrame{Type: api.TypeLogs, Topic: api.TopicLogs, ID: l.id, N: l.n + 1}
	if !l.tail.Fill(&f, l.size) {
		l.ready = false
		return
	}
	l.n++
	s.out.logs = encode(f)
	i := l.n % api.LogWindow
	l.sent[i], l.filled[i], l.last = now, len(s.out.logs) >= l.size/2, now
}
