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

func (c *cli) projectCommand() *cobra.Command {
	return thingCommand("project", "Start, stop, restart and remove Compose projects",
		c.projectAction(api.ActionStart, "Start a Compose project", "Start all containers of a Compose project, in the order in which its services depend\non each other."),
		c.projectAction(api.ActionStop, "Stop a Compose project", "Stop all containers of a Compose project, in the reverse order of what its services\ndepend on."),
		c.projectAction(api.ActionRestart, "Restart a Compose project", "Restart all containers of a Compose project, in the order in which its services\ndepend on each other."),
		c.projectRemove())
}

// mostSeconds is how long a server lets a container take to end.
const mostSeconds = 3600

func (c *cli) projectAction(action api.Action, short, long string) *cobra.Command {
	f := look{jobs: true}
	var wait int
	cmd := &cobra.Command{
		Use: string(action) + " PROJECT", Short: short, Args: cobra.ExactArgs(1), ValidArgsFunction: c.completing(1, projectNames),
		Long: long + `

It is a job, as on the page, and fails where any container does, with what the engine
said to each.`,
	}
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if wait < 0 || wait > mostSeconds {
			return wrongValue(cmd, "timeout", fmt.Sprintf("seconds from 0 to %d", mostSeconds), wait)
		}
		return nil
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, args []string) error {
		q := api.JobRequest{Kind: api.JobContainers, Action: action, Project: args[0]}
		if cmd.Flags().Changed("timeout") {
			q.Options.TimeoutSeconds = &wait
		}
		return c.projectJob(ctx, src, args[0], func(context.Context, *project) (api.JobRequest, error) { return q, nil })
	})
	f.flags(cmd)
	if action != api.ActionStart {
		cmd.Flags().IntVarP(&wait, "timeout", "t", 0, "seconds to wait before a container is killed (default its own, or the engine's 10)")
	}
	return cmd
}

// projectJob has a job begun for a project once all is known of it; ask makes it, and
// may take as long as a person does.
func (c *cli) projectJob(ctx context.Context, src *source, name string, ask func(context.Context, *project) (api.JobRequest, error)) error {
	type answer struct {
		q   api.JobRequest
		err error
	}
	var found *project
	var came chan answer
	lists := &listsWait{}
	return c.work(ctx, src, work{
		more: projectTopics()[1:], // it has the engine's
		ready: func(state *client.State, _ time.Duration) bool {
			if !lists.step(state, projectTopics()) {
				return false
			}
			if all := projects(state); came == nil {
				if i := slices.IndexFunc(all, func(p *project) bool { return p.Name == name }); i >= 0 {
					found = all[i]
				}
			}
			return true
		},
		begin: func(ctx context.Context, at workplace) (string, error) {
			if found == nil {
				return "", &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no Compose project %q. `quaywatch projects` lists them", name)}
			}
			// The answer is awaited beside the stream, which must be read meanwhile.
			if came == nil {
				came = make(chan answer, 1)
				go func() {
					q, err := ask(ctx, found)
					came <- answer{q, err}
				}()
			}
			select {
			case a := <-came:
				if a.err != nil {
					return "", a.err
				}
				j, err := at.StartJob(ctx, a.q)
				return j.ID, err
			default:
				return "", nil
			}
		},
	})
}

type projectRemoval struct {
	look
	dryRun, yes, keepNetworks bool
}

func (c *cli) projectRemove() *cobra.Command {
	var f projectRemoval
	f.jobs = true
	cmd := &cobra.Command{
		Use: "rm PROJECT", Short: "Remove a Compose project with its networks", Args: cobra.ExactArgs(1), ValidArgsFunction: c.completing(1, projectNames),
		Long: `Remove all containers of a Compose project, in the reverse order of what its services
depend on, and then its networks; containers that run are killed. Volumes stay.

It shows what goes, and asks; --dry-run only shows it, --yes does not ask. It is a
job, as on the page.`,
		PreRunE: func(*cobra.Command, []string) error {
			if f.dryRun || f.yes {
				return nil
			}
			return c.mustAsk()
		},
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, args []string) error {
		return c.projectJob(ctx, src, args[0], func(ctx context.Context, p *project) (api.JobRequest, error) { return c.offerProject(ctx, p, &f) })
	})
	f.flags(cmd)
	fs := cmd.Flags()
	fs.BoolVarP(&f.dryRun, "dry-run", "n", false, "only show what would go")
	fs.BoolVarP(&f.yes, "yes", "y", false, "don't ask")
	fs.BoolVar(&f.keepNetworks, "keep-networks", false, "leave its networks")
	return cmd
}

