package notify

import (
	"context"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of a page of the log.
const (
	DefaultLogLimit = 100
	MaxLogLimit     = 500
)

// testWithin bounds a test, which somebody waits for.
const testWithin = 30 * time.Second

// List returns the deliveries with how they do, sorted by name, without secrets.
func (n *Notifier) List() []api.DeliveryStatus {
	all := n.book.list()
	out := make([]api.DeliveryStatus, len(all))
	for i := range all {
		out[i] = n.statusOf(all[i])
	}
	return out
}

func (n *Notifier) statusOf(d api.Delivery) api.DeliveryStatus {
	n.mu.Lock()
	st := n.status[d.Name]
	n.mu.Unlock()
	return api.DeliveryStatus{Delivery: shown(d), LastSentAt: st.sentAt, LastError: st.err, Waiting: st.waiting}
}

// Put makes a delivery, or changes the one of that name, and returns when it is on
// disk. What of it is secret and comes as it was shown stays what it was.
func (n *Notifier) Put(_ context.Context, by api.Actor, d api.Delivery) (api.DeliveryStatus, error) {
	if err := checkName(d.Name); err != nil {
		return api.DeliveryStatus{}, err
	}
	var was *api.Delivery
	err := n.audited(by, "set", d.Name, func(details map[string]string) error {
		var err error
		if was, d, err = n.book.put(n.guard, d); err == nil {
			details["type"], details["changed"] = string(d.Kind), strings.Join(changes(was, &d), ", ")
		}
		return err
	})
	if err != nil {
		return api.DeliveryStatus{}, err
	}
	n.news()
	return n.statusOf(d), nil
}

// Delete removes a delivery, with what waits for it.
func (n *Notifier) Delete(_ context.Context, by api.Actor, name string) error {
	if _, ok := n.book.get(name); !ok {
		return noDelivery(name)
	}
	err := n.audited(by, "remove", name, func(map[string]string) error { return n.book.remove(name) })
	n.news()
	return err
}

// news has Run look at the book, and tells of it.
func (n *Notifier) news() {
	n.o.OnChange()
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

// Test sends a message that says it is one, whether or not the delivery is
// switched on, once, and returns what became of it.
func (n *Notifier) Test(ctx context.Context, by api.Actor, name string) (api.DeliveryAttempt, error) {
	d, ok := n.book.get(name)
	if !ok {
		return api.DeliveryAttempt{}, noDelivery(name)
	}
	now := time.Now()
	if !n.take(name, now) {
		left := math.Ceil(n.free(name, now).Sub(now).Seconds())
		return api.DeliveryAttempt{}, &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf("This delivery has sent %d messages within a minute, which is as many as it may. Try again in %.0f seconds.", maxPerWindow, left)}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), testWithin)
	defer cancel()
	m := &message{ID: newID(), At: now.UTC(), Test: true}
	line := api.DeliveryAttempt{Delivery: name, Title: m.title(), Attempt: 1, Outcome: api.DeliverySent, Test: true}
	_ = n.audited(by, "test", name, func(details map[string]string) error {
		details["type"] = string(d.Kind)
		r := n.send(ctx, &d, m)
		line.Status = r.status
		if r.err == nil {
			return nil
		}
		line.Outcome, line.Error = api.DeliveryFailed, asSentence(r.err.Error())
		return r.err
	})
	line.At = time.Now()
	line = n.said(line)
	n.tellLog(line, line.At.Sub(now))
	return line, nil
}

// audited does something to a delivery, with a row before and one after it.
func (n *Notifier) audited(by api.Actor, action, name string, do func(details map[string]string) error) error {
	row := func(detail string) api.Event {
		return api.Event{
			Time: time.Now().UTC(), Kind: api.KindAudit, Action: action, Detail: detail, ID: name, Name: name, By: &by,
			Attributes: map[string]string{api.AttrKind: "delivery"},
		}
	}
	n.o.Note(row("asked"))
	details := make(map[string]string)
	err := do(details)
	after := row("done")
	maps.Copy(after.Attributes, details)
	if err != nil {
		after.Detail = "failed"
		after.Attributes["code"], after.Attributes["error"] = string(api.CodeOf(err)), err.Error()
	}
	n.o.Note(after)
	n.log.Info("delivery", "action", action, "delivery", name, "by", by.Name, "client", by.Client, "error", err)
	return err
}

// changes names what is another in a delivery, never how it reads.
func changes(was, now *api.Delivery) []string {
	if was == nil {
		return []string{"everything"}
	}
	var out []string
	a, b := reflect.ValueOf(*was), reflect.ValueOf(*now)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ",")
			out = append(out, name)
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "secretSet" })
}

// Log returns a page of the delivery log, the newest first, before an id (0 is
// from the newest on), and the id to go on before; 0 where there is no more.
func (n *Notifier) Log(ctx context.Context, before int64, limit int) ([]api.DeliveryAttempt, int64, error) {
	if limit <= 0 {
		limit = DefaultLogLimit
	}
	limit = min(limit, MaxLogLimit)
	n.mu.Lock()
	var out []api.DeliveryAttempt
	for _, a := range slices.Backward(n.unsaid) {
		if before == 0 || a.ID < before {
			out = append(out, a)
		}
	}
	n.mu.Unlock()
	if n.o.Memory != nil {
		rest, err := n.o.Memory.DeliveryLog(ctx, before, limit+1)
		if err != nil {
			return nil, 0, err
		}
		for _, a := range rest {
			if !slices.ContainsFunc(out, func(b api.DeliveryAttempt) bool { return b.ID == a.ID }) {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, func(a, b api.DeliveryAttempt) int { return int(b.ID - a.ID) })
	if len(out) <= limit {
		return out, 0, nil
	}
	return out[:limit:limit], out[limit-1].ID, nil
}

// asSentence gives what went wrong its capital letter and its full stop.
func asSentence(text string) string {
	if text == "" {
		return text
	}
	if text[0] >= 'a' && text[0] <= 'z' {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".?!") {
		text += "."
	}
	return text
}
