package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// jobView shows a job: as a bar with its layers on a terminal, elsewhere as an
// object a line for each change.
type jobView struct {
	cli    *cli
	out    io.Writer
	tty    bool
	silent bool // the output is the job's own
	// lines are how many stand on the terminal and are drawn over.
	lines int
	last  *api.Job
}

// maxLayerLines bounds the layers under a bar; the rest is counted.
const maxLayerLines = 8

func (c *cli) newJobView() *jobView {
	tty, _, _ := c.terminal()
	return &jobView{cli: c, out: c.out, tty: tty && !c.json}
}

// show takes a job as it is now; the same again is nothing new.
func (v *jobView) show(j *api.Job) error {
	if v.silent || j == v.last {
		return nil
	}
	v.last = j
	if !v.tty {
		enc := json.NewEncoder(v.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(j)
	}
	_, width, height := v.cli.terminal()
	return v.draw(jobLines(j, width, min(maxLayerLines, max(height-3, 0)), v.cli.coloured()))
}

func (v *jobView) draw(lines []string) error {
	var b strings.Builder
	if v.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dF", v.lines)
	}
	for _, l := range lines {
		b.WriteString(l + clearLine + "\n")
	}
	b.WriteString(clearBelow)
	v.lines = len(lines)
	_, err := io.WriteString(v.out, b.String())
	return err
}

// clear takes the bar away.
func (v *jobView) clear() {
	if v.tty && v.lines > 0 {
		_ = v.draw(nil) // the terminal may be gone
		v.lines = 0
	}
}

// jobLines are a job for a terminal: the whole, and the layers that are worked
// on.
func jobLines(j *api.Job, width, most int, coloured bool) []string {
	lines := []string{cut(printable(jobTitle(j)), width)}
	if j.Kind.HasItems() {
		fraction := float64(j.Next-len(j.Running)) / float64(max(len(j.Items), 1))
		return append(lines, bar(fraction, min(barWidth, width), coloured))
	}
	p := j.Progress
	if p == nil {
		return lines
	}
	lines = append(lines, barLine(p, width, coloured))
	done, exist, more := 0, 0, 0
	for _, l := range p.Layers {
		switch {
		case l.Phase == api.PhaseDone:
			done++
		case l.Phase == api.PhaseExists:
			exist++
		case len(lines) < most+2:
			lines = append(lines, layerLine(l, width, coloured))
		default:
			more++
		}
	}
	var rest []string
	for _, c := range []struct {
		n    int
		what string
	}{{more, "more"}, {done, "done"}, {exist, "there already"}} {
		if c.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if len(rest) > 0 {
		lines = append(lines, dim.wrap(cut("  layers: "+strings.Join(rest, ", "), width), coloured))
	}
	return lines
}

func jobTitle(j *api.Job) string {
	if j.Kind.HasItems() {
		text := fmt.Sprintf("%s: %d of %d", jobWhat(j), j.Next-len(j.Running), len(j.Items))
		if len(j.Gone) > 0 {
			text += fmt.Sprintf(", %d already gone", len(j.Gone))
		}
		if len(j.Failures) > 0 {
			text += fmt.Sprintf(", %d failed", len(j.Failures))
		}
		return text
	}
	phase := "starting"
	if j.Progress != nil {
		phase = string(j.Progress.Phase)
	}
	if j.State != api.JobRunning {
		phase = string(j.State)
	}
	subject := j.Subject
	if j.Platform != "" {
		subject += " for " + j.Platform
	}
	return fmt.Sprintf("%s %s: %s", j.Kind, subject, phase)
}

const barWidth = 30

// barLine says how far the whole is.
func barLine(p *api.JobProgress, width int, coloured bool) string {
	var parts []string
	if p.Fraction != nil {
		parts = append(parts, fmt.Sprintf("%3.0f %%", *p.Fraction*100))
	}
	switch {
	case p.TotalBytes != nil:
		least := ""
		if slices.ContainsFunc(p.Layers, unsized) {
			least = "at least "
		}
		parts = append(parts, sizeText(float64(p.CurrentBytes))+" of "+least+bytesText(p.TotalBytes))
	case p.CurrentBytes > 0:
		parts = append(parts, sizeText(float64(p.CurrentBytes)))
	}
	if p.BytesPerSecond != nil {
		parts = append(parts, rateText(p.BytesPerSecond))
	}
	if p.ETASeconds != nil {
		parts = append(parts, durationText(time.Duration(*p.ETASeconds*float64(time.Second)))+" left")
	}
	text := strings.Join(parts, "  ")
	if room := width - cellWidth(text) - 2; room > 10 && p.Fraction != nil {
		return bar(*p.Fraction, min(barWidth, room), coloured) + "  " + text
	}
	return cut(text, width)
}

func layerLine(l api.JobLayer, width int, coloured bool) string {
	text := fmt.Sprintf("  %-12s %-12s", shortID(l.ID), l.Phase)
	if l.TotalBytes == nil {
		return dim.wrap(cut(printable(text), width), coloured)
	}
	size := fmt.Sprintf("%s of %s", sizeText(float64(l.CurrentBytes)), bytesText(l.TotalBytes))
	line := cut(printable(text+size), width)
	if room := width - cellWidth(line) - 2; room > 10 {
		line += "  " + bar(float64(l.CurrentBytes)/float64(max(*l.TotalBytes, 1)), min(barWidth/2, room), coloured)
	}
	return line
}

func bar(fraction float64, width int, coloured bool) string {
	full := min(int(fraction*float64(width)), width)
	return cyan.wrap(strings.Repeat("█", full), coloured) + dim.wrap(strings.Repeat("░", width-full), coloured)
}

// unsized reports whether there may be much to move for a layer of which nobody
// has said how large it is.
func unsized(l api.JobLayer) bool {
	return l.TotalBytes == nil && !slices.Contains([]api.JobPhase{api.PhaseDone, api.PhaseExists, api.PhaseDownloaded, api.PhaseVerifying}, l.Phase)
}

// itemsFailed are those of a job's items that failed, with why and what the
// engine said to each; nil where none did.
func itemsFailed(j *api.Job) error {
	if len(j.Failures) == 0 {
		return nil
	}
	said := make([]string, 0, len(j.Failures))
	for _, f := range j.Failures {
		if f.Item >= 0 && f.Item < len(j.Items) {
			said = append(said, printable(j.Items[f.Item].Name+": "+f.Words()))
		}
	}
	text := strings.Join(said, "; ")
	if len(j.Items) > 1 {
		text = fmt.Sprintf("%d of %d failed: %s", len(j.Failures), len(j.Items), text)
	}
	return &api.Error{Code: j.Failures[0].Code, Message: text}
}

// endLine is what a job has come to, for a terminal.
func endLine(j *api.Job) string {
	if j.Result == nil {
		return jobTitle(j)
	}
	text := j.Result.Message
	if j.Result.Digest != "" {
		text += " (" + j.Result.Digest + ")"
	}
	if j.Kind == api.JobPrune && j.Result.Bytes != nil {
		text += " " + bytesText(j.Result.Bytes) + " are free again."
	}
	return printable(text)
}
