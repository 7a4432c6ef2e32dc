package logs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestPastThenFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		now := time.Now()
		e.write("a", now.Add(-time.Hour), "1", "2", "3")
		r := follow(t, e, "a", Options{Tail: 2})
		r.want("a:2 a:3 a=following")
		time.Sleep(time.Second)
		e.write("a", time.Now(), "4")
		r.want("a:4")
		r.want("")
		// Nothing was read twice although the log was opened twice.
		if want := []string{"a follow=false tail=2 since=false", "a follow=true tail=10000 since=true"}; !slices.Equal(e.requests(), want) {
			t.Errorf("asked for %q", e.requests())
		}
	})
}

func TestTailOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		e.write("a", time.Now(), "old", "older")
		r := follow(t, e, "ab", Options{Tail: 0})
		r.want("a=following b=following")
		e.write("a", time.Now().Add(time.Millisecond), "new")
		e.write("b", time.Now().Add(2*time.Millisecond), "first")
		r.want("a:new b:first")
	})
}

func TestSinceGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		at := time.Now().Truncate(time.Microsecond)
		e.write("a", at, "1")
		e.write("a", at.Add(500*time.Nanosecond), "2")
		e.write("a", at.Add(time.Millisecond), "3")
		e.write("b", at.Add(time.Second), "1") // what was before is no longer kept
		r := follow(t, e, "ab", Options{Tail: 500, Sources: []Source{
			{ID: "a", Container: started("a", at), Since: at.UnixMicro()}, {ID: "b", Container: started("b", at), Since: at.UnixMicro()},
		}})
		r.want("b! a:1 a:2 a:3 b:1 a=following b=following")
	})
}

// TestPastsAreMerged: by time, although one of the engine's answers is late, and
// without one that never comes.
func TestPastsAreMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b", "c")
		at := time.Now().Add(-time.Hour)
		for i := range 3 {
			e.write("a", at.Add(time.Duration(2*i)*time.Second), fmt.Sprint(2*i))
			e.write("b", at.Add(time.Duration(2*i+1)*time.Second), fmt.Sprint(2*i+1))
		}
		e.logs["c"].stuck = true
		r := follow(t, e, "abc", Options{Tail: 10})
		r.want("")
		time.Sleep(mergeWait)
		r.want("a:0 b:1 a:2 b:3 a:4 b:5 a=following b=following")
	})
}

func TestEndAndNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		first := started("a", time.Now())
		r := follow(t, e, "a", Options{Tail: 10, Sources: []Source{{ID: "a", Container: first}}})
		e.write("a", time.Now(), "1", "1")
		r.want("a:1 a:1 a=following")
		e.change("a", func(l *fakeLog) { l.alive = false })
		r.want("") // why is not known yet
		time.Sleep(200 * time.Millisecond)
		r.tail.Know(0, ended(first))
		r.want("a=ended")
		time.Sleep(time.Hour)
		e.change("a", func(l *fakeLog) { l.alive = true })
		e.write("a", time.Now(), "2")
		r.tail.Know(0, started("a", time.Now()))
		r.want("a:2 a=following")
		e.change("a", func(l *fakeLog) { l.alive = false })
		r.tail.Know(0, nil)
		r.want("a=failed")
	})
}

// TestARestartIsNoEnd: the next run is known as soon as the end.
func TestARestartIsNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		r := follow(t, e, "a", Options{Tail: 10})
		r.want("a=following")
		e.change("a", func(l *fakeLog) { l.alive = false })
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
		e.change("a", func(l *fakeLog) { l.alive = true })
		e.write("a", time.Now(), "again")
		r.tail.Know(0, started("a", time.Now()))
		r.want("a:again")
	})
}

// TestAnEngineThatEndsAStream of a container that runs is asked again, not all
// the time.
func TestAnEngineThatEndsAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		e.write("a", time.Now(), "1")
		e.logs["a"].alive = false
		r := follow(t, e, "a", Options{Tail: 10})
		r.want("a:1 a=following")
		time.Sleep(time.Minute)
		r.want("")
		if n := len(e.requests()); n < 8 || n > 20 {
			t.Errorf("asked %d times within a minute", n)
		}
		e.change("a", func(l *fakeLog) { l.alive = true })
		e.write("a", time.Now(), "2")
		time.Sleep(lastRetry + settleTime)
		r.want("a:2")
	})
}

