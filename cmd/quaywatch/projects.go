package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// project is a Compose project: what the labels say belongs together.
type project struct {
	Engine string `json:"engine"`
	Name   string `json:"name"`
	// State is running, partly (some containers run), stopped, or empty (nothing but
	// networks or volumes is left).
	State    string    `json:"state"`
	Services []service `json:"services"`
	tally
	// CPUPercent and MemoryBytes are the sums of what runs; nil where none is known.
	CPUPercent  *float64 `json:"cpuPercent"`
	MemoryBytes *int64   `json:"memoryBytes"`
	Networks    []string `json:"networks"`
	Volumes     []string `json:"volumes"`

	members  []*api.Container
	networks []*api.Network
}

// service is one service of a project.
type service struct {
	Name string `json:"name"`
	tally
}

// tally counts containers: all, those that run, and those that want a look because
// they failed, are unhealthy or restart.
type tally struct {
	Containers int `json:"containers"`
	Running    int `json:"running"`
	Bad        int `json:"bad"`
}

func (t *tally) add(c *api.Container) {
	t.Containers++
	if c.State.Alive() {
		t.Running++
	}
	switch {
	case c.State == api.StateDead, c.State == api.StateRestarting, c.State == api.StateExited && !c.CleanExit(), c.State.Alive() && c.Health == api.HealthUnhealthy:
		t.Bad++
	}
}

// projects are those there are, in the order of their names.
func projects(state *client.State) []*project {
	byKey := make(map[api.Key]*project)
	var all []*project
	of := func(engine, name string) *project {
		if name == "" {
			return nil
		}
		key := api.MakeKey(engine, name)
		p := byKey[key]
		if p == nil {
			p = &project{Engine: engine, Name: name, Services: []service{}, Networks: []string{}, Volumes: []string{}}
			byKey[key] = p
			all = append(all, p)
		}
		return p
	}
	for _, c := range state.Containers() {
		if p := of(c.Engine, c.Project); p != nil {
			p.take(c, sampleOf(state, c))
		}
	}
	for _, n := range state.Networks() {
		if p := of(n.Engine, n.Project); p != nil {
			p.Networks, p.networks = append(p.Networks, n.Name), append(p.networks, n)
		}
	}
	for _, v := range state.Volumes() {
		if p := of(v.Engine, v.Project); p != nil {
			p.Volumes = append(p.Volumes, v.Name)
		}
	}
	for _, p := range all {
		p.order()
		if p.CPUPercent != nil {
			*p.CPUPercent = math.Round(*p.CPUPercent*100) / 100 // as fine as the figures that were added
		}
	}
	slices.SortFunc(all, func(a, b *project) int {
		return cmp.Or(natural.Compare(a.Name, b.Name), strings.Compare(a.Engine, b.Engine))
	})
	return all
}

func (p *project) take(c *api.Container, s api.Sample) {
	p.members = append(p.members, c)
	p.add(c)
	i := slices.IndexFunc(p.Services, func(s service) bool { return s.Name == c.Service })
	if i < 0 {
		i = len(p.Services)
		p.Services = append(p.Services, service{Name: c.Service})
	}
	p.Services[i].add(c)
	if !c.State.Alive() {
		return
	}
	p.CPUPercent, p.MemoryBytes = plus(p.CPUPercent, s.CPUPercent), plus(p.MemoryBytes, s.MemoryBytes)
}

// plus adds what is known.
func plus[N int64 | float64](sum, n *N) *N {
	if sum == nil || n == nil {
		return cmp.Or(sum, n)
	}
	return new(*sum + *n)
}

