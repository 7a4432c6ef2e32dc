package transfer

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
)

const mib = 1 << 20

func start() time.Time { return time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC) }

func line(id, status string, current, total int64) api.TransferLine {
	return api.TransferLine{ID: id, Status: status, Current: current, Total: total}
}

// check holds what Progress promises, against what it said before.
type check struct {
	last  api.JobProgress
	first time.Time // when anything had moved
}

func (c *check) see(t interface{ Fatalf(string, ...any) }, p api.JobProgress, now time.Time) {
	if p.Fraction != nil && (math.IsNaN(*p.Fraction) || *p.Fraction < 0 || *p.Fraction > 1) {
		t.Fatalf("fraction %v", *p.Fraction)
	}
	if c.last.Fraction != nil && (p.Fraction == nil || *p.Fraction < *c.last.Fraction) {
		t.Fatalf("the bar runs backwards: %v after %v", p.Fraction, *c.last.Fraction)
	}
	if p.Fraction != nil && *p.Fraction == 1 != (p.Phase == api.PhaseDone) {
		t.Fatalf("fraction %v in phase %s", *p.Fraction, p.Phase)
	}
	if p.CurrentBytes < c.last.CurrentBytes {
		t.Fatalf("current falls from %d to %d", c.last.CurrentBytes, p.CurrentBytes)
	}
	if c.last.TotalBytes != nil && (p.TotalBytes == nil || *p.TotalBytes < *c.last.TotalBytes) {
		t.Fatalf("total falls from %d to %v", *c.last.TotalBytes, p.TotalBytes)
	}
	if p.CurrentBytes > 0 && (p.TotalBytes == nil || p.CurrentBytes > *p.TotalBytes) {
		t.Fatalf("%d of %v", p.CurrentBytes, p.TotalBytes)
	}
	if p.BytesPerSecond != nil && *p.BytesPerSecond < 0 {
		t.Fatalf("rate %d", *p.BytesPerSecond)
	}
	if p.ETASeconds != nil && (math.IsNaN(*p.ETASeconds) || *p.ETASeconds < 0 || *p.ETASeconds > maxETA) {
		t.Fatalf("%v s left", *p.ETASeconds)
	}
	if p.ETASeconds != nil && now.Sub(c.first) < etaAfter {
		t.Fatalf("a time left after %v", now.Sub(c.first))
	}
	for _, l := range p.Layers {
		if l.CurrentBytes < 0 || l.TotalBytes != nil && l.CurrentBytes > *l.TotalBytes {
			t.Fatalf("layer %s: %d of %d", l.ID, l.CurrentBytes, *l.TotalBytes)
		}
	}
	c.last = p
}

// TestPromisesHoldForAnyLines: whatever an engine says, in whatever order.
func TestPromisesHoldForAnyLines(t *testing.T) {
	statuses := []string{
		"Pulling fs layer", "Waiting", "Downloading", "Downloading", "Downloading", "Verifying Checksum", "Download complete", "Extracting", "Extracting",
		"Pull complete", "Already exists", "Retrying in 5 seconds", "Retrying in 1 second", "Layer already being pulled by another client. Waiting.",
		"Preparing", "Pushing", "Pushing", "Pushed", "Layer already exists", "Mounted from library/web", "Pulling from library/web", "no such word", "",
	}
	rapid.Check(t, func(t *rapid.T) {
		m := NewPull()
		if rapid.Bool().Draw(t, "push") {
			m = NewPush()
		}
		now := start()
		c := check{first: now}
		t.Repeat(map[string]func(*rapid.T){
			"line": func(t *rapid.T) {
				m.Line(api.TransferLine{
					ID:      rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "id"),
					Status:  rapid.SampledFrom(statuses).Draw(t, "status"),
					Current: rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 100)).Draw(t, "current"),
					Total:   rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 100)).Draw(t, "total"),
					Units:   rapid.SampledFrom([]string{"", "", "", "s"}).Draw(t, "units"),
				}, now)
			},
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 8000).Draw(t, "ms")) * time.Millisecond)
			},
			"done":  func(*rapid.T) { m.Done() },
			"stop":  func(*rapid.T) { m.Stop() },
			"again": func(t *rapid.T) { c.see(t, m.Progress(now), now) },
			"":      func(t *rapid.T) { c.see(t, m.Progress(now), now) },
		})
	})
}

// fake is a layer as an engine works through it.
type fake struct {
	id                     string
	size, moved            int64
	retries                int
	shared, exists, silent bool
}

