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
