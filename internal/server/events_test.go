package server

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

// remembering gives the server a history of its own.
func remembering(t *testing.T) func(*Options) {
	t.Helper()
	h := history.New(history.Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.History = h }
}

func TestEventsOfThePast(t *testing.T) {
	r := newRig(t, remembering(t))
	begin := time.Now().Add(-time.Hour).Truncate(time.Second).UTC()
	var events []api.Event
	for i := range 25 {
		events = append(events, api.Event{
			Time: begin.Add(time.Duration(i) * time.Minute), Engine: "e1", Kind: "container", Action: []string{"start", "die"}[i%2], ID: "abc", Name: "web",
			Attributes: map[string]string{"image": "=cmd()", "exitCode": fmt.Sprint(i)},
		})
	}
	events = append(events, api.Event{Time: begin, Engine: "old", Kind: "container", Action: "start", Name: "elsewhere"})
	r.o.History.Record(history.Record{Events: events})
	if err := r.o.History.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}}})

	var page api.List[api.Event]
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?limit=10&action=die&container=web", ""), 200, &page)
	if len(page.Items) != 10 || page.Next == "" || page.Items[0].Attributes["exitCode"] != "23" {
		t.Fatalf("the first page: %+v", page)
	}
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?limit=10&action=die&container=web&next="+page.Next, ""), 200, &page)
	if len(page.Items) != 2 || page.Next != "" || page.Items[1].Attributes["exitCode"] != "1" {
		t.Fatalf("the last page: %+v", page)
	}
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?since=58m30s&until="+begin.Add(5*time.Minute).Format(time.RFC3339)+"&order=oldest", ""), 200, &page)
	if len(page.Items) != 3 || page.Items[0].Attributes["exitCode"] != "2" {
		t.Errorf("a range: %+v", page.Items)
	}
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?text=elsewhere", ""), 200, &page)
	if len(page.Items) != 0 {
		t.Errorf("of an engine that is not watched any more: %+v", page.Items)
	}
	decodeInto(t, r.ask(t, "GET", "/api/v1/events?text=elsewhere&engine=all", ""), 200, &page)
	if len(page.Items) != 1 {
		t.Errorf("of every engine: %+v", page.Items)
	}
	for _, bad := range []string{"since=soon", "until=-1h", "limit=0", "limit=9999", "next=x", "order=random", "severity=worse", "inferred=maybe", "gaps=1", "kind=container,nonsense", "kind=Container"} {
		wantProblem(t, bad, r.ask(t, "GET", "/api/v1/events?"+bad, ""), api.ErrInvalid)
	}

	if text := r.ask(t, "GET", "/api/v1/events/export?kind=containers", "").text; !strings.Contains(text, "container, image,") || !strings.Contains(text, `\"containers\"`) {
		t.Errorf("an unknown kind: %s", text)
	}
	for _, kind := range history.Kinds() {
		if resp := r.ask(t, "GET", "/api/v1/events?limit=1&kind="+kind, ""); resp.StatusCode != 200 {
			t.Errorf("kind %s: %s", kind, resp.text)
		}
	}

	lines := strings.Split(strings.TrimSpace(r.ask(t, "GET", "/api/v1/events/export?kind=container", "").text), "\n")
	var first api.Event
	if len(lines) != 25 || json.Unmarshal([]byte(lines[0]), &first) != nil || !first.Time.Equal(begin) {
		t.Errorf("exported %d lines, the first is %s", len(lines), lines[0])
	}
	resp := r.ask(t, "GET", "/api/v1/events/export?format=csv&limit=2", "")
	rows, err := csv.NewReader(strings.NewReader(resp.text)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][6] != "web" || !strings.Contains(resp.Header.Get("Content-Disposition"), "quaywatch-events.csv") {
		t.Errorf("%v %v %v", rows, err, resp.Header)
	}
	wantProblem(t, "another format", r.ask(t, "GET", "/api/v1/events/export?format=xml", ""), api.ErrInvalid)
}

