package demoengine

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// filters is the query parameter of lists and events: each key holds values of
// which one must match.
type filters map[string][]string

// parseFilters reads both forms there are: {"label":{"a=b":true}} and, from
// older clients, {"label":["a=b"]}.
func parseFilters(text string) (filters, error) {
	if text == "" {
		return filters{}, nil
	}
	var byMap map[string]map[string]bool
	err := json.Unmarshal([]byte(text), &byMap)
	if err == nil {
		f := make(filters, len(byMap))
		for k, values := range byMap {
			for v := range values {
				f[k] = append(f[k], v)
			}
			sort.Strings(f[k])
		}
		return f, nil
	}
	f := filters{}
	if json.Unmarshal([]byte(text), &f) != nil {
		return nil, refuse(400, "invalid filter: %v", err)
	}
	return f, nil
}

// only refuses keys that are not allowed.
func (f filters) only(allowed ...string) error {
	for k := range f {
		if !slices.Contains(allowed, k) {
			return refuse(400, "Invalid filter '%s'", k)
		}
	}
	return nil
}

// any reports whether key is absent or one of its values satisfies match.
func (f filters) any(key string, match func(string) bool) bool {
	values := f[key]
	return len(values) == 0 || slices.ContainsFunc(values, match)
}

// exact matches one of the values as a whole.
func (f filters) exact(key, s string) bool {
	return f.any(key, func(v string) bool { return v == s })
}

// fuzzy matches one of the values as a prefix of s.
func (f filters) fuzzy(key, s string) bool {
	return f.any(key, func(v string) bool { return strings.HasPrefix(s, v) })
}

// labelled requires every value, "key" or "key=value", as the engine does.
func (f filters) labelled(get func(string) (string, bool)) bool {
	for _, want := range f["label"] {
		k, v, valued := strings.Cut(want, "=")
		have, ok := get(k)
		if !ok || valued && have != v {
			return false
		}
	}
	return true
}

// eventFilter is the engine's: an event passes if each key given matches.
func eventFilter(f filters) func(*event) bool {
	fuzzyName := func(e *event, key string) bool {
		return f.fuzzy(key, e.id) || f.fuzzy(key, e.attribute("name"))
	}
	image := func(e *event) bool {
		ref := e.attribute("image")
		bare, _, _ := strings.Cut(ref, ":")
		return f.exact("image", e.id) || f.exact("image", ref) || f.exact("image", bare)
	}
	return func(e *event) bool {
		return f.any("event", func(v string) bool {
			return e.action == v || strings.HasPrefix(e.action, v+":")
		}) &&
			f.exact("type", e.kind) && f.exact("scope", "local") &&
			fuzzyName(e, "container") && fuzzyName(e, "network") && fuzzyName(e, "volume") && image(e) &&
			f.labelled(func(k string) (string, bool) {
				for _, a := range e.attributes {
					if a.key == k {
						return a.value, true
					}
				}
				return "", false
			})
	}
}

// listFilter is that of `docker ps`. before and since are resolved by find.
func listFilter(f filters, find func(string) (*container, error)) (func(*container) bool, error) {
	if err := f.only("ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network", "publish", "since", "status", "volume"); err != nil {
		return nil, err
	}
	for _, s := range f["status"] {
		if !slices.Contains([]string{"created", "running", "paused", "restarting", "removing", "exited", "dead"}, s) {
			return nil, refuse(400, "Invalid filter 'status=%s'", s)
		}
	}
	for _, s := range f["health"] {
		if !slices.Contains([]string{"none", "starting", "healthy", "unhealthy"}, s) {
			return nil, refuse(400, "Invalid filter 'health=%s'", s)
		}
	}
	for _, s := range f["exited"] {
		if _, err := strconv.Atoi(s); err != nil {
			return nil, refuse(400, "Invalid filter 'exited=%s'", s)
		}
	}
	var before, since *container
	for key, to := range map[string]**container{"before": &before, "since": &since} {
		for _, ref := range f[key] {
			c, err := find(ref)
			if err != nil {
				return nil, err
			}
			*to = c
		}
	}
	return func(c *container) bool {
		h := string(c.health)
		if h == "" {
			h = "none"
		}
		return f.exact("status", string(c.state)) && f.exact("health", h) && f.fuzzy("id", c.id) &&
			f.any("name", func(v string) bool { return nameMatches(c.name, v) }) &&
			f.labelled(c.label) &&
			f.any("ancestor", func(v string) bool { return ancestor(c.image, v) }) &&
			(len(f["exited"]) == 0 || c.state == exited && f.exact("exited", strconv.Itoa(c.exitCode))) &&
			f.any("network", func(v string) bool {
				return v == c.networkName() || c.network != nil && strings.HasPrefix(c.network.id, v)
			}) &&
			f.any("volume", func(v string) bool { return c.volume != nil && (v == c.volume.name || v == c.mount) }) &&
			f.any("expose", func(v string) bool { return c.port > 0 && portMatches(c.port, c.proto, v) }) &&
			f.any("publish", func(v string) bool { return c.hostPort > 0 && portMatches(c.hostPort, c.proto, v) }) &&
			f.exact("is-task", "false") &&
			(before == nil || c.created.Before(before.created)) && (since == nil || c.created.After(since.created))
	}, nil
}

// nameMatches finds v in the name, with "^" and "$" as anchors and "/" before
// the name: what people use of the regular expressions the engine allows.
func nameMatches(name, v string) bool {
	start, end := strings.HasPrefix(v, "^"), strings.HasSuffix(v, "$")
	v = strings.TrimSuffix(strings.TrimPrefix(v, "^"), "$")
	if strings.HasPrefix(v, "/") {
		v, start = v[1:], true
	}
	switch {
	case start && end:
		return name == v
	case start:
		return strings.HasPrefix(name, v)
	case end:
		return strings.HasSuffix(name, v)
	}
	return strings.Contains(name, v)
}

func ancestor(im *image, v string) bool {
	bare, _, _ := strings.Cut(im.ref, ":")
	return v == im.ref || v == bare || strings.HasPrefix(im.id, v) || strings.HasPrefix(strings.TrimPrefix(im.id, "sha256:"), v)
}

func portMatches(port int, proto, v string) bool {
	number, p, given := strings.Cut(v, "/")
	if given && p != proto {
		return false
	}
	lo, hi, ranged := strings.Cut(number, "-")
	first, err := strconv.Atoi(lo)
	if err != nil {
		return false
	}
	last := first
	if ranged {
		if last, err = strconv.Atoi(hi); err != nil {
			return false
		}
	}
	return port >= first && port <= last
}
