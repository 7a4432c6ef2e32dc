package series_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/series"
)

var all = func() []api.Column { //nolint:gochecknoglobals // never changed
	cols := make([]api.Column, api.NumColumns)
	for i := range cols {
		cols[i] = api.Column(i)
	}
	return cols
}()

// one is a batch of one row.
func one(row int, at int64, cells [api.NumColumns]int64) *api.Batch {
	b := &api.Batch{}
	i := b.Add(row, at*int64(time.Millisecond))
	for c, v := range cells {
		b.Values[c][i] = v
	}
	return b
}

func unknown() (cells [api.NumColumns]int64) {
	for c := range cells {
		cells[c] = api.Unknown
	}
	return cells
}

// What was written comes out again, whatever the values and distances were.
func TestSeriesIsWhatWasCommitted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := series.New(series.Options{Budget: 1 << 30})
		at := int64(1_795_442_527_250)
		value := rapid.OneOf(
			rapid.Just(api.Unknown), rapid.Int64Range(0, 1<<40), rapid.Int64Range(0, 1<<22),
			rapid.Map(rapid.Int64Range(0, 1<<22), func(pages int64) int64 { return pages << 12 }),
			rapid.Int64Range(api.Unknown+1, math.MaxInt64), rapid.SampledFrom([]int64{0, 1, 1 << 61, -1 << 61, math.MaxInt64, api.Unknown + 1}),
		)
		type sample struct {
			at    int64
			cells [api.NumColumns]int64
		}
		var want []sample
		for range rapid.IntRange(1, 300).Draw(t, "samples") {
			s := sample{at, unknown()}
			if len(want) > 0 {
				s.cells = want[len(want)-1].cells
			}
			for range rapid.IntRange(0, 5).Draw(t, "changes") {
				s.cells[rapid.IntRange(0, int(api.NumColumns)-1).Draw(t, "column")] = value.Draw(t, "value")
			}
			want = append(want, s)
			r.Commit(one(7, s.at, s.cells))
			at += rapid.Int64Range(1, 10_000).Draw(t, "ms")
		}
		from := rapid.SampledFrom(want).Draw(t, "from").at
		times, values := r.Series(7, from, all)
		i := 0
		for _, s := range want {
			if s.at < from {
				continue
			}
			if i >= len(times) || times[i] != s.at {
				t.Fatalf("sample %d: times %v, want %d", i, times, s.at)
			}
			for c, v := range s.cells {
				got := api.Unknown
				if p := values[c][i]; p != nil {
					got = *p
				}
				if got != v {
					t.Fatalf("sample %d column %d: %d, want %d", i, c, got, v)
				}
			}
			i++
		}
		if i != len(times) {
			t.Fatalf("%d samples, want %d", len(times), i)
		}
	})
}

// A sample takes what is new in it: where all of a container's columns change each
// second some 15 bytes, and one where none does.
func TestSamplesAreSmall(t *testing.T) {
	const samples = 3600
	start := int64(1_795_442_527_250)
	r := series.New(series.Options{})
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // G404: made-up load
	busy, idle := unknown(), unknown()
	for _, c := range []api.Column{api.ColRx, api.ColTx, api.ColRead, api.ColWrite} {
		busy[c] = 1 << 30
	}
	for c := range idle {
		idle[c] = int64(c) << 20
	}
	for _, c := range []api.Column{api.ColRxRate, api.ColTxRate, api.ColReadRate, api.ColWriteRate} {
		idle[c] = 0
	}
	took := int64(1_000_000_000)
	for at := start; at < start+samples*1000; {
		moved := func(counter, rate api.Column, n int64) {
			busy[counter] += n
			busy[rate] = (n*1_000_000_000 + took/2) / took
		}
		busy[api.ColCPU] = 1000 + chance.Int64N(400)
		busy[api.ColMemory] = (20_000 + chance.Int64N(200)) << 12
		busy[api.ColMemoryLimit], busy[api.ColPids] = 1<<30, 12
		moved(api.ColRx, api.ColRxRate, 200_000+chance.Int64N(50_000))
		moved(api.ColTx, api.ColTxRate, 100_000+chance.Int64N(50_000))
		moved(api.ColRead, api.ColReadRate, chance.Int64N(2)*chance.Int64N(100)<<12)
		moved(api.ColWrite, api.ColWriteRate, chance.Int64N(100)<<12)
		r.Commit(one(1, at, busy))
		r.Commit(one(2, at, idle))
		took = 998_000_000 + chance.Int64N(4_000_000)
		at += (took + 500_000) / 1_000_000
	}
	total := r.Size()
	r.Keep(map[int]struct{}{1: {}})
	if each := float64(r.Size()) / samples; each > 15 {
		t.Errorf("a sample takes %.1f bytes where everything changes", each)
	}
	if each := float64(total-r.Size()) / samples; each > 1.5 {
		t.Errorf("a sample takes %.1f bytes where nothing changes", each)
	}
}

func TestWindowForgets(t *testing.T) {
	r := series.New(series.Options{Window: time.Minute})
	cells := unknown()
	const start = int64(1_795_442_527_250)
	for i := range int64(3600) {
		cells[api.ColCPU], cells[api.ColRx] = i*7919%10_000, i*1_000_003
		r.Commit(one(1, start+i*1000, cells))
	}
	oldest, ok := r.Oldest(1)
	if age := start + 3599_000 - oldest; !ok || age < 60_000 || age > 400_000 {
		t.Errorf("the oldest of a minute's window is %d ms old", age)
	}
	if r.Size() > 8<<10 {
		t.Errorf("%d bytes for about a minute", r.Size())
	}
}

