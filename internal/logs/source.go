package logs

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// settleTime is how long after the end of a log the news of its container may
	// take. Docker tells of a death up to 190 ms late.
	settleTime = time.Second
	// A log that can't be read is tried again, sooner at first.
	firstRetry = time.Second
	lastRetry  = 5 * time.Second
)

// errJump ends the reading of a source that has fallen behind.
var errJump = errors.New("the log is too far behind")

// mode is how a log is read.
type mode int

const (
	// modePast reads what there is: the past that was asked for, or after a
	// failure what came since.
	modePast mode = iota
	// modeFollow goes on from the last line, modeJump from the log's end.
	modeFollow
	modeJump
)

// source is one container's log.
type source struct {
	tail *Tail
	i    int
	id   string

	// These belong to the goroutine.
	since int64 // Unix microseconds, of Options
	read  position
	// from is the position at which the log was opened. The lines up to it that
	// come again are left out; skip is how many of its very time are still to come.
	from position
	skip int
	// first is the time of the first line of all. Where that is also the last
	// one's, it is not known how many lines of it the tail has left out.
	first int64
	// bridge: a first line before it shows that no lines are missing; 0 is not
	// looked at.
	bridge int64
	// live is true while the log is followed.
	live bool

	// Guarded by Tail.mu.
	container *api.Container // nil: it is gone, or was never seen
	seen      bool
	news      chan struct{} // one slot: container has changed
	past      bool          // the past is being read
	lines     queue
	bytes     int
	pushed    uint64 // lines
	taken     uint64
	// reached is the position of what was taken.
	reached position
	// base is the least time from the writing of a line that was followed to its
	// reading: the clocks' difference, as far as it is known (based).
	base  time.Duration
	based bool
	// room is closed when there is room again; nil while nobody waits.
	room      chan struct{}
	waitSince time.Time // zero: the reader does not wait
	jumping   bool      // the reader, which waits, is to jump
	// state is to be told once stateAfter lines have been taken; told is the
	// last one.
	state      *api.LogState
	stateAfter uint64
	told       api.LogState
	// quota is how many lines of this source a frame may have, inFrame how many
	// it has.
	quota, inFrame int
}

// run reads the log, and reads it on when the container is started again.
func (s *source) run(ctx context.Context) {
	how, retry := modePast, firstRetry
	for ctx.Err() == nil {
		ran, _ := s.know()
		before := s.read
		err := s.open(ctx, how)
		if ctx.Err() != nil {
			return
		}
		if s.read != before {
			retry = firstRetry
		}
		_, alive := s.know()
		switch code := api.CodeOf(err); {
		case errors.Is(err, errJump):
			how = modeJump
			continue
		case err == nil && how == modePast:
			s.pastDone()
			how = modeFollow
			if alive {
				s.tell(api.LogFollowing, "")
				continue
			}
		case err == nil:
			how = modeFollow
			if s.settled(ctx, ran) {
				if _, alive = s.know(); alive { // another run
					continue
				}
				break
			}
			// The engine has ended the stream by itself, perhaps because it restarts.
			if s.sleep(ctx, retry) {
				retry = min(retry*2, lastRetry)
			}
			continue
		case code == api.ErrNotFound || code == api.ErrUnsupported || code == api.ErrInvalid || code == api.ErrForbidden:
			s.pastDone()
			s.tell(api.LogFailed, message(err))
			how = modePast
		default:
			s.pastDone()
			s.tell(api.LogFailed, message(err))
			how = modePast // it shows that the log can be read again, before it is followed
			if s.sleep(ctx, retry) {
				retry = min(retry*2, lastRetry)
			}
			continue
		}
		if !s.awaitRun(ctx, ran, how == modePast) {
			return
		}
		if how == modeFollow {
			s.tell(api.LogFollowing, "")
		}
	}
}

