package stats

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func rowsOf(ts []Target) []int {
	var rows []int
	for _, t := range ts {
		rows = append(rows, t.Row)
	}
	return rows
}

func TestScheduleNewTarget(t *testing.T) {
	s := newSchedule(time.Second, 10*time.Second)
	s.nextTick = time.Second
	now := 100 * time.Millisecond
	if gone := s.set([]Target{{Row: 1}, {Row: 2}}, now); gone != nil {
		t.Fatalf("gone %v", gone)
	}
	if got := s.next(); got != now {
		t.Fatalf("next %s", got)
	}
	due := s.due(nil, now)
	if !slices.Equal(rowsOf(due), []int{1, 2}) {
		t.Fatalf("due %v", due)
	}
	s.done([]int{1, 2}, now)
	if got, want := s.next(), now+followUp; got != want {
		t.Fatalf("the second sample at %s, want %s", got, want)
	}
	now = s.next()
	s.done(rowsOf(s.due(nil, now)), now)
	if got := s.next(); got != time.Second {
		t.Fatalf("then at %s", got)
	}
	if gone := s.set([]Target{{Row: 2}}, now); !slices.Equal(gone, []int{1}) {
		t.Fatalf("gone %v", gone)
	}
	// The same container, started again, is new.
	s.set([]Target{{Row: 2, Started: time.Unix(5, 0)}}, now)
	if got := s.next(); got != now {
		t.Fatalf("after a restart at %s", got)
	}
}

func TestScheduleWatched(t *testing.T) {
	s := newSchedule(time.Second, 10*time.Second)
	s.set([]Target{{Row: 1}, {Row: 2}}, 0)
	s.done(rowsOf(s.due(nil, 0)), 0)
	s.done(rowsOf(s.due(nil, followUp)), followUp)
	at := 5300 * time.Millisecond
	s.nextTick = 6 * time.Second
	s.watch([]int{2}, false, at)
	if due := s.due(nil, at); !slices.Equal(rowsOf(due), []int{2}) || !due[0].Watched {
		t.Fatalf("due %v", due)
	}
	s.done([]int{2}, at)
	// Watched again while it is: nothing.
	s.watch([]int{2}, false, at)
	if got := s.next(); got != at+followUp {
		t.Fatalf("next %s", got)
	}
	s.done(rowsOf(s.due(nil, at+followUp)), at+followUp)
	// 250 ms before the tick is soon enough: the tick leaves it out, the next takes it.
	if due := s.due(nil, 6*time.Second); slices.Contains(rowsOf(due), 2) {
		t.Fatalf("due %v", due)
	}
	if due := s.due(nil, 7*time.Second); !slices.Contains(rowsOf(due), 2) {
		t.Fatalf("due %v", due)
	}
}

func TestScheduleAbsentRow(t *testing.T) {
	s := newSchedule(time.Second, 10*time.Second)
	s.nextTick = 10 * time.Second
	s.set([]Target{{Row: 1}}, 0)
	var tries []time.Duration
	for now := s.next(); now < 5*time.Second; now = s.next() {
		if len(s.due(nil, now)) > 0 {
			tries = append(tries, now)
		}
		s.done(nil, now)
	}
	if len(tries) != 1+retryTimes {
		t.Errorf("tried at %v", tries)
	}
	// Its process becomes known: at once.
	s.set([]Target{{Row: 1, PID: 5}}, 6*time.Second)
	if got := s.next(); got != 6*time.Second {
		t.Errorf("next %s", got)
	}
}

// TestScheduleProperties: whatever is watched and however late it runs, watched
// rows are read about every second, the rest about every ten, nobody twice
// within the least gap of a tick, and the rest is spread.
func TestScheduleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSchedule(time.Second, 10*time.Second)
		n := rapid.IntRange(1, 60).Draw(t, "n")
		targets := make([]Target, n)
		for i := range targets {
			targets[i] = Target{Row: i + 1}
		}
		watched := rapid.SliceOfDistinct(rapid.IntRange(1, n), rapid.ID[int]).Draw(t, "watched")
		now := time.Duration(0)
		s.watch(watched, false, now)
		s.set(targets, now)
		reads := make(map[int][]time.Duration)
		most := 0
		for now < 60*time.Second {
			due := rowsOf(s.due(nil, now))
			if now > 3*time.Second {
				most = max(most, len(due))
			}
			for _, r := range due {
				reads[r] = append(reads[r], now)
			}
			s.done(due, now)
			if s.next() <= now {
				t.Fatalf("next %s at %s", s.next(), now)
			}
			late := time.Duration(rapid.IntRange(0, 300).Draw(t, "late")) * time.Millisecond
			now = s.next() + late
		}
		for _, target := range targets {
			longest, shortest := 11500*time.Millisecond, s.minGap()
			if slices.Contains(watched, target.Row) {
				longest = 2500 * time.Millisecond
			}
			at := reads[target.Row]
			if len(at) < 2 || at[1]-at[0] < 400*time.Millisecond || at[1] > 1400*time.Millisecond {
				t.Fatalf("row %d: first read at %v", target.Row, at)
			}
			for i := 1; i < len(at); i++ {
				if gap := at[i] - at[i-1]; gap > longest || gap < shortest {
					t.Fatalf("row %d: %s between %s and %s", target.Row, gap, at[i-1], at[i])
				}
			}
		}
		if rest := n - len(watched); most > len(watched)+rest/3+3 {
			t.Fatalf("%d at once of %d watched and %d others", most, len(watched), rest)
		}
	})
}

func TestScheduleLeavesTicksOut(t *testing.T) {
	s := newSchedule(time.Second, 10*time.Second)
	s.set([]Target{{Row: 1}}, 0)
	s.watch([]int{1}, false, 0)
	s.done(rowsOf(s.due(nil, 0)), 0)
	late := 7600 * time.Millisecond
	s.done(rowsOf(s.due(nil, late)), late)
	if got := s.next(); got != 8*time.Second {
		t.Errorf("after seven ticks were missed, next at %s", got)
	}
	if due := s.due(nil, 8*time.Second); len(due) != 1 {
		t.Errorf("due %v", due)
	}
}

func TestPace(t *testing.T) {
	p := pace{budget: 0.02, interval: time.Second, rest: 10 * time.Second}
	now := time.Duration(0)
	window := func(cost time.Duration) bool {
		changed := false
		for range 10 {
			now += time.Second
			changed = p.spend(cost/10, now) || changed
		}
		return changed
	}
	if window(5 * time.Second) {
		t.Error("one expensive window slowed it down")
	}
	window(100 * time.Millisecond)
	var steps [][2]time.Duration
	for range 20 {
		if window(time.Second) { // 10 % of a core
			i, r := p.intervals()
			steps = append(steps, [2]time.Duration{i, r})
		}
	}
	want := [][2]time.Duration{
		{time.Second, 20 * time.Second}, {time.Second, time.Minute}, {2 * time.Second, time.Minute},
		{5 * time.Second, time.Minute}, {10 * time.Second, 2 * time.Minute},
	}
	if !slices.Equal(steps, want) {
		t.Errorf("steps %v, want %v", steps, want)
	}
	for range 10 * len(want) {
		window(10 * time.Millisecond)
	}
	if i, r := p.intervals(); i != time.Second || r != 10*time.Second {
		t.Errorf("cheap again: %s, %s", i, r)
	}
	off := pace{budget: -1, interval: time.Second, rest: 10 * time.Second}
	for i := range 100 {
		if off.spend(time.Second, time.Duration(i)*time.Second) {
			t.Fatal("slowed down without a budget")
		}
	}
}
