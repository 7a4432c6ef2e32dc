package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

func (c *cli) dfCommand() *cobra.Command {
	var f look
	var measure bool
	cmd := &cobra.Command{
		Use:   "df",
		Short: "Show what the engine keeps on its disk, by kind",
		Long: `Show how much disk the engine's images, containers, volumes and build cache take,
and how much of it would be freed if all that is not active were removed: what
quaywatch prune can do.

The engine takes its time to tell, so a server measures in the background, and the
answer says when it did; --measure has it measured now. Without a server it is
always measured now. With --json each line is what one engine keeps, as GET
/api/v1/system/disk-usage has it.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, _ []string) error {
		l := &diskLook{cli: c, src: src, measure: measure || src.core != nil}
		return l.run(ctx)
	})
	f.flags(cmd)
	cmd.Flags().BoolVarP(&measure, "measure", "m", false, "have it measured now, which may take minutes")
	return cmd
}

// diskLook is one look at disk use.
type diskLook struct {
	*cli
	src     *source
	measure bool
	// before are the dates of what was known when a new measurement was asked for,
	// at asked; seen says that it was under way since.
	before map[string]time.Time
	asked  time.Time
	seen   bool
	wait   waiting
}

func (l *diskLook) run(ctx context.Context) error {
	defer l.wait.end()
	l.wait = waiting{cli: l.cli, since: time.Now(), text: "The engine measures its disk use, which may take minutes"}
	return l.follow(ctx, l.src, follower{
		topics: []topic{{name: api.TopicSystem}},
		tick:   100 * time.Millisecond,
		step: func(_ *client.Stream, state *client.State, _ *client.Step) error {
			known := diskUses(state)
			if trouble := engineTrouble(state); trouble != nil {
				if slices.ContainsFunc(known, measured) {
					if err := l.print(state, known); err != nil { // the last that is known, and then what is wrong
						return err
					}
				}
				return trouble
			}
			if !connected(state) {
				return nil
			}
			if l.measure && l.before == nil {
				return l.begin(ctx, known)
			}
			if len(known) == 0 || slices.ContainsFunc(known, func(d *api.DiskUsage) bool { return !l.done(d) }) {
				l.wait.tick(time.Now())
				return nil
			}
			if err := l.print(state, known); err != nil {
				return err
			}
			for _, d := range known {
				if d.Error != "" && !d.Measuring && (l.measure || !measured(d)) {
					return &api.Error{Code: api.ErrInternal, Message: d.Error}
				}
			}
			return errDone
		},
	})
}

// begin asks for a new measurement.
func (l *diskLook) begin(ctx context.Context, known []*api.DiskUsage) error {
	l.before = make(map[string]time.Time)
	for _, d := range known {
		if d.MeasuredAt != nil {
			l.before[d.Engine] = *d.MeasuredAt
		}
	}
	l.asked = time.Now()
	if l.src.core != nil {
		l.src.core.MeasureDisk()
		return nil
	}
	return l.src.rest.MeasureDisk(ctx)
}

// done reports whether there is nothing more to wait for.
func (l *diskLook) done(d *api.DiskUsage) bool {
	if !l.measure {
		return measured(d) || d.Error != "" && !d.Measuring
	}
	if d.Measuring {
		l.seen = true
		return false
	}
	if measured(d) && !d.MeasuredAt.Equal(l.before[d.Engine]) {
		return true
	}
	// An attempt that failed at once may not have been seen under way.
	return d.Error != "" && (l.seen || time.Since(l.asked) > listWait)
}

func measured(d *api.DiskUsage) bool { return d.MeasuredAt != nil }

func diskUses(state *client.State) []*api.DiskUsage {
	var out []*api.DiskUsage
	for _, i := range state.System() {
		if i.DiskUsage != nil {
			out = append(out, i.DiskUsage)
		}
	}
	return out
}

func (l *diskLook) print(state *client.State, all []*api.DiskUsage) error {
	l.wait.end()
	_, width, _ := l.terminal()
	for _, d := range all {
		switch {
		case !measured(d):
			continue
		case l.json:
			if err := l.encoder().Encode(d); err != nil {
				return err
			}
			continue
		case len(all) > 1:
			if _, err := fmt.Fprintf(l.out, "%s:\n", printable(engineName(state, d.Engine))); err != nil {
				return err
			}
		}
		if err := diskTable(d).write(l.out, width, l.coloured()); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(l.out, diskSum(d, time.Now())); err != nil {
			return err
		}
	}
	return nil
}

func engineName(state *client.State, id string) string {
	for _, e := range state.Engines() {
		if e.ID == id {
			return e.Name
		}
	}
	return id
}

func diskTable(d *api.DiskUsage) *table {
	t := &table{columns: []column{{title: "KIND"}, {title: "COUNT", right: true}, {title: "ACTIVE", right: true}, {title: "SIZE", right: true}, {title: "RECLAIMABLE", right: true}}}
	for _, k := range []struct {
		name string
		use  api.DiskUse
	}{{"images", d.Images}, {"containers", d.Containers}, {"volumes", d.Volumes}, {"build cache", d.BuildCache}} {
		t.rows = append(t.rows, []cell{
			{k.name, bold}, {countText(k.use.Count), plain}, {countText(k.use.Active), plain}, {bytesText(k.use.TotalBytes), plain}, {bytesText(k.use.ReclaimableBytes), plain},
		})
	}
	return t
}

// diskSum is all kinds together, and how old the figures are.
func diskSum(d *api.DiskUsage, now time.Time) string {
	least, total, free := "", int64(0), int64(0)
	for _, u := range []api.DiskUse{d.Images, d.Containers, d.Volumes, d.BuildCache} {
		if u.TotalBytes == nil || u.ReclaimableBytes == nil {
			least = "at least "
			continue
		}
		total += *u.TotalBytes
		free += *u.ReclaimableBytes
	}
	return fmt.Sprintf("%s%s in all, %s of it reclaimable. Measured %s, at %s.",
		least, bytesText(&total), bytesText(&free), agoText(now.Sub(*d.MeasuredAt)), d.MeasuredAt.Local().Format(time.DateTime))
}

// waiting says on standard error what a command waits for, once that takes more
// than a second: on a terminal with how long it has been, in one line that goes
// again.
type waiting struct {
	cli   *cli
	since time.Time
	text  string
	shown string
}

func (w *waiting) tick(now time.Time) {
	took := now.Sub(w.since)
	if took < time.Second || w.cli.json {
		return
	}
	if f, ok := w.cli.err.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		if w.shown == "" {
			w.shown = w.text
			w.cli.note("%s.", w.text)
		}
		return
	}
	if line := fmt.Sprintf("%s: %s", w.text, durationText(took)); line != w.shown {
		w.shown = line
		_, _ = io.WriteString(w.cli.err, "\r"+line+clearLine)
	}
}

// end takes the line away.
func (w *waiting) end() {
	if f, ok := w.cli.err.(*os.File); ok && w.shown != "" && term.IsTerminal(int(f.Fd())) {
		_, _ = io.WriteString(w.cli.err, "\r"+clearLine)
	}
	w.shown = ""
}