// The budget holds, and takes the same from all.
func TestBudget(t *testing.T) {
	const budget, rows = 1 << 20, 100
	r := series.New(series.Options{Budget: budget})
	start := int64(1_795_442_527_250)
	seed := uint64(1)
	var b api.Batch
	for tick := range int64(1200) {
		b.Reset()
		for row := range rows {
			i := b.Add(row+1, (start+tick*1000)*int64(time.Millisecond))
			for _, c := range []api.Column{api.ColCPU, api.ColMemory, api.ColRx, api.ColTx, api.ColRxRate, api.ColTxRate} {
				seed = seed*6364136223846793005 + 1442695040888963407
				b.Values[c][i] = int64(seed >> 44)
			}
		}
		r.Commit(&b)
		if r.Size() > budget {
			t.Fatalf("tick %d: %d bytes, the budget is %d", tick, r.Size(), budget)
		}
	}
	var least, most int64
	for row := range rows {
		oldest, ok := r.Oldest(row + 1)
		if !ok {
			t.Fatalf("row %d has nothing left", row+1)
		}
		age := start + 1199_000 - oldest
		if row == 0 {
			least, most = age, age
		}
		least, most = min(least, age), max(most, age)
	}
	if least < 60_000 || most-least > 120_000 {
		t.Errorf("kept between %d and %d ms", least, most)
	}
}

func TestClearEndsAndKeepForgets(t *testing.T) {
	now := time.UnixMilli(1_795_442_530_000)
	r := series.New(series.Options{Now: func() time.Time { return now }})
	cells := unknown()
	cells[api.ColCPU] = 1250
	r.Commit(one(1, now.UnixMilli()-1000, cells))
	r.Commit(one(2, now.UnixMilli()-1000, cells))
	r.Clear(1, 3)
	r.Clear(1) // it has ended already
	times, values := r.Series(1, 0, []api.Column{api.ColCPU})
	if len(times) != 2 || *values[0][0] != 1250 || values[0][1] != nil {
		t.Errorf("after the end: %v %v", times, values)
	}
	if times, _ := r.Series(3, 0, all); times != nil {
		t.Errorf("a row that never was: %v", times)
	}
	r.Keep(map[int]struct{}{1: {}})
	if times, _ := r.Series(2, 0, all); times != nil {
		t.Errorf("a container that is gone: %v", times)
	}
	r.Keep(nil)
	if r.Size() != 0 {
		t.Errorf("%d bytes of nothing", r.Size())
	}
}

// A reading that is repeated is not another sample, and a clock that was set
// back does not end the recording.
func TestClockThatGoesBack(t *testing.T) {
	r := series.New(series.Options{Window: time.Minute})
	cells := unknown()
	cells[api.ColCPU] = 1
	const start = int64(1_795_442_527_250)
	r.Commit(one(1, start, cells))
	r.Commit(one(1, start, cells))
	r.Commit(one(1, start-500, cells))
	if times, _ := r.Series(1, 0, all); len(times) != 1 {
		t.Errorf("%v", times)
	}
	r.Commit(one(1, start-3600_000, cells))
	if times, _ := r.Series(1, 0, all); len(times) != 1 || times[0] != start-3600_000 {
		t.Errorf("after the clock went back an hour: %v", times)
	}
}

func BenchmarkCommit(b *testing.B) {
	r := series.New(series.Options{})
	var batch api.Batch
	start := int64(1_795_442_527_250)
	for n := int64(0); b.Loop(); n++ {
		batch.Reset()
		for row := range 1000 {
			i := batch.Add(row+1, (start+n*1000)*int64(time.Millisecond))
			batch.Values[api.ColCPU][i] = n * int64(row) % 500
			batch.Values[api.ColMemory][i] = 64<<20 + n*4096%65536
			batch.Values[api.ColRx][i] = n * 1400
		}
		r.Commit(&batch)
	}
	b.ReportMetric(float64(r.Size())/1000, "bytes/row")
}

// When the clock is set back, what is measured from then on is there at once, what
// was before that moment stays, and what would stand in the future goes.
func TestClockIsSetBack(t *testing.T) {
	const start, set = int64(1_795_442_527_250), int64(3000)
	for _, back := range []int64{120, 1800, 2999, 100_000} { // seconds
		r := series.New(series.Options{})
		cells := unknown()
		for i := range set {
			cells[api.ColCPU], cells[api.ColRx] = i*7919%10_000, i*1_000_003
			r.Commit(one(1, start+i*1000, cells))
		}
		from := start + (set-back)*1000
		for i := range int64(60) {
			cells[api.ColCPU] = 10_000 + i
			r.Commit(one(1, from+i*1000, cells))
		}
		at, values := r.Series(1, 0, []api.Column{api.ColCPU})
		fresh := 0
		for i := range at {
			if i > 0 && at[i] <= at[i-1] {
				t.Fatalf("%d s back: times are not in order", back)
			}
			if v := *values[0][i]; v >= 10_000 {
				fresh++
			} else if at[i] >= from || v != (at[i]-start)/1000*7919%10_000 {
				t.Fatalf("%d s back: %d at %d", back, v, at[i])
			}
		}
		if fresh != 60 {
			t.Errorf("%d s back: %d of 60 samples are there", back, fresh)
		}
		if back == 120 && len(at) < 1000 {
			t.Errorf("%d samples are left", len(at))
		}
		r.Keep(nil)
		if r.Size() != 0 {
			t.Errorf("%d s back: %d bytes are left of nothing", back, r.Size())
		}
	}
}