func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		e.logs["a"].err = &api.Error{Code: api.ErrUnsupported, Message: "The log driver keeps none."}
		e.logs["b"].err = &api.Error{Code: api.ErrUnreachable, Message: "The engine is away."}
		r := follow(t, e, "ab", Options{Tail: 10})
		synctest.Wait()
		var f api.LogsFrame
		if !r.tail.Fill(&f, 1<<20) || len(f.States) != 2 || f.States[0].Message != "The log driver keeps none." || f.States[1].Phase != api.LogFailed {
			t.Fatalf("states = %+v", f.States)
		}
		time.Sleep(time.Minute)
		asked := strings.Join(e.requests(), "\n")
		if a, b := strings.Count(asked, "a follow"), strings.Count(asked, "b follow"); a != 1 || b < 10 || b > 20 {
			t.Errorf("asked %d and %d times", a, b)
		}
		e.change("b", func(l *fakeLog) { l.err = nil })
		e.write("b", time.Now(), "x")
		time.Sleep(lastRetry)
		r.want("b:x b=following")
	})
}

// TestBackpressure: what is not taken is not read, and memory is bounded.
func TestBackpressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		r := follow(t, e, "a", Options{Tail: 10})
		r.want("a=following")
		line := strings.Repeat("x", 1000)
		for range 1000 {
			e.write("a", time.Now(), line)
		}
		synctest.Wait()
		s := r.tail.sources[0]
		if s.bytes < sourceBuffer || s.bytes > sourceBuffer+2000 {
			t.Errorf("%d bytes are held", s.bytes)
		}
		if got := strings.Count(r.take(), "a:"); got != 1000 {
			t.Errorf("took %d lines", got)
		}
	})
}

// TestWhoFallsBehindJumps: after five seconds in which nobody takes anything, the
// next thing taken is a gap and the end of the log.
func TestWhoFallsBehindJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		r := follow(t, e, "ab", Options{Tail: 10})
		r.want("a=following b=following")
		e.write("b", time.Now(), "quiet")
		for i := range 10_000 {
			e.write("a", time.Now(), fmt.Sprintf("%d %0500d", i, 0))
			time.Sleep(time.Millisecond)
		}
		var f api.LogsFrame
		synctest.Wait()
		if !r.tail.Fill(&f, 1<<20) || len(f.Text) != 1 || f.Text[0] != "quiet" {
			t.Fatalf("first came %d lines and %v", len(f.Text), f.Skipped)
		}
		got := r.take()
		first, rest, _ := strings.Cut(got, " ")
		if first != "a!" || !strings.HasPrefix(rest, "a:9900 ") || strings.Count(rest, "a:") != jumpTail {
			t.Errorf("took %.60q… of %d lines", got, strings.Count(rest, "a:"))
		}
		e.write("a", time.Now(), "next")
		r.want("a:next")
	})
}

// TestThePastIsNotSkipped, whatever comes behind it and however late it is taken.
func TestThePastIsNotSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		var past []string
		for i := range 500 {
			e.write("a", time.Now().Add(time.Duration(i-1000)*time.Second), fmt.Sprintf("past%d_%0300d", i, 0))
			past = append(past, fmt.Sprintf("a:past%d_%0300d", i, 0))
		}
		r := follow(t, e, "a", Options{Tail: 500})
		r.limit = 16 << 10
		synctest.Wait()
		for i := range 20_000 {
			e.write("a", time.Now(), fmt.Sprintf("%d_%0300d", i, 0))
			time.Sleep(time.Millisecond)
		}
		got := strings.Fields(r.take())
		if !slices.Equal(got[:500], past) {
			t.Errorf("of the past came %d lines: %.100q", len(got), got)
		}
		if !slices.Contains(got, "a!") || got[len(got)-1][:8] != "a:19999_" {
			t.Errorf("and then, without a gap, %.20q", got[len(got)-1])
		}
	})
}

// TestASteadySlowReader stays within seconds of what is written, whatever the
// engine's clock says.
func TestASteadySlowReader(t *testing.T) {
	for _, offset := range []time.Duration{0, -time.Hour, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			e := newFake("a")
			e.write("a", time.Now().Add(offset-time.Minute), "past")
			r := follow(t, e, "a", Options{Tail: 10})
			r.want("a:past a=following")
			gaps, lines := 0, 0
			for i := range 60_000 {
				e.write("a", time.Now().Add(offset), fmt.Sprintf("%d %0100d", i, 0))
				time.Sleep(time.Millisecond)
				if i%200 != 0 {
					continue
				}
				synctest.Wait()
				var f api.LogsFrame
				r.tail.Fill(&f, 4<<10) // 20 KB/s of 100 KB/s
				gaps += len(f.Skipped)
				lines += len(f.Text)
				if len(f.At) > 0 {
					age := time.Since(time.UnixMicro(f.At[0]).Add(-offset))
					if age > maxLag+time.Second {
						t.Fatalf("clock %v: line %d is %v old", offset, i, age)
					}
				}
			}
			if gaps < 5 || gaps > 20 || lines < 5000 {
				t.Errorf("clock %v: %d gaps, %d lines", offset, gaps, lines)
			}
		})
	}
}

