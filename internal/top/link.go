package top

import (
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// What makes a link slow, and an absence long.
const (
	slowRTT      = 500 * time.Millisecond
	slowRuns     = 3
	offlineAfter = 60 * time.Second
)

// linkState is the hop between this program and the server, or the core in this
// process.
type linkState struct {
	last client.Link
	// since is when it was lost, retry, when the next attempt is made.
	since, retry time.Time
	rtt          time.Duration
	slow         int
	frame        time.Time // when the last frame came
	lost         time.Time // when its loss was told of; zero while it is not lost
}

func (l *linkState) apply(b *batch, now time.Time) {
	for _, link := range b.links {
		if !link.Live && (l.last.Live || l.since.IsZero()) {
			l.since = now
		}
		if link.Live {
			l.since, l.slow = time.Time{}, 0
		}
		l.last, l.retry = link, now.Add(link.Retry)
	}
	for _, rtt := range b.rtts {
		l.rtt = rtt
		if rtt > slowRTT {
			l.slow++
		} else {
			l.slow = 0
		}
	}
	if b.frames {
		l.frame = now
	}
}

// tone is how something is meant: it chooses colour and sign.
type tone int

const (
	quiet tone = iota
	good
	warn
	bad
	busy
)

// pill is what the connection line says.
type pill struct {
	tone tone
	text string
}

// pill follows the page's table of states word for word, but for those that only
// a page can be in. local: there is no server in between.
func (w *world) pill(now time.Time, local bool) pill {
	l := &w.link
	switch {
	case !l.last.Live && l.last.Err == nil:
		return pill{busy, "Connecting…"}
	case !l.last.Live && now.Sub(l.since) >= offlineAfter:
		return pill{bad, "Offline · data from " + clock(l.frame)}
	case !l.last.Live:
		if left := l.retry.Sub(now); left > 0 {
			return pill{warn, fmt.Sprintf("Reconnecting in %d s", int(left/time.Second)+1)}
		}
		return pill{warn, "Reconnecting…"}
	case !w.complete:
		return pill{busy, "Catching up…"}
	}
	if p, down := w.enginePill(); down {
		return p
	}
	text := "Live"
	if l.slow >= slowRuns {
		return pill{warn, "Live · slow (" + millisText(l.rtt) + ")"}
	}
	if l.rtt > 0 && !local {
		text += " · " + millisText(l.rtt)
	}
	return pill{good, text}
}

func (w *world) enginePill() (pill, bool) {
	var first *api.EngineStatus
	down := 0
	for _, e := range w.engines {
		switch e.State {
		case api.EngineUnreachable:
			down++
			if first == nil || e.Since.Before(first.Since) {
				first = e
			}
		case api.EngineConnecting:
			if len(w.engines) == 1 {
				return pill{busy, "Connecting to Docker…"}, true
			}
		case api.EngineConnected:
		}
	}
	if down == 0 {
		return pill{}, false
	}
	which := "Docker"
	switch {
	case len(w.engines) == 1:
	case down == 1:
		which = "Docker on " + printable(first.Name)
	default:
		which = fmt.Sprintf("%d engines", down)
	}
	return pill{bad, which + " unreachable · since " + first.Since.Local().Format("15:04")}, true
}

// clock is a time of day by our clock.
func clock(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.Local().Format(time.TimeOnly)
}

// Ages from which a value is not shown as fresh, as on the page.
const (
	mutedAfter  = 3500 * time.Millisecond // three missed ticks of a second
	hiddenAfter = 30 * time.Second
)

// freshness is how much a container's metrics can be believed.
type freshness int

const (
	fresh freshness = iota
	muted
	stale
)

func (w *world) freshness(e *entry, now time.Time) freshness {
	if e.cells.At.IsZero() {
		return fresh // nothing is shown yet
	}
	switch age := w.serverNow(now).Sub(e.cells.At); {
	case age >= hiddenAfter:
		return stale
	case age >= mutedAfter:
		return muted
	}
	return fresh
}
