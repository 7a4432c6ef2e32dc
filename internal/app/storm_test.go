//go:build unix

package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// Containers of the two phases.
const inCalm, inStorm = 64, 200

// TestStormBesideAClientThatNeverReads is a whole server on a real engine, over
// real sockets: 32 workers create and kill 200 containers, while one client
// never reads and two others do. The two are not delayed by the third, they are
// told each event once, and in the end everybody agrees with the engine.
//
// What a machine with two loaded cores does to everybody, it does in the calm
// phase too, in which nobody is stuck; so the phases are compared.
func TestStormBesideAClientThatNeverReads(t *testing.T) {
	host := enginetest.Start(t)
	t.Cleanup(func() { goleak.VerifyNone(t) }) // after all that is stopped below
	began := time.Now()
	a, base, stop := serve(t, host.Host)
	ref := startReference(t, a.core.store)
	engine := startDockerEvents(t, host, began)
	readers := []*reader{startReader(t, base, "one"), startReader(t, base, "two")}

	storm(t, host, "calm", inCalm)
	calm := a.core.store.Seq(api.TopicEvents)

	leave := startStuck(t, base)
	until(t, "the client that never reads is in", func() bool { return a.core.hub.Counters().Sessions == 3 })
	machine := startYardstick(t)
	stuckAt := time.Now()
	storm(t, host, "storm", inStorm)
	ended := time.Now()
	late := machine.take()
	// The bound, and what the machine adds to each of an answer's steps.
	agree(t, host, base, readers, 5*time.Second+100*at(late, .99))
	t.Logf("all agree %v after the storm", time.Since(ended).Round(time.Millisecond))

	// A write may take 10 s; then whoever does not take it is thrown out: with
	// 4001, or, where the reader of its session is the first to see the socket
	// closed, as one that is gone. Nobody else has left.
	thrownOut := func() (n int) {
		for _, closes := range a.core.hub.Counters().Closes {
			n += int(closes)
		}
		return n
	}
	until(t, "who never reads is thrown out", func() bool { return thrownOut() > 0 })
	stuckFor := time.Since(stuckAt)
	counters := a.core.hub.Counters()
	if counters.Sessions > 3 {
		t.Errorf("%d sessions of 3 clients", counters.Sessions)
	}
	// It was stuck all the time: since the first snapshot, each time.
	if least := int(stuckFor / (15 * time.Second)); thrownOut() < least {
		t.Errorf("thrown out %d times in %v, want %d", thrownOut(), stuckFor, least)
	}
	t.Logf("stuck for %v: closes %v, resyncs %v", stuckFor.Round(time.Millisecond), counters.Closes, counters.Resyncs)

	// The end of all logs is told by an event of its own.
	last := host.Docker(t, "create", "--network", "none", enginetest.Image)
	until(t, "docker events tells the end", func() bool { return tells(engine.all(), last) })
	for _, r := range readers {
		until(t, "the end at reader "+r.name, func() bool { return tells(container(r.sightings()), last) })
		r.check(t, engine.all())
		r.compare(t, ref, calm, late)
	}
	leave()
	stop()
	if n := a.core.hub.Counters().Sessions; n != 0 {
		t.Errorf("%d sessions after the end", n)
	}
}

// storm creates and kills containers with 32 workers. They speak to the engine
// themselves: 32 processes of the docker CLI at a time, started by this one,
// would delay its goroutines by hundreds of milliseconds, and measure that.
func storm(t *testing.T, host *enginetest.Engine, prefix string, containers int) {
	t.Helper()
	began := time.Now()
	socket := strings.TrimPrefix(host.Host, "unix://")
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}, MaxIdleConnsPerHost: 32}
	defer transport.CloseIdleConnections()
	hc := &http.Client{Transport: transport, Timeout: 3 * time.Minute}
	work := make(chan int)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for n := range work {
				if err := brief(t.Context(), hc, fmt.Sprint(prefix, n), n%4 == 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range containers {
		work <- n
	}
	close(work)
	wg.Wait()
	t.Logf("%s: %d containers in %v", prefix, containers, time.Since(began).Round(time.Millisecond))
}

// brief is the life of one container.
func brief(ctx context.Context, hc *http.Client, name string, remove bool) error {
	const create = `{"Image": "` + enginetest.Image + `", "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": "none"}}`
	steps := [][3]string{
		{http.MethodPost, "/containers/create?name=" + name, create},
		{http.MethodPost, "/containers/" + name + "/start", ""},
		{http.MethodPost, "/containers/" + name + "/kill", ""},
	}
	if remove {
		steps = append(steps, [3]string{http.MethodDelete, "/containers/" + name + "?force=1", ""})
	}
	for _, step := range steps {
		if err := ask(ctx, hc, step[0], step[1], step[2]); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, hc *http.Client, method, path, body string) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://docker/v1.40"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := hc.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", method, path, res.Status, said)
	}
	return err
}

func row(name, state string) string { return name + " " + state }

