package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

type statsFlags struct {
	look
	noStream bool
}

func (c *cli) statsCommand() *cobra.Command {
	var f statsFlags
	cmd := &cobra.Command{
		Use:   "stats [CONTAINER…]",
		Short: "Show CPU, memory, network and disk of running containers, live",
		Long: `Show what running containers use, each second. CPU is in percent of one core,
memory as docker stats counts it, rates are bytes a second.

With --json each line is one container's sample; what is not known is null. A
container appears once its rates are known, which takes two samples.`,
		ValidArgsFunction: c.completing(0, runningNames),
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, args []string) error { return c.stats(ctx, src, &f, args) })
	f.flags(cmd)
	cmd.Flags().BoolVar(&f.noStream, "no-stream", false, "print one sample of each container and end")
	return cmd
}

func (c *cli) stats(ctx context.Context, src *source, f *statsFlags, refs []string) error {
	pick := &picker{refs: refs}
	if src.core != nil {
		pick.patience = missingWait
	}
	topics := []topic{{name: api.TopicSystem}, {name: api.TopicContainers}}
	if len(refs) == 0 {
		topics = append(topics, topic{api.TopicMetrics, &api.Filter{All: true}})
	}
	if !c.json && !f.noStream {
		return c.statsLive(ctx, src, topics, pick)
	}
	return c.statsLines(ctx, src, topics, pick, f.noStream)
}

// How long a single look waits for rates, since the containers are listed: for
// the last ones, and on a busy machine for any at all.
const (
	rateWait      = 3 * time.Second
	firstRateWait = 10 * time.Second
)

// missingWait is how long a container that was named may be missing from a core
// that has only just started.
const missingWait = 2 * time.Second

// picker turns what was typed into containers, and asks for their rows.
type picker struct {
	refs []string
	// patience is how long to wait for a container that is not there, from began.
	patience time.Duration
	began    time.Time
	keys     map[api.Key]bool
	checked  bool
	rows     []int
}

// update subscribes to the rows of the containers named, whenever those change.
// Without names it is for all. It fails when a name fits no container.
func (p *picker) update(stream *client.Stream, state *client.State) error {
	if len(p.refs) == 0 {
		return nil
	}
	if p.began.IsZero() {
		p.began = time.Now()
	}
	all := state.Containers()
	p.keys = make(map[api.Key]bool)
	var rows []int
	for _, ref := range p.refs {
		found, err := find(all, ref)
		if err != nil {
			switch {
			case p.checked: // it was there and is gone: that is no error
				continue
			case time.Since(p.began) < p.patience:
				return nil
			}
			return err
		}
		p.keys[found.Key()] = true
		rows = append(rows, found.Row)
	}
	p.checked = true
	slices.Sort(rows)
	if !slices.Equal(rows, p.rows) {
		p.rows = rows
		stream.Subscribe(api.TopicMetrics, &api.Filter{Rows: rows})
	}
	return nil
}

func (p *picker) wants(c *api.Container) bool { return len(p.refs) == 0 || p.keys[c.Key()] }

// find resolves what a person typed: a name, an id or its beginning, or a key.
func find(all []*api.Container, ref string) (*api.Container, error) {
	var exact, prefix []*api.Container
	for _, c := range all {
		switch {
		case c.ID == ref || c.Name == strings.TrimPrefix(ref, "/") || string(c.Key()) == ref:
			exact = append(exact, c)
		case ref != "" && strings.HasPrefix(c.ID, ref):
			prefix = append(prefix, c)
		}
	}
	found := exact
	if len(found) == 0 {
		found = prefix
	}
	switch len(found) {
	case 0:
		return nil, &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no container %q. `quaywatch ps` lists them", ref)}
	case 1:
		return found[0], nil
	}
	return nil, &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf("%q names %d containers. Write more of the id", ref, len(found))}
}

// ready tells whether a container's rates are known: a first sample has none.
// One whose time is not known is none to print.
func ready(s *api.Sample) bool { return s.CPUPercent != nil && !s.Time.IsZero() }

