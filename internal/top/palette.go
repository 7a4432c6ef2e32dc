package top

import (
	"strings"

	"github.com/charmbracelet/colorprofile"
)

// style is the parameters of a SGR sequence; empty is the terminal's own look.
type style string

// palette is colour by role. Where the terminal says whether it is light or dark,
// the colours are the page's, whose contrast is known; where it does not, tones
// between, which can be read on white as on black (4.5:1). A terminal of sixteen
// colours decides by itself what they look like: green, yellow and cyan can't be
// read on white in many of them, so that they are for dark ones.
type palette struct {
	good, warn, bad, busy, quiet, accent style
	// spark is of the curves: large areas, in a calmer tone than what is read.
	spark style
	// head is of a table's head, bar of a line that stands out, cursor of the row
	// in focus (a background, to which the others are added), match of what a
	// search found.
	head, strong, bar, cursor, match style
}

// background is what the terminal says it is.
type background int

const (
	unknownBackground background = iota
	darkBackground
	lightBackground
)

func newPalette(bg background, profile colorprofile.Profile) *palette {
	switch {
	case profile < colorprofile.ANSI256 && bg == darkBackground:
		return &palette{
			good: "32", warn: "33", bad: "31", busy: "35", accent: "36", spark: "36",
			head: "1", strong: "1", bar: "7", cursor: "7", match: "7",
		}
	case profile < colorprofile.ANSI256:
		return &palette{
			warn: "35", bad: "31", busy: "35", accent: "1",
			head: "1", strong: "1", bar: "7", cursor: "7", match: "7",
		}
	case bg == unknownBackground:
		return &palette{
			good: fg("198743"), warn: fg("a56a00"), bad: fg("d63d2d"), busy: fg("8c61c7"), quiet: fg("767676"), accent: fg("197bc2"), spark: fg("197bc2"),
			head: "1;" + fg("767676"), strong: "1", bar: "7", cursor: "7", match: "7",
		}
	case bg == lightBackground:
		return &palette{
			good: fg("0b7643"), warn: fg("915c08"), bad: fg("ba2b28"), busy: fg("724aab"), quiet: fg("606972"), accent: fg("0068a7"), spark: fg("4d94c4"),
			head: "1;" + fg("454e58"), strong: "1", bar: back("e1e9ef"), cursor: back("daeefe"), match: "7",
		}
	}
	return &palette{
		good: fg("65c98c"), warn: fg("e6b55d"), bad: fg("f98078"), busy: fg("bca1ed"), quiet: fg("8b959d"), accent: fg("65b4e9"), spark: fg("437ba1"),
		head: "1;" + fg("adb6bc"), strong: "1", bar: back("262f38"), cursor: back("142e43"), match: "7",
	}
}

func fg(hex string) style   { return "38;2;" + rgb(hex) }
func back(hex string) style { return "48;2;" + rgb(hex) }

// rgb writes a hexadecimal colour as SGR does.
func rgb(hex string) style {
	digit := func(c byte) int { return strings.IndexByte("0123456789abcdef", c) }
	var parts []string
	for i := 0; i < len(hex); i += 2 {
		parts = append(parts, countText(int64(digit(hex[i])<<4|digit(hex[i+1]))))
	}
	return style(strings.Join(parts, ";"))
}

func (p *palette) tone(t tone) style {
	switch t {
	case good:
		return p.good
	case warn:
		return p.warn
	case bad:
		return p.bad
	case busy:
		return p.busy
	case quiet:
		return p.quiet
	}
	return ""
}

// span is a piece of a line. Its text has been made harmless before.
type span struct {
	style style
	text  string
}

// paint draws a line of spans on a base, cut and filled to a width.
func (g *glyphs) paint(b *strings.Builder, width int, base style, spans ...span) {
	left := width
	for _, s := range spans {
		if left <= 0 {
			break
		}
		w := cellWidth(s.text)
		if w > left {
			s.text = g.cut(s.text, left)
			w = cellWidth(s.text)
		}
		left -= w
		write(b, base, s.style, s.text)
	}
	if left > 0 && base != "" {
		write(b, base, "", strings.Repeat(" ", left))
	}
}

func write(b *strings.Builder, base, own style, text string) {
	if base == "" && own == "" {
		b.WriteString(text)
		return
	}
	b.WriteString("\x1b[")
	b.WriteString(string(base))
	if base != "" && own != "" {
		b.WriteByte(';')
	}
	b.WriteString(string(own))
	b.WriteByte('m')
	b.WriteString(text)
	b.WriteString("\x1b[m")
}
