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

Names of containers, images, volumes, networks and projects are completed from the
server that runs.`,
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

// completing offers the names that a server knows, for as many arguments as there
// may be; 0 is any number. It is silent about everything that goes wrong: the shell
// is not the place.
func (c *cli) completing(most int, names func(context.Context, *client.REST) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		const none = cobra.ShellCompDirectiveNoFileComp
		if most > 0 && len(args) >= most || c.settings(cmd) != nil {
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
		all, err := names(ctx, client.NewREST(base, token, nil))
		if err != nil {
			return nil, none
		}
		var out []string
		for _, line := range all {
			name, _, _ := strings.Cut(line, "\t")
			if strings.HasPrefix(name, typed) && !slices.Contains(args, name) {
				out = append(out, line)
			}
		}
		return out, none
	}
}

// inTurn completes each argument by a way of its own.
func inTurn(each ...cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(each) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return each[len(args)](cmd, args, typed)
	}
}

// runningNames are the containers that run, with their images.
func runningNames(ctx context.Context, r *client.REST) ([]string, error) {
	all, err := r.Containers(ctx)
	var out []string
	for i := range all {
		if ct := &all[i]; ct.State.Alive() {
			out = append(out, fmt.Sprintf("%s\t%s", ct.Name, ct.Image))
		}
	}
	return out, err
}

// containerNames are all containers, with their states.
func containerNames(ctx context.Context, r *client.REST) ([]string, error) {
	all, err := r.Containers(ctx)
	var out []string
	for i := range all {
		out = append(out, fmt.Sprintf("%s\t%s", all[i].Name, all[i].State))
	}
	return out, err
}

func projectNames(ctx context.Context, r *client.REST) ([]string, error) {
	all, err := r.Containers(ctx)
	var out []string
	for i := range all {
		if p := all[i].Project; p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, err
}

// imageNames are the tags of all images.
func imageNames(ctx context.Context, r *client.REST) ([]string, error) {
	all, err := r.Images(ctx)
	var out []string
	for i := range all {
		out = append(out, all[i].Tags...)
	}
	return out, err
}

func volumeNames(ctx context.Context, r *client.REST) ([]string, error) {
	all, err := r.Volumes(ctx)
	var out []string
	for i := range all {
		out = append(out, all[i].Name)
	}
	return out, err
}

func networkNames(ctx context.Context, r *client.REST) ([]string, error) {
	all, err := r.Networks(ctx)
	var out []string
	for i := range all {
		out = append(out, fmt.Sprintf("%s\t%s", all[i].Name, all[i].Driver))
	}
	return out, err
}
