package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/client"
)

func (c *cli) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a completion script for bash, zsh, fish or powershell",
		Long: `Print a completion script. For this session of bash:

  source <(quaywatch completion bash)

Names of containers are completed from the server that runs.`,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return usage("completion takes one of " + strings.Join(shells, ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(c.out, true)
			case "zsh":
				return root.GenZshCompletion(c.out)
			case "fish":
				return root.GenFishCompletion(c.out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(c.out)
			}
		},
	}
}

// completionWait bounds what a person waits for after a tab.
const completionWait = 700 * time.Millisecond

// completeContainers offers the names of running containers that a server
// knows. It is silent about everything that goes wrong: the shell is not the
// place.
func (c *cli) completeContainers(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp
	if c.settings(cmd) != nil {
		return nil, none
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionWait)
	defer cancel()
	l := look{url: cmd.Flag("url").Value.String(), tokenFile: cmd.Flag("token-file").Value.String()}
	base, err := c.serverURL(cmd, &l)
	if err != nil {
		return nil, none
	}
	token, err := c.token(l.tokenFile)
	if err != nil {
		return nil, none
	}
	all, err := client.NewREST(base, token, nil).Containers(ctx)
	if err != nil {
		return nil, none
	}
	var out []string
	for i := range all {
		ct := &all[i]
		if ct.State.Alive() && strings.HasPrefix(ct.Name, typed) && !slices.Contains(args, ct.Name) {
			out = append(out, fmt.Sprintf("%s\t%s", ct.Name, ct.Image))
		}
	}
	return out, none
}
