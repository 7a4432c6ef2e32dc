package server

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// past is one sample of every row, a minute ago, in which a column's value is
// its number and the last is not known.
type past int64

func (p past) Series(_ int, from int64, cols []api.Column) ([]int64, [][]*int64) {
	values := make([][]*int64, len(cols))
	if from > int64(p) {
		return nil, values
	}
	for i, c := range cols {
		values[i] = []*int64{nil}
		if c != api.NumColumns-1 {
			values[i][0] = new(int64(c))
		}
	}
	return []int64{int64(p)}, values
}

func (p past) Oldest(int) (int64, bool) { return int64(p), true }

func TestSeries(t *testing.T) {
	at := time.Now().Add(-time.Minute).UnixMilli()
	r := newRig(t, func(o *Options) { o.Past = past(at) })
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}})
	var got api.Series
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/series?seconds=120&cols=mem,cpu,mem,oomKills", ""), http.StatusOK, &got)
	if got.ID != "a" || got.From != at || len(got.At) != 1 || got.At[0] != at || len(got.Cols) != 3 {
		t.Fatalf("%+v", got)
	}
	if *got.Cols["mem"][0] != int64(api.ColMemory) || *got.Cols["cpu"][0] != 0 || got.Cols["oomKills"][0] != nil {
		t.Errorf("cells %v", got.Cols)
	}
	got = api.Series{}
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/series", ""), http.StatusOK, &got)
	if len(got.Cols) != int(api.NumColumns) || len(got.At) != 1 {
		t.Errorf("all columns of an hour: %d, %d samples", len(got.Cols), len(got.At))
	}
	got = api.Series{}
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/series?seconds=5&cols=cpu", ""), http.StatusOK, &got)
	if got.At == nil || len(got.At) != 0 || len(got.Cols["cpu"]) != 0 {
		t.Errorf("nothing in five seconds: %+v", got)
	}
	wantProblem(t, "column", r.ask(t, "GET", "/api/v1/containers/a/series?cols=cpuu", ""), api.ErrInvalid)
	wantProblem(t, "seconds", r.ask(t, "GET", "/api/v1/containers/a/series?seconds=-1", ""), api.ErrInvalid)
	wantProblem(t, "container", r.ask(t, "GET", "/api/v1/containers/z/series", ""), api.ErrNotFound)
}

// What is not in memory comes from the history, also of a container that is gone.
func TestSeriesFromDisk(t *testing.T) {
	remember := remembering(t)
	begin := time.Now().Add(-5 * time.Hour).Truncate(time.Minute)
	at := time.Now().Add(-time.Minute).Truncate(10 * time.Second).Add(4 * time.Second).UnixMilli()
	r := newRig(t, remember, func(o *Options) { o.Past = past(at) })
	r.store.Apply(store.Change{Put: []*api.Container{running("a")}, System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: running("a").Engine}}}})
	rollup := r.o.History.NewRollup(func(row int) (api.Key, bool) {
		return api.MakeKey(running("a").Engine, []string{"", "a", "gone"}[row]), true
	})
	for i := range 60 {
		var b api.Batch
		for row := range 2 {
			n := b.Add(row+1, begin.Add(time.Duration(i)*5*time.Second).UnixNano())
			b.Values[api.ColCPU][n] = int64(i % 2 * 100)
		}
		rollup.Commit(&b)
	}
	if err := r.o.History.SyncMetrics(t.Context()); err != nil {
		t.Fatal(err)
	}
	var b api.Batch
	n := b.Add(1, time.Now().Add(-20*time.Minute).UnixNano())
	b.Values[api.ColCPU][n] = 7
	rollup.Commit(&b)
	// What memory has is in a step of the disk's too, which began before it.
	var both api.Batch
	n = both.Add(1, at*int64(time.Millisecond))
	both.Values[api.ColCPU][n] = 9
	rollup.Commit(&both)
	if err := r.o.History.SyncMetrics(t.Context()); err != nil {
		t.Fatal(err)
	}

	var got api.Series
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/series?seconds=20000&cols=cpu,rx&stats=min,max", ""), http.StatusOK, &got)
	if got.StepSeconds != 10 || len(got.At) != 32 || got.At[0] != begin.UnixMilli() || got.From > begin.UnixMilli() {
		t.Fatalf("%d points of %d s from %d", len(got.At), got.StepSeconds, got.From)
	}
	if *got.Cols["cpu"][0] != 50 || *got.Min["cpu"][0] != 0 || *got.Max["cpu"][0] != 100 || got.Last != nil || got.Cols["rx"][0] != nil {
		t.Errorf("%v %v %v", got.Cols, got.Min, got.Max)
	}
	got = api.Series{}
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/series?seconds=604800&cols=cpu", ""), http.StatusOK, &got)
	if got.StepSeconds != 600 || len(got.At) < 2 || got.Min != nil {
		t.Errorf("a week: %+v", got)
	}
	// Within an hour: from disk what memory lacks, then memory.
	got = api.Series{}
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/a/series?cols=cpu", ""), http.StatusOK, &got)
	if got.StepSeconds != 1 || len(got.At) != 2 || *got.Cols["cpu"][0] != 7 || got.At[1] != at {
		t.Errorf("an hour: %+v", got)
	}
	got = api.Series{}
	decodeInto(t, r.ask(t, "GET", "/api/v1/containers/gone/series?seconds=20000&cols=cpu", ""), http.StatusOK, &got)
	if got.ID != "gone" || len(got.At) != 30 {
		t.Errorf("of one that is gone: %+v", got)
	}
	// Around a moment of five hours ago, and one of an hour that is half in memory.
	got = api.Series{}
	ends := begin.Add(2 * time.Minute).UnixMilli()
	decodeInto(t, r.ask(t, "GET", fmt.Sprintf("/api/v1/containers/a/series?seconds=240&until=%d&cols=cpu", ends), ""), http.StatusOK, &got)
	if got.StepSeconds != 10 || len(got.At) != 12 || got.At[0] != begin.UnixMilli() || got.At[11] != ends-10_000 {
		t.Errorf("around a moment: %+v", got)
	}
	for name, until := range map[string]int64{"now": time.Now().Add(time.Hour).UnixMilli(), "ten minutes ago": time.Now().Add(-10 * time.Minute).UnixMilli()} {
		got = api.Series{}
		decodeInto(t, r.ask(t, "GET", fmt.Sprintf("/api/v1/containers/a/series?seconds=7000&until=%d&cols=cpu", until), ""), http.StatusOK, &got)
		if want := map[string]int{"now": 2, "ten minutes ago": 1}[name]; len(got.At) != want || *got.Cols["cpu"][0] != 7 {
			t.Errorf("until %s: %+v", name, got)
		}
	}
	for _, query := range []string{"until=x", "until=-1", "until=0", fmt.Sprintf("seconds=60&until=%d", time.Now().Add(time.Hour).UnixMilli())} {
		wantProblem(t, query, r.ask(t, "GET", "/api/v1/containers/a/series?"+query, ""), api.ErrInvalid)
	}
	wantProblem(t, "never there", r.ask(t, "GET", "/api/v1/containers/never/series?seconds=20000", ""), api.ErrNotFound)
	wantProblem(t, "stats", r.ask(t, "GET", "/api/v1/containers/a/series?stats=median", ""), api.ErrInvalid)
}
