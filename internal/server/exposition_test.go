package server

import "testing"

// TestExposition is the format as Prometheus describes it: HELP and TYPE once a
// name, escaped labels, and buckets that count what is in those below, too.
func TestExposition(t *testing.T) {
	e := make(exposition)
	e.counter("b_total", "Counted.", 3, "to", `a "quoted" C:\path`+"\nline", "from", "x\xff")
	e.counter("b_total", "Counted.", 1e21, "to", "", "from", "a")
	e.gauge("a", "Measured.", -0.25)
	e.histogram("c_seconds", "Took.", []float64{0.005, 10}, []uint64{1, 0, 2}, 31.5)
	const want = `# HELP a Measured.
# TYPE a gauge
a -0.25
# HELP b_total Counted.
# TYPE b_total counter
b_total{to="",from="a"} 1e+21
b_total{to="a \"quoted\" C:\\path\nline",from="x�"} 3
# HELP c_seconds Took.
# TYPE c_seconds histogram
c_seconds_bucket{le="0.005"} 1
c_seconds_bucket{le="10"} 1
c_seconds_bucket{le="+Inf"} 3
c_seconds_sum 31.5
c_seconds_count 3
`
	if got := string(e.text()); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