// killed is how many of its containers run when they are removed: one that restarts is
// removed by force only, too.
func (p *project) killed() int {
	n := 0
	for _, c := range p.members {
		if c.State.Alive() || c.State == api.StateRestarting {
			n++
		}
	}
	return n
}

// projectPlan is what goes with a project.
type projectPlan struct {
	Project    string   `json:"project"`
	Engine     string   `json:"engine"`
	Containers []string `json:"containers"`
	Networks   []string `json:"networks"`
}

// offerProject shows what goes and asks; errDone where that is all, or the answer is
// no.
func (c *cli) offerProject(ctx context.Context, p *project, f *projectRemoval) (api.JobRequest, error) {
	networks := p.networks
	if f.keepNetworks {
		networks = nil
	}
	q := api.JobRequest{Kind: api.JobContainers, Action: api.ActionRemove, Project: p.Name, Engine: p.Engine}
	q.Options.Force = p.killed() > 0
	q.Options.Networks = len(networks) > 0
	if len(p.members) == 0 { // nothing but networks is left of it
		q = api.JobRequest{Kind: api.JobRemove}
		for _, n := range networks {
			q.Things = append(q.Things, api.JobThing{Kind: api.TopicNetworks, ID: string(n.Key())})
		}
	}
	if !c.json || f.dryRun {
		if err := c.printProjectPlan(p, networks); err != nil {
			return q, err
		}
	}
	switch {
	case f.dryRun, len(p.members)+len(networks) == 0:
		return q, errDone
	case f.yes:
		return q, nil
	}
	return q, c.confirm(ctx, "Remove project "+printable(p.Name)+"?")
}

func (c *cli) printProjectPlan(p *project, networks []*api.Network) error {
	if c.json {
		plan := projectPlan{Project: p.Name, Engine: p.Engine, Containers: []string{}, Networks: []string{}}
		for _, m := range p.members {
			plan.Containers = append(plan.Containers, m.Name)
		}
		for _, n := range networks {
			plan.Networks = append(plan.Networks, n.Name)
		}
		return c.encoder().Encode(plan)
	}
	t := &table{columns: []column{{title: "KIND"}, {title: "NAME", shrink: 20}, {title: "STATE", shrink: 8}}}
	now := time.Now()
	for _, m := range p.members {
		t.rows = append(t.rows, []cell{{"container", plain}, {m.Name, bold}, {stateText(m, now), stateColour(m)}})
	}
	for _, n := range networks {
		t.rows = append(t.rows, []cell{{"network", plain}, {n.Name, bold}, {}})
	}
	if len(t.rows) > 0 {
		_, width, _ := c.terminal()
		if err := t.write(c.out, width, c.coloured()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(c.out, projectPlanSum(p, len(networks)))
	return err
}

// projectPlanSum is what goes in a sentence.
func projectPlanSum(p *project, networks int) string {
	var parts []string
	for _, k := range []struct {
		n    int
		what string
	}{{p.Containers, "container"}, {networks, "network"}} {
		if k.n > 0 {
			parts = append(parts, plural(k.n, k.what))
		}
	}
	if len(parts) == 0 {
		return "There is nothing to remove."
	}
	text := strings.Join(parts, ", ")
	switch n := p.killed(); n {
	case 0:
	case 1:
		text += "; 1 of the containers runs and will be killed"
	default:
		text += fmt.Sprintf("; %d of the containers run and will be killed", n)
	}
	if n := len(p.Volumes); n > 0 {
		text += "; " + plural(n, "volume") + " will stay"
	}
	return text + "."
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
