package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// pastFlags say which events are wanted of the past, and of those that come.
type pastFlags struct {
	since, until string
	filters      []string
}

// overlap is how long an event may take into the history: so much of what is
// printed from there is looked for again among those that come live.
const overlap = time.Minute

// asked reports whether the history is to be asked.
func (p *pastFlags) asked() bool { return p.since != "" || p.until != "" }

// query reads the flags. The filter's words are those of GET /api/v1/events.
func (p *pastFlags) query(now time.Time) (history.Query, url.Values, error) {
	q, params := history.Query{}, url.Values{}
	for name, v := range map[string]struct {
		text string
		to   *time.Time
	}{"since": {p.since, &q.Since}, "until": {p.until, &q.Until}} {
		t, err := history.ParseTime(v.text, now)
		if err != nil {
			return q, nil, &usageError{fmt.Errorf("--%s %w", name, err)}
		}
		if *v.to = t; !t.IsZero() {
			params.Set(name, t.UTC().Format(time.RFC3339Nano))
		}
	}
	if !q.Until.IsZero() && q.Until.Before(q.Since) {
		return q, nil, &usageError{errors.New("--until is before --since: there is no time between them; both may say how long ago, such as --since 2h --until 1h")}
	}
	for _, f := range p.filters {
		name, value, ok := strings.Cut(f, "=")
		if !ok || value == "" {
			return q, nil, &usageError{fmt.Errorf("--filter takes NAME=VALUE, such as kind=container, not %q", f)}
		}
		switch name {
		case "kind":
			if err := history.CheckKinds([]string{value}); err != nil {
				return q, nil, &usageError{fmt.Errorf("--filter kind=… %w", err)}
			}
			q.Kinds = append(q.Kinds, value)
		case "action":
			q.Actions = append(q.Actions, value)
		case "container":
			q.Containers = append(q.Containers, value)
		case "project":
			q.Projects = append(q.Projects, value)
		case "actor":
			q.Actors = append(q.Actors, value)
		case "severity":
			if !slices.Contains(history.Severities(), history.Severity(value)) {
				return q, nil, &usageError{fmt.Errorf("--filter severity=… takes bad, warn, good or plain, not %q", value)}
			}
			q.Severities = append(q.Severities, history.Severity(value))
		case "inferred":
			inferred, err := strconv.ParseBool(value)
			if err != nil {
				return q, nil, &usageError{fmt.Errorf("--filter inferred=… takes true or false, not %q", value)}
			}
			q.Inferred, value = &inferred, strconv.FormatBool(inferred)
		case "text":
			q.Text = value
		default:
			return q, nil, &usageError{fmt.Errorf("--filter knows kind, action, container, project, actor, severity, inferred and text, not %q", name)}
		}
		params.Add(name, value)
	}
	return q, params, nil
}

// printedEvent is what an event that was printed is known by.
type printedEvent struct {
	at                                   int64
	engine, kind, action, id, detail, of string
}

func printedOf(e *api.Event) printedEvent {
	return printedEvent{e.Time.UnixNano(), e.Engine, e.Kind, e.Action, e.ID, e.Detail, e.Attributes["container"]}
}

// pastEvents prints what the server's history has, the oldest first, and returns
// what of the last moments was printed.
func (c *cli) pastEvents(ctx context.Context, src *source, params url.Values, print func(*api.Event) error) (map[printedEvent]bool, error) {
	if src.rest == nil {
		return nil, &api.Error{Code: api.ErrUnsupported, Message: "Only a server remembers the past, and none runs here. Start one with `quaywatch serve`, name one with --url, or see what the engine still tells with --last"}
	}
	params.Set("order", "oldest")
	params.Set("limit", fmt.Sprint(history.MaxLimit))
	printed := make(map[printedEvent]bool)
	recent := time.Now().Add(-overlap)
	for {
		page, err := src.rest.Events(ctx, params)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			e := &page.Items[i]
			if err := print(e); err != nil {
				return nil, err
			}
			if e.Time.After(recent) {
				printed[printedOf(e)] = true
			}
		}
		if page.Next == "" {
			return printed, nil
		}
		params.Set("next", page.Next)
	}
}

// eventsSince prints the past and then, unless it is to end, what comes.
func (c *cli) eventsSince(ctx context.Context, src *source, f *eventsFlags, print func(*api.Event) error) error {
	now := time.Now()
	q, params, err := f.query(now)
	if err != nil {
		return err
	}
	match, err := history.Filter(q)
	if err != nil {
		return err
	}
	var printed map[printedEvent]bool
	if f.asked() {
		if printed, err = c.pastEvents(ctx, src, params, print); err != nil {
			return err
		}
		if f.until != "" {
			return nil
		}
	}
	return c.liveEvents(ctx, src, f, func(e *api.Event, late bool) error {
		if printed != nil && late && (e.Time.Before(now.Add(-overlap)) || printed[printedOf(e)]) {
			return nil
		}
		if !match(e) {
			return nil
		}
		return print(e)
	}, printed != nil)
}

// check refuses filters that nothing live could pass.
func (p *pastFlags) check() error {
	own := []string{api.KindAudit, api.KindJob, api.KindState, api.KindHistory}
	q, _, err := p.query(time.Now())
	if err != nil {
		return err
	}
	if p.until == "" && len(q.Kinds) > 0 && !slices.ContainsFunc(q.Kinds, func(k string) bool { return !slices.Contains(own, k) }) {
		return &usageError{errors.New("these kinds stand in the history only: say until when with --until 0s")}
	}
	return nil
}
