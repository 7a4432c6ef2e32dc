package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// How long ps waits for what it can print without.
const (
	// metricsWait is for CPU and memory, which need two samples.
	metricsWait = 1500 * time.Millisecond
	// detailWait is for inspect data, since it last got more complete.
	detailWait = time.Second
	// settleWait is for containers of which the core hears and asks at the very
	// moment it starts: they come moments after the others.
	settleWait = 250 * time.Millisecond
)

// firstAnswer is how long a command waits for the engine's first answer.
const firstAnswer = 12 * time.Second

type psFlags struct {
	look
	watch, running, all bool
}

func (c *cli) psCommand() *cobra.Command {
	var f psFlags
	cmd := &cobra.Command{
		Use:   "ps",
		Short: "List containers, once or live (--watch)",
		Long: `List all containers, sorted by Compose project and name.

With --json each line is a container as GET /api/v1/containers has it. With
--watch --json a line follows for each container that changes, and
{"removed": KEY, …} for each that goes.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, _ []string) error { return c.ps(ctx, src, &f) })
	f.flags(cmd)
	cmd.Flags().BoolVarP(&f.watch, "watch", "w", false, "stay, and show changes as they happen")
	cmd.Flags().BoolVarP(&f.running, "running", "r", false, "only containers that run")
	cmd.Flags().BoolVarP(&f.all, "all", "a", true, "all containers (the default)")
	cmd.MarkFlagsMutuallyExclusive("all", "running")
	return cmd
}

// errNoAnswer is for an engine that says neither yes nor no.
func errNoAnswer() error {
	return &api.Error{Code: api.ErrTimeout, Message: "The engine has not answered in time. `quaywatch doctor` finds out why"}
}

func (c *cli) ps(ctx context.Context, src *source, f *psFlags) error {
	running := f.running || !f.all
	switch {
	case f.watch && c.json:
		return c.psChanges(ctx, src, running)
	case f.watch:
		return c.psWatch(ctx, src, running)
	}
	return c.psOnce(ctx, src, running)
}

// psOnce prints the containers as soon as they are known.
func (c *cli) psOnce(ctx context.Context, src *source, running bool) error {
	w := &psWait{metrics: !c.json, fresh: src.core != nil}
	topics := []topic{{name: api.TopicSystem}, {name: api.TopicContainers}}
	if w.metrics {
		filter := &api.Filter{Cols: []string{"cpu", "mem"}}
		if src.core != nil {
			filter.All = true
		} else {
			// A server has samples: one look is no reason to take them faster.
			filter.RestEveryMs = 1000
		}
		topics = append(topics, topic{api.TopicMetrics, filter})
	}
	show := func(state *client.State) error {
		if err := c.printContainers(state, running); err != nil {
			return err
		}
		if trouble := engineTrouble(state); trouble != nil {
			return trouble
		}
		return errDone
	}
	var last *client.State
	return c.follow(ctx, src, follower{
		topics: topics,
		step: func(_ *client.Stream, state *client.State, _ *client.Step) error {
			last = state
			done, err := w.step(state)
			if err != nil || !done {
				return err
			}
			return show(state)
		},
		tick:   100 * time.Millisecond,
		within: firstAnswer + 15*time.Second,
		late: func() error {
			if last == nil || !connected(last) {
				return errNoAnswer()
			}
			return show(last)
		},
	})
}

// psWait decides when a single look has seen enough.
type psWait struct {
	metrics bool
	// fresh: the core has started only now.
	fresh    bool
	listed   time.Time // when the containers were there
	partial  int
	improved time.Time // when partial last fell
}

func (w *psWait) step(state *client.State) (done bool, err error) {
	if !state.Complete(api.TopicSystem) || !state.Complete(api.TopicContainers) {
		return false, nil
	}
	if trouble := engineTrouble(state); trouble != nil {
		if len(state.Containers()) > 0 {
			return true, nil // the last that is known, and then what is wrong
		}
		return false, trouble
	}
	if !connected(state) {
		return false, nil
	}
	now := time.Now()
	if w.listed.IsZero() {
		w.listed, w.improved, w.partial = now, now, -1
	}
	partial, unmeasured := 0, 0
	for _, c := range state.Containers() {
		if c.Partial {
			partial++
		}
		if cells := state.Cells(c.Row); c.State == api.StateRunning && (cells == nil || cells.Values[api.ColCPU] == api.Unknown) {
			unmeasured++
		}
	}
	if w.partial < 0 || partial < w.partial {
		w.partial, w.improved = partial, now
	}
	if partial > 0 && now.Sub(w.improved) < detailWait || w.fresh && now.Sub(w.listed) < settleWait {
		return false, nil
	}
	return !w.metrics || unmeasured == 0 || now.Sub(w.listed) >= metricsWait, nil
}

// selected are the containers to show, sorted.
func selected(state *client.State, running bool) []*api.Container {
	all := state.Containers()
	if running {
		all = slices.DeleteFunc(all, func(c *api.Container) bool { return !c.State.Alive() })
	}
	slices.SortStableFunc(all, func(a, b *api.Container) int {
		return cmp.Or(byProject(a.Project, a.Name, b.Project, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (c *cli) printContainers(state *client.State, running bool) error {
	containers := selected(state, running)
	if c.json {
		enc := c.encoder()
		for _, ct := range containers {
			if err := enc.Encode(ct); err != nil {
				return err
			}
		}
		return nil
	}
	_, width, _ := c.terminal()
	t := psTable(state, containers, time.Now())
	return t.write(c.out, width, c.coloured())
}

// psTable is what ps shows.
func psTable(state *client.State, containers []*api.Container, now time.Time) *table {
	t := &table{columns: []column{
		{title: "NAME", shrink: 16},
		{title: "PROJECT", shrink: 8, drop: 4},
		{title: "STATE", shrink: 8},
		{title: "HEALTH", drop: 3},
		{title: "UPTIME", drop: 5},
		{title: "CPU", right: true},
		{title: "MEM", right: true},
		{title: "PORTS", shrink: 10, drop: 2},
		{title: "IMAGE", shrink: 10, drop: 1},
	}}
	for _, c := range containers {
		cpu, mem := "", ""
		if c.State.Alive() {
			s := sampleOf(state, c)
			cpu, mem = percentText(s.CPUPercent), bytesText(s.MemoryBytes)
		}
		health := cell{healthText(c.Health), plain}
		switch c.Health {
		case api.HealthHealthy:
			health.colour = green
		case api.HealthUnhealthy:
			health.colour = red
		case api.HealthStarting:
			health.colour = yellow
		case api.HealthNone:
		}
		t.rows = append(t.rows, []cell{
			{c.Name, plain}, {c.Project, dim}, {stateText(c, now), stateColour(c)}, health, {uptimeText(c, now), plain},
			{cpu, plain}, {mem, plain}, {portsText(c.Ports), plain}, {shortImage(c.Image), dim},
		})
	}
	return t
}

func stateColour(c *api.Container) colour {
	switch c.State {
	case api.StateRunning:
		return green
	case api.StatePaused, api.StateRestarting, api.StateRemoving:
		return yellow
	case api.StateDead:
		return red
	case api.StateExited:
		if c.ExitCode != nil && *c.ExitCode != 0 || c.OOMKilled {
			return red
		}
		return dim
	case api.StateCreated:
	}
	return plain
}

// sampleOf names the latest cells of a container.
func sampleOf(state *client.State, c *api.Container) api.Sample {
	if cells := state.Cells(c.Row); cells != nil {
		return api.MakeSample(c.Engine, c.ID, c.Name, cells.At, &cells.Values)
	}
	var none [api.NumColumns]int64
	for i := range none {
		none[i] = api.Unknown
	}
	return api.MakeSample(c.Engine, c.ID, c.Name, time.Time{}, &none)
}

// removedLine is what ps --watch --json prints for a container that is gone.
type removedLine struct {
	Removed api.Key `json:"removed"`
	Engine  string  `json:"engine"`
	ID      string  `json:"id"`
	Name    string  `json:"name"`
}

// psChanges prints a line for each container, and then one for each change.
func (c *cli) psChanges(ctx context.Context, src *source, running bool) error {
	p := &changes{enc: c.encoder(), running: running, shown: make(map[api.Key]string), waiting: make(map[api.Key]time.Time)}
	first := src.core != nil
	return c.follow(ctx, src, follower{
		topics: []topic{{name: api.TopicSystem}, {name: api.TopicContainers}},
		tick:   200 * time.Millisecond,
		step: func(_ *client.Stream, state *client.State, step *client.Step) error {
			if first {
				// A server is worth following while its engine is away; without one
				// there would be nothing to follow.
				if trouble := engineTrouble(state); trouble != nil {
					return trouble
				}
				first = !connected(state)
			}
			return p.step(state, step)
		},
	})
}

// changes prints changes of containers.
type changes struct {
	enc     *json.Encoder
	running bool
	shown   map[api.Key]string // names
	// waiting are containers of which only the list's row is known, since when:
	// the rest comes within moments, and one line is better than two.
	waiting map[api.Key]time.Time
}

func (p *changes) step(state *client.State, step *client.Step) error {
	now := time.Now()
	slices.SortStableFunc(step.Containers, func(a, b client.Change[api.Container]) int { return cmp.Compare(a.Key, b.Key) })
	for _, ch := range step.Containers {
		if ch.New != nil && ch.New.Partial {
			if _, ok := p.waiting[ch.Key]; !ok {
				p.waiting[ch.Key] = now
			}
			continue
		}
		delete(p.waiting, ch.Key)
		if err := p.show(ch.Key, ch.New); err != nil {
			return err
		}
	}
	for k, since := range p.waiting {
		if now.Sub(since) < detailWait {
			continue
		}
		delete(p.waiting, k)
		if ct, ok := state.Container(k); ok {
			if err := p.show(k, ct); err != nil {
				return err
			}
		}
	}
	return nil
}

// show prints a container, or that it is gone: removed, or not running any more
// where only those are wanted.
func (p *changes) show(k api.Key, ct *api.Container) error {
	if ct != nil && (!p.running || ct.State.Alive()) {
		p.shown[k] = ct.Name
		return p.enc.Encode(ct)
	}
	name, ok := p.shown[k]
	if !ok {
		return nil
	}
	delete(p.shown, k)
	engine, id := k.Split()
	return p.enc.Encode(removedLine{k, engine, id, name})
}

// psWatch keeps a table on the screen; where there is no terminal it prints
// the table again after each change.
func (c *cli) psWatch(ctx context.Context, src *source, running bool) error {
	topics := []topic{{name: api.TopicSystem}, {name: api.TopicContainers}, {api.TopicMetrics, &api.Filter{All: true, Cols: []string{"cpu", "mem"}}}}
	return c.watchTable(ctx, src, view{topics: topics, make: func(state *client.State) (*table, string) {
		containers := selected(state, running)
		alive := 0
		for _, ct := range containers {
			if ct.State.Alive() {
				alive++
			}
		}
		return psTable(state, containers, time.Now()), fmt.Sprintf("%s, %d running", plural(len(containers), "container"), alive)
	}, notable: func(step *client.Step) bool { return len(step.Containers) > 0 }})
}
