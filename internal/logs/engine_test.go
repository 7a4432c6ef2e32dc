package logs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// view is what a client has been told by a Tail.
type view struct {
	mu     sync.Mutex
	lines  [][]string // by source
	skips  []int
	phases []api.LogPhase
	said   []string
	all    []string // of all sources, as they came
}

func (v *view) take(f *api.LogsFrame) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range f.Skipped {
		v.skips[s.Src]++
	}
	for i, text := range f.Text {
		src := 0
		if f.Src != nil {
			src = f.Src[i]
		}
		v.lines[src] = append(v.lines[src], text)
		v.all = append(v.all, text)
	}
	for _, s := range f.States {
		v.phases[s.Src], v.said[s.Src] = s.Phase, s.Message
	}
}

func (v *view) has(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		v.mu.Lock()
		done := ok()
		v.mu.Unlock()
		if done {
			return
		}
		if time.Now().After(deadline) {
			v.mu.Lock()
			defer v.mu.Unlock()
			t.Fatalf("never: %s; lines %q, phases %q", what, v.lines, v.phases)
		}
	}
}

// followReal opens a Tail on a real engine, and a client that takes all of it.
func followReal(t *testing.T, e *engine.Engine, ids []string, o Options) (*Tail, *view) {
	t.Helper()
	n := len(ids)
	v := &view{lines: make([][]string, n), skips: make([]int, n), phases: make([]api.LogPhase, n), said: make([]string, n)}
	wakes, stop := make(chan struct{}, 1), make(chan struct{})
	o.Engine, o.Allowance = e, 3*time.Minute // nothing is left out of a disk that stalls
	o.Wake = func() {
		select {
		case wakes <- struct{}{}:
		default:
		}
	}
	for i, id := range ids {
		c, err := e.Inspect(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if i == len(o.Sources) {
			o.Sources = append(o.Sources, Source{})
		}
		o.Sources[i].ID, o.Sources[i].Container = id, &c
	}
	tail := Open(t.Context(), o)
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			for f := (api.LogsFrame{}); tail.Fill(&f, 16<<10); f = (api.LogsFrame{}) {
				v.take(&f)
			}
			select {
			case <-wakes:
			case <-stop:
				return
			}
		}
	})
	t.Cleanup(func() {
		tail.Close()
		close(stop)
		reader.Wait()
	})
	return tail, v
}

// learn has the Tail know what the engine says now.
func learn(t *testing.T, e *engine.Engine, tail *Tail, i int, id string) {
	t.Helper()
	c, err := e.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	tail.Know(i, &c)
}

