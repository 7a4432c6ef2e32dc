package app

import (
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestWhatAKilledServerLeft: each begin without an end gets one, once.
func TestWhatAKilledServerLeft(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	n := 0
	row := func(kind, action, detail, id, name string, more ...string) api.Event {
		n++
		e := api.Event{Time: at.Add(time.Duration(n) * time.Second), Engine: "e", Kind: kind, Action: action, Detail: detail, ID: id, Name: name, By: &api.Actor{Name: "ann", Client: "c"}, Attributes: map[string]string{}}
		for i := 0; i+1 < len(more); i += 2 {
			e.Attributes[more[i]] = more[i+1]
		}
		return e
	}
	begun := []api.Event{
		row(api.KindAudit, "stop", "asked", "1", "web"),
		row(api.KindAudit, "stop", "done", "1", "web"),
		row(api.KindAudit, "stop", "asked", "1", "web"), // killed
		row(api.KindAudit, "create", "asked", "", "net", api.AttrKind, "network"),
		row(api.KindAudit, "create", "done", "abc", "net", api.AttrKind, "network"),
		row(api.KindAudit, "exec", "opened", "1", "web", "session", "s1"),
		row(api.KindAudit, "exec", "opened", "1", "web", "session", "s2"), // killed
		row(api.KindAudit, "exec", "opened", "1", "web", "session", "s3"), // killed
		row(api.KindAudit, "exec", "closed", "1", "web", "session", "s1"),
		row(api.KindJob, "pull", "running", "j-1", "alpine"),
		row(api.KindJob, "pull", "failed", "j-1", "alpine"),
		row(api.KindJob, "pull", "running", "j-2", "alpine"), // killed
		row(api.KindAudit, "pull", "asked", "j-2", "alpine"), // killed
		row(api.KindAudit, "pull", "asked", "j-3", "busybox"),
		row(api.KindAudit, "pull", "cancelled", "j-3", "busybox"),
	}
	newest := func(rows []api.Event) (out []api.Event) {
		for i := range rows {
			out = append(out, rows[len(rows)-1-i])
		}
		return out
	}
	now := at.Add(time.Hour)
	got := unfinished(newest(begun), now)
	want := []string{"audit stop failed 1", "audit exec closed 1", "audit exec closed 1", "job pull failed j-2", "audit pull failed j-2"}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, e := range got {
		if is := e.Kind + " " + e.Action + " " + e.Detail + " " + e.ID; is != want[i] || !e.Inferred || e.Time.Before(now) || i > 0 && !e.Time.After(got[i-1].Time) || e.By.Name != "ann" {
			t.Errorf("%s, want %s: %+v", is, want[i], e)
		}
	}
	if got[1].Attributes["session"] != "s2" || got[1].Attributes["left"] != "true" || got[0].Attributes["error"] == "" || got[3].Attributes["message"] == "" {
		t.Errorf("%+v", got)
	}
	if again := unfinished(newest(append(begun, got...)), now.Add(time.Hour)); len(again) > 0 {
		t.Errorf("told again: %+v", again)
	}
}