// TestNothingIsSkippedForQuietOnes: lines wait for a page that was hidden for
// long, if there are not too many.
func TestNothingIsSkippedForQuietOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		r := follow(t, e, "a", Options{Tail: 10})
		r.want("a=following")
		var want []string
		for i := range 100 {
			e.write("a", time.Now(), fmt.Sprint(i))
			want = append(want, fmt.Sprint("a:", i))
			time.Sleep(10 * time.Second)
		}
		r.want(strings.Join(want, " "))
	})
}

// TestALoudSourceLeavesRoom: each source has its share of a frame.
func TestALoudSourceLeavesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		r := follow(t, e, "ab", Options{Tail: 10})
		r.want("a=following b=following")
		for i := range 1000 {
			e.write("a", time.Now(), fmt.Sprintf("%0100d", i))
		}
		time.Sleep(time.Millisecond)
		e.write("b", time.Now(), "quiet")
		synctest.Wait()
		var f api.LogsFrame
		if !r.tail.Fill(&f, 16<<10) || f.Text[len(f.Text)-1] != "quiet" || len(f.Text) < 50 {
			t.Errorf("a frame of %d lines without the quiet one", len(f.Text))
		}
	})
}

// TestFrameSize: frames have the size that was asked for, also of text that grows
// in JSON, but at least one line.
func TestFrameSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		r := follow(t, e, "ab", Options{Tail: 500})
		for i := range 500 {
			e.write("ab"[i%2:i%2+1], time.Now().Add(time.Duration(i)*time.Millisecond), strings.Repeat("<\x01é\"\u2028", i%40))
		}
		e.write("a", time.Now().Add(time.Second), strings.Repeat("\x00", api.MaxLogLine))
		lines, largest := 0, 0
		for {
			synctest.Wait()
			f := api.LogsFrame{Type: api.TypeLogs, Topic: api.TopicLogs, ID: 1 << 30, N: 1 << 60}
			if !r.tail.Fill(&f, 4<<10) {
				break
			}
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if len(b) > 4<<10 && len(f.Text) > 1 {
				t.Errorf("a frame of %d lines and %d bytes", len(f.Text), len(b))
			}
			largest = max(largest, len(b))
			lines += len(f.Text)
		}
		if lines != 501 || largest < 6*api.MaxLogLine {
			t.Errorf("%d lines, the largest frame has %d bytes", lines, largest)
		}
	})
}

func TestWakeOnlyTheHungry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a")
		r := follow(t, e, "a", Options{Tail: 10})
		r.want("a=following")
		before := r.wakes
		for range 100 {
			e.write("a", time.Now(), "x")
		}
		synctest.Wait()
		if n := r.wakes - before; n != 1 {
			t.Errorf("%d wakes", n)
		}
	})
}

func TestJSONLen(t *testing.T) {
	for _, s := range []string{"", "abc", "<a href=\"x\">&", "\x00\x1f\t\n\r\b\f\\", "äöü€😀", "\u2028\u2029", "\x7f"} {
		b, err := json.Marshal(s)
		if err != nil || len(b)-2 != jsonLen(s) {
			t.Errorf("%q: %d, is %s", s, jsonLen(s), b)
		}
	}
}

// TestAContainerThatIsNotKnownYet: the server has just started, and a page comes
// back before the first list.
func TestAContainerThatIsNotKnownYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newFake("a", "b")
		e.write("a", time.Now(), "1")
		e.write("b", time.Now(), "2")
		e.logs["b"].alive = false
		r := follow(t, e, "ab", Options{Tail: 10, Sources: []Source{{ID: "a"}, {ID: "b"}}})
		r.want("a:1 b:2")
		r.tail.Know(0, started("a", time.Now()))
		r.tail.Know(1, ended(started("b", time.Now())))
		e.write("a", time.Now().Add(time.Second), "3")
		r.want("a:3 a=following b=ended")
	})
}
