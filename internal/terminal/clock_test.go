package terminal

import (
	"testing"
	"time"
	"unsafe"
)

// wallAhead is a moment as it is told when somebody has set the machine's clock.
func wallAhead(t *testing.T, at time.Time, by time.Duration) time.Time {
	t.Helper()
	// The first word of a time with a monotonic reading has the seconds of the wall
	// clock above its 30 bits of nanoseconds.
	*(*uint64)(unsafe.Pointer(&at)) += uint64(by/time.Second) << 30 //nolint:gosec // nothing else sets one of the two clocks
	if got := at.Round(0).Sub(time.Now().Round(0)); (got-by).Abs() > time.Minute || time.Since(at).Abs() > time.Minute {
		t.Skipf("times are kept in another way here: %s ahead", got)
	}
	return at
}

// TestClockIsSet: an hour that nobody has waited for ends no terminal.
func TestClockIsSet(t *testing.T) {
	s := &session{t: New(Options{}), born: time.Now(), who: &Identity{}}
	s.mark(&s.heard)
	s.mark(&s.typed)
	s.mark(&s.drawn)
	if why := s.over(wallAhead(t, time.Now(), time.Hour), 1); why != nil {
		t.Error(why)
	}
	if why := s.over(time.Now().Add(time.Hour), 1); why == nil {
		t.Error("after an hour in silence it is open still")
	}
}
