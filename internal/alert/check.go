package alert

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/filter"
)

// Flaw is what is wrong with a rule: the field as it is called on the wire, and
// a sentence.
type Flaw struct{ Field, Message string }

// class is what a condition is about.
type class uint8

const (
	ofState  class = iota // of a container, changes with it
	ofFigure              // of a container, changes with its metrics
	ofEngine
	ofQuaywatch
)

func classOf(on api.AlertCondition) (class, bool) {
	switch on {
	case api.AlertOnExited, api.AlertOnUnhealthy, api.AlertOnCrashLoop, api.AlertOnOOM, api.AlertOnPaused, api.AlertOnMissing:
		return ofState, true
	case api.AlertOnCPU, api.AlertOnMemory, api.AlertOnDiskRead, api.AlertOnDiskWrite, api.AlertOnNetworkReceive, api.AlertOnNetworkTransmit,
		api.AlertOnThrottled, api.AlertOnCPUPressure, api.AlertOnMemoryPressure, api.AlertOnIOPressure:
		return ofFigure, true
	case api.AlertOnEngineDown, api.AlertOnEngineDisk:
		return ofEngine, true
	case api.AlertOnOwnCPU, api.AlertOnOwnMemory:
		return ofQuaywatch, true
	}
	return 0, false
}

// hasFigure tells whether a condition compares something with Above.
func hasFigure(on api.AlertCondition) bool {
	c, _ := classOf(on)
	return c == ofFigure || c == ofQuaywatch || on == api.AlertOnEngineDisk
}

// conditions are all there are, in the order of the documentation.
func conditions() []api.AlertCondition {
	return []api.AlertCondition{
		api.AlertOnExited, api.AlertOnUnhealthy, api.AlertOnCrashLoop, api.AlertOnOOM, api.AlertOnPaused, api.AlertOnMissing,
		api.AlertOnCPU, api.AlertOnMemory, api.AlertOnDiskRead, api.AlertOnDiskWrite, api.AlertOnNetworkReceive, api.AlertOnNetworkTransmit,
		api.AlertOnThrottled, api.AlertOnCPUPressure, api.AlertOnMemoryPressure, api.AlertOnIOPressure,
		api.AlertOnEngineDown, api.AlertOnEngineDisk, api.AlertOnOwnCPU, api.AlertOnOwnMemory,
	}
}

// Bounds of a rule's figures.
const (
	maxSeconds  = 30 * 24 * 3600
	maxTimes    = 100
	maxMatch    = 1000
	maxDescribe = 500
	maxDeliver  = api.MaxDeliveries
)

// Check says what is wrong with a rule; nothing where it can be in force.
func Check(r *api.AlertRule) []Flaw {
	var out []Flaw
	bad := func(field, format string, args ...any) {
		out = append(out, Flaw{field, fmt.Sprintf(format, args...)})
	}
	if why := checkName(r.Name); why != "" {
		bad("name", "%s", why)
	}
	if utf8.RuneCountInString(r.Description) > maxDescribe {
		bad("description", "A description takes at most %d characters.", maxDescribe)
	}
	switch r.Severity {
	case api.SeverityInfo, api.SeverityWarning, api.SeverityCritical:
	default:
		bad("severity", "The severity must be info, warning or critical, not %q.", r.Severity)
	}
	about, ok := classOf(r.On)
	if !ok {
		bad("on", "There is no condition %q. Conditions are %s.", r.On, joined(conditions()))
	} else {
		checkFigures(r, bad)
	}
	checkMatch(r, about, bad)
	for field, s := range map[string]float64{"forSeconds": r.ForSeconds, "keepSeconds": r.KeepSeconds} {
		if math.IsNaN(s) || s < 0 || s > maxSeconds {
			bad(field, "It must be from 0 to %d seconds.", maxSeconds)
		}
	}
	if r.On == api.AlertOnOOM && r.ForSeconds > 0 {
		bad("forSeconds", "To be killed for want of memory takes no time: with the condition oom it must be 0.")
	}
	if len(r.Deliver) > maxDeliver {
		bad("deliver", "A rule names at most %d deliveries.", maxDeliver)
	}
	slices.SortStableFunc(out, func(a, b Flaw) int { return strings.Compare(a.Field, b.Field) })
	return out
}