// statsLines prints a line a container and tick, or a table once.
func (c *cli) statsLines(ctx context.Context, src *source, topics []topic, pick *picker, once bool) error {
	enc := c.encoder()
	listed := time.Time{}
	finish := func(state *client.State) error {
		if c.json {
			for _, ct := range selected(state, true) {
				if s := sampleOf(state, ct); pick.wants(ct) && ready(&s) {
					if err := enc.Encode(s); err != nil {
						return err
					}
				}
			}
			return errDone
		}
		t, _ := statsTable(state, pick)
		_, width, _ := c.terminal()
		if err := t.write(c.out, width, c.coloured()); err != nil {
			return err
		}
		return errDone
	}
	return c.follow(ctx, src, follower{
		topics: topics,
		tick:   100 * time.Millisecond,
		step: func(stream *client.Stream, state *client.State, step *client.Step) error {
			if !state.Complete(api.TopicSystem) || !state.Complete(api.TopicContainers) {
				return nil
			}
			if listed.IsZero() {
				if trouble := engineTrouble(state); trouble != nil {
					return trouble
				}
				if !connected(state) {
					return nil
				}
				listed = time.Now()
			}
			if len(step.Containers) > 0 || !pick.checked {
				if err := pick.update(stream, state); err != nil {
					return err
				}
			}
			if once {
				patience := rateWait
				if !anyReady(state, pick) {
					patience = firstRateWait
				}
				if (pick.checked || len(pick.refs) == 0) && allReady(state, pick) || time.Since(listed) > patience {
					return finish(state)
				}
				return nil
			}
			for _, frame := range step.Frames {
				for _, ct := range selected(state, true) {
					if !pick.wants(ct) || slices.Contains(frame.Missed, ct.Row) {
						continue
					}
					if s := sampleOf(state, ct); ready(&s) {
						if err := enc.Encode(s); err != nil {
							return err
						}
					}
				}
			}
			return nil
		},
	})
}

// allReady tells whether every running container that is wanted has rates.
func allReady(state *client.State, pick *picker) bool {
	for _, c := range state.Containers() {
		if c.State != api.StateRunning || !pick.wants(c) {
			continue
		}
		if s := sampleOf(state, c); !ready(&s) {
			return false
		}
	}
	return true
}

// anyReady tells whether one of them has.
func anyReady(state *client.State, pick *picker) bool {
	return slices.ContainsFunc(state.Containers(), func(c *api.Container) bool {
		s := sampleOf(state, c)
		return c.State == api.StateRunning && pick.wants(c) && ready(&s)
	})
}

func (c *cli) statsLive(ctx context.Context, src *source, topics []topic, pick *picker) error {
	return c.watchTable(ctx, src, view{topics: topics, make: func(state *client.State) (*table, string) {
		return statsTable(state, pick)
	}, notable: func(step *client.Step) bool { return len(step.Frames) > 0 }, before: func(stream *client.Stream, state *client.State, step *client.Step) error {
		if connected(state) && state.Complete(api.TopicContainers) && (len(step.Containers) > 0 || !pick.checked) {
			if err := pick.update(stream, state); err != nil {
				return err
			}
			if len(pick.refs) > 0 && !pick.checked { // one that was named may come yet, or is none
				return errWait
			}
		}
		return nil
	}})
}

func statsTable(state *client.State, pick *picker) (*table, string) {
	t := &table{columns: []column{
		{title: "NAME", shrink: 16},
		{title: "CPU", right: true},
		{title: "MEM", right: true},
		{title: "LIMIT", right: true, drop: 3},
		{title: "NET RX", right: true},
		{title: "NET TX", right: true},
		{title: "READ", right: true, drop: 2},
		{title: "WRITE", right: true, drop: 2},
		{title: "PIDS", right: true, drop: 1},
	}}
	cpu, n := 0.0, 0
	for _, ct := range selected(state, true) {
		if !pick.wants(ct) {
			continue
		}
		s := sampleOf(state, ct)
		n++
		if s.CPUPercent != nil {
			cpu += *s.CPUPercent
		}
		pids := unknown
		if s.Pids != nil {
			pids = fmt.Sprint(*s.Pids)
		}
		t.rows = append(t.rows, []cell{
			{ct.Name, plain}, {percentText(s.CPUPercent), plain}, {bytesText(s.MemoryBytes), plain}, {bytesText(s.MemoryLimitBytes), dim},
			{rateText(s.RxBytesPerSecond), plain}, {rateText(s.TxBytesPerSecond), plain},
			{rateText(s.ReadBytesPerSecond), plain}, {rateText(s.WriteBytesPerSecond), plain}, {pids, plain},
		})
	}
	return t, fmt.Sprintf("%s, %s CPU together", plural(n, "running container"), percentText(&cpu))
}
