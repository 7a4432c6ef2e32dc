package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// cli is one run of the command line and what it may touch.
type cli struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string

	json bool
	// verbose shows what the machinery says about itself.
	verbose bool
	dataDir string
}

func newCLI(in io.Reader, out, err io.Writer, getenv func(string) string) *cli {
	return &cli{in: in, out: out, err: err, getenv: getenv}
}

// run carries out a command line and returns the exit code.
func (c *cli) run(ctx context.Context, args []string) int {
	root := c.root() //nolint:contextcheck // commands take the context of ExecuteContext
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = context.Cause(ctx)
	}
	// A usage error may come before --json was read.
	printError(c.err, err, c.json || slices.Contains(args, "--json"))
	return exitCode(err)
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "quaywatch",
		Short: "See what a Docker engine is doing, now",
		Long: `Quaywatch shows what a Docker engine is doing now: on a page (serve) and in the
terminal (top, ps, stats, events). It never shows an old value as a new one, and it
costs the engine next to nothing.

Every setting can be given as a flag, as QUAYWATCH_<FLAG> in the environment, or
in the configuration file, in this order.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return c.settings(cmd) },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.SuggestionsMinimumDistance = 2
	f := root.PersistentFlags()
	f.BoolVar(&c.json, "json", false, "print JSON, one object a line for streams; errors too")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "log what happens inside to standard error")
	f.StringVar(&c.dataDir, "data-dir", "", "where Quaywatch keeps its token and what is running (default "+c.defaultDataDirText()+")")
	root.AddCommand(c.serveCommand(), c.topCommand(), c.psCommand(), c.projectsCommand(), c.imagesCommand(), c.volumesCommand(), c.networksCommand(),
		c.pullCommand(), c.pushCommand(), c.saveCommand(), c.searchCommand(), c.imageCommand(), c.volumeCommand(), c.networkCommand(), c.projectCommand(), c.dfCommand(), c.pruneCommand(), c.jobsCommand(), c.alertsCommand(), c.rulesCommand(), c.deliveriesCommand(), c.statsCommand(), c.eventsCommand(), c.historyCommand(), c.doctorCommand(),
		c.contextsCommand(), c.sidecarCommand(), c.demoCommand(), c.tokenCommand(), c.versionCommand(), c.completionCommand())
	strictArgs(root)
	c.foldHelp(root)
	return root
}

// strictArgs makes a positional argument too many, too few, or empty, a usage error,
// of the commands below one.
func strictArgs(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		strictArgs(sub)
		sub.SuggestionsMinimumDistance = cmd.SuggestionsMinimumDistance
		if args := sub.Args; args != nil {
			sub.Args = func(cmd *cobra.Command, a []string) error {
				err := args(cmd, a)
				if _, worded := errors.AsType[*usageError](err); err != nil && !worded {
					err = misfit(cmd, a)
				}
				if err == nil {
					err = filled(cmd, a)
				}
				if err == nil {
					return nil
				}
				end := "."
				if strings.HasSuffix(err.Error(), "?") {
					end = ""
				}
				return &usageError{fmt.Errorf("%w%s `%s --help` shows how it goes", err, end, cmd.CommandPath())}
			}
		}
	}
}

// misfit says what a command takes, where that is not what was given.
func misfit(cmd *cobra.Command, given []string) error {
	_, takes, _ := strings.Cut(cmd.Use, " ")
	got := fmt.Sprintf("%d arguments were given", len(given))
	switch len(given) {
	case 0:
		got = "nothing was given"
	case 1:
		got = fmt.Sprintf("%q was given", given[0])
	}
	switch {
	case takes != "":
		return fmt.Errorf("`%s` takes %s, and %s", cmd.CommandPath(), takes, got)
	case cmd.HasAvailableSubCommands():
		return noCommand(cmd, given)
	}
	return fmt.Errorf("`%s` takes no arguments, and %s", cmd.CommandPath(), got)
}

// filled refuses an argument without content, which a script's variable is that was
// never set.
func filled(cmd *cobra.Command, given []string) error {
	i := slices.IndexFunc(given, func(a string) bool { return strings.TrimSpace(a) == "" })
	if i < 0 {
		return nil
	}
	names := strings.Fields(cmd.Use)[1:]
	if o := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "-") }); o >= 0 {
		names = names[:o]
	}
	if len(names) == 0 {
		return errors.New("an argument is empty")
	}
	return fmt.Errorf("what was given for %s is empty", strings.Trim(names[min(i, len(names)-1)], "[]…"))
}

// noCommand says which command a word that is none may have meant.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	_, above, _ := strings.Cut(cmd.CommandPath()+" ", " ")
	text := fmt.Sprintf("there is no command %q", above+args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		slices.SortStableFunc(near, func(a, b string) int { return distance(args[0], a) - distance(args[0], b) })
		text += fmt.Sprintf("; did you mean %q?", above+near[0])
	} else if above == "" {
		text += "; `quaywatch --help` lists them"
	}
	return &usageError{errors.New(text)}
}

// flagError says which flag a flag that is none may have meant.
func flagError(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := e.GetFlag()
		takes := map[string]string{"int": "a number", "float64": "a number", "bool": "true or false", "duration": "how long, such as 90s, 12h or 30d"}[f.Value.Type()]
		if takes == "" {
			takes = "something else" // no other type refuses a text
		}
		return usage(fmt.Sprintf("--%s takes %s, not %q", f.Name, takes, e.GetValue()))
	}
	text := strings.TrimPrefix(err.Error(), "flag: ")
	if name, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		text = fmt.Sprintf("there is no flag --%s", name)
		if near := nearestFlag(cmd, name); near != "" {
			return &usageError{fmt.Errorf("%s; did you mean --%s?", text, near)}
		}
	}
	return &usageError{fmt.Errorf("%s; `%s --help` lists the flags", text, cmd.CommandPath())}
}

// nearestFlag is the flag whose name is closest to what was typed.
func nearestFlag(cmd *cobra.Command, name string) string {
	best, least := "", max(2, len(name)/3)+1
	visit := func(f *pflag.Flag) {
		d := distance(name, f.Name)
		if strings.HasPrefix(f.Name, name) {
			d = min(d, 1)
		}
		if !f.Hidden && d < least {
			best, least = f.Name, d
		}
	}
	cmd.Flags().VisitAll(visit)
	cmd.InheritedFlags().VisitAll(visit)
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// logger writes to standard error: what is of a level, and everything with
// --verbose.
func (c *cli) logger(quiet slog.Level) *slog.Logger {
	level := quiet
	if c.verbose {
		level = slog.LevelDebug
	}
	o := &slog.HandlerOptions{Level: level}
	if c.json {
		return slog.New(slog.NewJSONHandler(c.err, o))
	}
	return slog.New(slog.NewTextHandler(c.err, o))
}

// terminal tells whether standard output is one, and how large it is.
func (c *cli) terminal() (tty bool, width, height int) {
	f, ok := c.out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || c.getenv("TERM") == "dumb" {
		return false, 0, 0
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return true, 80, 24
	}
	return true, width, height
}

// coloured tells whether output may be: NO_COLOR (no-color.org) says no.
func (c *cli) coloured() bool {
	tty, _, _ := c.terminal()
	return tty && c.getenv("NO_COLOR") == ""
}

// encoder writes JSON, one object a line, to standard output.
func (c *cli) encoder() *json.Encoder {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false) // this is no page
	return enc
}

// note writes a remark to standard error.
func (c *cli) note(format string, a ...any) {
	if c.json {
		return
	}
	_, _ = fmt.Fprintln(c.err, printable(fmt.Sprintf(format, a...)))
}