// TestAnyPullComesToItsEnd: layers that exist, are shared, retried, left out or
// larger than was said; the bar is near its end when the engine says the last
// word of each, and at its end only when it says that all is done.
func TestAnyPullComesToItsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, now := NewPull(), start()
		c := check{first: now}
		n := rapid.IntRange(1, 6).Draw(t, "layers")
		var layers []*fake
		for i := range n {
			f := &fake{id: fmt.Sprint("l", i), size: rapid.Int64Range(1, 50*mib).Draw(t, "size"), retries: rapid.IntRange(0, 2).Draw(t, "retries")}
			f.exists = rapid.IntRange(0, 3).Draw(t, "exists") == 0
			f.shared = rapid.IntRange(0, 3).Draw(t, "shared") == 0
			f.silent = rapid.IntRange(0, 5).Draw(t, "silent") == 0
			layers = append(layers, f)
			m.Line(line(f.id, "Pulling fs layer", 0, 0), now)
		}
		say := func(f *fake, status string, current, total int64) {
			m.Line(line(f.id, status, current, total), now)
			now = now.Add(time.Duration(rapid.IntRange(1, 700).Draw(t, "ms")) * time.Millisecond)
			c.see(t, m.Progress(now), now)
		}
		total := int64(0)
		for _, f := range layers {
			if f.exists {
				say(f, "Already exists", 0, 0)
				continue
			}
			if !f.silent {
				total += f.size
				if f.shared {
					f.moved = f.size / 2
				}
				for f.moved < f.size {
					if f.retries > 0 && rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
						f.retries--
						say(f, "Retrying in 1 second", 0, 0)
						f.moved = rapid.Int64Range(0, f.moved).Draw(t, "from")
					}
					f.moved = min(f.size, f.moved+max(1, f.size/int64(rapid.IntRange(2, 6).Draw(t, "steps"))))
					say(f, "Downloading", f.moved, f.size)
				}
			}
			say(f, "Verifying Checksum", 0, 0)
			say(f, "Download complete", 0, 0)
			if !f.silent {
				say(f, "Extracting", f.size/2, f.size)
			}
			say(f, "Pull complete", 0, 0)
		}
		p := m.Progress(now)
		if total > 0 && (p.CurrentBytes != total || *p.TotalBytes != total || *p.Fraction != maxFraction || p.Phase != api.PhaseVerifying) {
			t.Fatalf("with all layers there, %d: %+v", total, p)
		}
		if p.BytesPerSecond != nil || p.ETASeconds != nil {
			t.Fatalf("nothing is left, and %v B/s, %v s", p.BytesPerSecond, p.ETASeconds)
		}
		m.Done()
		if p = m.Progress(now); p.Phase != api.PhaseDone || *p.Fraction != 1 {
			t.Fatalf("done: %+v", p)
		}
	})
}

func TestABarStandsWhileMoreBecomesKnown(t *testing.T) {
	m, now := NewPull(), start()
	m.Line(line("a", "Pulling fs layer", 0, 0), now)
	m.Line(line("a", "Downloading", 8*mib, 10*mib), now)
	before := *m.Progress(now).Fraction
	m.Line(line("b", "Pulling fs layer", 0, 0), now)
	m.Line(line("b", "Downloading", 0, 100*mib), now)
	p := m.Progress(now)
	if *p.Fraction != before || *p.TotalBytes != 110*mib || p.CurrentBytes != 8*mib {
		t.Errorf("was %v, is %v: %d of %d", before, *p.Fraction, p.CurrentBytes, *p.TotalBytes)
	}
	m.Line(line("b", "Downloading", 100*mib, 100*mib), now)
	if p = m.Progress(now); *p.Fraction <= before {
		t.Errorf("the bar still stands at %v", *p.Fraction)
	}
}

func TestARetryLosesTheLayersBytesAndNotTheBars(t *testing.T) {
	m, now := NewPull(), start()
	m.Line(line("a", "Downloading", 0, 10*mib), now)
	now = now.Add(time.Second)
	m.Line(line("a", "Downloading", 6*mib, 10*mib), now)
	was := m.Progress(now)
	m.Line(line("a", "Retrying in 5 seconds", 0, 0), now)
	if p := m.Progress(now); p.Phase != api.PhaseRetrying || p.Layers[0].Phase != api.PhaseRetrying {
		t.Errorf("while it waits: %+v", p)
	}
	now = now.Add(5 * time.Second)
	m.Line(line("a", "Downloading", 1*mib, 10*mib), now)
	p := m.Progress(now)
	if p.CurrentBytes != was.CurrentBytes || *p.Fraction != *was.Fraction || p.Layers[0].CurrentBytes != mib {
		t.Errorf("after it: %+v, layer %+v", p, p.Layers[0])
	}
	now = now.Add(2 * time.Second)
	m.Line(line("a", "Downloading", 5*mib, 10*mib), now)
	// 4 MiB in the window: what is left is 5 MiB, not 4.
	p = m.Progress(now)
	if p.BytesPerSecond == nil || p.ETASeconds == nil || math.Abs(*p.ETASeconds-float64(5*mib)/float64(*p.BytesPerSecond)) > 0.1 {
		t.Errorf("rate %v, left %v", p.BytesPerSecond, p.ETASeconds)
	}
}

