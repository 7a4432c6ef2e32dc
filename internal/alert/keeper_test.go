package alert

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

// teller notes what it is told.
type teller struct {
	mu   sync.Mutex
	told []api.Alert
}

func (t *teller) Tell(a api.Alert, _ []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = append(t.told, a)
}

func (t *teller) all() []api.Alert {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]api.Alert(nil), t.told...)
}

// start runs a keeper until the test ends, or stop is called.
func start(t *testing.T, o Options) (k *Keeper, stop func()) {
	t.Helper()
	k = New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return k, stop
}

func engineUp() store.Change {
	return store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", Name: "laptop", State: api.EngineConnected}}}}
}

func container(name string, change func(*api.Container)) *api.Container {
	c := &api.Container{Engine: "e1", ID: "id-" + name, Name: name, Image: "nginx:1.27", State: api.StateRunning, Health: api.HealthNone}
	if change != nil {
		change(c)
	}
	return c
}

func unhealthy(c *api.Container) { c.Health = api.HealthUnhealthy }

func TestKeeperFollowsStoreAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, told := store.New(store.Options{}), &teller{}
		_, stop := start(t, Options{Store: st, Teller: told})
		defer stop()
		limit := int64(1000)
		up := engineUp()
		up.Put = []*api.Container{container("web", func(c *api.Container) { c.MemoryLimitBytes = &limit })}
		st.Apply(up)
		sampling, end := context.WithCancel(t.Context())
		var sampler sync.WaitGroup
		sampler.Go(func() { // a sampler, once a second
			for sampling.Err() == nil {
				var b api.Batch
				at := b.Add(1, time.Now().UnixNano())
				b.Values[api.ColMemory][at] = 990
				st.Metrics().Commit(&b)
				time.Sleep(time.Second)
			}
		})
		time.Sleep(50 * time.Second)
		synctest.Wait()
		if all := st.Alerts(); len(all) != 1 || all[0].State != api.AlertPending {
			t.Fatalf("%+v", all)
		}
		time.Sleep(15 * time.Second)
		synctest.Wait()
		all := st.Alerts()
		if len(all) != 1 || all[0].State != api.AlertFiring || all[0].Rule != "Memory limit nearly reached" || len(told.all()) != 1 {
			t.Fatalf("%+v, told %+v", all, told.all())
		}
		end()
		sampler.Wait()
		// Figures that are no longer told say nothing, in either direction.
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := st.Alerts()[0].State; got != api.AlertFiring {
			t.Errorf("it is %s", got)
		}
		st.Apply(store.Change{Remove: []api.Key{"e1/id-web"}})
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := st.Alerts()[0]; got.State != api.AlertResolved || len(told.all()) != 2 {
			t.Errorf("%+v", got)
		}
	})
}

// remember runs a history in a directory.
func remember(t *testing.T, dir string) (h *history.History, stop func()) {
	t.Helper()
	h = history.New(history.Options{Dir: dir})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return h, stop
}

// eventually waits for what must come.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func stateOf(st *store.Store, name string) api.AlertState {
	for _, a := range st.Alerts() {
		if a.Name == name {
			return a.State
		}
	}
	return ""
}

