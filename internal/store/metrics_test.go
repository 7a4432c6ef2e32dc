package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// withRows makes a store with n containers, of rows 1 to n.
func withRows(n int) *store.Store {
	s := store.New(store.Options{})
	for i := range n {
		s.Apply(store.Change{Put: []*api.Container{container(string(rune('a'+i)), api.StateRunning)}})
	}
	return s
}

func batch(at time.Time, cells map[int]map[api.Column]int64) *api.Batch {
	var b api.Batch
	for row, cols := range cells {
		i := b.Add(row, at.UnixNano())
		for c, v := range cols {
			b.Values[c][i] = v
		}
	}
	return &b
}

func frame(t fataler, m *store.Metrics, q *store.Query) api.MetricsFrame {
	raw, tick := m.AppendFrame(nil, q)
	var f api.MetricsFrame
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(string(raw), err)
	}
	if f.Seq != tick || f.Type != api.TypeMetrics || f.Topic != api.TopicMetrics {
		t.Fatal("frame head:", string(raw))
	}
	return f
}

func TestFrameHasChangedCellsOnly(t *testing.T) {
	s := withRows(3)
	m, now := s.Metrics(), time.Now()
	m.Commit(batch(now, map[int]map[api.Column]int64{1: {api.ColCPU: 10, api.ColMemory: 100}, 2: {api.ColCPU: 20, api.ColMemory: 200}}))
	q := &store.Query{Rows: []int{1, 2}, Cols: store.Columns(api.ColCPU, api.ColMemory)}
	first := frame(t, m, q)
	if len(first.Rows) != 2 || len(first.Cols["cpu"].V) != 2 || first.Cols["cpu"].I != nil {
		t.Errorf("first frame: %+v", first)
	}
	q.Since = first.Seq
	if again := frame(t, m, q); len(again.Rows) != 0 || again.At == 0 {
		t.Errorf("nothing changed, yet %+v", again)
	}
	m.Commit(batch(now, map[int]map[api.Column]int64{1: {api.ColCPU: 10, api.ColMemory: 101}, 2: {api.ColCPU: 21, api.ColMemory: 200}}))
	f := frame(t, m, q)
	if cpu := f.Cols["cpu"]; len(cpu.I) != 1 || f.Rows[cpu.I[0]] != 2 || *cpu.V[0] != 21 {
		t.Errorf("cpu cells: %+v of %+v", cpu, f)
	}
	q.Since = f.Seq
	m.Clear(2)
	if f = frame(t, m, q); len(f.Rows) != 1 || f.Cols["cpu"].V[0] != nil {
		t.Errorf("a cleared row must travel as null: %+v", f)
	}
}

func TestFrameSendsNewRowsWhole(t *testing.T) {
	s := withRows(2)
	m := s.Metrics()
	m.Commit(batch(time.Now(), map[int]map[api.Column]int64{1: {api.ColCPU: 1}, 2: {api.ColCPU: 2}}))
	f := frame(t, m, &store.Query{Rows: []int{1, 2}, Cols: store.AllColumns, Since: m.Tick(), Whole: map[int]bool{2: true}})
	if len(f.Rows) != 1 || f.Rows[0] != 2 || *f.Cols["cpu"].V[0] != 2 {
		t.Errorf("frame = %+v, want row 2 alone", f)
	}
}

func TestFrameTellsAgesAndMisses(t *testing.T) {
	s := withRows(2)
	m := s.Metrics()
	m.Commit(batch(time.Now().Add(-time.Second), map[int]map[api.Column]int64{1: {api.ColCPU: 1}}))
	f := frame(t, m, &store.Query{Rows: []int{1}, Cols: store.AllColumns, Every: time.Second})
	if age := f.Ages[1]; age < 990 || age > 5000 {
		t.Errorf("ages = %v, want about 1000 ms", f.Ages)
	}
	if len(f.Missed) != 0 {
		t.Errorf("missed = %v after one interval", f.Missed)
	}
	m.Commit(batch(time.Now().Add(-3*time.Second), map[int]map[api.Column]int64{1: {api.ColCPU: 1}}))
	if f = frame(t, m, &store.Query{Rows: []int{1}, Cols: store.AllColumns, Every: time.Second}); len(f.Missed) != 1 {
		t.Errorf("missed = %v after three intervals, want row 1", f.Missed)
	}
}

func TestSamplesOfRemovedRowsAreDropped(t *testing.T) {
	s := withRows(1)
	s.Apply(store.Change{Remove: []api.Key{"e/a"}})
	s.Metrics().Commit(batch(time.Now(), map[int]map[api.Column]int64{1: {api.ColCPU: 5}}))
	if _, _, ok := s.Metrics().Sample(1); ok {
		t.Error("a removed container has a sample")
	}
}

// TestFramesConverge: however rows, filters and ticks interleave, a client that
// applies the frames has the table's cells for the rows it watches.
func TestFramesConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const rows = 4
		m := withRows(rows).Metrics()
		have := map[int]map[string]*int64{}
		watched := map[int]bool{}
		var since, restSince uint64
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "clear") {
				m.Clear(rapid.IntRange(1, rows).Draw(t, "row"))
			}
			cells := map[int]map[api.Column]int64{}
			for range rapid.IntRange(0, rows).Draw(t, "n") {
				cells[rapid.IntRange(1, rows).Draw(t, "row")] = map[api.Column]int64{
					api.ColCPU: rapid.Int64Range(0, 2).Draw(t, "cpu"), api.ColPids: rapid.Int64Range(1, 2).Draw(t, "pids"),
				}
			}
			m.Commit(batch(time.Now(), cells))
			q := &store.Query{Cols: store.AllColumns, Since: since, Whole: map[int]bool{}, Rest: true, RestSince: restSince}
			next := map[int]bool{}
			for r := 1; r <= rows; r++ {
				if rapid.Bool().Draw(t, "watch") {
					q.Rows = append(q.Rows, r)
					next[r] = true
				}
				q.Whole[r] = next[r] != watched[r]
			}
			watched = next
			f := frame(t, m, q)
			since, restSince = f.Seq, f.Seq
			for name, col := range f.Cols {
				for j, v := range col.V {
					i := j
					if col.I != nil {
						i = col.I[j]
					}
					if have[f.Rows[i]] == nil {
						have[f.Rows[i]] = map[string]*int64{}
					}
					have[f.Rows[i]][name] = v
				}
			}
		}
		for r := 1; r <= rows; r++ {
			cells, _, _ := m.Sample(r)
			if _, _, ok := m.Sample(r); !ok {
				continue
			}
			for c, name := range api.ColumnNames() {
				got, want := have[r][name], cells[c]
				if (got == nil) != (want == api.Unknown) || got != nil && *got != want {
					t.Fatalf("row %d %s: client %v, table %d", r, name, got, want)
				}
			}
		}
	})
}
