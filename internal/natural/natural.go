// Package natural is the order in which people expect names: web-2 before
// web-10, whatever their case, and what has no name last. It is the order of the
// page's lists, so that a list reads the same wherever it is read. Pure
// functions; no goroutines, no locks.
package natural

import (
	"cmp"
	"strings"
)

// Key is a text that compares, byte by byte, as a name is to be sorted: the
// numbers in it are padded. Numbers of more than twelve digits compare by their
// first twelve, and so on.
func Key(text string) string {
	const digits = 12
	var b strings.Builder
	text = strings.ToLower(text)
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && j-i < digits && text[j] >= '0' && text[j] <= '9' {
			j++
		}
		if j > i {
			b.WriteString("000000000000"[:digits-(j-i)])
			b.WriteString(text[i:j])
			i = j
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// Compare puts names into order, an empty one last. Names that differ in their
// case only, or in zeros before a number, still have an order.
func Compare(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return cmp.Or(strings.Compare(Key(a), Key(b)), strings.Compare(a, b))
}
