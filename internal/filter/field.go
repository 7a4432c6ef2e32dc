package filter

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

type test = func(*api.Container, Sight) bool

// fieldTerm is a field with its value, or what is wrong with the value.
func fieldTerm(field, value string) (*Term, string) {
	if source, ok := strings.CutPrefix(value, "~"); ok {
		return expression(field, unquote(source))
	}
	var tests []test
	live := false
	for _, part := range alternatives(strings.ToLower(value)) {
		t, bad := testOf(field, part)
		if bad != "" {
			return nil, bad
		}
		tests = append(tests, t)
		live = live || field == "is" && strings.HasPrefix("looping", part)
	}
	return &Term{Live: live, test: func(c *api.Container, s Sight) bool {
		for _, t := range tests {
			if t(c, s) {
				return true
			}
		}
		return false
	}}, ""
}

func testOf(field, value string) (test, string) {
	switch field {
	// Few words with fixed meanings: a prefix is enough, the middle of one is not.
	case "state":
		return func(c *api.Container, _ Sight) bool { return strings.HasPrefix(string(c.State), value) }, oneOf(value, states())
	// The engine keeps the last verdict of a container that has ended.
	case "health":
		return func(c *api.Container, _ Sight) bool {
			return c.State.Alive() && strings.HasPrefix(string(c.Health), value)
		}, oneOf(value, healths())
	case "is":
		return condition(value)
	case "id":
		return func(c *api.Container, _ Sight) bool { return strings.HasPrefix(c.ID, value) }, ""
	case "label":
		return label(value), ""
	case "port":
		return port(value)
	case "exit":
		n, err := strconv.Atoi(value)
		if err != nil || len(value) > 3 || n < 0 || value[0] == '+' {
			return nil, "should be an exit code like 137"
		}
		return func(c *api.Container, _ Sight) bool {
			return !c.State.Alive() && c.ExitCode != nil && *c.ExitCode == n
		}, ""
	}
	if whole, ok := strings.CutPrefix(value, "="); ok {
		return func(c *api.Container, s Sight) bool {
			return anyText(c, field, s, func(text string) bool { return strings.ToLower(text) == whole })
		}, ""
	}
	return func(c *api.Container, s Sight) bool {
		return anyText(c, field, s, func(text string) bool { return contains(text, value) })
	}, ""
}

// anyText asks for each text of a field that holds any.
func anyText(c *api.Container, field string, s Sight, ask func(string) bool) bool {
	switch field {
	case "network":
		return slices.ContainsFunc(c.Networks, ask)
	case "engine":
		return ask(s.EngineName(c.Engine)) || ask(c.Engine)
	case "label":
		for k, v := range c.Labels {
			if ask(k + "=" + v) {
				return true
			}
		}
		return false
	case "name":
		return ask(c.Name)
	case "image":
		return ask(c.Image)
	case "project":
		return ask(c.Project)
	case "service":
		return ask(c.Service)
	case "id":
		return ask(c.ID)
	case "state":
		return ask(string(c.State))
	case "health":
		return ask(string(c.Health))
	}
	return false
}

func expression(field, source string) (*Term, string) {
	if slices.Contains([]string{"port", "is", "exit"}, field) {
		return nil, "takes no regular expression"
	}
	parsed, err := syntax.Parse("(?i)"+source, syntax.Perl)
	if err != nil {
		return nil, "is no regular expression: " + whyNot(err)
	}
	if steps(parsed) > maxSteps {
		return nil, "is too large a regular expression: write fewer repetitions"
	}
	re, err := regexp.Compile("(?i)" + source)
	if err != nil {
		return nil, "is no regular expression: " + whyNot(err)
	}
	return &Term{test: func(c *api.Container, s Sight) bool { return anyText(c, field, s, re.MatchString) }}, ""
}

// maxSteps bounds a regular expression with its repetitions written out: each letter
// of each text may be held against all of it, and what that takes grows with it. A
// thousand bytes can stand for two hundred thousand steps, which take 0.4 GB.
const maxSteps = 2000

// steps is about how many instructions an expression becomes.
func steps(re *syntax.Regexp) int {
	n := 1
	for _, sub := range re.Sub {
		if n += steps(sub); n > maxSteps {
			return n
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpRepeat:
		n *= max(re.Min, re.Max, 1)
	default:
	}
	return n
}

// whyNot is what is wrong with an expression, in the page's words where those
// are others.
func whyNot(err error) string {
	e, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return err.Error()
	}
	switch e.Code {
	case syntax.ErrMissingBracket:
		return "unterminated character class"
	case syntax.ErrMissingParen:
		return "unterminated group"
	default:
		return string(e.Code)
	}
}

func label(value string) test {
	key, wanted, _ := strings.Cut(value, "=")
	return func(c *api.Container, _ Sight) bool {
		for k, v := range c.Labels {
			if strings.ToLower(k) == key && (wanted == "" || strings.ToLower(v) == wanted) {
				return true
			}
		}
		return false
	}
}

var ports = regexp.MustCompile(`^(\d{1,5})(?:-(\d{1,5}))?$`) //nolint:gochecknoglobals // never changed

func port(value string) (test, string) {
	const highest, bad = 65535, "should be a port like 8080, or a range like 8000-8999"
	m := ports.FindStringSubmatch(value)
	if m == nil {
		return nil, bad
	}
	from, _ := strconv.Atoi(m[1])
	to := from
	if m[2] != "" {
		to, _ = strconv.Atoi(m[2])
	}
	if from > highest || to > highest || to < from {
		return nil, bad
	}
	within := func(n int) bool { return n >= from && n <= to }
	return func(c *api.Container, _ Sight) bool {
		return slices.ContainsFunc(c.Ports, func(p api.Port) bool { return within(p.Public) || within(p.Private) })
	}, ""
}

// Restarted so often, and again within so long, it is going round in circles.
const (
	loopRestarts = 3
	loopWithin   = 10 * time.Minute
)

func condition(value string) (test, string) {
	if bad := oneOf(value, conditions()); bad != "" {
		return nil, bad
	}
	var found []string
	for _, c := range conditions() {
		if strings.HasPrefix(c, value) {
			found = append(found, c)
		}
	}
	return func(c *api.Container, s Sight) bool {
		return slices.ContainsFunc(found, func(name string) bool { return is(c, name, s) })
	}, ""
}

func is(c *api.Container, name string, s Sight) bool {
	switch name {
	case "unhealthy":
		return c.State.Alive() && c.Health == api.HealthUnhealthy
	case "failed":
		return c.State == api.StateDead || c.State == api.StateExited && !c.CleanExit()
	case "oom":
		return c.OOMKilled
	case "looping":
		return c.State == api.StateRestarting ||
			c.RestartCount >= loopRestarts && c.State.Alive() && c.StartedAt != nil && s.Now().Sub(*c.StartedAt) < loopWithin
	case "running":
		return c.State.Alive()
	case "stopped":
		return c.State == api.StateExited || c.State == api.StateCreated || c.State == api.StateDead
	}
	return false
}
