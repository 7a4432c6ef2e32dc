package alert

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Verdict is whether a condition holds. Unknown changes nothing: what can't be
// seen neither begins nor ends an alert.
type Verdict uint8

// The verdicts.
const (
	No Verdict = iota
	Yes
	Unknown
)

// Progress is how far one alert is. The zero value is inactive.
type Progress struct {
	State api.AlertState
	// Active is since when the condition holds, Fired and Resolved when those came.
	Active, Fired, Resolved time.Time
	// clear is since when it no longer holds while the alert still fires; zero
	// while it does.
	clear time.Time
}

// Step takes a verdict as of now. since is when the condition began to hold,
// which may be before now where an event tells. An alert that was pending and
// holds no more is inactive again, as if it had never been.
func (p Progress) Step(r *api.AlertRule, v Verdict, since, now time.Time) Progress {
	switch p.State {
	case api.AlertResolved, "":
		if v != Yes {
			return p
		}
		if since.IsZero() || since.After(now) {
			since = now
		}
		p = Progress{State: api.AlertPending, Active: since}
		return p.fire(r, now)
	case api.AlertPending:
		switch v {
		case No:
			return Progress{}
		case Yes:
			return p.fire(r, now)
		case Unknown:
		}
	case api.AlertFiring:
		switch v {
		case Yes:
			p.clear = time.Time{}
		case No:
			if p.clear.IsZero() {
				p.clear = now
			}
			if now.Sub(p.clear) >= seconds(r.KeepSeconds) {
				p.State, p.Resolved = api.AlertResolved, now
			}
		case Unknown:
		}
	}
	return p
}

func (p Progress) fire(r *api.AlertRule, now time.Time) Progress {
	if now.Sub(p.Active) >= seconds(r.ForSeconds) {
		p.State, p.Fired = api.AlertFiring, now
	}
	return p
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
