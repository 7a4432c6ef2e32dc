package filter

import (
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// unit is what a metric's figure is: how it is written, and how it is read.
type unit int

const (
	percent unit = iota
	bytes
	rate
	count
	duration
)

// fields are the words before a colon.
func fields() []string {
	return []string{"state", "health", "project", "service", "image", "name", "id", "engine", "label", "port", "network", "exit", "is"}
}

// metricUnits are the words before a comparison, in the page's order.
func metricUnits() []struct {
	name string
	unit unit
} {
	return []struct {
		name string
		unit unit
	}{
		{"cpu", percent}, {"mem", bytes}, {"net", rate}, {"rx", rate}, {"tx", rate}, {"disk", rate}, {"read", rate}, {"write", rate},
		{"pids", count}, {"restarts", count}, {"uptime", duration},
	}
}

func metricUnit(word string) (unit, bool) {
	for _, m := range metricUnits() {
		if m.name == word {
			return m.unit, true
		}
	}
	return 0, false
}

func isField(word string) bool { return slices.Contains(fields(), word) }

func states() []string {
	return []string{
		string(api.StateCreated), string(api.StateRunning), string(api.StatePaused), string(api.StateRestarting),
		string(api.StateRemoving), string(api.StateExited), string(api.StateDead),
	}
}

func healths() []string {
	return []string{string(api.HealthHealthy), string(api.HealthUnhealthy), string(api.HealthStarting), string(api.HealthNone)}
}

func conditions() []string {
	return []string{"unhealthy", "failed", "oom", "looping", "running", "stopped"}
}

// wholeFields are those of which "=" asks for the whole, not for a part.
func wholeField(name string) bool {
	return slices.Contains([]string{"name", "image", "project", "service", "network", "engine"}, name)
}

// nearestWord is the word that somebody who typed another one may have meant,
// empty for none.
func nearestWord(word string) string {
	least := 2
	if len(word) >= 6 {
		least = 3
	}
	best := ""
	all := fields()
	for _, m := range metricUnits() {
		all = append(all, m.name)
	}
	for _, known := range all {
		if d := distance(word, known); d < least {
			least, best = d, known
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// oneOf is what is wrong with a word that should be the beginning of one of a
// list, empty for nothing.
func oneOf(value string, words []string) string {
	if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, value) }) {
		return ""
	}
	last := len(words) - 1
	return "should be " + strings.Join(words[:last], ", ") + " or " + words[last]
}
