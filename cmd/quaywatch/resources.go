package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// listWait is how long a single look waits for the engine's lists: they come
// moments after the containers.
const listWait = 3 * time.Second

// resource is a kind of thing that is listed like containers are.
type resource[T any] struct {
	topic         api.Topic
	use           string // the command's name, and the word for many
	short, long   string
	all           func(*client.State) []*T
	changes       func(*client.Step) []client.Change[T]
	name          func(*T) string
	compare       func(a, b *T) int
	row           func(*client.State, *T, time.Time) []cell
	columns       []column
	isKnownWholly func(*T) bool // nil: always
}

func (c *cli) imagesCommand() *cobra.Command {
	return listing(c, resource[api.Image]{
		topic: api.TopicImages, use: "images", short: "List images, once or live (--watch)",
		long: "List all images, sorted by their first tag, with how many containers use each.",
		all:  (*client.State).Images, changes: func(s *client.Step) []client.Change[api.Image] { return s.Images }, name: imageName,
		compare: byTag,
		columns: []column{
			{title: "IMAGE", shrink: 20}, {title: "ID", drop: 1}, {title: "CREATED", drop: 2},
			{title: "SIZE", right: true}, {title: "SHARED", right: true, drop: 3}, {title: "USED BY", right: true},
		},
		row: func(state *client.State, i *api.Image, now time.Time) []cell {
			used := 0
			for _, ct := range state.Containers() {
				if ct.Engine == i.Engine && ct.ImageID == i.ID {
					used++
				}
			}
			shade := plain
			if len(i.Tags) == 0 {
				shade = dim
			}
			size := i.SizeBytes
			return []cell{
				{strings.Join(orDangling(i.Tags), ", "), shade}, {shortID(strings.TrimPrefix(i.ID, "sha256:")), dim}, {sinceText(i.CreatedAt, now), plain},
				{bytesText(&size), plain}, {bytesText(i.SharedBytes), dim}, {countText(used), plain},
			}
		},
	})
}

func (c *cli) volumesCommand() *cobra.Command {
	return listing(c, resource[api.Volume]{
		topic: api.TopicVolumes, use: "volumes", short: "List volumes, once or live (--watch)",
		long: `List all volumes, sorted by Compose project and name, with how many containers
mount each. Sizes are those that a server has measured last; without a server they
are not known.`,
		all: (*client.State).Volumes, changes: func(s *client.Step) []client.Change[api.Volume] { return s.Volumes },
		name:    func(v *api.Volume) string { return v.Name },
		compare: func(a, b *api.Volume) int { return byProject(a.Project, a.Name, b.Project, b.Name) },
		columns: []column{
			{title: "NAME", shrink: 20}, {title: "PROJECT", shrink: 8, drop: 3}, {title: "DRIVER", drop: 2}, {title: "CREATED", drop: 1},
			{title: "SIZE", right: true}, {title: "USED BY", right: true},
		},
		row: func(state *client.State, v *api.Volume, now time.Time) []cell {
			used := 0
			for _, ct := range state.Containers() {
				if ct.Engine == v.Engine && slices.Contains(ct.Volumes, v.Name) {
					used++
				}
			}
			return []cell{
				{v.Name, plain}, {v.Project, dim}, {v.Driver, plain}, {sinceText(v.CreatedAt, now), plain}, {bytesText(v.SizeBytes), plain}, {countText(used), plain},
			}
		},
	})
}

func (c *cli) networksCommand() *cobra.Command {
	return listing(c, resource[api.Network]{
		topic: api.TopicNetworks, use: "networks", short: "List networks, once or live (--watch)",
		long: "List all networks, sorted by Compose project and name, with how many running\ncontainers are attached to each.",
		all:  (*client.State).Networks, changes: func(s *client.Step) []client.Change[api.Network] { return s.Networks },
		compare: func(a, b *api.Network) int { return byProject(a.Project, a.Name, b.Project, b.Name) },
		name:    func(n *api.Network) string { return n.Name }, isKnownWholly: func(n *api.Network) bool { return !n.Partial },
		columns: []column{
			{title: "NAME", shrink: 16}, {title: "PROJECT", shrink: 8, drop: 3}, {title: "DRIVER"}, {title: "SUBNET", shrink: 14, drop: 1}, {title: "GATEWAY", drop: 2},
			{title: "ATTACHED", right: true},
		},
		row: func(_ *client.State, n *api.Network, _ time.Time) []cell {
			var subnets, gateways []string
			for _, s := range n.Subnets {
				subnets, gateways = append(subnets, s.Subnet), append(gateways, s.Gateway)
			}
			attached := countText(len(n.Endpoints))
			if n.Partial {
				attached = bytesText(nil)
			}
			driver := n.Driver
			if n.Internal {
				driver += ", internal"
			}
			return []cell{
				{n.Name, plain}, {n.Project, dim}, {driver, plain}, {strings.Join(subnets, ", "), plain}, {strings.Join(gateways, ", "), dim}, {attached, plain},
			}
		},
	})
}

// byProject is the order of a list by Compose project and name: what is of no
// project comes last.
func byProject(projectA, nameA, projectB, nameB string) int {
	return cmp.Or(natural.Compare(projectA, projectB), natural.Compare(nameA, nameB))
}

// byTag is the order of images by their first tag: what has none comes last.
func byTag(a, b *api.Image) int {
	first := func(i *api.Image) string { return append(slices.Clip(i.Tags), "")[0] }
	return natural.Compare(first(a), first(b))
}

func imageName(i *api.Image) string { return orDangling(i.Tags)[0] }

