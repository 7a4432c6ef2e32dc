package alert

import (
	"encoding/json"
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
)

// ruleSpace is where rules stand among the history's documents: those of the
// page, and the built-in ones that somebody has changed.
const ruleSpace = "alert-rules"

// ruleSet is where the rules that are in force come from. Of two with the same
// name, the file's stands, then the page's or the built-in one.
type ruleSet struct {
	kept map[string]api.AlertRule // the page's, and changed built-in ones
	file []FileRule
}

// load takes a document.
func (s *ruleSet) load(name string, doc json.RawMessage) error {
	var r api.AlertRule
	if err := json.Unmarshal(doc, &r); err != nil {
		return err
	}
	r.Name = name
	s.kept[name] = r
	return nil
}

// all are the rules, the built-in ones first, each with its source. Of the
// file's, lines are by name.
func (s *ruleSet) all() (rules []api.AlertRule, changed map[string]bool, lines map[string]int) {
	changed, lines = make(map[string]bool), make(map[string]int)
	for _, f := range s.file {
		lines[f.Rule.Name] = f.Line
	}
	built := make(map[string]bool)
	for _, r := range BuiltIn() {
		built[r.Name] = true
		if _, ok := lines[r.Name]; ok {
			continue
		}
		if kept, ok := s.kept[r.Name]; ok {
			kept.Source = api.RuleBuiltIn
			changed[r.Name] = !same(&kept, &r)
			r = kept
		}
		rules = append(rules, r)
	}
	var page []api.AlertRule
	for name, r := range s.kept {
		if _, ok := lines[name]; ok || built[name] {
			continue
		}
		r.Source = api.RuleFromPage
		page = append(page, r)
	}
	slices.SortFunc(page, func(a, b api.AlertRule) int { return natural.Compare(a.Name, b.Name) })
	rules = append(rules, page...)
	for _, f := range s.file {
		rules = append(rules, f.Rule)
	}
	return rules, changed, lines
}

// same compares two rules by what they say.
func same(a, b *api.AlertRule) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// builtIn is a rule as it came.
func builtIn(name string) (api.AlertRule, bool) {
	for _, r := range BuiltIn() {
		if r.Name == name {
			return r, true
		}
	}
	return api.AlertRule{}, false
}

// problem says why a rule can't find anything here; empty if it can.
func problem(r *api.AlertRule, engines []api.EngineStatus, refused int) string {
	if refused > 0 {
		return "It would find too many: there are as many alerts already as are kept at once. Narrow the match, or raise the figure."
	}
	switch r.On {
	case api.AlertOnCPUPressure, api.AlertOnMemoryPressure, api.AlertOnIOPressure:
	default:
		return ""
	}
	known := false
	for _, e := range engines {
		switch {
		case e.CgroupVersion == "2" && e.MetricsSource == "cgroup v2":
			return ""
		case e.CgroupVersion != "":
			known = true
		}
	}
	if !known {
		return ""
	}
	return "This figure is only known where Quaywatch reads cgroup v2 itself, and it does not here: no alert will come of this rule."
}
