package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/top"
)

type topFlags struct {
	look
	filter, sort        string
	reverse, group, asc bool
}

func (c *cli) topCommand() *cobra.Command {
	var f topFlags
	cmd := &cobra.Command{
		Use:   "top [FILTER…]",
		Short: "Show a live view that fills the terminal",
		Long: `Show all containers, live, in the whole of the terminal: a table to sort, filter
and group, actions, logs and events, with the keys of the page. ? lists them.

FILTER is the page's: words that must all match, such as state:running, cpu>50,
label:app=web or -is:failed.`,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if f.sort != "" && !slices.Contains(top.Sortable(), f.sort) {
			return &usageError{fmt.Errorf("--sort takes one of %s, not %q", strings.Join(top.Sortable(), ", "), f.sort)}
		}
		if c.json {
			return &usageError{errors.New("top draws, and has no JSON. `quaywatch ps --watch --json` and `quaywatch stats --json` follow what it shows")}
		}
		in, _ := c.in.(*os.File)
		out, _ := c.out.(*os.File)
		if err := top.Terminal(in, out, func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }, c.getenv); err != nil {
			return err
		}
		// What is logged to the same terminal would be written across the view.
		if file, ok := c.err.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
			errs := c.err
			c.err = io.Discard
			defer func() { c.err = errs }()
		}
		src, err := c.open(cmd.Context(), cmd, &f.look)
		if err != nil {
			return err
		}
		f.filter = strings.Join(args, " ")
		return c.top(cmd.Context(), src, &f, in, out)
	}
	f.flags(cmd)
	cmd.Flags().StringVar(&f.sort, "sort", "", "the column to sort by: "+strings.Join(top.Sortable(), ", "))
	cmd.Flags().BoolVarP(&f.reverse, "reverse", "r", false, "sort the other way round")
	cmd.Flags().BoolVarP(&f.group, "group", "g", false, "group by Compose project")
	cmd.Flags().BoolVar(&f.asc, "ascii", false, "draw with plain signs only (the default where the locale is not UTF-8)")
	return cmd
}

// top shows the view, and waits for the core it started.
func (c *cli) top(ctx context.Context, src *source, f *topFlags, in, out *os.File) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o := top.Options{
		Dial: src.dial, Token: src.token, Client: api.ClientInfo{ID: "top-" + rand.Text()[:16], Name: "quaywatch top", Version: version},
		Local: src.core != nil, ASCII: f.asc || !top.WritesUTF8(c.getenv), Alone: alone(),
		Filter: f.filter, Sort: f.sort, Group: f.group,
		In: in, Out: out, Environ: os.Environ(), Log: c.logger(slog.LevelError),
	}
	o.Desc = f.reverse != top.FirstDesc(f.sort)
	if src.rest != nil {
		o.Actor, o.Jobs, o.Past = src.rest, src.rest, src.rest
	}
	var core sync.WaitGroup
	if src.core != nil {
		o.Actor = src.core.Actor()
		core.Go(func() { cancel(src.core.Run(ctx)) })
	}
	err := top.Run(ctx, o)
	cancel(err)
	core.Wait()
	return err
}
