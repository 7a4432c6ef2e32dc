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

type pruneFlags struct {
	look
	api.PruneOptions
	dryRun, yes bool
}

// pruneWords are the kinds as they are written on the command line.
func pruneWords() map[string]api.PruneKind {
	return map[string]api.PruneKind{
		"containers": api.PruneContainers, "networks": api.PruneNetworks, "volumes": api.PruneVolumes,
		"images": api.PruneImages, "cache": api.PruneBuildCache,
	}
}

func (c *cli) pruneCommand() *cobra.Command {
	var f pruneFlags
	f.jobs = true
	cmd := &cobra.Command{
		Use:   "prune [containers|networks|volumes|images|cache]…",
		Short: "Remove what nobody uses, after showing what that is",
		Long: `Remove what nobody uses. Without arguments that is what docker system prune
removes: containers that don't run, networks without containers, images without a
tag and the build cache; volumes are removed only when they are named here.

It shows what goes and how much that frees, and asks; --dry-run only
shows it, --yes does not ask.`,
		ValidArgs: []string{"containers", "networks", "volumes", "images", "cache"},
		PreRunE: func(_ *cobra.Command, args []string) error {
			for _, a := range args {
				k, ok := pruneWords()[a]
				if !ok {
					return &usageError{fmt.Errorf("there is no %q to prune; there are containers, networks, volumes, images and cache", a)}
				}
				f.Kinds = append(f.Kinds, k)
			}
			if len(args) == 0 {
				f.Kinds = []api.PruneKind{api.PruneContainers, api.PruneNetworks, api.PruneImages, api.PruneBuildCache}
			}
			if f.dryRun || f.yes {
				return nil
			}
			return c.mustAsk()
		},
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, _ []string) error { return c.prune(ctx, src, &f) })
	f.flags(cmd)
	fs := cmd.Flags()
	fs.BoolVarP(&f.dryRun, "dry-run", "n", false, "only show what would go")
	fs.BoolVarP(&f.yes, "yes", "y", false, "don't ask")
	fs.BoolVar(&f.AllImages, "all-images", false, "also images with a tag that no container uses")
	fs.BoolVar(&f.AllVolumes, "all-volumes", false, "also volumes with a name that no container uses")
	fs.BoolVar(&f.AllCache, "all-cache", false, "also what builds may still use")
	return cmd
}

// The sizes of what would go are measured some seconds after a core has begun.
const sizesWithin = 10 * time.Second

func (c *cli) prune(ctx context.Context, src *source, f *pruneFlags) error {
	var answer chan error
	return c.work(ctx, src, work{
		// Without a server the plan and the job are this one core's. The user's answer
		// is awaited beside the stream, which must be read meanwhile; who ends the
		// command before it leaves a goroutine that reads the terminal, and ends too.
		begin: func(ctx context.Context, at workplace) (string, error) {
			if answer == nil {
				answer = make(chan error, 1)
				go func() { answer <- c.offer(ctx, at, f) }()
			}
			select {
			case err := <-answer:
				if err != nil {
					return "", err
				}
			default:
				return "", nil
			}
			j, err := at.StartJob(ctx, api.JobRequest{Kind: api.JobPrune, Prune: &f.PruneOptions})
			return j.ID, err
		},
		ready: func(state *client.State, since time.Duration) bool {
			return since > sizesWithin || slices.ContainsFunc(state.System(), func(i *api.SystemItem) bool {
				return i.DiskUsage != nil && i.DiskUsage.MeasuredAt != nil
			})
		},
	})
}

// offer shows the plan and asks; errDone where that is all, or the answer is no.
func (c *cli) offer(ctx context.Context, at workplace, f *pruneFlags) error {
	plan, err := at.PrunePlan(ctx, "", f.PruneOptions)
	if err != nil {
		return err
	}
	switch {
	case !c.json:
		err = c.printPlan(&plan)
	case f.dryRun:
		err = c.encoder().Encode(plan)
	}
	if err != nil {
		return err
	}
	if f.dryRun {
		return errDone
	}
	if f.yes {
		return nil
	}
	return c.confirm(ctx, "Remove all of it?")
}

func (c *cli) printPlan(p *api.PrunePlan) error {
	t := &table{columns: []column{{title: "KIND"}, {title: "NAME", shrink: 20}, {title: "ID", drop: 1}, {title: "SIZE", right: true}}}
	for _, i := range p.Items {
		id := shortID(strings.TrimPrefix(i.ID, "sha256:"))
		if i.Kind == api.PruneVolumes {
			id = ""
		}
		t.rows = append(t.rows, []cell{{text: strings.TrimSuffix(string(i.Kind), "s")}, {text: printable(i.Name), colour: bold}, {text: id, colour: dim}, {text: bytesText(i.SizeBytes)}})
	}
	_, width, _ := c.terminal()
	if len(p.Items) > 0 {
		if err := t.write(c.out, width, c.coloured()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(c.out, planSum(p))
	return err
}

// planSum is a plan in a sentence.
func planSum(p *api.PrunePlan) string {
	var parts []string
	for _, t := range p.Totals {
		if t.Count > 0 || t.Bytes > 0 {
			words := string(t.Kind)
			if t.Count == 1 {
				words = strings.TrimSuffix(words, "s")
			}
			if t.Kind == api.PruneBuildCache {
				words = "of the build cache"
			}
			parts = append(parts, fmt.Sprintf("%d %s", t.Count, words))
		}
	}
	if len(parts) == 0 {
		return "There is nothing to remove."
	}
	least := ""
	if !p.Complete {
		least = "at least "
	}
	return fmt.Sprintf("%s: frees %s%s.", strings.Join(parts, ", "), least, bytesText(&p.Bytes))
}
