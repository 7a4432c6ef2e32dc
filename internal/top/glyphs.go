package top

import "strings"

// glyphs are the signs of a screen: those of a terminal that writes UTF-8, or
// ones that every terminal has.
type glyphs struct {
	ellipsis string
	running, paused, stopped, failed, busy, created,
	cursor, selected, folded, unfolded,
	up, down, dot, gap, rule, returned string
	spark []string
}

func unicodeGlyphs() *glyphs {
	return &glyphs{
		ellipsis: "…", running: "●", paused: "‖", stopped: "○", failed: "✗", busy: "↻", created: "◌",
		cursor: "▸", selected: "✓", folded: "▸", unfolded: "▾", up: "↑", down: "↓", dot: "·", gap: "⋯", rule: "─", returned: "↵",
		// Without the full block, so that the rows' curves don't grow together.
		spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇"},
	}
}

func asciiGlyphs() *glyphs {
	return &glyphs{
		ellipsis: "~", running: "*", paused: "=", stopped: "o", failed: "x", busy: "@", created: ".",
		cursor: ">", selected: "+", folded: "+", unfolded: "-", up: "^", down: "v", dot: "-", gap: "...", rule: "-", returned: "<",
		spark: []string{"_", ".", ":", "-", "=", "+", "*", "#"},
	}
}

// WritesUTF8 tells whether the locale's terminal does: it does unless the
// environment says otherwise.
func WritesUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// ascii replaces what is beyond ASCII, for a terminal that has nothing else.
func ascii(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '–' || r == '—':
			return '-'
		case r == '·':
			return '-'
		case r == '…':
			return '~'
		case r == '“' || r == '”':
			return '"'
		case r == '’':
			return '\''
		case r > '~':
			return '?'
		}
		return r
	}, s)
}
