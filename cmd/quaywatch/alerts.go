package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/alert"
	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

type alertsFlags struct {
	look
	all   bool
	since string
	rule  string
}

func (c *cli) alertsCommand() *cobra.Command {
	var f alertsFlags
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "List what is wrong: the alerts that are pending or firing",
		Long: `List the alerts of a server that are pending or firing, the newest first; with
--all those that have resolved as well. With --json an object a line, as
GET /api/v1/alerts has it.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, _ []string) error { return c.listAlerts(ctx, src, &f) })
	f.flags(cmd)
	cmd.Flags().BoolVarP(&f.all, "all", "a", false, "list resolved ones as well")
	cmd.Flags().StringVar(&f.since, "since", "", "those that began since a time, or so long ago, such as 2h or 7d; with --all")
	cmd.Flags().StringVar(&f.rule, "rule", "", "those of one rule")
	return cmd
}

func (c *cli) listAlerts(ctx context.Context, src *source, f *alertsFlags) error {
	if src.core != nil {
		return errNoServer("alerts")
	}
	params := url.Values{"limit": {strconv.Itoa(history.MaxLimit)}}
	if !f.all {
		params.Set("state", string(api.AlertPending)+","+string(api.AlertFiring))
	}
	if f.rule != "" {
		params.Set("rule", f.rule)
	}
	since, err := history.ParseTime(f.since, time.Now())
	if err != nil {
		return &usageError{fmt.Errorf("--since %w", err)}
	}
	if !since.IsZero() {
		params.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	t := &table{columns: []column{
		{title: "STATE"}, {title: "SEVERITY"}, {title: "WHAT", shrink: 44}, {title: "RULE", shrink: 12, drop: 2}, {title: "SINCE", drop: 3}, {title: "BY", drop: 1, shrink: 6},
	}}
	enc := c.encoder()
	for {
		page, err := src.rest.Alerts(ctx, params)
		if err != nil {
			return err
		}
		for i := range page.Items {
			a := &page.Items[i]
			if c.json {
				if err := enc.Encode(a); err != nil {
					return err
				}
				continue
			}
			t.rows = append(t.rows, alertRow(a, time.Now()))
		}
		if page.Next == "" {
			break
		}
		params.Set("before", page.Next)
	}
	if c.json {
		return nil
	}
	if len(t.rows) == 0 {
		c.note("Nothing is wrong.")
		return nil
	}
	_, width, _ := c.terminal()
	return t.write(c.out, width, c.coloured())
}

func alertRow(a *api.Alert, now time.Time) []cell {
	state, by := string(a.State), ""
	tone := map[api.AlertState]colour{api.AlertPending: yellow, api.AlertFiring: red, api.AlertResolved: green}[a.State]
	switch {
	case a.State == api.AlertResolved:
	case a.Acknowledged != nil:
		state, tone, by = "acknowledged", dim, a.Acknowledged.By.Name
	case a.Snoozed != nil:
		state, tone, by = "snoozed", dim, a.Snoozed.By.Name
	}
	severity := map[api.AlertSeverity]colour{api.SeverityCritical: red, api.SeverityWarning: yellow, api.SeverityInfo: plain}[a.Severity]
	return []cell{
		{state, tone}, {string(a.Severity), severity}, {printable(a.Summary), bold}, {printable(a.Rule), plain}, {agoText(now.Sub(a.ActiveAt)), dim}, {printable(by), dim},
	}
}

func (c *cli) rulesCommand() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the alert rules of a server, or check a file of them",
		Long: `List the rules of a server: those that come with Quaywatch, those made in the page,
and those of the file that it was given with --rules. With --json an object a line.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&l, func(ctx context.Context, src *source, _ []string) error { return c.listRules(ctx, src) })
	l.flags(cmd)
	cmd.AddCommand(&cobra.Command{
		Use:   "check FILE",
		Short: "Check a file of alert rules",
		Long: `Check a file of rules before a server is given it with serve --rules. Every error is
told as FILE:LINE:COLUMN: MESSAGE; with --json as one object. The exit status is
` + strconv.Itoa(exitFindings) + ` where something is wrong. A file without rules is warned of on standard error, and
is not wrong.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.checkRules(args[0]) },
	})
	return cmd
}

func (c *cli) listRules(ctx context.Context, src *source) error {
	if src.core != nil {
		return errNoServer("alert rules")
	}
	rules, err := src.rest.AlertRules(ctx)
	if err != nil {
		return err
	}
	if c.json {
		enc := c.encoder()
		for i := range rules.Items {
			if err := enc.Encode(&rules.Items[i]); err != nil {
				return err
			}
		}
	} else {
		t := &table{columns: []column{
			{title: "RULE", shrink: 16}, {title: "FROM", drop: 3}, {title: "ON"}, {title: "SEVERITY", drop: 2}, {title: "MATCH", shrink: 10, drop: 1}, {title: "PENDING", right: true}, {title: "FIRING", right: true},
		}}
		for i := range rules.Items {
			t.rows = append(t.rows, ruleRow(&rules.Items[i]))
		}
		_, width, _ := c.terminal()
		if err := t.write(c.out, width, c.coloured()); err != nil {
			return err
		}
	}
	for _, r := range rules.Items {
		if r.Enabled && r.Problem != "" {
			c.note("quaywatch: %s: %s", printable(r.Name), r.Problem)
		}
	}
	if rules.File != nil {
		for _, e := range rules.File.Errors {
			c.note("%s", flawText(rules.File.Path, e))
		}
	}
	return nil
}

func ruleRow(r *api.AlertRuleStatus) []cell {
	tone, from := bold, string(r.Source)
	if !r.Enabled {
		tone = dim
	}
	if r.Changed {
		from += ", changed"
	}
	on := string(r.On)
	if !r.Enabled {
		on += " (off)"
	}
	firing := cell{strconv.Itoa(r.Firing), plain}
	if r.Firing > 0 {
		firing.colour = red
	}
	return []cell{
		{printable(r.Name), tone}, {from, dim}, {on, plain}, {string(r.Severity), plain}, {printable(r.Match), plain}, {strconv.Itoa(r.Pending), plain}, firing,
	}
}

func flawText(path string, e api.AlertRuleError) string {
	if e.Line == 0 {
		return path + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", path, e.Line, e.Column, e.Message)
}

// rulesChecked is what rules check prints with --json.
type rulesChecked struct {
	File     string               `json:"file"`
	Rules    int                  `json:"rules"`
	Errors   []api.AlertRuleError `json:"errors"`
	Warnings []string             `json:"warnings"`
}

func (c *cli) checkRules(path string) error {
	rules, flaws, err := alert.ReadRulesFile(path)
	if err != nil {
		return err
	}
	if flaws == nil {
		flaws = []api.AlertRuleError{}
	}
	warnings := []string{}
	if len(rules)+len(flaws) == 0 {
		warnings = append(warnings, "There are no rules in it. A file of rules begins with `rules:` and a list under it.")
	}
	if c.json {
		if err := c.encoder().Encode(rulesChecked{path, len(rules), flaws, warnings}); err != nil {
			return err
		}
	} else {
		for _, e := range flaws {
			if _, err := fmt.Fprintln(c.out, flawText(path, e)); err != nil {
				return err
			}
		}
	}
	if len(flaws) > 0 {
		return findings{}
	}
	for _, w := range warnings {
		c.note("%s: warning: %s", path, w)
	}
	if c.json || len(warnings) > 0 {
		return nil
	}
	noun := "rules"
	if len(rules) == 1 {
		noun = "rule"
	}
	_, err = fmt.Fprintf(c.out, "%s: %d %s, nothing wrong\n", path, len(rules), noun)
	return err
}

// readableRules refuses a file of rules that can't be in force from the start:
// one that breaks later leaves what was in it before.
func readableRules(path string) error {
	if path == "" {
		return nil
	}
	_, flaws, err := alert.ReadWatchedFile(path)
	if err == nil && len(flaws) > 0 {
		err = &api.Error{Code: api.ErrInvalid, Message: flawText(path, flaws[0]) + " `quaywatch rules check " + path + "` tells everything that is wrong"}
	}
	return err
}