func TestRateAndTimeLeft(t *testing.T) {
	m, now := NewPull(), start()
	m.Line(line("a", "Downloading", 0, 100*mib), now)
	for i := range int64(40) { // 4 MiB a second
		now = now.Add(250 * time.Millisecond)
		m.Line(line("a", "Downloading", (i+1)*mib, 100*mib), now)
		p := m.Progress(now)
		if early := i < 8; early != (p.ETASeconds == nil) {
			t.Fatalf("after %v there are %v s left", now.Sub(start()), p.ETASeconds)
		}
	}
	p := m.Progress(now)
	if *p.BytesPerSecond != 4*mib || math.Abs(*p.ETASeconds-15) > 0.01 {
		t.Errorf("%d B/s, %v s left", *p.BytesPerSecond, *p.ETASeconds)
	}
	now = now.Add(6 * time.Second) // it stalls
	if m.Progress(now); *m.Progress(now).BytesPerSecond != 0 || m.Progress(now).ETASeconds != nil {
		t.Errorf("of what stalls: %+v", m.Progress(now))
	}
	m.Line(line("a", "Download complete", 0, 0), now)
	for i := range int64(5) {
		m.Line(line("a", "Extracting", i*10*mib, 100*mib), now)
		m.Progress(now)
		now = now.Add(time.Second)
	}
	// 10 MiB a second, whatever the rate was while bytes came.
	if p = m.Progress(now); p.BytesPerSecond != nil || p.ETASeconds == nil || *p.ETASeconds < 5 || *p.ETASeconds > 8 {
		t.Errorf("while it unpacks: %+v", p)
	}
}

func TestWhatStallsAtOnceIsSeenToStall(t *testing.T) {
	m, now := NewPull(), start()
	m.Line(line("a", "Downloading", 1, 100), now)
	m.Progress(now)
	now = now.Add(time.Second)
	if p := m.Progress(now); p.BytesPerSecond == nil || *p.BytesPerSecond != 0 || p.ETASeconds != nil {
		t.Errorf("a second later: %+v", p)
	}
}

func TestASharedLayerIsNoRate(t *testing.T) {
	m, now := NewPull(), start()
	m.Line(line("a", "Pulling fs layer", 0, 0), now)
	m.Progress(now)
	now = now.Add(time.Second)
	m.Line(line("a", "Downloading", 90*mib, 100*mib), now) // another pull has brought that
	now = now.Add(time.Second)
	m.Line(line("a", "Downloading", 91*mib, 100*mib), now)
	if p := m.Progress(now); p.CurrentBytes != 91*mib || *p.BytesPerSecond > mib {
		t.Errorf("%d B/s at %d", *p.BytesPerSecond, p.CurrentBytes)
	}
}

func TestWhatHasBegunWaits(t *testing.T) {
	m, now := NewPull(), start()
	m.Line(line("a", "Downloading", 10*mib, 10*mib), now)
	m.Line(line("a", "Pull complete", 0, 0), now)
	m.Line(line("b", "Waiting", 0, 0), now)
	if p := m.Progress(now); p.Phase != api.PhaseWaiting {
		t.Errorf("one layer is there and one waits: %s", p.Phase)
	}
}

