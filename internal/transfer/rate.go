package transfer

import "time"

const (
	// rateWindow is what a rate is the mean of: long enough to be read, short
	// enough to fall to 0 while one looks at what has stalled.
	rateWindow = 5 * time.Second
	// rateAfter is how much of the window there must be.
	rateAfter = 500 * time.Millisecond
	// sampleEvery bounds the window's samples.
	sampleEvery = 100 * time.Millisecond
)

// rate is the mean of the last moments. Its zero value has seen nothing.
type rate struct {
	samples []sample
	began   time.Time // when something moved first
}

type sample struct {
	at    time.Time
	bytes int64 // since the beginning
}

// see takes how much has been moved since the beginning.
func (r *rate) see(bytes int64, now time.Time) {
	if r.began.IsZero() && bytes > 0 {
		r.began = now
	}
	if n := len(r.samples); n > 0 && now.Sub(r.samples[n-1].at) < sampleEvery {
		return
	}
	r.samples = append(r.samples, sample{at: now, bytes: bytes})
	// One sample stays from before the window, so that it is never shorter.
	drop := 0
	for drop+1 < len(r.samples) && now.Sub(r.samples[drop+1].at) >= rateWindow {
		drop++
	}
	r.samples = append(r.samples[:0], r.samples[drop:]...)
}

// begin says that something has moved, though it is not known how fast.
func (r *rate) begin(now time.Time) {
	if r.began.IsZero() {
		r.began = now
	}
}

// perSecond is false where too little has been seen.
func (r *rate) perSecond(bytes int64, now time.Time) (float64, bool) {
	if r.began.IsZero() || len(r.samples) == 0 {
		return 0, false
	}
	first := r.samples[0]
	took := now.Sub(first.at)
	if took < rateAfter {
		return 0, false
	}
	return float64(max(bytes-first.bytes, 0)) / took.Seconds(), true
}

// left is how long the rest takes; false in the first seconds, and while
// nothing moves.
func (r *rate) left(bytes, rest int64, now time.Time) (float64, bool) {
	perSecond, ok := r.perSecond(bytes, now)
	if !ok || perSecond < 1 || now.Sub(r.began) < etaAfter {
		return 0, false
	}
	return min(float64(rest)/perSecond, maxETA), true
}

const (
	// etaAfter is how long something must have moved before a time left is named.
	etaAfter = 2 * time.Second
	// maxETA bounds the time left in seconds: beyond a week it says nothing.
	maxETA = 7 * 24 * 3600
)
