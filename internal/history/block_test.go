package history

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestCodeKeepsThreeDigits(t *testing.T) {
	for v := range int64(256) {
		if got := codeOf(v).value(); got != v {
			t.Errorf("%d becomes %d", v, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(0, 1<<61).Draw(t, "value")
		c := codeOf(v)
		if e := math.Abs(float64(c.value()-v)) / max(1, float64(v)); e > 1.0/256 {
			t.Fatalf("%d becomes %d, %.4f off", v, c.value(), e)
		}
		w := rapid.Int64Range(0, 1<<61).Draw(t, "another")
		if v < w && codeOf(v) > codeOf(w) {
			t.Fatalf("the codes of %d and %d are not in order", v, w)
		}
	})
	if codeOf(api.Unknown) != 0 || codeOf(-3).value() != 0 || code(0).value() != api.Unknown {
		t.Error("not known, or below zero")
	}
}

// Points come back as they were: gauges exactly, counters within what a
// difference is rounded by, and no further from the truth with each.
func TestBlockComesBack(t *testing.T) {
	var writer, other coder
	rapid.Check(t, func(t *rapid.T) {
		resolution := rapid.IntRange(0, resolutions-1).Draw(t, "resolution")
		step := stepOf(resolution)
		base := rapid.Int64Range(0, 1<<20).Draw(t, "block") * step * blockPoints
		value := rapid.OneOf(rapid.Just(api.Unknown), rapid.Int64Range(0, 1000), rapid.Int64Range(0, 1<<61))
		var points []point
		var count [numCounters]int64
		for i := int64(0); i < blockPoints; i += rapid.Int64Range(1, 90).Draw(t, "skip") {
			p := point{at: base + i*step}
			for range rapid.IntRange(0, 6).Draw(t, "cells") {
				c := api.Column(rapid.IntRange(0, int(api.NumColumns)-1).Draw(t, "column"))
				if counterAt(c) < 0 {
					for s := range numStats {
						p.gauges[c][s] = codeOf(value.Draw(t, "value"))
					}
					if p.gauges[c][statAvg] == 0 {
						p.gauges[c] = [numStats]code{}
					}
				}
			}
			for c := range p.counts {
				count[c] += rapid.Int64Range(0, 1<<30).Draw(t, "growth")
				if rapid.IntRange(0, 20).Draw(t, "restart") == 0 {
					count[c] = 0
				}
				p.counts[c] = count[c]
				if rapid.IntRange(0, 10).Draw(t, "unknown") == 0 {
					p.counts[c] = api.Unknown
				}
			}
			points = append(points, p)
		}
		data, err := writer.encode(points, step)
		if err != nil {
			t.Fatal(err)
		}
		got, err := other.decode(data, base, step)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(points) {
			t.Fatalf("%d points, want %d", len(got), len(points))
		}
		for i := range points {
			if got[i].at != points[i].at || got[i].gauges != points[i].gauges {
				t.Fatalf("point %d: %+v, want %+v", i, got[i], points[i])
			}
			for c, want := range points[i].counts {
				is := got[i].counts[c]
				if (is == api.Unknown) != (want == api.Unknown) || want != api.Unknown && math.Abs(float64(is-want)) > 1<<31/128 {
					t.Fatalf("point %d: counter %d is %d, want %d", i, c, is, want)
				}
			}
		}
		// Written again, it is the same: each flush reads and writes a block.
		again, err := writer.encode(got, step)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := other.decode(again, base, step)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if twice[i] != got[i] {
				t.Fatalf("point %d changes when it is written again", i)
			}
		}
	})
}

func FuzzBlock(f *testing.F) {
	var c coder
	points := []point{{at: 3600}, {at: 3610}}
	points[1].gauges[api.ColCPU] = [numStats]code{5, 4, 7, 5}
	data, err := c.encode(points, 10)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var c coder
		points, err := c.decode(data, 3600, 10)
		if err == nil && len(points) > blockPoints {
			t.Errorf("%d points", len(points))
		}
	})
}

func TestCoarserIsRight(t *testing.T) {
	var fine []point
	for i := range int64(12) {
		g := gather{at: 1200 + i*10}
		for _, v := range []int64{i * 10, i*10 + 5} {
			g.add(api.ColCPU, v)
		}
		g.add(api.ColRx, 1000+i)
		if i == 3 {
			g = gather{at: g.at} // nothing is known
		}
		fine = append(fine, g.point())
	}
	got := coarser(fine, 60)
	if len(got) != 2 || got[0].at != 1200 || got[1].at != 1260 {
		t.Fatalf("%+v", got)
	}
	cpu := got[0].gauges[api.ColCPU]
	// Averages are rounded to 3, 13, 23, (not known), 43, 53.
	if cpu[statMin].value() != 0 || cpu[statMax].value() != 55 || cpu[statLast].value() != 55 || cpu[statAvg].value() != 27 {
		t.Errorf("%d %d %d %d", cpu[statAvg].value(), cpu[statMin].value(), cpu[statMax].value(), cpu[statLast].value())
	}
	if got[1].counts[0] != 1011 || got[1].counts[1] != api.Unknown {
		t.Errorf("%v", got[1].counts)
	}
}
