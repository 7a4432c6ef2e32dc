package apitest

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// place is somewhere in a document: a JSON pointer in pieces.
type place struct {
	document string
	steps    []string
}

func (p place) to(steps ...string) place {
	return place{p.document, append(append([]string(nil), p.steps...), steps...)}
}

func (p place) url() string {
	var b strings.Builder
	b.WriteString(base + p.document + "#")
	for _, s := range p.steps {
		b.WriteString("/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(s)))
	}
	return b.String()
}

// follow is where a reference in a document leads.
func (p place) follow(ref string) (place, error) {
	file, pointer, ok := strings.Cut(ref, "#/")
	if !ok {
		return p, fmt.Errorf("%q is no reference into a document", ref)
	}
	out := place{document: p.document}
	if file != "" {
		out.document = file
	}
	for s := range strings.SplitSeq(pointer, "/") {
		out.steps = append(out.steps, strings.NewReplacer("~1", "/", "~0", "~").Replace(s))
	}
	return out, nil
}

// at is what stands at a place, behind the references that stand there, and
// where that is.
func (d *Description) at(p place) (any, place, error) {
	for range 20 {
		var v any = d.documents[p.document]
		for _, s := range p.steps {
			next, ok := step(v, s)
			if !ok {
				return nil, p, fmt.Errorf("there is nothing at %s", p.url())
			}
			v = next
		}
		m, _ := v.(map[string]any)
		ref, ok := m["$ref"].(string)
		if !ok {
			return v, p, nil
		}
		next, err := p.follow(ref)
		if err != nil {
			return nil, p, err
		}
		p = next
	}
	return nil, p, fmt.Errorf("references go round at %s", p.url())
}

func step(v any, s string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		next, ok := v[s]
		return next, ok
	case []any:
		if i, err := strconv.Atoi(s); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// object is at, of an object; the zero one where there is none.
func (d *Description) object(p place) (map[string]any, place) {
	v, where, err := d.at(p)
	if err != nil {
		return nil, p
	}
	m, _ := v.(map[string]any)
	return m, where
}
