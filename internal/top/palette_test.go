package top

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// luminance is WCAG 2.1's relative luminance of a style's "38;2;R;G;B".
func luminance(t *testing.T, s style) float64 {
	t.Helper()
	var r, g, b float64
	_, rest, ok := strings.Cut(string(s), "8;2;")
	if _, err := fmt.Sscanf(rest, "%g;%g;%g", &r, &g, &b); !ok || err != nil {
		t.Fatalf("%q is no colour: %v", s, err)
	}
	linear := func(c float64) float64 {
		if c /= 255; c <= 0.03928 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestContrast: whatever is written in colour can be read (WCAG AA, 4.5:1) on
// the background that the palette is for, and on the row in focus.
func TestContrast(t *testing.T) {
	white, black := style("38;2;255;255;255"), style("38;2;0;0;0")
	for name, c := range map[string]struct {
		bg      background
		grounds []style
	}{
		"unknown": {unknownBackground, []style{white, black}},
		"light":   {lightBackground, []style{white, "38;2;250;250;250"}},
		"dark":    {darkBackground, []style{black, "38;2;30;30;30"}},
	} {
		p := newPalette(c.bg, colorprofile.TrueColor)
		if p.cursor != "7" {
			c.grounds = append(c.grounds, p.cursor)
		}
		for role, s := range map[string]style{"good": p.good, "warn": p.warn, "bad": p.bad, "busy": p.busy, "quiet": p.quiet, "accent": p.accent} {
			for _, ground := range c.grounds {
				a, b := luminance(t, s), luminance(t, ground)
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
					t.Errorf("%s: %s on %s is %.2f:1", name, role, ground, ratio)
				}
			}
		}
	}
}
