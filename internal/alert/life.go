package alert

import (
	"slices"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// heed is how long a signal may take to end a container, where nothing else
	// tells that it did: the page's "why" says the same (model/why.ts).
	heed = 15 * time.Second
	// afterthought is how long after its end a container that was to be removed then
	// (--rm) may be: the engine takes the network down in between.
	afterthought = 30 * time.Second
	// ahead is how far what was told may be ahead of us; what is further was before
	// the clock was set back, nobody knows how long.
	ahead = time.Minute
	// oomBefore is how long before a death its OOM kill is told.
	oomBefore = 10 * time.Second
)

// Signals that end nothing by themselves: a terminal's size, and the wish to
// read one's configuration again.
const (
	sigHUP   = 1
	sigWINCH = 28
)

// life is what is known of a container's runs, from its events alone.
type life struct {
	// known: an event has told how the last run began or ended. Of a container that
	// was found as it is, nobody knows why.
	known bool
	kills []kill // of this run
	// died is when this run ended; zero while it goes on. asked: somebody wanted it.
	died  time.Time
	asked bool
	code  int
	// deaths are the ends that nobody asked for, lately; total counts all of them.
	deaths []time.Time
	total  int
	// stopped: a stop was told since the start. From 28 on Docker tells it before the
	// end that it brought about.
	stopped bool
	// ooms are when the kernel killed a process of it, lately; oomTotal all.
	oom      time.Time
	oomTotal int
	// recorded is the end of which the engine's record, not an event, told that it
	// was one: its event may come yet.
	recorded time.Time
}

// kill is a signal that a client of the engine has sent.
type kill struct {
	at     time.Time
	signal int
	by     bool
}

// take hears an event of the container.
func (l *life) take(e *api.Event) {
	switch e.Action {
	case "create":
		*l = life{known: true}
	case "start":
		l.known, l.kills, l.died, l.asked, l.stopped = true, nil, time.Time{}, false, false
	case "kill":
		signal, _ := strconv.Atoi(e.Attributes["signal"])
		l.kills = append(l.kills, kill{e.Time, signal, e.By != nil})
		if len(l.kills) > 8 {
			l.kills = slices.Delete(l.kills, 0, 1)
		}
	case "oom":
		if l.recorded.IsZero() || l.recorded.Sub(e.Time).Abs() > oomBefore {
			l.outOfMemory(e.Time)
		}
		l.recorded = time.Time{}
	case "die":
		l.die(e)
	case "stop", "restart":
		l.excuse(e)
	}
}

func (l *life) outOfMemory(at time.Time) {
	l.oom = at
	l.oomTotal++
}

func (l *life) die(e *api.Event) {
	code, err := strconv.Atoi(e.Attributes["exitCode"])
	if err != nil {
		code = -1 // not known
	}
	l.known, l.died, l.code = true, e.Time, code
	l.asked = l.stopped || e.By != nil || slices.ContainsFunc(l.kills, func(k kill) bool { return k.ended(e.Time, code) })
	if e.Inferred && !l.asked {
		// Nobody heard how it came to that. Ends that look like a stop are given the
		// benefit of the doubt.
		l.asked = l.oom.IsZero() && (code == -1 || code == 0 || code == 130 || code == 137 || code == 143)
	}
	if l.asked {
		l.deaths = nil // somebody looks after it
		return
	}
	l.total++
	l.deaths = append(l.deaths, e.Time)
	if len(l.deaths) > maxTimes {
		l.deaths = slices.Delete(l.deaths, 0, 1)
	}
}

// excuse takes back a death that turns out to be asked for, and what led there:
// a container that is stopped between two attempts has no kill before its end.
func (l *life) excuse(e *api.Event) {
	l.known = true
	if e.Action == "restart" && l.died.IsZero() {
		return // told after the start: its end was heard, and the kill before it
	}
	l.deaths, l.asked = nil, true
	l.stopped = e.Action == "stop"
}

// ended tells whether the signal is what ended the run.
func (k kill) ended(at time.Time, code int) bool {
	after := at.Sub(k.at)
	if after < -time.Second {
		return false
	}
	if k.by || code == 128+k.signal {
		return true
	}
	return after < heed && k.signal != sigHUP && k.signal != sigWINCH
}

// within is how many unasked ends there were in a time before now.
func (l *life) within(d time.Duration, now time.Time) int {
	n := 0
	for _, at := range slices.Backward(l.deaths) {
		if age := now.Sub(at); age > d {
			break
		} else if age > -ahead {
			n++
		}
	}
	return n
}

// since is how many unasked ends there were after a time.
func (l *life) since(t time.Time) int {
	n := 0
	for _, at := range slices.Backward(l.deaths) {
		if !at.After(t) {
			break
		}
		n++
	}
	return n
}
