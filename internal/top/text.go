package top

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Text of names, labels, messages and logs is written by others and never
// steers the terminal. Everything that is drawn and is not ours goes through
// printable or logText first.

// printable makes one line of a text: what could steer a terminal, turn the
// direction of writing or hide is a visible sign in its place.
func printable(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(harmless, s)
}

func harmless(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return ' '
	case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs, unicode.Co):
		return '�'
	case r >= 0xfe00 && r <= 0xfe0f:
		return -1 // variation selectors, of which terminals disagree how wide they make a sign
	}
	return r
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// tabWidth is how far apart tab stops of a log are.
const tabWidth = 8

// logText is a line of a log as it is drawn: escape sequences, such as those for
// colours, are taken out, as they are no text; a tab leads to the next stop.
func logText(s string) string {
	if plainASCII(s) {
		return s
	}
	s = ansi.Strip(s)
	if !strings.ContainsRune(s, '\t') {
		return printable(s)
	}
	var b strings.Builder
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", tabWidth-cellWidth(b.String())%tabWidth))
		}
		b.WriteString(printable(part))
	}
	return b.String()
}

// cellWidth is how many cells a terminal gives a text.
func cellWidth(s string) int {
	if plainASCII(s) {
		return len(s)
	}
	return ansi.StringWidthWc(s)
}

// cut shortens a text without escape sequences to a width, with an ellipsis.
func (g *glyphs) cut(s string, width int) string {
	if cellWidth(s) <= width {
		return s
	}
	if width <= 0 {
		return ""
	}
	return ansi.TruncateWc(s, width, g.ellipsis)
}

// pad cuts a text and fills it up to a width.
func (g *glyphs) pad(s string, width int, right bool) string {
	s = g.cut(s, width)
	gap := strings.Repeat(" ", max(0, width-cellWidth(s)))
	if right {
		return gap + s
	}
	return s + gap
}
