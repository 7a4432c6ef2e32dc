package server

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// expositionType is the media type of Prometheus' text format, whose description
// is https://prometheus.io/docs/instrumenting/exposition_formats/. It is all that
// an answer made anew for each scrape takes: Prometheus' own library would be a
// tenth of the binary.
const expositionType = "text/plain; version=0.0.4; charset=utf-8"

// exposition gathers the metrics of one answer, by name.
type exposition map[string]*family

// family are the metrics of one name.
type family struct {
	kind, help string
	lines      []string
}

func (e exposition) gauge(name, help string, v float64, labels ...string) {
	e.family("gauge", name, help).add(name, v, labels)
}

func (e exposition) counter(name, help string, v float64, labels ...string) {
	e.family("counter", name, help).add(name, v, labels)
}

// histogram adds how many values there were up to each bound, and above the last.
func (e exposition) histogram(name, help string, bounds []float64, counts []uint64, sum float64) {
	f := e.family("histogram", name, help)
	var total uint64
	for i, n := range counts {
		total += n
		bound := "+Inf"
		if i < len(bounds) {
			bound = number(bounds[i])
		}
		f.add(name+"_bucket", float64(total), []string{"le", bound})
	}
	f.add(name+"_sum", sum, nil)
	f.add(name+"_count", float64(total), nil)
}

func (e exposition) family(kind, name, help string) *family {
	f := e[name]
	if f == nil {
		f = &family{kind: kind, help: help}
		e[name] = f
	}
	return f
}

// add writes a line; labels are pairs of name and value.
func (f *family) add(name string, v float64, labels []string) {
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	var pairs []string
	for pair := range slices.Chunk(labels, 2) {
		pairs = append(pairs, pair[0]+`="`+escape.Replace(strings.ToValidUTF8(pair[1], "\uFFFD"))+`"`)
	}
	if pairs != nil {
		name += "{" + strings.Join(pairs, ",") + "}"
	}
	f.lines = append(f.lines, name+" "+number(v)+"\n")
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// text is the answer, in the order of names and labels; a histogram's buckets are
// in the order of their bounds.
func (e exposition) text() []byte {
	var b []byte
	for _, name := range slices.Sorted(maps.Keys(e)) {
		f := e[name]
		b = append(b, "# HELP "+name+" "+f.help+"\n# TYPE "+name+" "+f.kind+"\n"...)
		if f.kind != "histogram" {
			slices.Sort(f.lines)
		}
		for _, line := range f.lines {
			b = append(b, line...)
		}
	}
	return b
}