// agree waits until the readers' views, the REST API (which `ps` prints) and
// `docker ps` say the same.
func agree(t *testing.T, host *enginetest.Engine, base *url.URL, readers []*reader, limit time.Duration) {
	t.Helper()
	rest := client.NewREST(base, stormToken, plainHTTP())
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		want := make(map[string]string)
		for line := range strings.Lines(host.Docker(t, "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")) {
			id, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			want[id] = text
		}
		got := make(map[string]string)
		all, err := rest.Containers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			got[all[i].ID] = row(all[i].Name, string(all[i].State))
		}
		wrong := differs("GET /api/v1/containers", got, want)
		for _, r := range readers {
			wrong = append(wrong, differs("reader "+r.name, r.view(), want)...)
		}
		if len(wrong) == 0 {
			return
		}
		if time.Since(began) > limit {
			t.Fatalf("no agreement within %v:\n%s", limit, strings.Join(wrong[:min(len(wrong), 20)], "\n"))
		}
	}
}

func differs(who string, got, want map[string]string) []string {
	var wrong []string
	for id, text := range want {
		if got[id] != text {
			wrong = append(wrong, fmt.Sprintf("%s: %.12s is %q, docker ps says %q", who, id, got[id], text))
		}
	}
	for id, text := range got {
		if _, ok := want[id]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: %.12s is %q, docker ps does not have it", who, id, text))
		}
	}
	return wrong
}

func container(log []sighting) []told {
	var out []told
	for _, s := range log {
		if s.event.Kind == "container" {
			out = append(out, told{s.event.ID, s.event.Action, s.event.Time.UnixNano()})
		}
	}
	return out
}

func tells(log []told, id string) bool {
	return slices.ContainsFunc(log, func(e told) bool { return e.id == id && e.action == "create" })
}

// check compares what the reader was told with what `docker events` was: the
// same events, each once, those of a container in their order.
func (r *reader) check(t *testing.T, engine []told) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lives != 1 || len(r.lost) != 0 {
		t.Errorf("reader %s: %d connections, lost %v", r.name, r.lives, r.lost)
	}
	for _, s := range r.log {
		if s.event.Inferred {
			t.Errorf("reader %s: inferred %s %s, though nothing was missed", r.name, s.event.Action, s.event.Name)
		}
	}
	got, want := lives(container(r.log)), lives(engine)
	n := 0
	for _, id := range slices.Sorted(maps.Keys(want)) {
		n += len(want[id])
		if !slices.Equal(got[id], want[id]) {
			t.Errorf("reader %s: %.12s: told %v, docker events %v", r.name, id, got[id], want[id])
		}
		delete(got, id)
	}
	if len(got) != 0 || n < 4*(inCalm+inStorm) { // created, started, killed, dead
		t.Errorf("reader %s: docker events told %d events, and not of %v", r.name, n, got)
	}
}

// lives are the events that make a life, by container.
func lives(log []told) map[string][]told {
	out := make(map[string][]told)
	for _, e := range log {
		switch e.action {
		case "create", "start", "kill", "die", "destroy":
			out[e.id] = append(out[e.id], e)
		}
	}
	return out
}

// compare judges how long after the store the reader had the events, before
// and after seq: when nobody was stuck, and when somebody was. machine is how
// late a yardstick that has nothing to do with the server was meanwhile, sorted.
func (r *reader) compare(t *testing.T, ref *reference, seq uint64, machine []time.Duration) {
	t.Helper()
	var calm, stuck, calmKill, stuckKill []time.Duration
	ref.mu.Lock()
	defer ref.mu.Unlock()
	for _, s := range r.sightings() {
		at, ok := ref.at[s.event.Seq]
		if !ok {
			t.Errorf("reader %s: the store never had event %d", r.name, s.event.Seq)
			continue
		}
		delay, kill := &calm, &calmKill
		if s.event.Seq > seq {
			delay, kill = &stuck, &stuckKill
		}
		*delay = append(*delay, s.at.Sub(at))
		if s.event.Action == "kill" { // its event needs no inspect
			*kill = append(*kill, s.at.Sub(s.event.Time))
		}
	}
	for _, d := range [][]time.Duration{calm, stuck, calmKill, stuckKill} {
		slices.Sort(d)
	}
	t.Logf("reader %s, store to receipt, p50 p99 max: calm %v, stuck %v; engine to receipt of a kill: calm %v, stuck %v; the machine %v",
		r.name, spread(calm), spread(stuck), spread(calmKill), spread(stuckKill), spread(machine))
	// The bound, and what the machine adds to it: on two loaded cores a
	// process waits for its turn, and an event takes some turns more from the
	// store through the hub's goroutines, a socket and the client's than the
	// yardstick's word does. Whoever waited for a stuck write would be late by
	// seconds, with all behind it.
	const allowed = 50 * time.Millisecond
	if d := at(stuck, .5) - at(calm, .5); d > allowed+3*at(machine, .5) {
		t.Errorf("reader %s: half of all events are %v later beside a client that never reads", r.name, d)
	}
	if d := at(stuck, .99) - at(calm, .99); d > allowed+3*at(machine, .99) {
		t.Errorf("reader %s: its p99 is %v later beside a client that never reads", r.name, d)
	}
	if d := at(stuck, 1) - at(calm, 1); d > 2*time.Second+3*at(machine, 1) {
		t.Errorf("reader %s: an event was %v later than any without a client that never reads", r.name, d)
	}
}

// at is the given quantile of sorted durations.
func at(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))]
}

func spread(sorted []time.Duration) string {
	return fmt.Sprint(at(sorted, .5).Round(time.Microsecond), at(sorted, .99).Round(time.Microsecond), at(sorted, 1).Round(time.Microsecond))
}
