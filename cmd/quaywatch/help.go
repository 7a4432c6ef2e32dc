package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// foldHelp has the help of a command and those below it fit the terminal.
func (c *cli) foldHelp(cmd *cobra.Command) {
	whole := cmd.HelpFunc()
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		tty, width, _ := c.terminal()
		if !tty {
			whole(cmd, args)
			return
		}
		var b bytes.Buffer
		cmd.SetOut(&b)
		whole(cmd, args)
		cmd.SetOut(c.out)
		for line := range strings.Lines(b.String()) {
			_, _ = io.WriteString(c.out, strings.Join(fold(strings.TrimSuffix(line, "\n"), width), "\n")+"\n")
		}
	})
}

// named is a line of a list: a name, and behind it what there is to say.
var named = regexp.MustCompile(`^( +\S.*?  +)(\S.*)$`)

// fold breaks what stands behind the name of a flag or a command into as many lines as
// it takes.
func fold(line string, width int) []string {
	parts := named.FindStringSubmatch(line)
	if cellWidth(line) <= width || parts == nil {
		return []string{line}
	}
	indent := strings.Repeat(" ", cellWidth(parts[1]))
	const least = 20 // of text beside the name
	if width-len(indent) < least {
		return []string{line}
	}
	var out []string
	now := parts[1]
	for i, word := range strings.Fields(parts[2]) {
		switch {
		case i == 0:
		case cellWidth(now)+1+cellWidth(word) > width:
			out = append(out, now)
			now = indent
		default:
			now += " "
		}
		now += word
	}
	return append(out, now)
}
