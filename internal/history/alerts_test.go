package history_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

func TestAlertsAreKept(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	h.sync(t)
	start := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	id := "8d1f0c2b3a4e5d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c"
	var all []*api.Alert
	for i := range 5 {
		a := &api.Alert{Engine: "e1", ID: fmt.Sprintf("a%d", i), Rule: "Unhealthy", State: api.AlertFiring, Container: id, Name: "shop-web-1", ActiveAt: start.Add(time.Duration(i) * time.Minute)}
		if i < 3 {
			end := a.ActiveAt.Add(time.Second)
			a.State, a.ResolvedAt = api.AlertResolved, &end
		}
		all = append(all, a)
	}
	if err := h.PutAlerts(t.Context(), all, nil); err != nil {
		t.Fatal(err)
	}
	open, err := h.OpenAlerts(t.Context(), 2)
	if err != nil || len(open) != 4 {
		t.Fatalf("%+v %v", open, err)
	}
	for i, want := range []string{"a1", "a2", "a3", "a4"} {
		if open[i].Alert.ID != want || open[i].Written.IsZero() {
			t.Errorf("%d: %+v", i, open[i])
		}
	}

	// One gets on, one was never anything.
	end := start.Add(time.Hour)
	all[3].State, all[3].ResolvedAt, all[3].Acknowledged = api.AlertResolved, &end, &api.AlertMark{Note: "mine"}
	if err := h.PutAlerts(t.Context(), all[3:4], []string{"a4"}); err != nil {
		t.Fatal(err)
	}
	page := func(q history.AlertQuery) history.AlertPage {
		t.Helper()
		p, err := h.Alerts(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Items {
			if !q.Matches(&p.Items[i]) {
				t.Errorf("%+v is not one that %+v asks for", p.Items[i], q)
			}
		}
		return p
	}
	p := page(history.AlertQuery{Limit: 3})
	if len(p.Items) != 3 || p.Items[0].ID != "a3" || p.Items[0].Acknowledged == nil || p.Next == "" {
		t.Fatalf("%+v", p)
	}
	if p = page(history.AlertQuery{Limit: 3, Next: p.Next}); len(p.Items) != 1 || p.Items[0].ID != "a0" || p.Next != "" {
		t.Errorf("%+v", p)
	}
	for _, c := range []struct {
		q history.AlertQuery
		n int
	}{
		{history.AlertQuery{Container: id[:12]}, 4},
		{history.AlertQuery{Container: "e1/" + id}, 4},
		{history.AlertQuery{Container: "shop-web-1"}, 4},
		{history.AlertQuery{Container: "other"}, 0},
		{history.AlertQuery{Rule: "Other"}, 0},
		{history.AlertQuery{States: []api.AlertState{api.AlertFiring, api.AlertPending}}, 0},
		{history.AlertQuery{States: []api.AlertState{api.AlertResolved}}, 4},
		{history.AlertQuery{Since: start.Add(time.Minute), Until: start.Add(3 * time.Minute)}, 2},
	} {
		if got := len(page(c.q).Items); got != c.n {
			t.Errorf("%+v finds %d, want %d", c.q, got, c.n)
		}
	}
	if _, err := h.Alerts(t.Context(), history.AlertQuery{Next: "x"}); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestOldAlertsAreDropped(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir(), EventAge: time.Hour})
	h.sync(t)
	old, now := time.Now().Add(-2*time.Hour), time.Now()
	alerts := []*api.Alert{
		{ID: "gone", State: api.AlertResolved, ActiveAt: old, ResolvedAt: &old},
		{ID: "open", State: api.AlertFiring, ActiveAt: old},
		{ID: "late", State: api.AlertResolved, ActiveAt: old, ResolvedAt: &now},
	}
	if err := h.PutAlerts(t.Context(), alerts, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := h.Alerts(t.Context(), history.AlertQuery{})
	if err != nil || len(p.Items) != 2 {
		t.Errorf("%+v %v", p.Items, err)
	}
}