func orDangling(tags []string) []string {
	if len(tags) == 0 {
		return []string{"<dangling>"}
	}
	return tags
}

func countText(n int) string { return fmt.Sprint(n) }

// sinceText is how long ago something was, "–" where that is not known.
func sinceText(at *time.Time, now time.Time) string {
	if at == nil {
		return bytesText(nil)
	}
	return durationText(now.Sub(*at)) + " ago"
}

// listing is the command that lists a kind of thing, in the style of ps.
func listing[T any](c *cli, r resource[T]) *cobra.Command {
	var f look
	var watch bool
	cmd := &cobra.Command{
		Use: r.use, Short: r.short, Args: cobra.NoArgs,
		Long: r.long + `

With --json each line is one as GET /api/v1/` + r.use + ` has it. With --watch --json a
line follows for each that changes, and {"removed": KEY, …} for each that goes.`,
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, _ []string) error {
		l := &lister[T]{cli: c, resource: r}
		switch {
		case watch && c.json:
			return l.watchChanges(ctx, src)
		case watch:
			return l.watchTable(ctx, src)
		}
		return l.once(ctx, src)
	})
	f.flags(cmd)
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "stay, and show changes as they happen")
	return cmd
}

type lister[T any] struct {
	*cli
	resource[T]
	wait listsWait
}

// topics are what has to be followed: who uses a thing is told by the containers.
func (l *lister[T]) topics() []topic {
	out := []topic{{name: api.TopicSystem}, {name: api.TopicContainers}, {name: api.TopicNetworks}}
	if l.topic != api.TopicNetworks {
		out = append(out, topic{name: l.topic})
	}
	return out
}

// listsWait tells whether the engine's lists have come.
type listsWait struct{ connectedAt time.Time }

// step reports whether they have, which the engine's disk use tells, or have not in
// time.
func (w *listsWait) step(state *client.State, topics []topic) bool {
	for _, t := range topics {
		if !state.Complete(t.name) {
			return false
		}
	}
	if !connected(state) {
		return false
	}
	if w.connectedAt.IsZero() {
		w.connectedAt = time.Now()
	}
	known := slices.ContainsFunc(state.System(), func(i *api.SystemItem) bool { return i.DiskUsage != nil })
	whole := !slices.ContainsFunc(state.Networks(), func(n *api.Network) bool { return n.Partial })
	return known && whole || time.Since(w.connectedAt) > listWait
}

// sorted are the things in their order; equal ones stand by key.
func (l *lister[T]) sorted(state *client.State) []*T {
	all := l.all(state)
	slices.SortStableFunc(all, l.compare)
	return all
}

func (l *lister[T]) table(state *client.State) *table {
	t := &table{columns: l.columns}
	now := time.Now()
	for _, v := range l.sorted(state) {
		t.rows = append(t.rows, l.row(state, v, now))
	}
	return t
}

func (l *lister[T]) print(state *client.State) error {
	if l.json {
		enc := l.encoder()
		for _, v := range l.sorted(state) {
			if err := enc.Encode(v); err != nil {
				return err
			}
		}
		return nil
	}
	_, width, _ := l.terminal()
	return l.table(state).write(l.out, width, l.coloured())
}

func (l *lister[T]) once(ctx context.Context, src *source) error {
	show := func(state *client.State) error {
		if err := l.print(state); err != nil {
			return err
		}
		if trouble := engineTrouble(state); trouble != nil {
			return trouble
		}
		return errDone
	}
	var last *client.State
	return l.follow(ctx, src, follower{
		topics: l.topics(),
		tick:   100 * time.Millisecond,
		within: firstAnswer + listWait,
		step: func(_ *client.Stream, state *client.State, _ *client.Step) error {
			last = state
			if trouble := engineTrouble(state); trouble != nil {
				if len(l.all(state)) > 0 {
					return show(state) // the last that is known, and then what is wrong
				}
				return trouble
			}
			if !l.wait.step(state, l.topics()) {
				return nil
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

func (l *lister[T]) watchTable(ctx context.Context, src *source) error {
	return l.cli.watchTable(ctx, src, view{
		topics: l.topics(),
		make: func(state *client.State) (*table, string) {
			return l.table(state), plural(len(l.all(state)), strings.TrimSuffix(l.use, "s"))
		},
		notable: func(step *client.Step) bool { return len(l.changes(step)) > 0 },
	})
}

// watchChanges prints a line for each thing, and then one for each change.
func (l *lister[T]) watchChanges(ctx context.Context, src *source) error {
	enc := l.encoder()
	shown := make(map[api.Key]string)
	first := src.core != nil
	return l.follow(ctx, src, follower{
		topics: l.topics(),
		step: func(_ *client.Stream, state *client.State, step *client.Step) error {
			if first {
				if trouble := engineTrouble(state); trouble != nil {
					return trouble
				}
				first = !connected(state)
			}
			changes := slices.Clone(l.changes(step))
			slices.SortStableFunc(changes, func(a, b client.Change[T]) int { return cmp.Compare(a.Key, b.Key) })
			for _, ch := range changes {
				if ch.New == nil {
					name, ok := shown[ch.Key]
					if !ok {
						continue
					}
					delete(shown, ch.Key)
					engine, id := ch.Key.Split()
					if err := enc.Encode(removedLine{ch.Key, engine, id, name}); err != nil {
						return err
					}
					continue
				}
				if l.isKnownWholly != nil && !l.isKnownWholly(ch.New) {
					continue // the rest comes within moments, and one line is better than two
				}
				shown[ch.Key] = l.name(ch.New)
				if err := enc.Encode(ch.New); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
