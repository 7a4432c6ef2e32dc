package transfer

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Counter is how far something is that comes as one stream of bytes, of which
// the size is known about.
type Counter struct {
	about int64
	n     int64
	rate  rate
	done  bool
	over  bool
	high  float64
}

// NewCounter expects about so many bytes; 0 where that is not known.
func NewCounter(about int64) *Counter { return &Counter{about: clamp(about)} }

// Expect says anew about how many bytes there are; fewer than before are not believed.
func (c *Counter) Expect(about int64) { c.about = max(c.about, clamp(about)) }

// Add takes bytes that have come.
func (c *Counter) Add(n int64, now time.Time) {
	c.n += clamp(n)
	c.rate.see(c.n, now)
}

// Bytes are all that have come.
func (c *Counter) Bytes() int64 { return c.n }

// Done says that all have come.
func (c *Counter) Done() { c.done, c.over = true, true }

// Stop says that nothing more comes.
func (c *Counter) Stop() { c.over = true }

// Progress is how far it is now.
func (c *Counter) Progress(phase api.JobPhase, now time.Time) api.JobProgress {
	c.rate.see(c.n, now)
	out := api.JobProgress{Phase: phase, CurrentBytes: c.n, Layers: []api.JobLayer{}}
	total := max(c.about, c.n)
	if c.done {
		total, out.Phase = c.n, api.PhaseDone
	}
	if c.about > 0 || c.done {
		out.TotalBytes = &total
		c.high = max(c.high, c.fraction(total))
		f := c.high
		out.Fraction = &f
	}
	if c.over {
		return out
	}
	if perSecond, ok := c.rate.perSecond(c.n, now); ok {
		n := int64(perSecond)
		out.BytesPerSecond = &n
	}
	if eta, ok := c.rate.left(c.n, total-c.n, now); ok && c.about > 0 && total > c.n {
		out.ETASeconds = &eta
	}
	return out
}

func (c *Counter) fraction(total int64) float64 {
	switch {
	case c.done:
		return 1
	case total == 0:
		return 0
	}
	return min(float64(c.n)/float64(total), maxFraction)
}
