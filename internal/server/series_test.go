package server

import (
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
