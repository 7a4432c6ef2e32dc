package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

type eventsFlags struct {
	look
	pastFlags

	last int
}

func (c *cli) eventsCommand() *cobra.Command {
	var f eventsFlags
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Print what the engine reports, as it happens",
		Long: `Print the engine's events as they happen: what docker events tells, and what
must have happened while nobody could hear it, marked as inferred.

The past comes from the server's history: --since 2h prints the last two hours
and goes on, --until ends there. Times are RFC 3339, Unix seconds, or how long
ago. --last is what the server has in memory; without a server, the last few
seconds.`,
		Example: `  quaywatch events --since 2h --filter action=die --filter project=shop
  quaywatch events --since 7d --until 0s --filter text=oom --json`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if f.last < 0 {
				return &usageError{fmt.Errorf("--last takes a number from 0, not %d", f.last)}
			}
			if f.asked() && f.last > 0 {
				return &usageError{errors.New("--since and --until begin with the history, --last with the memory; give one of them")}
			}
			return f.check()
		},
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, _ []string) error { return c.events(ctx, src, &f) })
	f.flags(cmd)
	cmd.Flags().StringVar(&f.since, "since", "", "begin with the server's history from this time on, such as 2h or 2026-11-23T14:00:00Z")
	cmd.Flags().StringVar(&f.until, "until", "", "end with the history at this time; 0s is now")
	cmd.Flags().StringArrayVar(&f.filters, "filter", nil, "kind=…, action=…, container=…, project=…, actor=…, severity=…, inferred=… or text=…; may be repeated")
	cmd.Flags().IntVarP(&f.last, "last", "n", 0, "begin with the last N events that are known")
	return cmd
}

// joinLast is how many events in memory are looked through where the history
// ends and what is live begins.
const joinLast = 2000

func (c *cli) events(ctx context.Context, src *source, f *eventsFlags) error {
	enc := c.encoder()
	on := c.coloured()
	return c.eventsSince(ctx, src, f, func(e *api.Event) error {
		if c.json {
			return enc.Encode(e)
		}
		_, err := io.WriteString(c.out, eventText(e, on)+"\n")
		return err
	})
}

// liveEvents hands on what comes, and before it the last events that are asked
// for, or where the past was printed all that the server has in memory: those
// are late, and may have been printed.
func (c *cli) liveEvents(ctx context.Context, src *source, f *eventsFlags, print func(e *api.Event, late bool) error, joined bool) error {
	last := f.last
	if joined {
		last = joinLast
	}
	first, notes := true, &engineNotes{cli: c}
	began := time.Now()
	return c.follow(ctx, src, follower{
		topics: []topic{{name: api.TopicSystem}, {api.TopicEvents, &api.Filter{Last: &last}}},
		step: func(_ *client.Stream, state *client.State, step *client.Step) error {
			if first && src.core != nil {
				if trouble := engineTrouble(state); trouble != nil {
					return trouble
				}
			}
			first = first && !connected(state)
			notes.step(state)
			for _, lost := range step.Lost {
				c.note("quaywatch: %d events were lost", lost.To-lost.From)
			}
			if step.NewEpoch {
				c.note("quaywatch: the server has started anew; events in between may be missing")
			}
			for i := range step.Events {
				e := &step.Events[i]
				// The core asks for a few seconds of the past, to lose nothing.
				if src.core != nil && f.last == 0 && e.Time.Before(engineTime(state, began)) {
					continue
				}
				if err := print(e, joined); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// engineTime is a moment by the engine's clock.
func engineTime(state *client.State, t time.Time) time.Time {
	for _, e := range state.Engines() {
		if e.ClockOffsetSeconds != nil {
			t = t.Add(time.Duration(*e.ClockOffsetSeconds * float64(time.Second)))
		}
	}
	return t
}

// eventText is an event on one line, in the user's time zone.
func eventText(e *api.Event, coloured bool) string {
	action := e.Action
	if e.Detail != "" {
		action += ": " + e.Detail
	}
	line := []string{dim.wrap(e.Time.Local().Format("2006-01-02T15:04:05.000"), coloured), e.Kind, actionColour(e).wrap(printable(action), coloured)}
	id := shortID(strings.TrimPrefix(e.ID, "sha256:"))
	name := e.Name
	if name == "" || name == e.ID {
		name = id
	}
	line = append(line, bold.wrap(printable(name), coloured))
	var attributes []string
	if e.ID != "" && name != id {
		attributes = append(attributes, "id="+id)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Attributes)) {
		// Labels are many and long, and no news.
		if k != "name" && !strings.Contains(k, ".") {
			attributes = append(attributes, k+"="+e.Attributes[k])
		}
	}
	if e.By != nil {
		attributes = append(attributes, "by="+e.By.Name)
	}
	if e.Inferred {
		attributes = append(attributes, "inferred")
	}
	if len(attributes) > 0 {
		line = append(line, dim.wrap("("+printable(strings.Join(attributes, ", "))+")", coloured))
	}
	return strings.Join(line, " ")
}

func actionColour(e *api.Event) colour {
	switch e.Action {
	case "start", "unpause":
		return green
	case "die":
		if e.Attributes["exitCode"] == "0" {
			return dim
		}
		return red
	case "oom", "kill":
		return red
	case "health_status":
		if e.Detail == string(api.HealthUnhealthy) {
			return red
		}
		return green
	case "pause", "restart", "destroy":
		return yellow
	}
	return cyan
}

// timeText is a time of today or another day.
func timeText(t time.Time) string {
	if t.Local().Format(time.DateOnly) == time.Now().Format(time.DateOnly) {
		return t.Local().Format(time.TimeOnly)
	}
	return t.Local().Format(time.DateTime)
}
