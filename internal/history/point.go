package history

import (
	"math/bits"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Metrics are kept in three resolutions, each for its own time. A block of any
// of them has blockPoints points.
const (
	resolutions = 3
	blockPoints = 360
)

// stepOf is how far a resolution's points are apart, in seconds.
func stepOf(resolution int) int64 { return [resolutions]int64{10, 60, 600}[resolution] }

// What is kept of a gauge's values within a point. Of a counter, which only
// grows, the last is kept.
const (
	statAvg = iota
	statMin
	statMax
	statLast
	numStats
)

// counters are the columns that count since the container's start, in the order
// of point.counts.
const numCounters = 5

func counters() [numCounters]api.Column {
	return [numCounters]api.Column{api.ColRx, api.ColTx, api.ColRead, api.ColWrite, api.ColOOMKills}
}

// counterAt is where a column stands in point.counts; -1 is a gauge.
func counterAt(c api.Column) int {
	for i, col := range counters() {
		if col == c {
			return i
		}
	}
	return -1
}

// point is what is kept of one stretch of time. Gauges are codes.
type point struct {
	at     int64 // its beginning, Unix seconds, a multiple of the step
	gauges [api.NumColumns][numStats]code
	counts [numCounters]int64 // api.Unknown where it is not known
}

// code is a value that is not negative with eight significant bits: exact below
// 256, and within 0.4 % above. No chart shows more, and the noise below costs no
// room. 0 is not known.
type code uint16

func codeOf(v int64) code {
	switch {
	case v == api.Unknown:
		return 0
	case v < 0:
		v = 0
	}
	if v < 128 {
		return code(v) + 1
	}
	shift := bits.Len64(uint64(v)) - 8
	mantissa := v >> shift
	if shift > 0 && v>>(shift-1)&1 == 1 {
		mantissa++
	}
	if mantissa == 256 {
		mantissa, shift = 128, shift+1
	}
	return code(128+shift*128+int(mantissa-128)) + 1
}

func (c code) value() int64 {
	if c == 0 {
		return api.Unknown
	}
	n := int64(c) - 1
	if n < 128 {
		return n
	}
	shift := (n - 128) / 128
	return (128 + (n-128)%128) << shift
}

// gather collects a stretch's samples.
type gather struct {
	at                  int64
	n                   [api.NumColumns]int64
	sum, min, max, last [api.NumColumns]int64
}

func (g *gather) add(c api.Column, v int64) {
	if v == api.Unknown {
		return
	}
	if g.n[c] == 0 {
		g.min[c], g.max[c] = v, v
	}
	g.n[c]++
	g.sum[c] += v
	g.min[c], g.max[c], g.last[c] = min(g.min[c], v), max(g.max[c], v), v
}

func (g *gather) point() point {
	p := point{at: g.at}
	for c := range api.NumColumns {
		if counterAt(c) >= 0 || g.n[c] == 0 {
			continue
		}
		p.gauges[c] = [numStats]code{codeOf((g.sum[c] + g.n[c]/2) / g.n[c]), codeOf(g.min[c]), codeOf(g.max[c]), codeOf(g.last[c])}
	}
	for i, c := range counters() {
		p.counts[i] = api.Unknown
		if g.n[c] > 0 {
			p.counts[i] = g.last[c]
		}
	}
	return p
}

// coarser makes points of a wider step from finer ones, which are in order. The
// average is that of the averages.
func coarser(fine []point, step int64) []point {
	var out []point
	for len(fine) > 0 {
		at := fine[0].at / step * step
		n := 1
		for n < len(fine) && fine[n].at < at+step {
			n++
		}
		out = append(out, fold(at, fine[:n]))
		fine = fine[n:]
	}
	return out
}

func fold(at int64, fine []point) point {
	p := point{at: at}
	for c := range api.NumColumns {
		var sum, n int64
		g := &p.gauges[c]
		for i := range fine {
			f := &fine[i].gauges[c]
			if f[statAvg] == 0 {
				continue
			}
			if n == 0 {
				*g = *f
			}
			sum += f[statAvg].value()
			n++
			// Codes are in the order of their values.
			g[statMin], g[statMax], g[statLast] = min(g[statMin], f[statMin]), max(g[statMax], f[statMax]), f[statLast]
		}
		if n > 0 {
			g[statAvg] = codeOf((sum + n/2) / n)
		}
	}
	for i := range p.counts {
		p.counts[i] = api.Unknown
		for j := range fine {
			if v := fine[j].counts[i]; v != api.Unknown {
				p.counts[i] = v
			}
		}
	}
	return p
}

// merge puts newer points among older ones; where both have a time, the newer is
// right. Both are in order.
func merge(old, news []point) []point {
	out := make([]point, 0, len(old)+len(news))
	for len(old) > 0 || len(news) > 0 {
		switch {
		case len(news) == 0 || len(old) > 0 && old[0].at < news[0].at:
			out, old = append(out, old[0]), old[1:]
		default:
			if len(old) > 0 && old[0].at == news[0].at {
				old = old[1:]
			}
			out, news = append(out, news[0]), news[1:]
		}
	}
	return out
}
