package top

import (
	tea "charm.land/bubbletea/v2"
)

// input is a line that is being typed: the filter, a search, a name that
// confirms.
type input struct {
	kind  inputKind
	text  []rune
	at    int
	first string // what it was before
}

type inputKind int

const (
	filterInput inputKind = iota
	logSearch
	eventSearch
	confirmInput
	findInput
)

// maxInput bounds what can be typed or pasted.
const maxInput = 500

func newInput(kind inputKind, text string) *input {
	r := []rune(text)
	return &input{kind: kind, text: r, at: len(r), first: text}
}

func (i *input) value() string { return string(i.text) }

func (i *input) insert(s string) {
	r := []rune(s)
	r = r[:min(len(r), maxInput-min(len(i.text), maxInput))]
	i.text = append(i.text[:i.at:i.at], append(r, i.text[i.at:]...)...)
	i.at += len(r)
}

// edit handles a key that changes the line; it reports false for others.
func (i *input) edit(msg tea.KeyPressMsg) bool {
	switch msg.String() {
	case "left", "ctrl+b":
		i.at = max(0, i.at-1)
	case "right", "ctrl+f":
		i.at = min(len(i.text), i.at+1)
	case "home", "ctrl+a":
		i.at = 0
	case "end", "ctrl+e":
		i.at = len(i.text)
	case "backspace", "ctrl+h":
		if i.at > 0 {
			i.text = append(i.text[:i.at-1:i.at-1], i.text[i.at:]...)
			i.at--
		}
	case "delete", "ctrl+d":
		if i.at < len(i.text) {
			i.text = append(i.text[:i.at:i.at], i.text[i.at+1:]...)
		}
	case "ctrl+u":
		i.text, i.at = append([]rune(nil), i.text[i.at:]...), 0
	case "ctrl+k":
		i.text = i.text[:i.at]
	case "ctrl+w", "alt+backspace":
		from := i.at
		for from > 0 && i.text[from-1] == ' ' {
			from--
		}
		for from > 0 && i.text[from-1] != ' ' {
			from--
		}
		i.text = append(i.text[:from:from], i.text[i.at:]...)
		i.at = from
	default:
		if msg.Text == "" || msg.Mod&(tea.ModAlt|tea.ModCtrl) != 0 {
			return false
		}
		i.insert(printable(msg.Text))
	}
	return true
}

// view is the part of the line that fits a width, and where the cursor stands in
// it.
func (i *input) view(width int) (text string, cursor int) {
	width = max(width, 2)
	from := 0
	for cellWidth(string(i.text[from:i.at])) > width-1 {
		from++
	}
	to := len(i.text)
	for cellWidth(string(i.text[from:to])) > width {
		to--
	}
	return string(i.text[from:to]), cellWidth(string(i.text[from:i.at]))
}
