package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/enginetest"
	"github.com/quaywatch/quaywatch/internal/stats"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }

// until waits for what must come, as long as a loaded machine may take.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	const limit = 4 * time.Minute
	for began := time.Now(); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > limit {
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}

// TestStages: they end in the reverse order, for ctx, for a failure, and also
// when one of them doesn't end at all.
func TestStages(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	var mu sync.Mutex
	var ended []string
	until := func(name string) stage {
		return stage{name, func(ctx context.Context) error {
			<-ctx.Done()
			mu.Lock()
			ended = append(ended, name)
			mu.Unlock()
			return nil
		}}
	}
	check := func(t *testing.T, want ...string) {
		t.Helper()
		if !slices.Equal(ended, want) {
			t.Errorf("ended %v, want %v", ended, want)
		}
		ended = nil
	}
	t.Run("ctx", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := runStages(ctx, quiet, until("a"), until("b"), until("c")); err != nil {
			t.Error(err)
		}
		check(t, "c", "b", "a")
	})
	t.Run("failure", func(t *testing.T) {
		broken := errors.New("broken")
		err := runStages(t.Context(), quiet, until("a"), stage{"b", func(context.Context) error { return broken }}, until("c"))
		if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "b: ") {
			t.Error(err)
		}
		check(t, "c", "a")
	})
	t.Run("end by itself", func(t *testing.T) {
		if err := runStages(t.Context(), quiet, until("a"), stage{"b", func(context.Context) error { return nil }}); err == nil {
			t.Error("a part that ends by itself is a failure")
		}
		check(t, "a")
	})
	t.Run("stuck", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			free := make(chan struct{})
			began := time.Now()
			err := runStages(ctx, quiet, until("a"), stage{"stuck", func(context.Context) error { <-free; return nil }}, until("c"))
			if took := time.Since(began); err != nil || took != stageEnd {
				t.Errorf("%v after %s", err, took)
			}
			close(free)
		})
		check(t, "c", "a")
	})
}

// TestRun: a start that becomes known is no new run, another start is.
func TestRun(t *testing.T) {
	first, second := time.Unix(100, 0), time.Unix(200, 0)
	r := run{}.next(nil)
	if !r.told.IsZero() || !r.listed {
		t.Fatalf("before its start is known: %+v", r)
	}
	known := r.next(&first)
	if !known.told.Equal(r.told) {
		t.Fatalf("its start became known: %+v", known)
	}
	if again := known.next(&first).next(nil); again != known {
		t.Fatalf("nothing new: %+v", again)
	}
	if other := known.next(&second); !other.told.Equal(second) {
		t.Fatalf("started again: %+v", other)
	}
	if r := (run{}).next(&first); !r.told.Equal(first) {
		t.Fatalf("known from the beginning: %+v", r)
	}
}

// TestTargets: what runs is told, once, and again when it changes.
func TestTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := store.New(store.Options{})
		var told [][]stats.Target
		ts := &targets{store: st, set: func(t []stats.Target) { told = append(told, t) }, keep: func(map[int]struct{}) {}}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = ts.follow(ctx) })
		defer cancel()
		synctest.Wait() // nothing runs yet, which is told too
		put := func(id string, state api.ContainerState, name string) {
			started := time.Unix(1, 0)
			limit := int64(5)
			st.Apply(store.Change{Put: []*api.Container{{Engine: "e", ID: id, Name: name, State: state, StartedAt: &started, PID: 7, MemoryLimitBytes: &limit}}})
			time.Sleep(time.Second)
		}
		put("a", api.StateRunning, "x")
		put("b", api.StateExited, "x")
		put("a", api.StateRunning, "renamed")
		put("c", api.StatePaused, "x")
		put("a", api.StateExited, "x")
		cancel()
		wg.Wait()
		var got []string
		for _, targets := range told {
			var ids []string
			for _, target := range targets {
				ids = append(ids, target.ID)
				if target.PID != 7 || target.MemoryLimit != 5 || target.Row == 0 {
					t.Errorf("target %+v", target)
				}
			}
			got = append(got, strings.Join(ids, "+"))
		}
		if want := []string{"", "a", "a+c", "c"}; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}