// open reads the log once, in a mode, to its end.
func (s *source) open(ctx context.Context, how mode) error {
	o := api.LogOptions{Follow: how != modePast, Tail: api.MaxLogTail, Stdout: true, Stderr: true}
	s.from, s.skip, s.bridge = s.read, s.read.same, 0
	if s.first == s.read.at && s.skip > 0 {
		s.skip = math.MaxInt
	}
	switch {
	case how == modeJump:
		o.Tail, s.bridge = jumpTail, s.read.at+1
	case s.read.at > 0:
		o.Since, s.bridge = s.read.time(), s.read.at+1
	case s.since > 0:
		o.Since, s.bridge = time.UnixMicro(s.since), s.since*1000+1000
	case how == modeFollow:
		o.Tail = -1 // there was nothing, so all of it is new
	default:
		o.Tail = max(s.tail.o.Tail, 1) // of 0 lines, one tells where we are
	}
	hide := how == modePast && s.tail.o.Tail == 0 && s.since == 0 && s.read.at == 0
	s.live = how != modePast
	return s.tail.o.Engine.Logs(ctx, s.id, o, func(l api.LogLine) error {
		if hide {
			s.first = l.Time.UnixNano()
			s.read.pass(s.first)
			return nil
		}
		return s.push(ctx, &l)
	})
}

// push puts a line into the buffer; while that is full it blocks, and so does
// the engine.
func (s *source) push(ctx context.Context, read *api.LogLine) error {
	l := newLine(read)
	l.live = s.live
	if s.bridge != 0 {
		l.gap, s.bridge = l.at >= s.bridge, 0
	}
	if s.skip > 0 && l.at <= s.from.at {
		if l.at == s.from.at {
			s.skip--
		}
		return nil
	}
	if s.first == 0 {
		s.first = l.at
	}
	t := s.tail
	t.mu.Lock()
	now := time.Now()
	if s.lagsLocked(now, &l) {
		s.dropLocked()
		s.read = s.reached
		t.mu.Unlock()
		return errJump
	}
	for s.bytes >= t.limit {
		if s.room == nil {
			s.room = make(chan struct{})
		}
		if s.waitSince.IsZero() {
			s.waitSince = now
		}
		room := s.room
		t.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-room:
		}
		t.mu.Lock()
		if s.jumping {
			s.jumping, s.waitSince = false, time.Time{}
			s.read = s.reached
			t.mu.Unlock()
			return errJump
		}
	}
	s.waitSince = time.Time{}
	s.read.pass(l.at)
	s.lines.push(l)
	s.bytes += l.size
	s.pushed++
	wake := t.feedLocked()
	t.mu.Unlock()
	wake()
	return nil
}

// lagsLocked tells whether a line that is followed comes too late. The engine's
// clock may be another than ours, so the least delay there was counts as none.
func (s *source) lagsLocked(now time.Time, l *line) bool {
	if !l.live {
		return false
	}
	delay := now.Sub(time.Unix(0, l.at))
	if !s.based || delay < s.base {
		s.base, s.based = delay, true
	}
	// The past that was asked for is delivered first, however slowly it is taken.
	return delay-s.base > s.maxLag() && (s.lines.empty() || s.lines.first().live)
}

// maxLag is how old its lines may be when they can be sent.
func (s *source) maxLag() time.Duration { return maxLag + s.tail.o.Allowance }

// dropLocked forgets what has not been taken, and the clocks' difference: what
// comes after the jump tells it anew.
func (s *source) dropLocked() {
	s.taken = s.pushed
	s.lines.clear()
	s.bytes, s.based = 0, false
}

// expireLocked has a source jump whose reader waits for room while what it has
// read grows old.
func (s *source) expireLocked(now time.Time) {
	if s.waitSince.IsZero() || s.jumping || s.lines.empty() {
		return
	}
	l := s.lines.first()
	if l.live && (now.Sub(s.waitSince) > s.maxLag() || s.based && now.Sub(time.Unix(0, l.at))-s.base > s.maxLag()) {
		s.dropLocked()
		s.jumping = true
	}
}

// takeLocked removes the first line.
func (s *source) takeLocked() {
	l := s.lines.first()
	s.reached.pass(l.at)
	s.bytes -= l.size
	s.taken++
	s.inFrame++
	s.lines.shift()
}

// makeRoomLocked lets the reader go on.
func (s *source) makeRoomLocked() {
	if s.room != nil && (s.jumping || s.bytes < s.tail.limit) {
		close(s.room)
		s.room = nil
	}
}
