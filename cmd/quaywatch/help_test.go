package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestHelpFitsTheTerminal(t *testing.T) {
	line := "      --host string   the engine to look at directly, without a server, such as unix:///var/run/docker.sock"
	want := []string{
		"      --host string   the engine to look at directly, without a server,",
		"                      such as unix:///var/run/docker.sock",
	}
	if got := fold(line, 72); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, width := range []int{120, 30} { // there is room, or none beside the name
		if got := fold(line, width); !slices.Equal(got, []string{line}) {
			t.Errorf("%d wide: %q", width, got)
		}
	}
}

// TestHelpOfEveryCommand: within a terminal, and with one word for what a flag
// takes.
func TestHelpOfEveryCommand(t *testing.T) {
	root := newCLI(nil, nil, nil, func(string) string { return "" }).root()
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if takes, _ := pflag.UnquoteUsage(f); strings.Contains(takes, " ") {
				t.Errorf("%s: --%s takes %q", cmd.CommandPath(), f.Name, takes)
			}
		})
		for line := range strings.Lines(cmd.Long) {
			if n := cellWidth(strings.TrimSuffix(line, "\n")); n > 88 {
				t.Errorf("%s: %d wide: %s", cmd.CommandPath(), n, line)
			}
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
}