// TestAdvert: found while its server runs and answers, and not otherwise.
func TestAdvert(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer srv.Close()
	dir := t.TempDir()
	ad := Advert{URL: srv.URL, PID: os.Getpid(), Listen: srv.Listener.Addr().String(), Engine: "unix:///x"}
	if _, ok := FindServer(t.Context(), dir); ok {
		t.Error("found without an advert")
	}
	withdraw, err := advertise(dir, ad)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(advertFile(dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if got, ok := FindServer(t.Context(), dir); !ok || got != ad {
		t.Errorf("found %+v", got)
	}
	withdraw()
	if _, ok := FindServer(t.Context(), dir); ok {
		t.Error("found after it was withdrawn")
	}
	for name, stale := range map[string]Advert{"dead": {URL: srv.URL, PID: 1 << 30}, "none": {URL: srv.URL}, "silent": {URL: "http://127.0.0.1:1", PID: os.Getpid()}} {
		b, err := json.Marshal(stale)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(advertFile(dir), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := FindServer(t.Context(), dir); ok {
			t.Errorf("found a server that is %s", name)
		}
		withdraw() // another one's is left
		if _, err := os.Stat(advertFile(dir)); err != nil {
			t.Errorf("another server's advert is gone: %v", err)
		}
	}
	if _, err := advertise(filepath.Join(dir, "nowhere"), ad); api.CodeOf(err) != api.ErrForbidden {
		t.Errorf("an advert nowhere: %v", err)
	}
}

// TestLaterServerIsNotAdvertised: the first server of a data directory stays
// the one that is found, for as long as it answers.
func TestLaterServerIsNotAdvertised(t *testing.T) {
	healthy := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	first, second := httptest.NewServer(healthy), httptest.NewServer(healthy)
	defer first.Close()
	defer second.Close()
	var logged strings.Builder
	a := &App{o: Options{DataDir: t.TempDir()}, log: slog.New(slog.NewTextHandler(&logged, nil))}
	advertised := func(url string) (withdraw func()) {
		withdraw, _ = a.advertise(t.Context(), Advert{URL: url, PID: os.Getpid()})
		return withdraw
	}
	found := func() string {
		ad, _ := FindServer(t.Context(), a.o.DataDir)
		return ad.URL
	}
	withdrawFirst := advertised(first.URL)
	withdrawSecond := advertised(second.URL)
	if found() != first.URL || !strings.Contains(logged.String(), first.URL) {
		t.Errorf("beside the first, %q is found; logged: %s", found(), &logged)
	}
	withdrawSecond()
	if found() != first.URL {
		t.Errorf("after the second's end, %q is found", found())
	}
	first.Close() // dead, and its advert is left
	withdrawSecond = advertised(second.URL)
	if found() != second.URL {
		t.Errorf("after the first's death, %q is found", found())
	}
	withdrawFirst()
	if found() != second.URL {
		t.Errorf("the first has taken the second's advert away")
	}
	withdrawSecond()
	if found() != "" {
		t.Errorf("after all, %q is found", found())
	}
}

// TestDataDirectory: one that can't be used is named as what is wrong.
func TestDataDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := prepareDir(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left in it: %v %v", left, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{file: "can't be made", filepath.Join(file, "x"): "can't be made"}
	if runtime.GOOS == "linux" {
		cases["/proc"] = "can't be written" // not even by root
	}
	for wrong, what := range cases {
		_, err := New(t.Context(), Options{Engine: EngineOptions{Demo: true}, DataDir: wrong})
		if api.CodeOf(err) != api.ErrForbidden || !strings.Contains(err.Error(), "data directory "+wrong+" "+what) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// TestCore follows a demo engine within the process, and ends in order.
func TestCore(t *testing.T) {
	core, err := NewCore(t.Context(), CoreOptions{Engine: EngineOptions{Demo: true, DemoContainers: 20}, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if !core.Demo() || core.Absent() != nil || core.Ready() == nil {
		t.Errorf("before it runs: %v %v %v", core.Demo(), core.Absent(), core.Ready())
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := core.Run(ctx); err != nil {
			t.Errorf("core: %v", err)
		}
	})
	sampled := errors.New("sampled")
	followCtx, stop := context.WithTimeoutCause(ctx, 4*time.Minute, errors.New("no samples"))
	defer stop()
	followCtx, done := context.WithCancelCause(followCtx)
	stream := client.NewStream(client.Options{Dial: core.Dial, FailFast: true, OnStep: func(_ *client.Stream, s *client.State, _ *client.Step) {
		n := 0
		for _, c := range s.Containers() {
			if cells := s.Cells(c.Row); cells != nil && cells.Values[api.ColCPU] != api.Unknown {
				n++
			}
		}
		if n > 5 {
			done(sampled)
		}
	}})
	stream.Subscribe(api.TopicContainers, nil)
	stream.Subscribe(api.TopicSystem, nil)
	stream.Subscribe(api.TopicMetrics, &api.Filter{All: true})
	if err := stream.Run(followCtx); !errors.Is(err, sampled) {
		t.Errorf("follow: %v", err)
	}
	done(nil)
	if err := core.Ready(); err != nil {
		t.Errorf("ready: %v", err)
	}
	until(t, "samples in the record of the past", func() bool {
		return slices.ContainsFunc(core.store.Containers(), func(c *api.Container) bool {
			at, _ := core.past.Series(c.Row, 0, []api.Column{api.ColCPU})
			return len(at) > 0
		})
	})
	until(t, "the source of metrics", func() bool { return core.store.Engines()[0].MetricsSource != "" })
	server, engines := core.self(), core.store.Engines()
	if server.Version != "test" || len(engines) != 1 || !engines[0].Demo || engines[0].Origin != "demo" {
		t.Errorf("system: %+v %+v", server, engines)
	}
	cancel()
	running.Wait()
	if _, err := core.Dial(t.Context()); err == nil {
		t.Error("dialled after the end")
	}
	if _, err := os.Stat(core.demo.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the demo engine's socket is left: %v", err)
	}
}

// TestDemoIfAbsent: a demo engine stands in for what does not answer, and never
// for what does.
func TestDemoIfAbsent(t *testing.T) {
	e := enginetest.Shared(t)
	core, err := NewCore(t.Context(), CoreOptions{Engine: EngineOptions{Host: e.Host, DemoIfAbsent: true}})
	if err != nil {
		t.Fatal(err)
	}
	if core.Demo() || core.Absent() != nil {
		t.Errorf("an engine answers: %v %v", core.Demo(), core.Absent())
	}
	core.discard()
	core, err = NewCore(t.Context(), CoreOptions{Engine: EngineOptions{Host: "unix:///nonexistent.sock", DemoIfAbsent: true}})
	if err != nil {
		t.Fatal(err)
	}
	if !core.Demo() || api.CodeOf(core.Absent()) != api.ErrUnreachable {
		t.Errorf("no engine answers: %v %v", core.Demo(), core.Absent())
	}
	core.discard()
}

// TestReadOnly: no mutating client is built.
func TestReadOnly(t *testing.T) {
	for _, readOnly := range []bool{false, true} {
		ready := make(chan Ready, 1)
		a, err := New(t.Context(), Options{
			Engine: EngineOptions{Demo: true, DemoContainers: 3}, Listen: "127.0.0.1:0", DataDir: t.TempDir(), Token: "qw_0123456789abcdef",
			ReadOnly: readOnly, OnReady: func(r Ready) { ready <- r },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := a.Run(ctx); err != nil {
				t.Errorf("run: %v", err)
			}
		})
		base := parse(t, (<-ready).Address)
		hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		rest := client.NewREST(base, "qw_0123456789abcdef", hc)
		sys, err := rest.System(ctx)
		if err != nil || sys.Server.ReadOnly != readOnly {
			t.Errorf("system: %+v %v", sys, err)
		}
		var all []api.Container
		for deadline := time.Now().Add(4 * time.Minute); len(all) < 3 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			all, _ = rest.Containers(ctx)
		}
		if len(all) != 3 {
			t.Fatal("no containers")
		}
		_, err = rest.Do(ctx, all[0].ID, api.ActionKill, api.ActionOptions{}, "")
		if forbidden := api.CodeOf(err) == api.ErrForbidden; forbidden != readOnly {
			t.Errorf("kill with read-only %v: %v", readOnly, err)
		}
		cancel()
		running.Wait()
	}
}
