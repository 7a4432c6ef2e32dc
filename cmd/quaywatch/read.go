package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
)

// thingReader has the engine asked what no topic carries: by a server, or by the
// core in this process.
type thingReader interface {
	ImageHistory(ctx context.Context, ref string) ([]api.ImageLayer, error)
	Search(ctx context.Context, term string, limit int) ([]api.SearchResult, error)
}

func (s *source) reader() thingReader {
	if s.core != nil {
		return s.core
	}
	return s.rest
}

func (c *cli) imageHistory() *cobra.Command {
	var f look
	var whole bool
	cmd := &cobra.Command{
		Use: "history IMAGE", Short: "Show the steps that made an image",
		Long: `Show the steps that made an image, the last one first: when, how much each added,
and what it was in the Dockerfile. Values of environment variables are masked.

On a terminal a step is cut to its width; --no-trunc shows all of it. With --json
each line is a step as GET /api/v1/images/IMAGE has it.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: c.completing(1, imageNames),
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, args []string) error {
		layers, err := ask(ctx, c, src, func(ctx context.Context) ([]api.ImageLayer, error) { return src.reader().ImageHistory(ctx, args[0]) })
		if err != nil {
			return err
		}
		if c.json {
			return encodeAll(c, layers)
		}
		_, width, _ := c.terminal()
		if whole {
			width = 0
		}
		return historyTable(layers, time.Now()).write(c.out, width, c.coloured())
	})
	f.flags(cmd)
	cmd.Flags().BoolVar(&whole, "no-trunc", false, "show all of each step, also where it is wider than the terminal")
	return cmd
}

// encodeAll prints an object a line.
func encodeAll[T any](c *cli, all []T) error {
	enc := c.encoder()
	for i := range all {
		if err := enc.Encode(&all[i]); err != nil {
			return err
		}
	}
	return nil
}

func historyTable(layers []api.ImageLayer, now time.Time) *table {
	t := &table{columns: []column{{title: "CREATED", drop: 1}, {title: "SIZE", right: true}, {title: "STEP", shrink: 20}}}
	for i := range layers {
		l := &layers[i]
		shade := plain
		if l.SizeBytes == 0 {
			shade = dim
		}
		t.rows = append(t.rows, []cell{{sinceText(l.CreatedAt, now), dim}, {bytesText(&l.SizeBytes), shade}, {stepText(l), plain}})
	}
	return t
}

// stepText is what was written in the Dockerfile, on one line and without what the
// builder put before it.
func stepText(l *api.ImageLayer) string {
	text := strings.Join(strings.Fields(l.CreatedBy), " ")
	text = strings.TrimSuffix(text, " # buildkit")
	for _, prefix := range []struct{ built, written string }{{"/bin/sh -c #(nop) ", ""}, {"/bin/sh -c ", "RUN "}, {"RUN /bin/sh -c ", "RUN "}} {
		if step, ok := strings.CutPrefix(text, prefix.built); ok {
			text = prefix.written + step
			break
		}
	}
	if text == "" {
		text = l.Comment
	}
	return text
}

// maxFound is what a server answers at most.
const maxFound = 100

func (c *cli) searchCommand() *cobra.Command {
	var f look
	var limit int
	cmd := &cobra.Command{
		Use: "search TERM", Short: "Have the engine search its registry for images",
		Long: `Have the engine search for images, with its own way to the network: on Docker Hub,
or on the registry that stands before the first slash (registry.example/word), where
that can be searched. quaywatch pull takes the names as they are printed.

With --json each line is an image as GET /api/v1/registry/search has it.`,
		Args: cobra.ExactArgs(1),
		PreRunE: func(*cobra.Command, []string) error {
			if limit < 1 || limit > maxFound {
				return &usageError{fmt.Errorf("--limit is from 1 to %d", maxFound)}
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, args []string) error {
		found, err := ask(ctx, c, src, func(ctx context.Context) ([]api.SearchResult, error) { return src.reader().Search(ctx, args[0], limit) })
		switch {
		case err != nil:
			return err
		case c.json:
			return encodeAll(c, found)
		case len(found) == 0:
			c.note("Nothing is called %s.", args[0])
			return nil
		}
		_, width, _ := c.terminal()
		return foundTable(found).write(c.out, width, c.coloured())
	})
	f.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", 25, "how many images at most")
	return cmd
}

func foundTable(found []api.SearchResult) *table {
	t := &table{columns: []column{{title: "NAME"}, {title: "STARS", right: true}, {title: "OFFICIAL", drop: 1}, {title: "DESCRIPTION", shrink: 16, drop: 2}}}
	for i := range found {
		r := &found[i]
		official := ""
		if r.Official {
			official = "official"
		}
		t.rows = append(t.rows, []cell{{r.Name, bold}, {countText(r.Stars), plain}, {official, green}, {strings.TrimSpace(r.Description), dim}})
	}
	return t
}
