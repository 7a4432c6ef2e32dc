package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Request is made up from what an operation's description says.
type Request struct {
	Operation *Operation
	// Path is escaped.
	Path   string
	Query  url.Values
	Header http.Header
	// Body is nil where there is none.
	Body []byte
	// Wrong says what of it the description forbids; empty where nothing.
	Wrong string
}

// URL is the request's path with its query.
func (r Request) URL() string {
	if len(r.Query) == 0 {
		return r.Path
	}
	return r.Path + "?" + r.Query.Encode()
}

func (r Request) String() string {
	var b strings.Builder
	b.WriteString(r.Operation.Method + " " + r.URL())
	for name, v := range r.Header {
		fmt.Fprintf(&b, " %s: %.100q", name, v[0])
	}
	if r.Body != nil {
		fmt.Fprintf(&b, " %.400s", r.Body)
	}
	if r.Wrong != "" {
		b.WriteString(" (wrong: " + r.Wrong + ")")
	}
	return b.String()
}

// Known are values that mean something to the server for a parameter or a
// property of that name, such as the ids there are; it may have none.
type Known func(o *Operation, name string) []any

// Good makes requests up that the description allows. Whether the server can do
// what they ask for is another question.
func (d *Description) Good(o *Operation, known Known) *rapid.Generator[Request] {
	return rapid.Custom(func(t *rapid.T) Request { return d.maker(t, o, known).request() })
}

// Bad makes requests up that the description forbids in one way each: one for
// each way.
func (d *Description) Bad(o *Operation, known Known) []*rapid.Generator[Request] {
	var out []*rapid.Generator[Request]
	for _, w := range d.wrongs(o) {
		out = append(out, rapid.Custom(func(t *rapid.T) Request {
			m := d.maker(t, o, known)
			r := m.request()
			w.make(m, &r)
			r.Wrong = w.what
			return r
		}))
	}
	return out
}

func (d *Description) maker(t *rapid.T, o *Operation, known Known) *maker {
	return &maker{d: d, t: t, o: o, known: func(name string) []any { return known(o, name) }}
}

func (m *maker) request() Request {
	o := m.o
	m.chance("nothing to choose") // rapid wants a choice of everything that is made up
	r := Request{Operation: o, Path: o.Path, Query: url.Values{}, Header: http.Header{}}
	for _, p := range o.parameters {
		if !p.required && !m.chance(p.name) {
			continue
		}
		switch p.in {
		case "path":
			r.Path = strings.Replace(r.Path, "{"+p.name+"}", url.PathEscape(m.pathPiece(p)), 1)
		case "query":
			r.Query[p.name] = m.texts(p)
		case "header":
			r.Header.Set(p.name, m.headerValue(p))
		}
	}
	switch b := o.body; {
	case b == nil || !b.required && !m.chance("body"):
	case len(b.examples) > 0 && m.chance("an example"):
		r.Body = encoded(rapid.SampledFrom(b.examples).Draw(m.t, "example"))
	default:
		r.Body = encoded(m.value(b.schema, ""))
	}
	return r
}

// texts is a parameter's value in the query: one, or several of a list.
func (m *maker) texts(p parameter) []string {
	v := m.value(p.schema, p.name)
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = text(e)
	}
	return out
}

// pathPiece is never what a router would take for a way up or for nothing.
func (m *maker) pathPiece(p parameter) string {
	s := text(m.value(p.schema, p.name))
	if strings.Trim(s, "./") == "" {
		return "x" + s
	}
	return s
}

// headerValue is one that HTTP can carry.
func (m *maker) headerValue(p parameter) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, text(m.value(p.schema, p.name)))
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(encoded(v))
}

func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // made up of maps, lists and texts
	}
	return b
}

// wrong is a way to break what the description says.
type wrong struct {
	what string
	make func(m *maker, r *Request)
}

func (d *Description) wrongs(o *Operation) []wrong {
	var out []wrong
	for _, p := range o.parameters {
		s, _ := d.object(p.schema)
		if p.required && p.in != "path" {
			out = append(out, wrong{p.name + " is missing", func(_ *maker, r *Request) { r.Query.Del(p.name); r.Header.Del(p.name) }})
		}
		if s["type"] == "array" {
			s, _ = d.object(p.schema.to("items"))
		}
		for _, bad := range wrongTexts(s) {
			out = append(out, wrong{fmt.Sprintf("%s is %.30q", p.name, bad), func(_ *maker, r *Request) {
				switch p.in {
				case "query":
					r.Query.Set(p.name, bad)
				case "header":
					r.Header.Set(p.name, bad)
				case "path":
					r.Path = putPiece(o.Path, r.Path, p.name, bad)
				}
			}})
		}
	}
	if o.body != nil {
		out = append(out, d.wrongBodies(o.body)...)
	}
	return out
}

// putPiece replaces one parameter of a path.
func putPiece(template, path, name, value string) string {
	pieces := strings.Split(path, "/")
	pieces[slices.Index(strings.Split(template, "/"), "{"+name+"}")] = url.PathEscape(value)
	return strings.Join(pieces, "/")
}

func (d *Description) wrongBodies(b *body) []wrong {
	raw := func(what, text string) wrong {
		return wrong{what, func(_ *maker, r *Request) { r.Body = []byte(text) }}
	}
	s, _ := d.object(b.schema)
	if s["type"] == nil {
		return []wrong{raw("the body is cut off", `{"a":`), raw("the body is no JSON", "a=b")}
	}
	out := []wrong{raw("the body is cut off", `{"a":`), raw("the body is no JSON", "a=b"), raw("the body is a list", "[]"), raw("the body is a text", `"x"`)}
	for _, w := range d.wrongValues(b.schema, nil) {
		out = append(out, wrong{w.what, func(m *maker, r *Request) {
			v := m.value(b.schema, "")
			r.Body = encoded(w.put(m, v))
		}})
	}
	return out
}

// wrongValue breaks an object somewhere inside of it.
type wrongValue struct {
	what string
	put  func(m *maker, v any) any
}

// wrongValues are the ways to break the object whose schema stands at p. That a
// property is missing is none: the description lets it stand for its zero value.
func (d *Description) wrongValues(p place, seen []string) []wrongValue {
	s, p := d.object(p)
	if slices.Contains(seen, p.url()) || s["type"] != "object" {
		return nil
	}
	seen = append(seen, p.url())
	set := func(name string, value any) func(*maker, any) any {
		return func(_ *maker, v any) any {
			object, _ := v.(map[string]any)
			object = maps.Clone(object)
			object[name] = value
			return object
		}
	}
	var out []wrongValue
	if s["additionalProperties"] == false {
		out = append(out, wrongValue{"an unknown property", set("nonsense", 1)})
	}
	properties, _ := s["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		at := p.to("properties", name)
		inner, _ := d.object(at)
		for _, bad := range wrongJSON(inner) {
			out = append(out, wrongValue{fmt.Sprintf("%s is %.30s", name, encoded(bad)), set(name, bad)})
		}
		for _, w := range d.wrongValues(at, seen) {
			out = append(out, wrongValue{name + ": " + w.what, func(m *maker, v any) any {
				return set(name, w.put(m, m.value(at, name)))(m, v)
			}})
		}
	}
	return out
}