func checkName(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "A rule needs a name."
	case utf8.RuneCountInString(name) > api.MaxRuleName:
		return fmt.Sprintf("A name takes at most %d characters.", api.MaxRuleName)
	case strings.TrimSpace(name) != name:
		return "A name neither begins nor ends with a space."
	}
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-_. ", c) {
			return fmt.Sprintf("A name is made of letters, digits, spaces and - _ ., not %q.", c)
		}
	}
	return ""
}

func checkMatch(r *api.AlertRule, about class, bad func(field, format string, args ...any)) {
	switch {
	case r.Match == "":
	case about == ofEngine || about == ofQuaywatch:
		bad("match", "The condition %s is not about containers: it takes no match.", r.On)
	case len(r.Match) > maxMatch:
		bad("match", "A match takes at most %d bytes.", maxMatch)
	default:
		for _, p := range filter.Parse(r.Match).Problems {
			fix := ""
			if p.Fix != "" {
				fix = " Did you mean " + p.Fix + "?"
			}
			bad("match", "%s.%s", p.Message, fix)
		}
	}
}

func checkFigures(r *api.AlertRule, bad func(field, format string, args ...any)) {
	bases := map[api.AlertCondition][]api.AlertBase{
		api.AlertOnCPU:    {api.AlertOfCore, api.AlertOfLimit},
		api.AlertOnMemory: {api.AlertOfBytes, api.AlertOfLimit},
	}[r.On]
	switch {
	case bases == nil && r.Of != "":
		bad("of", "The condition %s has nothing to be of.", r.On)
	case bases != nil && !slices.Contains(bases, r.Of):
		bad("of", "With the condition %s, of must be %s or %s.", r.On, bases[0], bases[1])
	}
	if !hasFigure(r.On) {
		if r.Above != nil {
			bad("above", "The condition %s has no figure to be above.", r.On)
		}
		if r.ClearBelow != nil {
			bad("clearBelow", "The condition %s has no figure to be below.", r.On)
		}
	} else {
		switch {
		case r.Above == nil:
			bad("above", "The condition %s needs the figure above which it holds, in %s.", r.On, Unit(r))
		case math.IsNaN(*r.Above) || math.IsInf(*r.Above, 0) || *r.Above < 0:
			bad("above", "It must be a number that is not negative.")
		case r.ClearBelow != nil && (math.IsNaN(*r.ClearBelow) || *r.ClearBelow < 0 || *r.ClearBelow > *r.Above):
			bad("clearBelow", "It must be from 0 to %s, which is above.", number(*r.Above))
		}
	}
	if r.On != api.AlertOnCrashLoop {
		if r.Times != 0 {
			bad("times", "Only the condition crash-loop counts times.")
		}
		if r.WithinSeconds != 0 {
			bad("withinSeconds", "Only the condition crash-loop counts within a time.")
		}
		return
	}
	if r.Times < 2 || r.Times > maxTimes {
		bad("times", "It must be from 2 to %d.", maxTimes)
	}
	if math.IsNaN(r.WithinSeconds) || r.WithinSeconds < 1 || r.WithinSeconds > 24*3600 {
		bad("withinSeconds", "It must be from 1 to 86400 seconds.")
	}
}

// Unit is what a rule's figures are in, in words.
func Unit(r *api.AlertRule) string {
	switch r.On {
	case api.AlertOnMemory:
		if r.Of == api.AlertOfLimit {
			return "percent of the limit"
		}
		return "bytes"
	case api.AlertOnCPU:
		if r.Of == api.AlertOfLimit {
			return "percent of the limit"
		}
		return "percent of one core"
	case api.AlertOnOwnCPU:
		return "percent of one core"
	case api.AlertOnDiskRead, api.AlertOnDiskWrite, api.AlertOnNetworkReceive, api.AlertOnNetworkTransmit:
		return "bytes a second"
	case api.AlertOnEngineDisk, api.AlertOnOwnMemory:
		return "bytes"
	default:
		return "percent"
	}
}

func joined[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// invalid is the flaws as an error.
func invalid(flaws []Flaw) error {
	if len(flaws) == 0 {
		return nil
	}
	words := make([]string, len(flaws))
	for i, f := range flaws {
		words[i] = f.Field + ": " + f.Message
	}
	return &api.Error{Code: api.ErrInvalid, Message: "The rule can't be used. " + strings.Join(words, " ")}
}
