package history_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		beKilled(dir)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

// running is a history that runs until the test ends or stop is called.
type running struct {
	*history.History

	stop func()
}

func run(t *testing.T, o history.Options) *running {
	t.Helper()
	h := history.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	stopped := false
	r := &running{History: h, stop: func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}}
	t.Cleanup(r.stop)
	return r
}

func (r *running) sync(t *testing.T) {
	t.Helper()
	if err := r.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// all are the events that a query finds, over all pages.
func (r *running) all(t *testing.T, q history.Query) []api.Event {
	t.Helper()
	var out []api.Event
	for {
		p, err := r.Events(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Items...)
		if p.Next == "" {
			return out
		}
		q.Next = p.Next
	}
}

var start = time.Date(2026, 11, 23, 12, 0, 0, 123_456_789, time.UTC)

func event(n int, action, name string) api.Event {
	return api.Event{
		Time: start.Add(time.Duration(n) * time.Second), Engine: "e1", Kind: "container", Action: action,
		ID: fmt.Sprintf("%064x", 0xabc000+len(name)*7), Name: name,
		Attributes: map[string]string{"image": "registry.example.com/shop/" + name + ":1.27", "com.docker.compose.project": "shop"},
	}
}

// Whatever is told again, in whatever order, over restarts, is there once.
func TestEachEventOnce(t *testing.T) {
	dir := t.TempDir()
	var events []api.Event
	for i := range 300 {
		e := event(i/3, []string{"start", "die", "exec_create"}[i%3], fmt.Sprintf("web-%d", i%7))
		e.Detail = []string{"", "", fmt.Sprint("sh ", i)}[i%3]
		events = append(events, e)
	}
	for life := range 3 {
		h := run(t, history.Options{Dir: dir})
		for i := 0; i < len(events); i += 50 {
			part := slices.Clone(events[max(0, i-20):min(len(events), i+50)])
			if life == 1 {
				rand.Shuffle(len(part), func(a, b int) { part[a], part[b] = part[b], part[a] })
			}
			h.Record(history.Record{Events: part})
		}
		h.sync(t)
		got := h.all(t, history.Query{Oldest: true, Limit: 37})
		if len(got) != len(events) {
			t.Fatalf("life %d: %d events, want %d", life, len(got), len(events))
		}
		for i := 1; i < len(got); i++ {
			if got[i].Time.Before(got[i-1].Time) {
				t.Fatalf("life %d: event %d is older than the one before", life, i)
			}
		}
		h.stop()
	}
}

// Everything that is inferred at once has one time: each finds its place, and
// finds it again.
func TestManyEventsOfOneMoment(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	var events []api.Event
	for i := range 5000 {
		e := event(0, "destroy", fmt.Sprintf("web-%d", i))
		e.ID = fmt.Sprintf("%064x", i)
		events = append(events, e)
	}
	for range 2 {
		h.Record(history.Record{Events: events})
		h.sync(t)
	}
	if got := h.all(t, history.Query{Limit: 2000}); len(got) != len(events) {
		t.Errorf("%d events, want %d", len(got), len(events))
	}
}

// The search finds what a look at every event finds, page by page, both ways.
func TestSearchFindsWhatALookFinds(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	actions := []string{"create", "start", "die", "stop", "kill", "destroy", "health_status"}
	var events []api.Event
	for i := range 6000 {
		e := event(i, actions[i*7%len(actions)], fmt.Sprintf("shop-web-%d", i%40))
		e.ID = fmt.Sprintf("%012x%052d", i%40*7919, 0)
		switch {
		case i%50 == 0:
			e.Kind, e.Action, e.Attributes = "network", "connect", map[string]string{"container": e.ID, api.AttrContainerName: e.Name, "type": "bridge"}
			e.ID, e.Name = "net", "Größe.net"
		case i%77 == 0:
			e.Kind, e.Action, e.Detail = api.KindAudit, "stop", "asked"
		case i%90 == 2:
			e.Action, e.Detail = "exec_start", "sh -c true"
		case i%450 == 3:
			e.Kind, e.Action, e.Inferred = api.KindEngine, []string{api.ActionGap, api.ActionConnected}[i%2], true
		case i%1000 == 4:
			e.Kind, e.Action, e.Engine = api.KindHistory, "lost", ""
		case i%31 == 5:
			e.Inferred = true
		case i%600 == 1:
			e.Action, e.By = "oom", &api.Actor{Name: []string{"alice", "ci job 7", "—"}[i/600%3]}
			e.Attributes["com.docker.compose.project"] = "Bank"
		}
		events = append(events, e)
	}
	h.Record(history.Record{Events: events})
	h.sync(t)
	rapid.Check(t, func(rt *rapid.T) {
		q := history.Query{
			Text:       rapid.SampledFrom([]string{"", "", "web", "we", "shop-web-7", "alice", "größe", "1.27 reg", "nothing", "registry alice", "00000000", "137"}).Draw(rt, "text"),
			Containers: rapid.SampledFrom([][]string{nil, nil, {"shop-web-3"}, {"/shop-web-39", "shop-web-1"}, {fmt.Sprintf("%012x", 5*7919)}, {"e1/" + fmt.Sprintf("%012x%052d", 6*7919, 0)}, {"none"}}).Draw(rt, "container"),
			Projects:   rapid.SampledFrom([][]string{nil, nil, {"shop"}, {"bank", "none"}}).Draw(rt, "project"),
			Kinds:      rapid.SampledFrom([][]string{nil, nil, {"network"}, {"container", "network"}, {api.KindAudit}, {history.AllKinds}, {history.KindExec, "network"}}).Draw(rt, "kinds"),
			Actions:    rapid.SampledFrom([][]string{nil, nil, {"oom"}, {"die", "kill"}}).Draw(rt, "actions"),
			NotActions: rapid.SampledFrom([][]string{nil, nil, {"die"}, {"exec_start", "start", "connect"}}).Draw(rt, "not actions"),
			Actors:     rapid.SampledFrom([][]string{nil, nil, nil, {"Alice"}, {"bob", "ci job 7"}, {"—"}}).Draw(rt, "actors"),
			Severities: rapid.SampledFrom([][]history.Severity{nil, nil, {history.Bad}, {history.Warn, history.Good}, {history.Plain}}).Draw(rt, "severities"),
			Inferred:   rapid.SampledFrom([]*bool{nil, nil, new(true), new(false)}).Draw(rt, "inferred"),
			Gaps:       rapid.Bool().Draw(rt, "gaps"),
			Limit:      rapid.SampledFrom([]int{1, 13, 500, 2000}).Draw(rt, "limit"),
			Oldest:     rapid.Bool().Draw(rt, "oldest"),
		}
		if rapid.Bool().Draw(rt, "ranged") {
			q.Since, q.Until = start.Add(1000*time.Second), start.Add(4000*time.Second)
		}
		match, err := history.Filter(q)
		if err != nil {
			rt.Fatal(err)
		}
		var want []string
		for i := range events {
			e := &events[i]
			if match(e) && (q.Since.IsZero() || !e.Time.Before(q.Since) && e.Time.Before(q.Until)) {
				want = append(want, e.Time.String())
			}
		}
		if !q.Oldest {
			slices.Reverse(want)
		}
		if q.Limit == 1 && len(want) > 40 {
			return // each page is a query; enough is seen elsewhere
		}
		var got []string
		for _, e := range h.all(t, q) {
			got = append(got, e.Time.String())
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%+v: %d found, want %d", q, len(got), len(want))
		}
	})
}

// What a search means is said here once in plain cases, since the test above
// compares the search with itself.
// TestWhatFewAre: what is asked for is far back, behind much else, and no word of
// it is asked for: what is not this, what was inferred.
func TestWhatFewAre(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	at := func(n int) api.Event { return event(n, "exec_start", "web") }
	few := []api.Event{at(0), at(1), at(2)}
	few[0].Kind, few[0].Action = "image", "pull"
	few[1].Kind, few[1].Action, few[1].Inferred = "volume", "create", true
	few[2].Kind, few[2].Action = api.KindEngine, api.ActionGap
	events := slices.Clone(few)
	for n := range 4000 {
		events = append(events, at(n+3))
	}
	h.Record(history.Record{Events: events})
	h.sync(t)
	for _, c := range []struct {
		q    history.Query
		want string
	}{
		{history.Query{NotActions: []string{"exec_start"}}, "gap create pull"},
		{history.Query{NotActions: []string{"exec_start", "create"}, Oldest: true}, "pull gap"},
		{history.Query{NotActions: []string{"exec_start", "pull"}, Gaps: true, Limit: 1}, "gap"},
		{history.Query{Inferred: new(true)}, "create"},
		{history.Query{Inferred: new(true), Gaps: true}, "gap create"},
		{history.Query{Inferred: new(true), Kinds: []string{"volume"}, Oldest: true, Gaps: true}, "create gap"},
	} {
		p, err := h.Events(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range p.Items {
			got = append(got, p.Items[i].Action)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v: %q, want %q", c.q, s, c.want)
		}
	}
}

func TestWhatMatches(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	a, b, c := event(0, "die", "web"), event(1, "start", "db"), event(2, "stop", "web")
	a.Attributes["exitCode"] = "137"
	c.Kind = api.KindAudit
	d := event(3, "unreachable", "host")
	d.Kind, d.Engine, d.Attributes = api.KindHistory, "", nil
	h.Record(history.Record{Events: []api.Event{a, b, c, d}})
	h.sync(t)
	for _, c := range []struct {
		what string
		q    history.Query
		want string
	}{
		{"everything but what tells again", history.Query{}, "unreachable start die"},
		{"really everything", history.Query{Kinds: []string{history.AllKinds}}, "unreachable stop start die"},
		{"kind", history.Query{Kinds: []string{"container"}}, "start die"},
		{"own rows", history.Query{Kinds: []string{api.KindAudit}}, "stop"},
		{"container", history.Query{Containers: []string{"web"}}, "die"},
		{"a word's beginning", history.Query{Text: "regi"}, "start die"},
		{"a part of a word", history.Query{Text: "egistry"}, ""},
		{"exit code", history.Query{Text: "137"}, "die"},
		{"another engine", history.Query{Engines: []string{"e2"}}, "unreachable"},
		{"since", history.Query{Since: start.Add(time.Second)}, "unreachable start"},
		{"until", history.Query{Until: start.Add(time.Second)}, "die"},
		{"project in capitals", history.Query{Projects: []string{"SHOP"}, Actions: []string{"die"}}, "die"},
		{"oldest first", history.Query{Oldest: true}, "die start unreachable"},
	} {
		var got []string
		for _, e := range h.all(t, c.q) {
			got = append(got, e.Action)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.what, s, c.want)
		}
	}
	if _, err := h.Events(t.Context(), history.Query{Next: "x"}); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestEventComesBackAsItWas(t *testing.T) {
	h := run(t, history.Options{Dir: t.TempDir()})
	e := event(0, "health_status", "web")
	e.Detail, e.Inferred, e.By, e.Seq = "unhealthy", true, &api.Actor{Name: "ci", Client: "tab"}, 77
	h.Record(history.Record{Events: []api.Event{e}})
	h.sync(t)
	got := h.all(t, history.Query{})
	if len(got) != 1 {
		t.Fatalf("%d events", len(got))
	}
	g := got[0]
	if !g.Time.Equal(e.Time) || g.Detail != e.Detail || !g.Inferred || g.By == nil || *g.By != *e.By || g.Seq != 0 || g.Attributes["image"] != e.Attributes["image"] {
		t.Errorf("%+v", g)
	}
}

// What finds no room is counted, and a row tells of it.
func TestFullQueueIsAVisibleGap(t *testing.T) {
	h := history.New(history.Options{Dir: t.TempDir()}) // nobody writes yet
	var events []api.Event
	for i := range 20_000 {
		events = append(events, event(i, "start", "web"))
	}
	h.Record(history.Record{Events: events})
	dropped := h.Status().Dropped
	if dropped == 0 || dropped >= 20_000 {
		t.Fatalf("%d dropped", dropped)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	if err := h.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := h.Events(ctx, history.Query{Kinds: []string{api.KindHistory}})
	if err != nil || len(p.Items) != 1 {
		t.Fatalf("%v %v", p.Items, err)
	}
	row := p.Items[0]
	if row.Action != "lost" || row.Attributes[api.AttrCount] != fmt.Sprint(dropped) || row.Attributes[api.AttrFrom] >= row.Attributes[api.AttrUntil] {
		t.Errorf("%+v", row)
	}
}

func TestDocuments(t *testing.T) {
	dir := t.TempDir()
	h := run(t, history.Options{Dir: dir})
	ctx := t.Context()
	for _, name := range []string{"crashes", "all", "crashes"} {
		if _, err := h.Keep(ctx, "filters", "alice", name, []byte(`{"n":"`+name+`"}`), 2); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Keep(ctx, "filters", "alice", "third", []byte(`1`), 2); api.CodeOf(err) != api.ErrTooMany {
		t.Errorf("one too many: %v", err)
	}
	if _, err := h.Keep(ctx, "filters", "bob", "third", []byte(`1`), 2); err != nil {
		t.Error(err)
	}
	h.stop()
	h = run(t, history.Options{Dir: dir})
	h.sync(t)
	docs, err := h.Documents(ctx, "filters", "alice")
	if err != nil || len(docs) != 2 || docs[0].Name != "all" || string(docs[1].Value) != `{"n":"crashes"}` {
		t.Fatalf("%v %v", docs, err)
	}
	if err := h.Forget(ctx, "filters", "alice", "all"); err != nil {
		t.Error(err)
	}
	if err := h.Forget(ctx, "filters", "alice", "all"); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("forgotten twice: %v", err)
	}
}

func TestRecall(t *testing.T) {
	dir := t.TempDir()
	h := run(t, history.Options{Dir: dir})
	h.sync(t)
	if r, err := h.Recall(t.Context(), "e1"); r != nil || err != nil {
		t.Fatalf("of an engine that was never seen: %v %v", r, err)
	}
	started := start.Add(-time.Hour)
	h.Record(history.Record{
		Events: []api.Event{event(0, "start", "web"), event(1, "start", "db")},
		Put: []*api.Container{
			{Engine: "e1", ID: "a", Name: "web", Image: "i", StartedAt: &started},
			{Engine: "e1", ID: "b", Name: "db"}, {Engine: "e10", ID: "c"},
		},
		Heard: map[string]time.Time{"e1": start},
	})
	h.Record(history.Record{
		Put:    []*api.Container{{Engine: "e1", ID: "a", Name: "web", Image: "i", Partial: true}}, // from a list
		Remove: []api.Key{"e1/b"},
		Heard:  map[string]time.Time{"e1": start.Add(time.Minute)},
	})
	h.stop()
	h = run(t, history.Options{Dir: dir})
	h.sync(t)
	r, err := h.Recall(t.Context(), "e1")
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	if !r.Heard.Equal(start.Add(time.Minute).Truncate(time.Microsecond)) || len(r.Events) != 2 || r.Events[1].Name != "db" || len(r.Containers) != 1 {
		t.Errorf("%+v", r)
	}
	gone := event(60, "destroy", "web")
	gone.ID = "a"
	h.Record(history.Record{Events: []api.Event{gone}})
	h.sync(t)
	if r, err := h.Recall(t.Context(), "e1"); err != nil || len(r.Containers) != 0 {
		t.Errorf("a container that was destroyed is remembered: %+v %v", r, err)
	}
	if k := r.Containers["a"]; k.Name != "web" || k.Started == nil || !k.Started.Equal(started) {
		t.Errorf("%+v", k)
	}
}

func TestOldEventsGo(t *testing.T) {
	dir := t.TempDir()
	h := run(t, history.Options{Dir: dir})
	now := time.Now()
	old, young := event(0, "die", "old"), event(0, "die", "young")
	old.Time, young.Time = now.Add(-48*time.Hour), now
	h.Record(history.Record{Events: []api.Event{old, young}})
	h.sync(t)
	h.stop()
	h = run(t, history.Options{Dir: dir, EventAge: 24 * time.Hour})
	h.sync(t)
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.all(t, history.Query{}); len(got) != 1 || got[0].Name != "young" {
		t.Errorf("%v", got)
	}
	if got := h.all(t, history.Query{Text: "old"}); len(got) != 0 {
		t.Errorf("the index still finds %v", got)
	}
}

func TestTooManyBytesGo(t *testing.T) {
	const most = 2 << 20
	h := run(t, history.Options{Dir: t.TempDir(), EventBytes: most})
	now := time.Now().Add(-time.Hour)
	for n := range 5 {
		var events []api.Event
		for i := range 2000 {
			e := event(0, "die", fmt.Sprintf("web-%d", i))
			e.Time = now.Add(time.Duration(n*2000+i) * time.Millisecond)
			events = append(events, e)
		}
		h.Record(history.Record{Events: events})
		h.sync(t)
	}
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := h.Status(); s.EventBytes > most || s.EventBytes < most/2 {
		t.Errorf("%d bytes are left, at most %d are allowed", s.EventBytes, most)
	}
	got := h.all(t, history.Query{Limit: 2000})
	if len(got) == 0 || len(got) == 10_000 || !got[0].Time.Equal(now.Add(9999*time.Millisecond).UTC()) {
		t.Errorf("%d events, and the newest is not among them", len(got))
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	h := run(t, history.Options{Dir: dir})
	h.Record(history.Record{Events: []api.Event{event(0, "die", "web")}})
	h.sync(t)
	into := t.TempDir()
	target := filepath.Join(into, history.FileName)
	if err := history.Backup(t.Context(), dir, target); err != nil {
		t.Fatal(err)
	}
	if err := history.Backup(t.Context(), dir, target); api.CodeOf(err) != api.ErrConflict {
		t.Errorf("over a file that is there: %v", err)
	}
	if err := history.Backup(t.Context(), t.TempDir(), filepath.Join(into, "x")); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("of nothing: %v", err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	names, _ := filepath.Glob(into + "/*")
	if len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
	copied := run(t, history.Options{Dir: into})
	copied.sync(t)
	if got := copied.all(t, history.Query{Text: "web"}); len(got) != 1 {
		t.Errorf("the copy has %v", got)
	}
}

// Of several backups to one place, one is there in the end, whole, and the others
// say so.
func TestBackupsToOnePlace(t *testing.T) {
	dir, into := t.TempDir(), t.TempDir()
	h := run(t, history.Options{Dir: dir})
	for n := range 20 {
		var events []api.Event
		for i := range 100 {
			events = append(events, event(n*100+i, "die", fmt.Sprintf("web-%d", i)))
		}
		h.Record(history.Record{Events: events})
		h.sync(t)
	}
	for round := range 5 {
		into := filepath.Join(into, strconv.Itoa(round))
		if err := os.Mkdir(into, 0o700); err != nil {
			t.Fatal(err)
		}
		const backups = 6
		ended := make(chan error, backups)
		for range backups {
			go func() { ended <- history.Backup(t.Context(), dir, filepath.Join(into, history.FileName)) }()
		}
		made := 0
		for range backups {
			if err := <-ended; err == nil {
				made++
			} else if api.CodeOf(err) != api.ErrConflict {
				t.Error(err)
			}
		}
		names, err := os.ReadDir(into)
		if made != 1 || err != nil || len(names) != 1 {
			t.Errorf("%d were made, %v, %v", made, names, err)
		}
		copied := run(t, history.Options{Dir: into})
		copied.sync(t)
		if got := copied.all(t, history.Query{Limit: 2000}); len(got) != 2000 {
			t.Errorf("the copy has %d events", len(got))
		}
		copied.stop()
	}
}

func TestParseTime(t *testing.T) {
	now := start
	for text, want := range map[string]time.Time{
		"": {}, "2h": now.Add(-2 * time.Hour), "7d": now.Add(-7 * 24 * time.Hour), "1.5d": now.Add(-36 * time.Hour), "0s": now,
		"1795442527": time.Unix(1795442527, 0), "1795442527.5": time.Unix(1795442527, 5e8),
		"2026-11-23T14:00:00.5Z": time.Date(2026, 11, 23, 14, 0, 0, 5e8, time.UTC), "2026-11-23": time.Date(2026, 11, 23, 0, 0, 0, 0, time.Local),
	} {
		if got, err := history.ParseTime(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-2h", "2 hours", "1e30", "-d", "NaN", "nand"} {
		if got, err := history.ParseTime(text, now); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestASyncThatNobodyAnswersEnds(t *testing.T) {
	h := history.New(history.Options{Dir: t.TempDir()})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := h.Sync(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