func TestARestartFiresNothingTwice(t *testing.T) {
	dir := t.TempDir()
	h, forget := remember(t, dir)
	st, told := store.New(store.Options{}), &teller{}
	k, stop := start(t, Options{Store: st, History: h, Teller: told})
	quick := api.AlertRule{On: api.AlertOnUnhealthy, Severity: api.SeverityWarning, Enabled: true}
	if _, err := k.PutRule(t.Context(), api.Actor{Name: "ann"}, "Unhealthy", quick); err != nil {
		t.Fatal(err)
	}
	up := engineUp()
	up.Put = []*api.Container{container("sick", unhealthy), container("heals", unhealthy), container("goes", unhealthy)}
	st.Apply(up)
	for _, name := range []string{"sick", "heals", "goes"} {
		eventually(t, name+" fires", func() bool { return stateOf(st, name) == api.AlertFiring })
	}
	id := ""
	for _, a := range st.Alerts() {
		if a.Name == "sick" {
			id = a.ID
		}
	}
	if _, err := k.Acknowledge(t.Context(), api.Actor{Name: "ann"}, id, "mine", false); err != nil {
		t.Fatal(err)
	}
	if _, err := k.PutRule(t.Context(), api.Actor{Name: "ann"}, "mine", api.AlertRule{On: api.AlertOnPaused, Severity: api.SeverityInfo, Enabled: true}); err != nil {
		t.Fatal(err)
	}
	stop()
	forget()

	// Another life: meanwhile one has healed, and one is gone.
	h, _ = remember(t, dir)
	st, told = store.New(store.Options{}), &teller{}
	k, _ = start(t, Options{Store: st, History: h, Teller: told})
	eventually(t, "the alerts of before are back", func() bool { return len(st.Alerts()) == 3 })
	for _, a := range st.Alerts() {
		if a.State != api.AlertFiring {
			t.Errorf("before anything is known of the engine: %+v", a)
		}
	}
	up.Put = []*api.Container{container("sick", unhealthy), container("heals", nil), container("late", func(c *api.Container) { c.State = api.StatePaused })}
	st.Apply(up)
	for _, name := range []string{"heals", "goes"} {
		eventually(t, name+" has resolved", func() bool { return stateOf(st, name) == api.AlertResolved })
	}
	eventually(t, "a rule that was kept finds something", func() bool { return stateOf(st, "late") == api.AlertFiring })
	for _, a := range st.Alerts() {
		if a.Name == "sick" && (a.ID != id || a.State != api.AlertFiring || a.Acknowledged == nil || a.Acknowledged.Note != "mine") {
			t.Errorf("%+v", a)
		}
	}
	for _, a := range told.all() {
		if a.State == api.AlertFiring && a.Name != "late" {
			t.Errorf("told again of %+v", a)
		}
	}
	if rules, err := k.Rules(t.Context()); err != nil || len(rules.Items) != len(BuiltIn())+1 {
		t.Errorf("%d rules, %v", len(rules.Items), err)
	}
}

func TestCrashLoopGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	h, forget := remember(t, dir)
	st := store.New(store.Options{})
	_, stop := start(t, Options{Store: st, History: h})
	began := time.Now().Add(-30 * time.Second)
	die := func(n int) []api.Event {
		var out []api.Event
		for i := range n {
			out = append(out, api.Event{Time: began.Add(time.Duration(i) * time.Second), Engine: "e1", Kind: "container", Action: "die", ID: "id-web", Attributes: map[string]string{"exitCode": "1"}})
		}
		return out
	}
	up := engineUp()
	up.Put, up.Events = []*api.Container{container("web", nil)}, die(4)
	st.Apply(up)
	eventually(t, "it fires", func() bool { return stateOf(st, "web") == api.AlertFiring })
	first := st.Alerts()[0]
	if first.Count != 4 {
		t.Errorf("%+v", first)
	}
	stop()
	forget()

	h, _ = remember(t, dir)
	st, told := store.New(store.Options{}), &teller{}
	start(t, Options{Store: st, History: h, Teller: told})
	eventually(t, "it is back", func() bool { return len(st.Alerts()) == 1 })
	// The engine tells the old ones again, and one that is new.
	up.Put, up.Events = []*api.Container{container("web", nil)}, append(die(4), api.Event{
		Time: time.Now().Add(time.Second), Engine: "e1", Kind: "container", Action: "die", ID: "id-web", Attributes: map[string]string{"exitCode": "1"},
	})
	st.Apply(up)
	eventually(t, "the new one is counted", func() bool { return st.Alerts()[0].Count == 5 })
	if a := st.Alerts()[0]; a.ID != first.ID || a.State != api.AlertFiring || !a.FiredAt.Equal(*first.FiredAt) {
		t.Errorf("%+v", a)
	}
	// Told is that it goes on, and nothing of before.
	eventually(t, "it is told", func() bool { return len(told.all()) > 0 })
	for _, a := range told.all() {
		if a.ID != first.ID || a.Count != 5 {
			t.Errorf("told %+v", a)
		}
	}
}