func TestOddLines(t *testing.T) {
	now := start()
	m := NewPull()
	if m.Line(line("3.20", "Pulling from library/alpine", 0, 0), now) || len(m.Progress(now).Layers) != 0 {
		t.Error("the tag became a layer")
	}
	if p := m.Progress(now); p.Phase != api.PhasePreparing || p.Fraction != nil || p.TotalBytes != nil {
		t.Errorf("before anything: %+v", p)
	}
	m.Line(line("a", "Already exists", 0, 0), now)
	if p := m.Progress(now); p.Fraction != nil || p.Layers[0].Phase != api.PhaseExists || p.Layers[0].TotalBytes != nil {
		t.Errorf("all is there: %+v", p)
	}
	m.Line(line("b", "Downloading", 12, 10), now) // more than there is
	if p := m.Progress(now); p.CurrentBytes != 12 || *p.TotalBytes != 12 {
		t.Errorf("more than there is: %+v", p)
	}
	m.Line(line("c", "Downloading", 5, -1), now) // nobody says how much
	p := m.Progress(now)
	if l := p.Layers[2]; l.TotalBytes != nil || l.CurrentBytes != 5 || p.CurrentBytes != 17 || *p.Fraction > 0.9 {
		t.Errorf("of unknown size: %+v", p)
	}
	// containerd's store counts seconds while it unpacks.
	m.Line(line("b", "Download complete", 0, 0), now)
	m.Line(api.TransferLine{ID: "b", Status: "Extracting", Current: 7000, Total: 9000, Units: "s"}, now)
	if l := m.Progress(now).Layers[1]; l.Phase != api.PhaseExtracting || l.CurrentBytes != 0 || *l.TotalBytes != 12 {
		t.Errorf("seconds became bytes: %+v", l)
	}
	if m.Line(api.TransferLine{ID: "b", Status: "Extracting", Current: 7000, Total: 9000, Units: "s"}, now) {
		t.Error("a repetition is news")
	}
	if !m.Line(line("b", "Retrying in 4 seconds", 0, 0), now) || !m.Line(line("b", "Retrying in 3 seconds", 0, 0), now) {
		t.Error("a countdown is no news")
	}
	for i := range 2 * api.MaxJobLayers {
		m.Line(line(fmt.Sprint("x", i), "Waiting", 0, 0), now)
	}
	if n := len(m.Progress(now).Layers); n != api.MaxJobLayers {
		t.Errorf("%d layers", n)
	}
}

// TestContainerdsStore says what Engine 28 does with it: the manifest and the
// configuration come among the layers, and unpacking is counted in seconds.
func TestContainerdsStore(t *testing.T) {
	m, now := NewPull(), start()
	for _, id := range []string{"manifest", "config", "layer"} {
		m.Line(line(id, "Pulling fs layer", 0, 0), now)
	}
	m.Line(line("manifest", "Download complete", 0, 0), now)
	m.Line(line("config", "Download complete", 0, 0), now)
	m.Line(line("layer", "Downloading", 50, 100), now)
	if p := m.Progress(now); *p.Fraction != 0.4 || *p.TotalBytes != 100 || p.Phase != api.PhaseDownloading {
		t.Errorf("in the middle: %+v at %v", p, *p.Fraction)
	}
	m.Line(line("layer", "Download complete", 0, 0), now)
	m.Line(api.TransferLine{ID: "layer", Status: "Extracting", Current: 1, Units: "s"}, now)
	if p := m.Progress(now); *p.Fraction != 0.8 || p.Phase != api.PhaseExtracting {
		t.Errorf("while it unpacks: %+v at %v", p, *p.Fraction)
	}
	m.Line(line("layer", "Pull complete", 0, 0), now)
	if p := m.Progress(now); *p.Fraction != maxFraction {
		t.Errorf("all is there: %+v at %v", p, *p.Fraction)
	}
}

func TestAPush(t *testing.T) {
	m, now := NewPush(), start()
	for _, id := range []string{"a", "b", "c"} {
		m.Line(line(id, "Preparing", 0, 0), now)
	}
	if p := m.Progress(now); p.Phase != api.PhasePreparing || p.Fraction != nil {
		t.Errorf("before it: %+v", p)
	}
	m.Line(line("a", "Layer already exists", 0, 0), now)
	m.Line(line("b", "Mounted from shop/web", 0, 0), now)
	m.Line(line("c", "Pushing", 5, 10), now)
	if p := m.Progress(now); p.Phase != api.PhasePushing || *p.Fraction != 0.5 || *p.TotalBytes != 10 {
		t.Errorf("in the middle: %+v", p)
	}
	m.Line(line("c", "Pushing", 11, 10), now) // a tar is larger than what is in it
	m.Line(line("c", "Pushed", 0, 0), now)
	m.Done()
	if p := m.Progress(now); *p.Fraction != 1 || p.CurrentBytes != 11 || *p.TotalBytes != 11 {
		t.Errorf("at the end: %+v", p)
	}
}

func TestCounterHoldsThePromisesToo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := NewCounter(rapid.Int64Range(0, 1000).Draw(t, "about"))
		now := start()
		ch := check{first: now}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			c.Add(rapid.Int64Range(0, 200).Draw(t, "n"), now)
			if rapid.IntRange(0, 9).Draw(t, "expect") == 0 {
				c.Expect(rapid.Int64Range(0, 5000).Draw(t, "anew"))
			}
			p := c.Progress(api.PhaseSaving, now)
			if c.about == 0 {
				p.TotalBytes = &p.CurrentBytes // nothing is promised of it
			}
			ch.see(t, p, now)
		}
		c.Done()
		p := c.Progress(api.PhaseSaving, now)
		if p.Phase != api.PhaseDone || *p.Fraction != 1 || *p.TotalBytes != p.CurrentBytes || p.CurrentBytes != c.Bytes() {
			t.Fatalf("done: %+v", p)
		}
	})
}
