package filter

import (
	"strings"
	"unicode"
)

// tokens splits a query at spaces and keeps what stands in double quotes
// together; a quote left open ends with the query.
func tokens(query string) []string {
	return split(query, unicode.IsSpace)
}

// alternatives splits a value at commas outside of quotes, and takes the quotes
// away.
func alternatives(value string) []string {
	var out []string
	for _, part := range split(value, func(r rune) bool { return r == ',' }) {
		if part = unquote(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func split(text string, at func(rune) bool) []string {
	var out []string
	start, quoted := -1, false
	for i, r := range text {
		if !quoted && at(r) {
			if start >= 0 {
				out = append(out, text[start:i])
			}
			start = -1
			continue
		}
		if start < 0 {
			start = i
		}
		if r == '"' {
			quoted = !quoted
		}
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}

func unquote(text string) string { return strings.ReplaceAll(text, `"`, "") }
