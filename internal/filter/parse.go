package filter

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// word is a name, an operator and a value.
var word = regexp.MustCompile(`(?is)^([a-z]+)(:|>=|<=|>|<|=)(.*)$`) //nolint:gochecknoglobals // never changed

// wrong is what is wrong with a word, as the rest of a sentence that begins with
// it, and what would be right.
type wrong struct{ says, fix string }

// Parse reads a query. It never fails: a word that can't be read is told in
// Problems, the others count.
func Parse(query string) *Filter {
	f := &Filter{}
	for _, raw := range tokens(query) {
		negated := len(raw) > 1 && strings.HasPrefix(raw, "-")
		text, minus := raw, ""
		if negated {
			text, minus = raw[1:], "-"
		}
		term, bad := readWord(text)
		switch {
		case bad != nil:
			p := Problem{Word: raw, Message: raw + " " + bad.says}
			if bad.fix != "" {
				p.Fix = minus + bad.fix
			}
			f.Problems = append(f.Problems, p)
			continue
		case term == nil:
			continue
		case negated:
			test := term.test
			term = &Term{Live: term.Live, test: func(c *api.Container, s Sight) bool { return !test(c, s) }}
		}
		if term.Live {
			f.live = append(f.live, *term)
		} else {
			f.still = append(f.still, *term)
		}
	}
	return f
}

// readWord is a term, what is wrong with the word, or neither for a word that
// has only begun.
func readWord(text string) (*Term, *wrong) {
	if text == "-" || strings.HasPrefix(text, `"`) {
		return freeText(text), nil
	}
	m := word.FindStringSubmatch(text)
	if m == nil {
		return freeText(text), nil
	}
	name, operator, value := m[1], m[2], m[3]
	known := strings.ToLower(name)
	if u, ok := metricUnit(known); ok {
		return metricWord(known, u, operator, value)
	}
	if isField(known) {
		return fieldWord(known, operator, value)
	}
	if near := nearestWord(known); near != "" {
		fix := near + ":" + value
		if _, ok := metricUnit(near); ok {
			if operator == ":" {
				operator = ">"
			}
			fix = near + operator + value
		}
		return nil, &wrong{fmt.Sprintf("is no field. Did you mean %s?", fix), fix}
	}
	// An image with its tag has a colon too.
	if operator == ":" || operator == "=" {
		return freeText(text), nil
	}
	return nil, &wrong{says: fmt.Sprintf("compares nothing: there is no metric “%s”", name)}
}

func metricWord(name string, u unit, operator, value string) (*Term, *wrong) {
	if value == "" {
		return nil, nil
	}
	if operator == ":" {
		fix := name + ">" + value
		return nil, &wrong{"is compared: " + fix, fix}
	}
	term, bad := metricTerm(name, u, operator, value)
	if instead, ok := strings.CutPrefix(bad, needsUnit); ok {
		return nil, &wrong{bad, name + operator + instead}
	}
	if bad != "" {
		return nil, &wrong{says: bad}
	}
	return term, nil
}

func fieldWord(name, operator, value string) (*Term, *wrong) {
	if operator != ":" && operator != "=" {
		example := value
		if example == "" {
			example = "…"
		}
		return nil, &wrong{says: fmt.Sprintf("can't be compared; write %s:%s", name, example)}
	}
	if strings.Trim(value, `"~=,`) == "" {
		return nil, nil
	}
	if operator == "=" && wholeField(name) {
		value = "=" + value
	}
	term, bad := fieldTerm(name, value)
	if bad != "" {
		return nil, &wrong{says: bad}
	}
	return term, nil
}

// freeText looks for the word anywhere in what names a container.
func freeText(text string) *Term {
	values := alternatives(strings.ToLower(text))
	if len(values) == 0 {
		return nil
	}
	return &Term{test: func(c *api.Container, _ Sight) bool {
		for _, v := range values {
			if mentions(c, v) {
				return true
			}
		}
		return false
	}}
}

// mentions tells whether what names a container holds the lower-case text.
func mentions(c *api.Container, text string) bool {
	return contains(c.Name, text) || contains(c.Image, text) || contains(c.Project, text) || contains(c.Service, text) ||
		contains(string(c.State), text) || c.Health != api.HealthNone && contains(string(c.Health), text) || contains(c.ID, text)
}

// contains tells whether text holds the lower-case part, whatever its case. It
// allocates nothing for plain text in lower case, which nearly all names are.
func contains(text, part string) bool {
	return strings.Contains(text, part) || strings.Contains(strings.ToLower(text), part)
}
