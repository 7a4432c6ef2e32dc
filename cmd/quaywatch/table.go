package main

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// colour is an ANSI colour; none where the terminal or the user wants none.
type colour string

// Colours of the sixteen every terminal has, so that the user's theme decides.
const (
	plain  colour = ""
	dim    colour = "2"
	bold   colour = "1"
	red    colour = "31"
	green  colour = "32"
	yellow colour = "33"
	cyan   colour = "36"
)

func (c colour) wrap(s string, on bool) string {
	if !on || c == plain || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

// column describes one column of a table.
type column struct {
	title string
	right bool
	// shrink is the least width it may be cut to; 0 is never cut.
	shrink int
	// drop says in which turn the column is left out when it does not fit even
	// then; 0 is never.
	drop int
}

// cell is a text with its colour.
type cell struct {
	text   string
	colour colour
}

// table is text in columns.
type table struct {
	columns []column
	rows    [][]cell
}

// gap stands between columns.
const gap = "   "

// write prints the table within width cells; 0 is no limit.
func (t *table) write(w io.Writer, width int, coloured bool) error {
	var b strings.Builder
	for _, line := range t.lines(width, coloured) {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lines are the header and the rows.
func (t *table) lines(width int, coloured bool) []string {
	widths, shown := t.fit(width)
	out := make([]string, 0, len(t.rows)+1)
	header := make([]cell, len(t.columns))
	for i, c := range t.columns {
		header[i] = cell{c.title, bold}
	}
	out = append(out, t.line(header, widths, shown, coloured))
	for _, r := range t.rows {
		out = append(out, t.line(r, widths, shown, coloured))
	}
	return out
}

// fit chooses which columns are shown and how wide.
func (t *table) fit(width int) (widths []int, shown []bool) {
	widths, shown = make([]int, len(t.columns)), make([]bool, len(t.columns))
	most := 0
	for i, c := range t.columns {
		shown[i] = true
		widths[i] = cellWidth(c.title)
		most = max(most, c.drop)
		for _, r := range t.rows {
			widths[i] = max(widths[i], cellWidth(printable(r[i].text)))
		}
	}
	if width <= 0 {
		return widths, shown
	}
	for turn := 1; turn <= most && t.least(widths, shown) > width; turn++ {
		for i, c := range t.columns {
			if c.drop == turn {
				shown[i] = false
			}
		}
	}
	for t.total(widths, shown) > width {
		widest := -1
		for i, c := range t.columns {
			if shown[i] && c.shrink > 0 && widths[i] > c.shrink && (widest < 0 || widths[i]-c.shrink > widths[widest]-t.columns[widest].shrink) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths, shown
}

func (t *table) total(widths []int, shown []bool) int {
	sum, n := 0, 0
	for i := range widths {
		if shown[i] {
			sum += widths[i]
			n++
		}
	}
	return sum + max(0, n-1)*cellWidth(gap)
}

// least is the width with every column at its smallest.
func (t *table) least(widths []int, shown []bool) int {
	small := make([]int, len(widths))
	for i, c := range t.columns {
		small[i] = widths[i]
		if c.shrink > 0 {
			small[i] = min(widths[i], max(c.shrink, cellWidth(c.title)))
		}
	}
	return t.total(small, shown)
}

func (t *table) line(cells []cell, widths []int, shown []bool, coloured bool) string {
	var b strings.Builder
	pending := ""
	first := true
	for i, c := range cells {
		if !shown[i] {
			continue
		}
		if !first {
			pending += gap
		}
		first = false
		text := cut(printable(c.text), widths[i])
		pad := strings.Repeat(" ", max(0, widths[i]-cellWidth(text)))
		if t.columns[i].right {
			text, pending, pad = c.colour.wrap(text, coloured), pending+pad, ""
		} else {
			text = c.colour.wrap(text, coloured)
		}
		if text != "" {
			b.WriteString(pending + text)
			pending = ""
		}
		pending += pad
	}
	return b.String()
}

// cut shortens a text to width cells, with an ellipsis.
func cut(s string, width int) string {
	if cellWidth(s) <= width {
		return s
	}
	if width <= 1 {
		return "…"[:min(len("…"), max(0, width)*len("…"))]
	}
	w, end := 0, 0
	for i, r := range s {
		if w += runeWidth(r); w > width-1 {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return s[:end] + "…"
}

func cellWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is how many cells a terminal gives a rune: none to combining marks,
// two to East Asian wide forms and pictographs.
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}
