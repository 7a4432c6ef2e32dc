package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

type jobsFlags struct {
	look
	watch bool
}

func (c *cli) jobsCommand() *cobra.Command {
	var f jobsFlags
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "List what the server is working on: pulls, pushes, bulk actions",
		Long: `List the jobs of a server: those that run, and those that have ended within the
hour. With --json an object a line; with --watch too, each job again whenever it
changes.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, _ []string) error { return c.listJobs(ctx, src, f.watch) })
	f.flags(cmd)
	cmd.Flags().BoolVarP(&f.watch, "watch", "w", false, "show them live")
	cmd.AddCommand(c.jobCommand("follow JOB", "Show a job to its end", func(ctx context.Context, src *source, id string) error {
		return c.work(ctx, src, work{anyway: true, begin: func(ctx context.Context, _ workplace) (string, error) {
			j, err := src.rest.Job(ctx, id)
			return j.ID, err
		}})
	}), c.jobCommand("cancel JOB", "Cancel a job", func(ctx context.Context, src *source, id string) error {
		j, err := src.rest.CancelJob(ctx, id)
		if err == nil && c.json {
			err = c.encoder().Encode(j)
		}
		return err
	}))
	return cmd
}

// jobCommand is one about a single job of a server.
func (c *cli) jobCommand(use, short string, run func(context.Context, *source, string) error) *cobra.Command {
	var l look
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	cmd.RunE = c.looking(&l, func(ctx context.Context, src *source, args []string) error {
		if src.core != nil {
			return errNoServer("jobs")
		}
		return run(ctx, src, args[0])
	})
	l.flags(cmd)
	return cmd
}

// errNoServer is for what only a server has. A server that watches another engine
// is not asked: what it knows is not what was asked for.
func errNoServer(what string) error {
	return &api.Error{Code: api.ErrUnreachable, Message: "No Quaywatch server that watches this engine runs here, and " + what + " are a server's. Start one with `quaywatch serve`, or name one with --url"}
}

func (c *cli) listJobs(ctx context.Context, src *source, watch bool) error {
	if src.core != nil {
		return errNoServer("jobs")
	}
	if !watch {
		all, err := src.rest.Jobs(ctx)
		if err != nil {
			return err
		}
		list := make([]*api.Job, 0, len(all))
		for i := range all {
			list = append(list, &all[i])
		}
		return c.printJobs(list)
	}
	if !c.json {
		return c.watchTable(ctx, src, view{
			topics:  []topic{{name: api.TopicSystem}, {name: api.TopicContainers}, {name: api.TopicJobs}},
			notable: func(step *client.Step) bool { return len(step.Jobs) > 0 },
			make: func(state *client.State) (*table, string) {
				return jobTable(state.Jobs(), time.Now()), plural(len(state.Jobs()), "job")
			},
		})
	}
	enc := c.encoder()
	return c.follow(ctx, src, follower{topics: []topic{{name: api.TopicJobs}}, step: func(_ *client.Stream, _ *client.State, step *client.Step) error {
		for _, ch := range step.Jobs {
			if ch.New == nil {
				continue
			}
			if err := enc.Encode(ch.New); err != nil {
				return err
			}
		}
		return nil
	}})
}

func (c *cli) printJobs(list []*api.Job) error {
	if c.json {
		enc := c.encoder()
		for _, j := range list {
			if err := enc.Encode(j); err != nil {
				return err
			}
		}
		return nil
	}
	_, width, _ := c.terminal()
	return jobTable(list, time.Now()).write(c.out, width, c.coloured())
}

func jobTable(list []*api.Job, now time.Time) *table {
	t := &table{columns: []column{
		{title: "JOB"}, {title: "WHAT", shrink: 20}, {title: "STATE", shrink: 12}, {title: "BY", drop: 1, shrink: 6}, {title: "BEGAN", drop: 2},
	}}
	for _, j := range list {
		t.rows = append(t.rows, []cell{{text: j.ID}, {text: printable(jobWhat(j)), colour: bold}, jobState(j), {text: printable(j.By.Name), colour: dim}, {text: agoText(now.Sub(j.StartedAt)), colour: dim}})
	}
	return t
}

func jobWhat(j *api.Job) string {
	switch {
	case j.Kind != api.JobContainers:
		return string(j.Kind) + " " + j.Subject
	case j.Project != "":
		return fmt.Sprintf("%s project %s", j.Action, j.Project)
	case len(j.Items) == 1:
		return fmt.Sprintf("%s %s", j.Action, j.Items[0].Name)
	}
	return fmt.Sprintf("%s %d containers", j.Action, len(j.Items))
}

func jobState(j *api.Job) cell {
	switch j.State {
	case api.JobFailed:
		return cell{"failed: " + printable(j.Error.Message), red}
	case api.JobDone:
		if n := len(j.Failures); n > 0 {
			return cell{fmt.Sprintf("done, %d failed", n), red}
		}
		if j.Result != nil {
			return cell{"done: " + printable(j.Result.Message), green}
		}
		return cell{"done", green}
	case api.JobCancelled:
		return cell{"cancelled", yellow}
	case api.JobRunning:
	}
	switch p := j.Progress; {
	case j.Kind.HasItems():
		return cell{fmt.Sprintf("%d of %d", j.Next-len(j.Running), len(j.Items)), cyan}
	case p == nil:
		return cell{"begins", cyan}
	case p.Fraction != nil:
		return cell{fmt.Sprintf("%s %.0f %%", p.Phase, *p.Fraction*100), cyan}
	default:
		return cell{string(p.Phase), cyan}
	}
}