func TestOnTheRealEngine(t *testing.T) {
	real := enginetest.Shared(t)
	e, err := engine.New(engine.Endpoint{Host: real.Host, Origin: "flag", Timeout: 3 * time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	const count = "n=$(cat /n 2>/dev/null || echo 0); echo $((n+1)) >/n; echo run $n; sleep 0.2; echo end $n >&2; trap 'exit 0' TERM; "
	stays := real.Run(t, enginetest.Image, "sh", "-c", count+"while :; do sleep 0.1; done")
	other := real.Run(t, enginetest.Image, "sh", "-c", "sleep 0.1; echo other; sleep 10000")
	mute := real.Run(t, "--log-driver", "none", enginetest.Image, "sleep", "10000")
	tail, v := followReal(t, e, []string{stays, other, mute}, Options{Tail: 100})
	v.has(t, "the first run", func() bool { return strings.Join(v.lines[0], ", ") == "run 0, end 0" && len(v.lines[1]) == 1 })
	v.has(t, "the states", func() bool {
		return v.phases[0] == api.LogFollowing && v.phases[1] == api.LogFollowing && v.phases[2] == api.LogFailed && strings.Contains(v.said[2], "“none”")
	})

	real.Docker(t, "stop", "-t", "5", stays)
	learn(t, e, tail, 0, stays)
	v.has(t, "the end", func() bool { return v.phases[0] == api.LogEnded })
	real.Docker(t, "start", stays)
	learn(t, e, tail, 0, stays)
	v.has(t, "the second run", func() bool {
		return strings.Join(v.lines[0], ", ") == "run 0, end 0, run 1, end 1" && v.phases[0] == api.LogFollowing
	})
	real.Docker(t, "restart", "-t", "5", stays)
	learn(t, e, tail, 0, stays)
	v.has(t, "the third run", func() bool { return len(v.lines[0]) == 6 })

	real.Docker(t, "rm", "-f", stays)
	tail.Know(0, nil)
	v.has(t, "the removal", func() bool { return v.phases[0] == api.LogFailed && strings.Contains(v.said[0], "removed") })
	if v.skips[0]+v.skips[1]+v.skips[2] > 0 {
		t.Errorf("skipped %v: nothing was left out", v.skips)
	}
}

// TestResumeOnTheRealEngine: a second Tail goes on from the last line of the
// first, which comes again, and the pasts of two containers are merged.
func TestResumeOnTheRealEngine(t *testing.T) {
	real := enginetest.Shared(t)
	e, err := engine.New(engine.Endpoint{Host: real.Host, Origin: "flag", Timeout: 3 * time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	// They take turns: each waits for the other's line in a shared volume.
	turns := `for i in 1 2 3 4 5; do while [ "$(cat /v/turn)" != %d ]; do sleep 0.01; done; echo %s$i; sleep 0.02; echo %d >/v/turn; done`
	volume := "turns-" + strings.ReplaceAll(t.Name(), "/", "-")
	real.Docker(t, "run", "--rm", "-v", volume+":/v", enginetest.Image, "sh", "-c", "echo 0 >/v/turn")
	a := real.Run(t, "-v", volume+":/v", enginetest.Image, "sh", "-c", fmt.Sprintf(turns, 0, "a", 1))
	b := real.Run(t, "-v", volume+":/v", enginetest.Image, "sh", "-c", fmt.Sprintf(turns, 1, "b", 0))
	real.Docker(t, "wait", a, b)
	// On a loaded machine the engine may read them in another order than they were
	// written in: its times count.
	var written []api.LogLine
	for _, id := range []string{a, b} {
		err := e.Logs(t.Context(), id, api.LogOptions{Tail: -1, Stdout: true}, func(l api.LogLine) error { written = append(written, l); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(written, func(a, b api.LogLine) int { return a.Time.Compare(b.Time) })
	var want []string
	for _, l := range written {
		want = append(want, l.Text)
	}
	if len(want) != 10 || want[1] == "a2" && want[2] == "a3" {
		t.Fatalf("they did not take turns: %q", want)
	}
	_, v := followReal(t, e, []string{a, b}, Options{Tail: 100})
	v.has(t, fmt.Sprintf("%q", want), func() bool { return slices.Equal(v.all, want) })
	v.has(t, "the ends", func() bool { return v.phases[0] == api.LogEnded && v.phases[1] == api.LogEnded })

	var third int64
	err = e.Logs(t.Context(), a, api.LogOptions{Tail: 3, Stdout: true}, func(l api.LogLine) error {
		if third == 0 {
			third = l.Time.UnixMicro()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, v = followReal(t, e, []string{a}, Options{Tail: 100, Sources: []Source{{Since: third}}})
	v.has(t, "what came since", func() bool { return strings.Join(v.all, " ") == "a3 a4 a5" })
	if v.skips[0] != 0 {
		t.Error("a gap where there is none")
	}
}

// TestTheEngineRestarts: its containers live on, and so does the log, from where
// it was.
func TestTheEngineRestarts(t *testing.T) {
	real := enginetest.Start(t)
	e, err := engine.New(engine.Endpoint{Host: real.Host, Origin: "flag", Timeout: 3 * time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	id := real.Run(t, enginetest.Image, "sh", "-c", "i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done")
	_, v := followReal(t, e, []string{id}, Options{Tail: 100})
	v.has(t, "first lines", func() bool { return len(v.all) > 10 && v.phases[0] == api.LogFollowing })
	real.Kill(t)
	v.has(t, "that the engine is away", func() bool { return v.phases[0] == api.LogFailed && v.said[0] != "" })
	real.Restart(t)
	n := 0
	v.has(t, "lines again", func() bool {
		if v.phases[0] == api.LogFollowing && n == 0 {
			n = len(v.all)
		}
		return n > 0 && len(v.all) > n+10
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	last := -1
	for _, text := range v.all {
		i, err := strconv.Atoi(text)
		if err != nil || i <= last {
			t.Fatalf("%q after %d", text, last)
		}
		last = i
	}
	if v.skips[0] != 0 {
		t.Errorf("%d gaps", v.skips[0])
	}
}
