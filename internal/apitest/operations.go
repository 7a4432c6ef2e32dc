package apitest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Operations are all that are described, in the order of their paths.
func (d *Description) Operations() []*Operation { return d.operations }

// Find is the operation that answers a path as it stands in the request's URL,
// with its escapes; nil where none is described. A piece that is written out
// goes before a parameter.
func (d *Description) Find(method, escapedPath string) *Operation {
	if method == "HEAD" {
		method = "GET"
	}
	var best *Operation
	for _, o := range d.operations {
		if o.Method == method && matches(o.Path, escapedPath) && (best == nil || strings.Count(o.Path, "{") < strings.Count(best.Path, "{")) {
			best = o
		}
	}
	return best
}

func matches(template, path string) bool {
	want, is := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(is) {
		return false
	}
	for i, w := range want {
		if strings.HasPrefix(w, "{") && is[i] != "" {
			continue
		}
		if w != is[i] {
			return false
		}
	}
	return true
}

func (d *Description) readOperations() error {
	paths, at := d.object(place{openAPI, []string{"paths"}})
	for path := range paths {
		item, where := d.object(at.to(path))
		shared, err := d.readParameters(where.to("parameters"), item["parameters"])
		if err != nil {
			return err
		}
		for method := range item {
			if method == "parameters" {
				continue
			}
			o, err := d.readOperation(method, path, where.to(method), shared)
			if err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
			d.operations = append(d.operations, o)
		}
	}
	slices.SortFunc(d.operations, func(a, b *Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return nil
}

func (d *Description) readOperation(method, path string, at place, shared []parameter) (*Operation, error) {
	op, at := d.object(at)
	o := &Operation{Method: strings.ToUpper(method), Path: path, at: at, responses: map[string]place{}}
	o.ID, _ = op["operationId"].(string)
	o.Role, _ = op["x-role"].(string)
	own, err := d.readParameters(at.to("parameters"), op["parameters"])
	if err != nil {
		return nil, err
	}
	o.parameters = append(slices.Clone(shared), own...)
	responses, where := d.object(at.to("responses"))
	for status := range responses {
		if _, o.responses[status], err = d.at(where.to(status)); err != nil {
			return nil, err
		}
	}
	if b, where := d.object(at.to("requestBody")); b != nil {
		media, where := d.object(where.to("content", "application/json"))
		o.body = &body{schema: where.to("schema")}
		o.body.required, _ = b["required"].(bool)
		examples, where := d.object(where.to("examples"))
		for name := range examples {
			e, _ := d.object(where.to(name))
			o.body.examples = append(o.body.examples, e["value"])
		}
		if e, ok := media["example"]; ok {
			o.body.examples = append(o.body.examples, e)
		}
	}
	return o, nil
}

func (d *Description) readParameters(at place, list any) ([]parameter, error) {
	entries, _ := list.([]any)
	var out []parameter
	for i := range entries {
		m, where := d.object(at.to(strconv.Itoa(i)))
		p := parameter{schema: where.to("schema")}
		p.name, _ = m["name"].(string)
		p.in, _ = m["in"].(string)
		p.required, _ = m["required"].(bool)
		if p.name == "" || p.in == "" {
			return nil, fmt.Errorf("a parameter at %s without a name or a place", where.url())
		}
		out = append(out, p)
	}
	return out, nil
}
