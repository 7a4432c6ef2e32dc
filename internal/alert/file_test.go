package alert

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestReadRules(t *testing.T) {
	rules, flaws := ReadRules([]byte(`
defaults: &quick # what is under another name than rules is refused
`))
	if len(rules) != 0 || len(flaws) != 1 || flaws[0].Line != 2 || flaws[0].Column != 1 {
		t.Errorf("%+v %+v", rules, flaws)
	}
	rules, flaws = ReadRules([]byte(`# the shop's rules
rules:
  - name: API memory
    on: memory
    of: limit
    above: 90%
    clearBelow: 80
    for: 2m
    keep: 30
    severity: critical
    match: label:app=api project:shop
    deliver: [team, pager]
  - name: Writes a lot
    description: Somebody logs too much.
    enabled: false
    on: disk-write
    above: 10MiB/s
    forSeconds: 90
  - {name: loop, on: crash-loop, times: 5, within: 1h, deliver: team}
`))
	if len(flaws) != 0 || len(rules) != 3 {
		t.Fatalf("%+v", flaws)
	}
	a, b, c := rules[0].Rule, rules[1].Rule, rules[2].Rule
	if rules[0].Line != 3 || a.Source != api.RuleFromFile || !a.Enabled || *a.Above != 90 || *a.ClearBelow != 80 || a.ForSeconds != 120 || a.KeepSeconds != 30 || len(a.Deliver) != 2 {
		t.Errorf("%+v", rules[0])
	}
	if b.Enabled || *b.Above != 10<<20 || b.ForSeconds != 90 || b.Severity != api.SeverityWarning {
		t.Errorf("%+v", b)
	}
	if c.Times != 5 || c.WithinSeconds != 3600 || c.Deliver[0] != "team" {
		t.Errorf("%+v", c)
	}
	for _, none := range []string{"", "\n# nothing\n", "rules:\n", "rules: []\n", "---\n"} {
		if rules, flaws := ReadRules([]byte(none)); len(rules)+len(flaws) != 0 {
			t.Errorf("%q: %v %v", none, rules, flaws)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"rules:\n  - name: [a\n":                  "2:1 no YAML",
		"rules:\n  - name: *nope\n":               "2:1 anchor",
		"rules:\n\n  - a: b: c\n":                 "3:1 mapping values",
		"rules: 7\n":                              "1:8 is a list",
		"- name: a\n":                             "1:1 begins with",
		"rules:\n  - 7\n":                         "2:5 A rule is",
		"rules:\n  - name: a\n    on: nonsense\n": "3:9 no condition",
		"rules:\n  - name: a\n    on: paused\n    colour: red\n":          "4:5 no field",
		"rules:\n  - on: paused\n":                                        "2:5 needs a name",
		"rules:\n  - name: a\n    on: paused\n    for: soon\n":            "4:10 no time",
		"rules:\n  - name: a\n    on: cpu\n    of: core\n    above: much": "5:12 no figure",
		"rules:\n  - name: a\n    on: cpu\n    above: 5":                  "2:5 of must be",
		"rules:\n  - name: a\n    on: paused\n    match: stat:x":          "4:12 stat",
		"rules:\n  - name: a\n    on: paused\n    on: oom":                "4:5 twice",
		"rules:\n  - name: a\n    on: paused\n  - name: a\n    on: oom\n": "4:11 line 2",
		"rules:\n  - name: a\n    on: {x: 1}\n":                           "3:9 one value",
		"rules:\n  - name: a\n    on: paused\n    enabled: maybe\n":       "4:14 true or false",
		"rules:\n  - name: a\n    on: oom\n    for: 5s\n":                 "4:10 takes no time",
	} {
		rules, flaws := ReadRules([]byte(text))
		if len(flaws) == 0 || len(rules) > 0 {
			t.Errorf("%q is read as %+v", text, rules)
			continue
		}
		at, words, _ := strings.Cut(want, " ")
		if got := fmt.Sprintf("%d:%d", flaws[0].Line, flaws[0].Column); got != at || !strings.Contains(flaws[0].Message, words) {
			t.Errorf("%q: %s %s, want %s", text, got, flaws[0].Message, want)
		}
	}
}

// TestAllErrorsAreTold: of every field and every rule, each with its line, and
// nothing that only follows from another error.
func TestAllErrorsAreTold(t *testing.T) {
	for text, want := range map[string][]string{
		"rules:\n  - name: a\n    colour: red\n    on: memory\n    of: core\n    above: much\n    clearBelow: 3\n    for: soon\n    severity: grave\n  - on: nonsense\n    match: stat:x\n    for: -1\n": {
			"3:5 no field", "5:9 of must be", "6:12 no figure", "8:10 no time", "9:15 severity must be", "10:5 needs a name", "10:9 no condition", "11:12 stat", "12:10 from 0"},
		"rules:\n  - {on: paused}\n  - {on: paused}\n":                                {"2:5 needs a name", "3:5 needs a name"},
		"rules:\n  - {name: [a], on: [oom], times: x}\n  - {name: [a], on: paused}\n": {"2:12 one value", "2:21 one value", "2:35 whole number", "3:12 one value"},
		"rules:\n  - {name: a, on: paused}\n---\nrules:\n  - {name: b}\n":             {"3:1 one document"},
		"---\nrules:\n  - {name: a, on: paused}\n---\n---\n":                          nil,
	} {
		_, flaws := ReadRules([]byte(text))
		var got []string
		for i, f := range flaws {
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
			if i < len(want) {
				if at, words, _ := strings.Cut(want[i], " "); !strings.HasPrefix(got[i], at+" ") || !strings.Contains(got[i], words) {
					t.Errorf("%q: %s, want %s", text, got[i], want[i])
				}
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q: %s", text, strings.Join(got, "\n"))
		}
	}
}

// TestAFileOfSomethingElse: whatever it is, what is read of it and told of it is
// bounded.
func TestAFileOfSomethingElse(t *testing.T) {
	var lines, aliases strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&lines, "key%d: value\n", i)
	}
	_, flaws := ReadRules([]byte(lines.String()))
	if last := flaws[len(flaws)-1]; len(flaws) != maxFlaws+1 || last.Message != "There are 19000 more errors." || last.Line != maxFlaws {
		t.Errorf("%d errors, at last %+v", len(flaws), last)
	}
	// Each rule names them all: written out, that would be some gigabytes.
	fmt.Fprintf(&aliases, "rules:\n  - {name: r0, on: paused, deliver: &d [%s]}\n", strings.Repeat("a,", 200_000))
	for i := range api.MaxRules - 1 {
		fmt.Fprintf(&aliases, "  - {name: r%d, on: paused, deliver: *d}\n", i+1)
	}
	before := allocated()
	if rules, flaws := ReadRules([]byte(aliases.String())); len(rules) > 0 || !strings.Contains(flaws[0].Message, "deliveries") {
		t.Errorf("%d rules, %v", len(rules), flaws[0])
	}
	if took := allocated() - before; took > 1<<30 {
		t.Errorf("to read it took %d MB", took>>20)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestBuiltInRulesAreRight(t *testing.T) {
	on := 0
	for _, r := range BuiltIn() {
		if flaws := Check(&r); len(flaws) > 0 {
			t.Errorf("%s: %v", r.Name, flaws)
		}
		if r.Enabled {
			on++
		}
	}
	if on != 5 {
		t.Errorf("%d are on", on)
	}
}

func FuzzReadRules(f *testing.F) {
	f.Add("rules:\n  - name: a\n    on: paused\n    for: 1m\n")
	f.Add("rules: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		rules, flaws := ReadRules([]byte(text))
		if len(rules) > 0 && len(flaws) > 0 {
			t.Error("rules in spite of errors")
		}
		for _, e := range flaws {
			if e.Line < 1 || e.Column < 1 || e.Message == "" {
				t.Errorf("%+v", e)
			}
		}
		for _, r := range rules {
			if left := Check(&r.Rule); len(left) > 0 {
				t.Errorf("%+v is in force: %v", r, left)
			}
		}
	})
}
