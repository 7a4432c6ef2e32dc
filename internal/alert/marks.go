package alert

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// Acknowledge says that somebody looks after an alert; off takes that back.
func (k *Keeper) Acknowledge(ctx context.Context, by api.Actor, id, note string, off bool) (api.Alert, error) {
	if utf8.RuneCountInString(note) > api.MaxAlertNote {
		return api.Alert{}, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("A note takes at most %d characters.", api.MaxAlertNote)}
	}
	action := "alert-acknowledge"
	if off {
		action = "alert-unacknowledge"
	}
	return k.mark(ctx, by, id, action, note, func(a *api.Alert, now time.Time) {
		a.Acknowledged = nil
		if !off {
			a.Acknowledged = &api.AlertMark{By: by, At: now.UTC(), Note: strings.TrimSpace(note)}
		}
	})
}

// Snooze has nobody told of an alert for so long; 0 takes that back.
func (k *Keeper) Snooze(ctx context.Context, by api.Actor, id string, length float64) (api.Alert, error) {
	if math.IsNaN(length) || length < 0 || length > api.MaxSnoozeSeconds {
		return api.Alert{}, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("A snooze takes from 1 to %d seconds.", api.MaxSnoozeSeconds)}
	}
	action := "alert-snooze"
	if length == 0 {
		action = "alert-unsnooze"
	}
	return k.mark(ctx, by, id, action, "", func(a *api.Alert, now time.Time) {
		a.Snoozed = nil
		if length > 0 {
			until := now.Add(seconds(length)).UTC()
			a.Snoozed = &api.AlertMark{By: by, At: now.UTC(), Until: &until}
		}
	})
}

// mark changes an alert and returns when that was written, or could not be: a
// history that is paused says so itself, and takes it when it goes on.
func (k *Keeper) mark(ctx context.Context, by api.Actor, id, action, note string, change func(a *api.Alert, now time.Time)) (api.Alert, error) {
	var out api.Alert
	details := map[string]string{}
	if note != "" {
		details["note"] = note
	}
	var old api.Alert
	for _, a := range k.o.Store.Alerts() {
		if a.ID == id {
			old = *a
			details["rule"] = a.Rule
		}
	}
	err := k.audited(by, "alert", action, old.Engine, id, old.Name, details, func() error {
		var err error
		if derr := k.do(ctx, func(now time.Time) {
			out, err = k.eval.Mark(id, func(a *api.Alert) { change(a, now) }, now)
		}); derr != nil {
			return derr
		}
		if err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		return k.outbox.flushed(wait)
	})
	return out, err
}

// audited has a row written before and after something that somebody asks for.
func (k *Keeper) audited(by api.Actor, kind, action, engine, id, name string, details map[string]string, do func() error) error {
	row := func(detail string, more map[string]string) {
		if k.o.History == nil {
			return
		}
		e := api.Event{
			Time: time.Now().UTC(), Engine: engine, Kind: api.KindAudit, Action: action, Detail: detail, ID: id, Name: name, By: &by,
			Attributes: map[string]string{api.AttrKind: kind},
		}
		for _, from := range []map[string]string{details, more} {
			for key, v := range from {
				if v != "" {
					e.Attributes[key] = v
				}
			}
		}
		k.o.History.Record(history.Record{Events: []api.Event{e}})
	}
	began := time.Now()
	row("asked", nil)
	err := do()
	took := strconv.FormatFloat(time.Since(began).Seconds(), 'f', 3, 64)
	if err != nil {
		row("failed", map[string]string{"seconds": took, "code": string(api.CodeOf(err)), "error": err.Error()})
		return err
	}
	row("done", map[string]string{"seconds": took})
	return nil
}
