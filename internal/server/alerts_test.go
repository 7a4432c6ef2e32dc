package server

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/alert"
	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// alerting lets a keeper of alerts run, over the history that there is by then.
func alerting(t *testing.T) func(*Options) {
	t.Helper()
	return func(o *Options) {
		o.Alerts = alert.New(alert.Options{Store: o.Store, History: o.History})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- o.Alerts.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error("alerts:", err)
			}
		})
	}
}

// firing makes a container unhealthy and waits for the alert of it.
func firing(t *testing.T, r *rig, id string) *api.Alert {
	t.Helper()
	c := running(id)
	c.Health = api.HealthUnhealthy
	r.store.Apply(store.Change{
		Put:    []*api.Container{c},
		System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}},
	})
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		for _, a := range r.store.Alerts() {
			if a.Container == id && a.State == api.AlertFiring {
				return a
			}
		}
	}
	t.Fatal("nothing fires")
	return nil
}

func TestAlertsAreAnswered(t *testing.T) {
	r := newRig(t, remembering(t), alerting(t))
	a := firing(t, r, "a")
	if a.Rule != "Unhealthy" || a.Name == "" || a.FiredAt == nil || !strings.Contains(a.Summary, a.Name) {
		t.Errorf("%+v", a)
	}
	var page api.List[api.Alert]
	decodeInto(t, r.ask(t, "GET", "/api/v1/alerts?state=firing&rule=Unhealthy&since=1h", ""), http.StatusOK, &page)
	if len(page.Items) != 1 || page.Items[0].ID != a.ID {
		t.Errorf("%+v", page)
	}
	for _, none := range []string{"state=resolved", "rule=Other", "container=other", "since=2099-01-01"} {
		decodeInto(t, r.ask(t, "GET", "/api/v1/alerts?"+none, ""), http.StatusOK, &page)
		if len(page.Items) != 0 {
			t.Errorf("%s: %+v", none, page)
		}
	}
	var marked api.Alert
	path := "/api/v1/alerts/" + a.ID
	decodeInto(t, r.ask(t, "PUT", path+"/acknowledgement", `{"note":" looking "}`, "X-Quaywatch-Client", "tab-7"), http.StatusOK, &marked)
	if m := marked.Acknowledged; m == nil || m.Note != "looking" || m.By.Client != "tab-7" {
		t.Errorf("%+v", marked)
	}
	decodeInto(t, r.ask(t, "PUT", path+"/snooze", `{"seconds":60}`), http.StatusOK, &marked)
	if m := marked.Snoozed; m == nil || m.Until == nil || m.Until.Sub(m.At) != time.Minute || marked.Acknowledged == nil {
		t.Errorf("%+v", marked)
	}
	decodeInto(t, r.ask(t, "GET", "/api/v1/alerts", ""), http.StatusOK, &page)
	if len(page.Items) != 1 || page.Items[0].Snoozed == nil {
		t.Errorf("what was answered is not kept: %+v", page)
	}
	decodeInto(t, r.ask(t, "DELETE", path+"/snooze", ""), http.StatusOK, &marked)
	decodeInto(t, r.ask(t, "DELETE", path+"/acknowledgement", ""), http.StatusOK, &marked)
	if marked.Acknowledged != nil || marked.Snoozed != nil {
		t.Errorf("%+v", marked)
	}
	var rows api.List[api.Event]
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?kind=audit&action=alert-snooze", ""), http.StatusOK, &rows)
	if len(rows.Items) != 2 || rows.Items[0].Detail != "done" || rows.Items[1].Detail != "asked" || rows.Items[0].ID != a.ID {
		t.Errorf("audit: %+v", rows)
	}
	for what, c := range map[string]struct{ method, path, body string }{
		"no such state": {"GET", "/api/v1/alerts?state=bad", ""}, "no such time": {"GET", "/api/v1/alerts?until=soon", ""},
		"no such page": {"GET", "/api/v1/alerts?before=x", ""}, "no length": {"PUT", path + "/snooze", "{}"}, "too long": {"PUT", path + "/snooze", `{"seconds":1e9}`},
		"long note": {"PUT", path + "/acknowledgement", `{"note":"` + strings.Repeat("x", 501) + `"}`},
	} {
		wantProblem(t, what, r.ask(t, c.method, c.path, c.body), api.ErrInvalid)
	}
	wantProblem(t, "unknown", r.ask(t, "PUT", "/api/v1/alerts/nope/snooze", `{"seconds":60}`), api.ErrNotFound)
}

func TestRulesAreKept(t *testing.T) {
	r := newRig(t, remembering(t), alerting(t))
	var rule api.AlertRuleStatus
	decodeInto(t, r.ask(t, "PUT", "/api/v1/alert-rules/mine", `{"severity":"info","on":"paused","match":"name:~^a$","enabled":true,"forSeconds":0,"keepSeconds":0}`), http.StatusOK, &rule)
	if rule.Name != "mine" || rule.Source != api.RuleFromPage {
		t.Errorf("%+v", rule)
	}
	decodeInto(t, r.ask(t, "PUT", "/api/v1/alert-rules/Unhealthy", `{"severity":"info","on":"unhealthy","enabled":false,"forSeconds":0,"keepSeconds":0}`), http.StatusOK, &rule)
	if !rule.Changed || rule.Source != api.RuleBuiltIn || rule.Enabled {
		t.Errorf("%+v", rule)
	}
	wantProblem(t, "a bad match", r.ask(t, "PUT", "/api/v1/alert-rules/bad", `{"severity":"info","on":"paused","match":"stat:x","enabled":true,"forSeconds":0,"keepSeconds":0}`), api.ErrInvalid)
	wantProblem(t, "another name", r.ask(t, "PUT", "/api/v1/alert-rules/bad", `{"name":"good","severity":"info","on":"paused","enabled":true,"forSeconds":0,"keepSeconds":0}`), api.ErrInvalid)
	find := func(name string) *api.AlertRuleStatus {
		var all api.AlertRules
		decodeInto(t, r.ask(t, "GET", "/api/v1/alert-rules", ""), http.StatusOK, &all)
		for i := range all.Items {
			if all.Items[i].Name == name {
				return &all.Items[i]
			}
		}
		return nil
	}
	if got := find("mine"); got == nil || got.On != api.AlertOnPaused {
		t.Errorf("%+v", got)
	}
	for _, name := range []string{"mine", "Unhealthy"} {
		if resp := r.ask(t, "DELETE", "/api/v1/alert-rules/"+name, ""); resp.StatusCode != http.StatusNoContent {
			t.Errorf("%s: %s %s", name, resp.Status, resp.text)
		}
	}
	if got := find("Unhealthy"); got == nil || got.Changed || !got.Enabled {
		t.Errorf("a built-in rule is not as it came: %+v", got)
	}
	if got := find("mine"); got != nil {
		t.Errorf("still there: %+v", got)
	}
	wantProblem(t, "gone", r.ask(t, "DELETE", "/api/v1/alert-rules/mine", ""), api.ErrNotFound)
}
