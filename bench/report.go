package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// bench collects figures.
type bench struct {
	containers, scale int
	window            time.Duration
	minutes           int // of watching the page's heap
	figures           []figure
}

// figure is one line of the table. Within reports whether the aim was reached.
type figure struct {
	what, aim, measured, beside string
	within                      bool
}

func (b *bench) add(what, aim, measured, beside string, within bool) {
	b.figures = append(b.figures, figure{what, aim, measured, beside, within})
	mark := "ok"
	if !within {
		mark = "SHORT"
	}
	fmt.Fprintf(os.Stderr, "bench:   %-5s %s: %s (aim %s) %s\n", mark, what, measured, aim, beside)
}

func (b *bench) markdown() string {
	var s strings.Builder
	fmt.Fprintf(&s, "# Benchmarks\n\nMeasured by `make bench` on %s: %d cores, %s, Linux %s, Docker Engine %s. ",
		time.Now().UTC().Format("2006-01-02"), runtime.NumCPU(), runtime.Version(), kernel(), engineVersion())
	s.WriteString("CPU is user and system time from `/proc`, memory is resident (VmRSS). What stands under *beside* was measured in the same run.\n\n")
	s.WriteString("| What | Aim | Measured | Beside | |\n| --- | --- | --- | --- | --- |\n")
	for _, f := range b.figures {
		mark := "reached"
		if !f.within {
			mark = "**short**"
		}
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", f.what, f.aim, f.measured, f.beside, mark)
	}
	return s.String()
}

// quantile is of a copy of v; 0 for none.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[min(len(v)-1, int(math.Ceil(q*float64(len(v))))-1)]
}
