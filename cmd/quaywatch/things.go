package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// thingChanger changes images, volumes and networks: a server, or the core in
// this process.
type thingChanger interface {
	TagImage(ctx context.Context, ref string, q api.ImageTag) (api.ResourceResult, error)
	CreateVolume(ctx context.Context, q api.VolumeCreate) (api.ResourceResult, error)
	CreateNetwork(ctx context.Context, q api.NetworkCreate) (api.ResourceResult, error)
	Connect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error)
	Disconnect(ctx context.Context, ref string, q api.NetworkConnect) (api.ResourceResult, error)
}

func (s *source) changer() thingChanger {
	if s.core != nil {
		return s.core
	}
	return s.rest
}

func (c *cli) imageCommand() *cobra.Command {
	return thingCommand("image", "Show the history of images, tag and remove them", c.imageTag(), c.imageHistory(), c.rmCommand(api.TopicImages, "rm IMAGE…", "Remove images", `Remove images: by a tag that tag, which is the whole image where it is the last one;
by an id all of its tags.`))
}

func (c *cli) volumeCommand() *cobra.Command {
	return thingCommand("volume", "Create and remove volumes", c.volumeCreate(), c.rmCommand(api.TopicVolumes, "rm VOLUME…", "Remove volumes, with what is in them", "Remove volumes, with what is in them."))
}

func (c *cli) networkCommand() *cobra.Command {
	return thingCommand("network", "Create, connect, disconnect and remove networks",
		c.networkCreate(), c.networkConnect(), c.networkDisconnect(), c.rmCommand(api.TopicNetworks, "rm NETWORK…", "Remove networks", "Remove networks that no container is attached to."))
}

func thingCommand(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

// rmCommand removes things of a kind, as a job.
func (c *cli) rmCommand(kind api.Topic, use, short, long string) *cobra.Command {
	var o api.ActionOptions
	f := look{jobs: true}
	names := map[api.Topic]func(context.Context, *client.REST) ([]string, error){api.TopicImages: imageNames, api.TopicVolumes: volumeNames, api.TopicNetworks: networkNames}
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.MinimumNArgs(1), ValidArgsFunction: c.completing(0, names[kind]), Long: long + `

It is a job, as on the page, and fails where the engine keeps any, with what it
said to each.`}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, args []string) error {
		q := api.JobRequest{Kind: api.JobRemove, Options: o}
		for _, ref := range args {
			q.Things = append(q.Things, api.JobThing{Kind: kind, ID: ref})
		}
		var listed time.Time
		return c.work(ctx, src, work{begin: func(ctx context.Context, at workplace) (string, error) {
			j, err := at.StartJob(ctx, q)
			if src.core == nil || api.CodeOf(err) != api.ErrNotFound {
				return j.ID, err
			}
			// The lists of a core that has just begun come behind the containers.
			if listed.IsZero() {
				listed = time.Now().Add(listWait)
			}
			if time.Now().Before(listed) {
				return "", nil
			}
			return "", err
		}})
	})
	f.flags(cmd)
	if kind == api.TopicImages {
		cmd.Flags().BoolVarP(&o.Force, "force", "f", false, "also where stopped containers use it, or it has several tags")
	}
	return cmd
}

// changeCommand does one thing to one thing, and prints the id of what it made.
func (c *cli) changeCommand(cmd *cobra.Command, do func(ctx context.Context, at thingChanger, args []string) (api.ResourceResult, error)) *cobra.Command {
	f := look{jobs: true}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, args []string) error {
		result, err := ask(ctx, c, src, func(ctx context.Context) (api.ResourceResult, error) { return do(ctx, src.changer(), args) })
		if err != nil {
			return err
		}
		if err := known(ctx, src, &result, args); err != nil {
			return err
		}
		if result.Warning != "" {
			c.note("quaywatch: the engine warns: %s", result.Warning)
		}
		switch {
		case c.json:
			return c.encoder().Encode(result)
		case result.Action == api.ResourceCreate:
			_, err = fmt.Fprintln(c.out, result.ID)
		}
		return err
	})
	f.flags(cmd)
	return cmd
}