func (p *project) order() {
	slices.SortFunc(p.Services, func(a, b service) int { return natural.Compare(a.Name, b.Name) })
	slices.SortFunc(p.members, func(a, b *api.Container) int { return natural.Compare(a.Name, b.Name) })
	slices.SortFunc(p.networks, func(a, b *api.Network) int { return natural.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Networks, natural.Compare)
	slices.SortFunc(p.Volumes, natural.Compare)
	switch {
	case p.Containers == 0:
		p.State = "empty"
	case p.Running == 0:
		p.State = "stopped"
	case p.Running < p.Containers:
		p.State = "partly"
	default:
		p.State = "running"
	}
}

// stateCell is the state as the page words it.
func (p *project) stateCell() cell {
	text, shade := p.State, green
	switch {
	case p.Containers == 0:
		text, shade = "no containers", dim
	case p.Running == 0:
		shade = dim
	case p.Running < p.Containers:
		text = fmt.Sprintf("%d of %d running", p.Running, p.Containers)
	}
	if p.Bad > 0 {
		return cell{fmt.Sprintf("%s, %d bad", text, p.Bad), red}
	}
	return cell{text, shade}
}

// text is a service with how many of its containers run, where that is not one of
// one.
func (s *service) text() string {
	name := cmp.Or(s.Name, unknown)
	if s.Containers == 1 && s.Running == 1 {
		return name
	}
	return fmt.Sprintf("%s %d/%d", name, s.Running, s.Containers)
}

func projectTable(all []*project) *table {
	t := &table{columns: []column{
		{title: "PROJECT", shrink: 12}, {title: "STATE"}, {title: "SERVICES", shrink: 18, drop: 3}, {title: "CPU", right: true}, {title: "MEM", right: true},
		{title: "NETWORKS", right: true, drop: 2}, {title: "VOLUMES", right: true, drop: 1},
	}}
	for _, p := range all {
		services := make([]string, len(p.Services))
		for i := range p.Services {
			services[i] = p.Services[i].text()
		}
		cpu, mem := "", ""
		if p.Running > 0 {
			cpu, mem = percentText(p.CPUPercent), bytesText(p.MemoryBytes)
		}
		t.rows = append(t.rows, []cell{
			{p.Name, bold}, p.stateCell(), {strings.Join(services, ", "), plain}, {cpu, plain}, {mem, plain}, {countText(len(p.Networks)), plain}, {countText(len(p.Volumes)), plain},
		})
	}
	return t
}

func projectTopics() []topic {
	return []topic{{name: api.TopicSystem}, {name: api.TopicContainers}, {name: api.TopicNetworks}, {name: api.TopicVolumes}}
}

func (c *cli) projectsCommand() *cobra.Command {
	var f look
	var watch bool
	cmd := &cobra.Command{
		Use: "projects", Short: "List Compose projects, once or live (--watch)",
		Long: `List the Compose projects: what the labels of containers, networks and volumes say
belongs together, with how many containers of each service run, and what all of them
take of CPU and memory.

With --json each line is a project. With --watch --json a line follows for each whose
containers, networks or volumes change, and {"removed": KEY, …} for each that is gone.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, _ []string) error {
		switch {
		case watch && c.json:
			return c.projectChanges(ctx, src)
		case watch:
			return c.watchTable(ctx, src, view{
				topics: append(projectTopics(), projectMetrics(true)),
				make: func(state *client.State) (*table, string) {
					all := projects(state)
					return projectTable(all), plural(len(all), "project")
				},
				notable: func(step *client.Step) bool { return len(step.Containers)+len(step.Networks)+len(step.Volumes) > 0 },
			})
		}
		return c.projectsOnce(ctx, src)
	})
	f.flags(cmd)
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "stay, and show changes as they happen")
	return cmd
}

// projectMetrics are what sums take; a server has samples, and one look is no reason
// to take them faster.
func projectMetrics(now bool) topic {
	filter := &api.Filter{All: now, Cols: []string{"cpu", "mem"}}
	if !now {
		filter.RestEveryMs = 1000
	}
	return topic{api.TopicMetrics, filter}
}

func (c *cli) projectsOnce(ctx context.Context, src *source) error {
	show := func(state *client.State) error {
		all := projects(state)
		if c.json {
			if err := encodeAll(c, all); err != nil {
				return err
			}
		} else {
			_, width, _ := c.terminal()
			if err := projectTable(all).write(c.out, width, c.coloured()); err != nil {
				return err
			}
		}
		if trouble := engineTrouble(state); trouble != nil {
			return trouble
		}
		return errDone
	}
	containers, lists := &psWait{metrics: true, fresh: src.core != nil}, &listsWait{}
	var last *client.State
	return c.follow(ctx, src, follower{
		topics: append(projectTopics(), projectMetrics(src.core != nil)),
		tick:   100 * time.Millisecond,
		within: firstAnswer + listWait,
		step: func(_ *client.Stream, state *client.State, _ *client.Step) error {
			last = state
			done, err := containers.step(state)
			if err != nil || !done || !lists.step(state, projectTopics()) && connected(state) {
				return err
			}
			return show(state)
		},
		late: func() error {
			if last == nil || !connected(last) {
				return errNoAnswer()
			}
			return show(last)
		},
	})
}

// projectChanges prints a line for each project, and then one for each change.
func (c *cli) projectChanges(ctx context.Context, src *source) error {
	shown := make(map[api.Key][]byte)
	lists := &listsWait{}
	begun := false
	return c.follow(ctx, src, follower{
		topics: projectTopics(),
		tick:   200 * time.Millisecond,
		step: func(_ *client.Stream, state *client.State, _ *client.Step) error {
			if trouble := engineTrouble(state); trouble != nil && src.core != nil && !begun {
				return trouble
			}
			if begun = begun || lists.step(state, projectTopics()); !begun {
				return nil
			}
			there := make(map[api.Key]bool)
			for _, p := range projects(state) {
				key := api.MakeKey(p.Engine, p.Name)
				there[key] = true
				line, err := json.Marshal(p)
				if err != nil {
					return fmt.Errorf("encode a project: %w", err)
				}
				if bytes.Equal(line, shown[key]) {
					continue
				}
				shown[key] = line
				if err := c.encoder().Encode(p); err != nil {
					return err
				}
			}
			for key := range shown {
				if there[key] {
					continue
				}
				delete(shown, key)
				engine, name := key.Split()
				if err := c.encoder().Encode(removedLine{key, engine, name, name}); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
