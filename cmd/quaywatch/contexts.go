package main

import (
	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/app"
)

func (c *cli) contextsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "contexts",
		Short: "List the docker contexts, which name engines",
		Long: `List the contexts of the docker command's configuration, which name engines, and
mark the one that is watched when nothing else is said. DOCKER_CONTEXT chooses
another for one run, and docker context use for good.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return c.contexts() },
	}
}

func (c *cli) contexts() error {
	all, err := app.Contexts(c.getenv)
	if err != nil {
		return err
	}
	if c.json {
		for _, one := range all {
			if err := c.encoder().Encode(one); err != nil {
				return err
			}
		}
		return nil
	}
	out := &table{columns: []column{{title: ""}, {title: "NAME", shrink: 10}, {title: "ENGINE", shrink: 20}}}
	for _, one := range all {
		mark, engine, how := "", one.Host, plain
		if one.Current {
			mark = "*"
		}
		if engine == "" {
			engine, how = one.Error, yellow
		}
		out.rows = append(out.rows, []cell{{mark, green}, {printable(one.Name), plain}, {printable(engine), how}})
	}
	_, width, _ := c.terminal()
	return out.write(c.out, width, c.coloured())
}
