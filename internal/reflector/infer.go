package reflector

import (
	"slices"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// What happened while nobody could hear it is recovered from the times of the
// engine's own record. The rule is about facts, not about order of arrival: a
// finish time F that the log does not tell (by an event, or because it was
// there in the first list) and for which no "die" was heard at F or later must
// have come from a die that nobody heard. The same goes for a start. Of several
// lives during a gap only the last can be told.
//
// An event's time is taken after the time in the record, by microseconds
// usually; by the length of the freeze when the engine was frozen meanwhile. So
// "at F or later" is right, less a second for engines that tell whole seconds.
const eventSlack = time.Second

// explained reports whether events tell of time at in the engine's record:
// known is the last one told, heard the latest event of that kind.
func explained(at *time.Time, known, heard time.Time) bool {
	if at == nil || at.Equal(known) {
		return true
	}
	if heard.Nanosecond() == 0 {
		return !heard.Before(at.Add(-eventSlack))
	}
	return !heard.Before(*at)
}

// settle takes the container's record as told.
func (k *key) settle(c *api.Container) {
	k.news.created, k.news.before = true, false
	if c.StartedAt != nil {
		k.news.started = *c.StartedAt
	}
	if c.FinishedAt != nil {
		k.news.finished = *c.FinishedAt
	}
}

// infer returns the events that must have happened, oldest first.
func (k *key) infer(c *api.Container, now time.Time) []api.Event {
	if k.news.before {
		return nil
	}
	var out []api.Event
	add := func(action string, at time.Time) *api.Event {
		out = append(out, inferred(c, action, at))
		return &out[len(out)-1]
	}
	if !k.news.created {
		at := now
		if c.CreatedAt != nil {
			at = *c.CreatedAt
		}
		add("create", at)
	}
	if !explained(c.StartedAt, k.news.started, k.lastStart) {
		add("start", *c.StartedAt)
	}
	if !explained(c.FinishedAt, k.news.finished, k.lastDie) {
		e := add("die", *c.FinishedAt)
		// The record of a container that has started since no longer says how
		// the life before ended.
		if c.ExitCode != nil && (c.StartedAt == nil || !c.FinishedAt.Before(*c.StartedAt)) {
			e.Attributes["exitCode"] = strconv.Itoa(*c.ExitCode)
		}
	}
	slices.SortStableFunc(out, func(a, b api.Event) int { return a.Time.Compare(b.Time) })
	return out
}

// inferred makes an event that nobody heard.
func inferred(c *api.Container, action string, at time.Time) api.Event {
	return api.Event{
		Time: at.UTC(), Engine: c.Engine, Kind: kindContainer, Action: action, ID: c.ID, Name: c.Name,
		Attributes: map[string]string{"image": c.Image, "name": c.Name}, Inferred: true,
	}
}

// turned reports whether the container visibly became another one.
func turned(old, c *api.Container) bool {
	return old.State != c.State || old.Name != c.Name || old.Health != c.Health ||
		!sameTime(old.StartedAt, c.StartedAt) || !sameTime(old.FinishedAt, c.FinishedAt)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