// What a query means is said once for the server and the page, which asks it of
// what comes live.
func TestEventCases(t *testing.T) {
	doc, err := os.ReadFile("../../api/event-cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Events map[string]api.Event
		Cases  []struct {
			Query string
			Found []string
		}
	}
	if err := json.Unmarshal(doc, &cases); err != nil || len(cases.Cases) == 0 {
		t.Fatal(len(cases.Cases), err)
	}
	r := newRig(t, remembering(t))
	r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}}})
	names := make(map[time.Time]string)
	var events []api.Event
	for name, e := range cases.Events {
		names[e.Time] = name
		events = append(events, e)
	}
	r.o.History.Record(history.Record{Events: events})
	if err := r.o.History.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases.Cases {
		q, err := url.ParseQuery(c.Query)
		if err != nil {
			t.Fatal(err)
		}
		q.Set("limit", "100")
		var page api.List[api.Event]
		decodeInto(t, r.ask(t, "GET", "/api/v1/events?"+q.Encode(), ""), 200, &page)
		var found []string
		for _, e := range page.Items {
			found = append(found, names[e.Time])
		}
		slices.Sort(found)
		slices.Sort(c.Found)
		if !slices.Equal(found, c.Found) {
			t.Errorf("%q finds %v, want %v", c.Query, found, c.Found)
		}
	}
}

func TestCSVHoldsNoFormulas(t *testing.T) {
	row := csvRow(&api.Event{Name: `=HYPERLINK("http://evil")`, Detail: "@x", Action: "-1+1", ID: "fine"})
	for i, want := range map[int]string{6: `'=HYPERLINK("http://evil")`, 4: "'@x", 3: "'-1+1", 5: "fine"} {
		if row[i] != want {
			t.Errorf("cell %d is %q, want %q", i, row[i], want)
		}
	}
	for begin, formula := range map[string]bool{"=": true, "+": true, "-": true, "@": true, "\t": true, "\r": true, "\n": true, "＝": true, "＋": true, "－": true, "＠": true, "a=": false, " ": false, "日": false} {
		if cell := csvRow(&api.Event{Detail: begin + "1"})[4]; strings.HasPrefix(cell, "'") != formula {
			t.Errorf("%q becomes %q", begin, cell)
		}
	}
}

func TestPreferencesFollowTheUser(t *testing.T) {
	r := newRig(t, remembering(t))
	const path = "/api/v1/preferences/event-filters"
	decodeInto(t, r.ask(t, "PUT", path+"/only%20crashes", `{"action":"die"}`), 200, &api.Preference{})
	secret, _, err := auth.OpenTokens(r.dir).Create("ci", auth.RoleViewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	var mine, theirs, browser api.List[api.Preference]
	decodeInto(t, r.ask(t, "GET", path, ""), 200, &mine)
	if len(mine.Items) != 1 || mine.Items[0].Name != "only crashes" || string(mine.Items[0].Value) != `{"action":"die"}` || mine.Items[0].UpdatedAt.IsZero() {
		t.Fatalf("%+v", mine)
	}
	decodeInto(t, r.ask(t, "GET", path, "", "Authorization", "Bearer "+secret), 200, &theirs)
	if len(theirs.Items) != 0 {
		t.Errorf("another user's: %+v", theirs)
	}
	resp := r.ask(t, "POST", "/api/v1/session", `{"token":"`+r.auth.NewLaunch(0)+`"}`, "Authorization", "", "Origin", r.url)
	cookie, _, _ := strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	decodeInto(t, r.ask(t, "GET", path, "", "Authorization", "", "Cookie", cookie, "Origin", r.url), 200, &browser)
	if len(browser.Items) != 1 {
		t.Errorf("the same user's in a browser: %+v", browser)
	}
	for what, c := range map[string]struct {
		method, path, body string
		code               api.ErrorCode
	}{
		"no JSON":        {"PUT", path + "/x", "{", api.ErrInvalid},
		"too large":      {"PUT", path + "/x", `"` + strings.Repeat("x", api.MaxPreferenceBytes) + `"`, api.ErrTooLarge},
		"a long name":    {"PUT", path + "/" + strings.Repeat("x", 101), "1", api.ErrInvalid},
		"an odd space":   {"PUT", "/api/v1/preferences/Some%20Space/x", "1", api.ErrInvalid},
		"not there":      {"DELETE", path + "/x", "", api.ErrNotFound},
		"a control char": {"PUT", path + "/%07", "1", api.ErrInvalid},
	} {
		wantProblem(t, what, r.ask(t, c.method, c.path, c.body), c.code)
	}
	if resp := r.ask(t, "DELETE", path+"/only%20crashes", ""); resp.StatusCode != http.StatusNoContent {
		t.Errorf("deleting: %s", resp.Status)
	}
}