// A history that can't be read at the start is taken over when it can.
func TestWhatCantBeReadAtTheStartComesLater(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h, forget := remember(t, dir)
	at := time.Now().Add(-time.Hour).UTC()
	old := &api.Alert{Engine: "e1", ID: "old", Rule: "Unhealthy", On: api.AlertOnUnhealthy, State: api.AlertFiring, Container: "id-web", Name: "web", ActiveAt: at, FiredAt: &at}
	if err := h.PutAlerts(t.Context(), []*api.Alert{old}, nil); err != nil {
		t.Fatal(err)
	}
	forget()

	late := history.New(history.Options{Dir: dir})
	st, told := store.New(store.Options{}), &teller{}
	up := engineUp()
	up.Put = []*api.Container{container("web", unhealthy), container("new", unhealthy)}
	st.Apply(up)
	start(t, Options{Store: st, History: late, Teller: told})
	eventually(t, "what is wrong is told without a history", func() bool { return stateOf(st, "new") == api.AlertFiring })
	if got := present(nil, st.Alerts(), &history.AlertQuery{Limit: 1}); len(got) != 1 {
		t.Errorf("of what is not on disk: %+v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- late.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	eventually(t, "the alert of before has ended: another one stands for it", func() bool {
		for _, a := range st.Alerts() {
			if a.ID == "old" {
				return a.State == api.AlertResolved
			}
		}
		return false
	})
	page, err := late.Alerts(t.Context(), history.AlertQuery{States: []api.AlertState{api.AlertFiring}})
	eventually(t, "only what goes on is firing on disk", func() bool {
		page, err = late.Alerts(t.Context(), history.AlertQuery{States: []api.AlertState{api.AlertFiring}})
		return err == nil && len(page.Items) == 2
	})
	for _, a := range page.Items {
		if a.ID == "old" {
			t.Errorf("%+v", a)
		}
	}
}

func TestFileIsReadAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	write("rules:\n  - name: one\n    on: paused\n")
	st := store.New(store.Options{})
	k, _ := start(t, Options{Store: st, File: path})
	rules := func() api.AlertRules {
		out, err := k.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	has := func(name string) bool {
		for _, r := range rules().Items {
			if r.Name == name {
				return true
			}
		}
		return false
	}
	if r := rules(); !has("one") || r.File == nil || r.File.LoadedAt == nil || len(r.File.Errors) != 0 {
		t.Fatalf("%+v", r.File)
	}
	write("rules:\n  - name: two\n    on: nonsense\n")
	eventually(t, "the error is told", func() bool { return len(rules().File.Errors) > 0 })
	if r := rules(); !has("one") || has("two") || r.File.LoadedAt == nil || r.File.Errors[0].Line != 3 {
		t.Errorf("the last good one is not in force: %+v", r.File)
	}
	write("rules:\n  - name: two\n    on: paused\n  - {name: Unhealthy, on: unhealthy, for: 1m, severity: info}\n")
	eventually(t, "the file is in force", func() bool { return has("two") && !has("one") })
	for _, r := range rules().Items {
		if r.Name == "Unhealthy" && (r.Source != api.RuleFromFile || r.ForSeconds != 60 || r.Line != 4) {
			t.Errorf("the file's own does not stand for the built-in one: %+v", r)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "that it is gone is told", func() bool { return len(rules().File.Errors) > 0 })
	if !has("two") {
		t.Error("a file that is gone takes its rules along")
	}
}

// TestFileIsReadOnceItIsWritten: a file that is written where it stands is empty
// for a moment. Its rules stay in force meanwhile, and their alerts go on.
func TestFileIsReadOnceItIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules:\n  - {name: one, on: paused}\n")
	synctest.Test(t, func(t *testing.T) {
		k, stop := start(t, Options{Store: store.New(store.Options{}), File: path})
		force := func() (names []string) {
			t.Helper()
			out, err := k.Rules(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Items {
				if r.Source == api.RuleFromFile {
					names = append(names, r.Name)
				}
			}
			return names
		}
		time.Sleep(2*watchEvery - settleFor/4) // a look comes while it is written
		write("")
		for range 2 {
			time.Sleep(settleFor / 2)
			if got := force(); !slices.Equal(got, []string{"one"}) {
				t.Fatalf("while the file is written, %v are in force", got)
			}
		}
		write("rules:\n  - {name: one, on: paused}\n  - {name: two, on: oom}\n")
		time.Sleep(2 * watchEvery)
		if got := force(); len(got) != 2 {
			t.Errorf("%v are in force", got)
		}
		stop()
	})
}
