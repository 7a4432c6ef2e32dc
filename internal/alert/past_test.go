package alert

import (
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

func TestAPageIsBroughtUpToDate(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	made := func(id string, minute int, state api.AlertState) *api.Alert {
		return &api.Alert{ID: id, State: state, ActiveAt: at.Add(time.Duration(minute) * time.Minute)}
	}
	page := []api.Alert{*made("c", 3, api.AlertFiring), *made("b", 2, api.AlertFiring), *made("a", 1, api.AlertResolved)}
	topic := []*api.Alert{made("b", 2, api.AlertResolved), made("c", 3, api.AlertFiring), made("d", 4, api.AlertFiring)}
	for _, c := range []struct {
		q    history.AlertQuery
		want string
	}{
		{history.AlertQuery{}, "d c b a"},
		{history.AlertQuery{States: []api.AlertState{api.AlertFiring}}, "d c"},
		{history.AlertQuery{Limit: 3}, "c b a"}, // the page is full: it is on disk soon
		{history.AlertQuery{Next: "x"}, "c b a"},
		{history.AlertQuery{Since: at.Add(4 * time.Minute)}, "d"},
	} {
		var got []string
		for _, a := range present(append([]api.Alert(nil), page...), topic, &c.q) {
			got = append(got, a.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.q, got, c.want)
		}
	}
}
