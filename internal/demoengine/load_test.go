package demoengine

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Counters never fall, whenever they are looked at, and rise at the rate that
// the curve has.
func TestCountersAreMonotonic(t *testing.T) {
	e := New(Options{Containers: 300, Seed: 2, Now: clock})
	var alive []*container
	for _, c := range e.world.all() {
		if c.state == running {
			alive = append(alive, c)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(alive).Draw(t, "container")
		at := clock().Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "at")))
		last := c.usage(at, e.world.epoch)
		for _, step := range rapid.SliceOfN(rapid.Int64Range(1, int64(20*time.Minute)), 1, 20).Draw(t, "steps") {
			at = at.Add(time.Duration(step))
			u := c.usage(at, e.world.epoch)
			for name, v := range map[string][2]uint64{"cpu": {last.cpuNs, u.cpuNs}, "rx": {last.rx, u.rx}, "tx": {last.tx, u.tx}, "read": {last.read, u.read}, "write": {last.write, u.write}, "periods": {last.periods, u.periods}, "throttled": {last.throttled, u.throttled}} {
				if v[1] < v[0] {
					t.Fatalf("%s of %s falls from %d to %d", name, c.name, v[0], v[1])
				}
			}
			// The curve is read to the microsecond.
			if ceiling := float64(max(c.nanoCPUs, 0)); ceiling > 0 && float64(u.cpuNs-last.cpuNs) > ceiling*(time.Duration(step)+time.Microsecond).Seconds()*1.001+1000 {
				t.Fatalf("%s uses %d ns of CPU in %v, its limit is %.2f", c.name, u.cpuNs-last.cpuNs, time.Duration(step), ceiling/1e9)
			}
			if c.memLimit > 0 && u.memory() > uint64(c.memLimit) {
				t.Fatalf("%s uses %d bytes of %d", c.name, u.memory(), c.memLimit)
			}
			if u.pids == 0 || u.memory() == 0 || u.inactiveFile > u.file || u.file > u.memory() {
				t.Fatalf("%s: %+v", c.name, u)
			}
			last = u
		}
	})
}

func TestIntegralFitsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDice(rapid.Uint64().Draw(t, "seed"), 1)
		w := newWave(1000, d)
		if rapid.Bool().Draw(t, "pulse") {
			w = w.withPulse(4000, d)
		}
		from := rapid.Float64Range(-1e6, 1e6).Draw(t, "from")
		const span, n = 120.0, 24_000
		sum := 0.0
		for i := range n {
			r := w.rate(from + (float64(i)+0.5)*span/n)
			if r < 0 {
				t.Fatalf("a rate of %g", r)
			}
			sum += r * span / n
		}
		if got := w.integral(from+span) - w.integral(from); math.Abs(got-sum) > 1e-3*sum+50 {
			t.Fatalf("from %g: the integral is %g, the sum of the rates %g", from, got, sum)
		}
	})
}

func TestPauseStopsTheCounters(t *testing.T) {
	e := New(Options{Containers: 30, Seed: 2, Now: clock})
	var c *container
	for _, k := range e.world.all() {
		if k.state == running {
			c = k
		}
	}
	at := clock()
	p := c.pausedNow(at)
	before := p.usage(at, e.world.epoch)
	if after := p.usage(at.Add(time.Hour), e.world.epoch); after != before {
		t.Errorf("an hour's pause changes %+v to %+v", before, after)
	}
	r := p.unpausedNow(at.Add(time.Hour))
	if after := r.usage(at.Add(time.Hour), e.world.epoch); after != before {
		t.Errorf("going on changes %+v to %+v", before, after)
	}
	if after := r.usage(at.Add(time.Hour+time.Second), e.world.epoch); after.cpuNs <= before.cpuNs {
		t.Errorf("after the pause nothing is used: %+v", after)
	}
}

func TestCgroupTree(t *testing.T) {
	root := t.TempDir()
	live(t, Options{Containers: 60, Seed: 1, CgroupRoot: root}, func(l living) {
		t, e := l.T, l.e
		time.Sleep(500 * time.Millisecond)
		read := func(c *container, name string) string {
			t.Helper()
			text, err := os.ReadFile(filepath.Join(root, "docker", c.id, name))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		for _, c := range e.world.all() {
			_, err := os.Stat(filepath.Join(root, "docker", c.id))
			if there := err == nil; there != c.alive() {
				t.Errorf("%s is %s, its cgroup is there: %t", c.name, c.state, there)
			}
		}
		c := find(t, e, "shop-web-1")
		first := read(c, "cpu.stat")
		time.Sleep(time.Second)
		second := read(c, "cpu.stat")
		if !strings.HasPrefix(first, "usage_usec ") || first == second {
			t.Errorf("cpu.stat was %q and is %q", first, second)
		}
		for name, want := range map[string]string{"memory.stat": "\ninactive_file ", "io.stat": "259:0 rbytes=", "memory.max": "536870912\n", "cpu.pressure": "some avg10=", "memory.events": "oom_kill "} {
			if got := read(c, name); !strings.Contains(got, want) {
				t.Errorf("%s is %q", name, got)
			}
		}
		post(t, e, "/containers/shop-web-1/kill", 204)
		time.Sleep(time.Second)
		if _, err := os.Stat(filepath.Join(root, "docker", c.id)); err == nil {
			t.Error("the cgroup outlived its container")
		}
	})
}