// known waits until a server knows what was made, so that the next command finds
// it. It does not wait for ever: it was made, whoever knows.
func known(ctx context.Context, src *source, result *api.ResourceResult, args []string) error {
	ref := result.ID
	switch {
	case src.core != nil:
		return nil
	case result.Action == api.ResourceTag:
		ref = args[1]
	case result.Action != api.ResourceCreate:
		return nil
	}
	for late := time.Now().Add(listWait); time.Now().Before(late); {
		if there, err := src.rest.Knows(ctx, result.Kind, ref); there || err != nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// ask has a server do what do does; without one it waits for the engine, and has
// the core in this process do it. The stream must be read meanwhile; the goroutine
// ends with the engine's answer, or with ctx.
func ask[T any](ctx context.Context, c *cli, src *source, do func(context.Context) (T, error)) (T, error) {
	if src.core == nil {
		return do(ctx)
	}
	type answer struct {
		result T
		err    error
	}
	var came chan answer
	var result T
	err := c.follow(ctx, src, follower{
		topics: []topic{{name: api.TopicSystem}, {name: api.TopicContainers}},
		tick:   100 * time.Millisecond,
		step: func(_ *client.Stream, state *client.State, _ *client.Step) error {
			if came == nil {
				if !connected(state) || !state.Complete(api.TopicContainers) {
					return engineTrouble(state)
				}
				came = make(chan answer, 1)
				go func() {
					r, err := do(ctx)
					came <- answer{r, err}
				}()
			}
			select {
			case a := <-came:
				if result = a.result; a.err != nil {
					return a.err
				}
				return errDone
			default:
				return nil
			}
		},
	})
	return result, err
}

func (c *cli) imageTag() *cobra.Command {
	cmd := &cobra.Command{Use: "tag IMAGE NAME[:TAG]", Short: "Give an image another name", Args: cobra.ExactArgs(2), ValidArgsFunction: c.completing(1, imageNames)}
	return c.changeCommand(cmd, func(ctx context.Context, at thingChanger, args []string) (api.ResourceResult, error) {
		return at.TagImage(ctx, args[0], api.ImageTag{Reference: args[1]})
	})
}

// makeFlags are those of whatever is made.
type makeFlags struct {
	driver         string
	labels, driven []string
}

func (f *makeFlags) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.driver, "driver", "d", "", "the driver; without it, the engine's usual one")
	fs.StringArrayVarP(&f.labels, "label", "l", nil, "a label, NAME or NAME=VALUE; may be repeated")
	fs.StringArrayVarP(&f.driven, "opt", "o", nil, "an option of the driver, NAME=VALUE; may be repeated")
}

// pairs reads NAME=VALUE.
func pairs(flag string, of []string) (map[string]string, error) {
	var out map[string]string
	for _, text := range of {
		name, value, _ := strings.Cut(text, "=")
		if name == "" {
			return nil, &usageError{fmt.Errorf("--%s %q has no name; write NAME=VALUE", flag, text)}
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[name] = value
	}
	return out, nil
}

func (f *makeFlags) read() (labels, options map[string]string, err error) {
	if labels, err = pairs("label", f.labels); err == nil {
		options, err = pairs("opt", f.driven)
	}
	return labels, options, err
}

func (c *cli) volumeCreate() *cobra.Command {
	var f makeFlags
	cmd := &cobra.Command{
		Use: "create [NAME]", Short: "Make a volume, and print its name", Args: cobra.MaximumNArgs(1),
		Long: "Make a volume, and print its name: without one, the engine makes one up.",
	}
	f.flags(cmd)
	return c.changeCommand(cmd, func(ctx context.Context, at thingChanger, args []string) (_ api.ResourceResult, err error) {
		q := api.VolumeCreate{Name: strings.Join(args, ""), Driver: f.driver}
		if q.Labels, q.Options, err = f.read(); err != nil {
			return api.ResourceResult{}, err
		}
		return at.CreateVolume(ctx, q)
	})
}

func (c *cli) networkCreate() *cobra.Command {
	var f makeFlags
	var q api.NetworkCreate
	cmd := &cobra.Command{Use: "create NAME", Short: "Make a network, and print its id", Args: cobra.ExactArgs(1)}
	f.flags(cmd)
	fs := cmd.Flags()
	fs.StringVar(&q.Subnet, "subnet", "", "the subnet, such as 10.5.0.0/24")
	fs.StringVar(&q.Gateway, "gateway", "", "the gateway in the subnet")
	fs.BoolVar(&q.IPv6, "ipv6", false, "IPv6 too")
	fs.BoolVar(&q.Internal, "internal", false, "without a way out of the machine")
	return c.changeCommand(cmd, func(ctx context.Context, at thingChanger, args []string) (_ api.ResourceResult, err error) {
		q.Name, q.Driver = args[0], f.driver
		if q.Labels, q.Options, err = f.read(); err != nil {
			return api.ResourceResult{}, err
		}
		return at.CreateNetwork(ctx, q)
	})
}

func (c *cli) networkConnect() *cobra.Command {
	var q api.NetworkConnect
	cmd := &cobra.Command{Use: "connect NETWORK CONTAINER", Short: "Attach a container to a network", Args: cobra.ExactArgs(2), ValidArgsFunction: inTurn(c.completing(1, networkNames), c.completing(2, containerNames))}
	fs := cmd.Flags()
	fs.StringVar(&q.IPv4, "ip", "", "its IPv4 address there")
	fs.StringVar(&q.IPv6, "ip6", "", "its IPv6 address there")
	fs.StringArrayVar(&q.Aliases, "alias", nil, "another name of it there; may be repeated")
	return c.changeCommand(cmd, func(ctx context.Context, at thingChanger, args []string) (api.ResourceResult, error) {
		q.Container = args[1]
		return at.Connect(ctx, args[0], q)
	})
}

func (c *cli) networkDisconnect() *cobra.Command {
	var q api.NetworkConnect
	cmd := &cobra.Command{Use: "disconnect NETWORK CONTAINER", Short: "Take a container from a network", Args: cobra.ExactArgs(2), ValidArgsFunction: inTurn(c.completing(1, networkNames), c.completing(2, containerNames))}
	cmd.Flags().BoolVarP(&q.Force, "force", "f", false, "also one that the engine has lost")
	return c.changeCommand(cmd, func(ctx context.Context, at thingChanger, args []string) (api.ResourceResult, error) {
		q.Container = args[1]
		return at.Disconnect(ctx, args[0], q)
	})
}
