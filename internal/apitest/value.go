package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// maker makes one request up.
type maker struct {
	d     *Description
	t     *rapid.T
	o     *Operation
	known func(name string) []any
}

func (m *maker) chance(what string) bool { return rapid.Bool().Draw(m.t, what+"?") }

// most bounds what is made up where the description names no bound.
const most = 40

// value is one that the schema at p allows, for the property or parameter name.
func (m *maker) value(p place, name string) any {
	s, p := m.d.object(p)
	if c, ok := s["const"]; ok {
		return c
	}
	if known := m.known(name); len(known) > 0 && rapid.IntRange(0, 9).Draw(m.t, name+" is known") < 8 {
		v := rapid.SampledFrom(known).Draw(m.t, name)
		if s["type"] == "array" {
			return []any{v}
		}
		return v
	}
	if e, ok := s["enum"].([]any); ok {
		return rapid.SampledFrom(e).Draw(m.t, name)
	}
	if any, ok := s["anyOf"].([]any); ok {
		i := rapid.IntRange(0, len(any)-1).Draw(m.t, name+", which")
		return m.value(p.to("anyOf", strconv.Itoa(i)), name)
	}
	switch s["type"] {
	case "string":
		return m.text(s, name)
	case "integer":
		low, high := bounds(s)
		return rapid.IntRange(int(math.Ceil(low)), int(math.Floor(high))).Draw(m.t, name)
	case "number":
		low, high := bounds(s)
		return rapid.Float64Range(low, high).Draw(m.t, name)
	case "boolean":
		return rapid.Bool().Draw(m.t, name)
	case "array":
		n := rapid.IntRange(max(int(number(s, "minItems", 0)), 0), int(number(s, "maxItems", 3))).Draw(m.t, name+", how many")
		out := make([]any, n)
		for i := range out {
			out[i] = m.value(p.to("items"), name)
		}
		return out
	case "object":
		return m.object(s, p, name)
	case "null":
		return nil
	default: // any JSON
		return rapid.SampledFrom([]any{nil, true, 1.5, "text", []any{}, map[string]any{"a": []any{1}}}).Draw(m.t, name)
	}
}

func (m *maker) object(s map[string]any, p place, name string) any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	without := map[string]bool{}
	if branches, ok := s["oneOf"].([]any); ok { // each asks for properties of its own
		chosen := rapid.IntRange(0, len(branches)-1).Draw(m.t, "branch")
		for i, b := range branches {
			object, _ := b.(map[string]any)
			names, _ := object["required"].([]any)
			if i == chosen {
				required = append(slices.Clone(required), names...)
				continue
			}
			for _, n := range names {
				without[fmt.Sprint(n)] = true
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(properties)) {
		// Now and then one that is required is left out: it stands for its zero value.
		due := slices.Contains(required, any(n)) && rapid.IntRange(0, 9).Draw(m.t, n+" is there") > 0
		if due || !without[n] && m.chance(n) {
			out[n] = m.value(p.to("properties", n), n)
		}
	}
	if _, ok := s["additionalProperties"].(map[string]any); ok {
		for range rapid.IntRange(0, 2).Draw(m.t, name+", how many") {
			out[m.text(nil, "key")] = m.value(p.to("additionalProperties"), "value")
		}
	}
	return out
}

// odd are texts that have broken something somewhere.
func odd() []string {
	return []string{
		"", "a", "web", "Ünïcödé", "日本語", "<b>x</b>", "a b", "a/b", "a%2Fb", "../../etc/passwd", "'; DROP TABLE events; --", "-1", "0", "null",
		"\u202egnp.exe", "a\nb", "a\x00b", strings.Repeat("x", 300), "sha256:", "{id}", "*", "a,b", ",", "10.0.0.0/8", "::1", "1h", "2026-01-01T00:00:00Z",
	}
}

func (m *maker) text(s map[string]any, name string) string {
	if pattern, ok := s["pattern"].(string); ok {
		return rapid.StringMatching(pattern).Draw(m.t, name)
	}
	if s["format"] == "date-time" {
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(m.t, name), 0).UTC().Format(time.RFC3339)
	}
	low, high := int(number(s, "minLength", 0)), int(number(s, "maxLength", 400))
	fits := slices.DeleteFunc(odd(), func(o string) bool { n := len([]rune(o)); return n < low || n > high })
	if len(fits) > 0 && m.chance("an odd "+name) {
		return rapid.SampledFrom(fits).Draw(m.t, name)
	}
	return rapid.StringN(low, min(high, low+most), -1).Draw(m.t, name)
}

// bounds are a number's, or such as are worth trying.
func bounds(s map[string]any) (low, high float64) {
	return number(s, "minimum", -1000), number(s, "maximum", math.Max(1e6, number(s, "minimum", 0)))
}

func number(s map[string]any, name string, otherwise float64) float64 {
	if n, ok := s[name].(json.Number); ok {
		if f, err := n.Float64(); err == nil {
			return f
		}
	}
	return otherwise
}

// wrongTexts are values of a parameter that its schema forbids.
func wrongTexts(s map[string]any) []string {
	var out []string
	if s["enum"] != nil {
		return []string{"nonsense"}
	}
	switch s["type"] {
	case "integer":
		out = append(out, "x", "1.5", "99999999999999999999", "0x10")
	case "number":
		out = append(out, "x")
	case "boolean":
		out = append(out, "maybe", "2")
	case "string":
		if pattern, ok := s["pattern"].(string); ok {
			out = append(out, mismatches(pattern)...)
		}
		if s["maxLength"] != nil {
			out = append(out, strings.Repeat("x", int(number(s, "maxLength", 0))+1))
		}
	}
	for _, n := range outside(s) {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// wrongJSON are values that a schema forbids. null is not among them: the
// server takes it for what is left out.
func wrongJSON(s map[string]any) []any {
	var out []any
	switch {
	case s["enum"] != nil:
		return []any{"nonsense", 7}
	case s["anyOf"] != nil, s["oneOf"] != nil:
		return nil
	}
	switch s["type"] {
	case "string":
		out = append(out, 7, []any{"x"}, map[string]any{})
		if pattern, ok := s["pattern"].(string); ok {
			for _, bad := range mismatches(pattern) {
				out = append(out, bad)
			}
		}
		if s["format"] == "date-time" {
			out = append(out, "yesterday")
		}
		if s["maxLength"] != nil {
			out = append(out, strings.Repeat("x", int(number(s, "maxLength", 0))+1))
		}
		if number(s, "minLength", 0) > 0 {
			out = append(out, "")
		}
	case "integer":
		out = append(out, "x", 1.5, []any{1})
	case "number":
		out = append(out, "x", true)
	case "boolean":
		out = append(out, "yes", 1)
	case "array":
		out = append(out, "x", map[string]any{"a": 1})
	case "object":
		out = append(out, "x", []any{1})
	}
	for _, n := range outside(s) {
		out = append(out, n)
	}
	return out
}

// mismatches are texts that a pattern forbids.
func mismatches(pattern string) []string {
	re := regexp.MustCompile(pattern)
	return slices.DeleteFunc([]string{"+", "nonsense?", strings.Repeat("!", 300)}, re.MatchString)
}

// outside are numbers beyond a schema's bounds.
func outside(s map[string]any) []int {
	var out []int
	if n, ok := s["minimum"].(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			out = append(out, int(i)-1)
		}
	}
	if n, ok := s["maximum"].(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			out = append(out, int(i)+1)
		}
	}
	return out
}
