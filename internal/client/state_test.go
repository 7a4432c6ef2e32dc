package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// golden reads one of the protocol's examples.
func golden(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "api", "golden", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func apply(tb testing.TB, s *State, frame []byte) *Step {
	tb.Helper()
	step, err := s.Apply(frame)
	if err != nil {
		tb.Fatalf("apply %s: %v", frame, err)
	}
	return step
}

// TestGoldenSession plays the examples of docs/protocol.md in the order of a
// connection.
func TestGoldenSession(t *testing.T) {
	s := NewState()
	if step := apply(t, s, golden(t, "welcome")); step.Welcome == nil || step.NewEpoch || s.Epoch() != "k3v9x2" {
		t.Fatalf("welcome: %+v", step)
	}
	apply(t, s, golden(t, "subbed"))
	if step := apply(t, s, golden(t, "snap-containers")); len(step.Containers) != 0 || len(s.Containers()) != 0 {
		t.Fatal("a page shows before the snapshot's end")
	}
	step := apply(t, s, golden(t, "snapEnd"))
	if len(step.Containers) != 1 || step.Containers[0].New.Name != "shop-web-1" || !slices.Equal(step.Synced, []api.Topic{api.TopicContainers}) {
		t.Fatalf("snapEnd: %+v", step)
	}
	var want, got any
	if err := json.Unmarshal(golden(t, "container"), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encode(s.Containers()[0]), &got); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		t.Fatalf("container\n got %v\nwant %v", got, want)
	}

	apply(t, s, golden(t, "metrics"))
	if c := s.Cells(1); c == nil || c.Values[api.ColCPU] != 1250 || c.Values[api.ColMemory] != api.Unknown {
		t.Fatalf("cells of row 1: %+v", s.Cells(1))
	}
	if c := s.Cells(5); c.Values[api.ColCPU] != 3 || c.Values[api.ColMemory] != 67108864 {
		t.Fatalf("cells of row 5: %+v", c)
	}
	apply(t, s, golden(t, "metrics-unchanged"))
	if c := s.Cells(1); !c.At.Equal(time.UnixMilli(1795442528250)) {
		t.Fatalf("an unchanged frame confirms: %v", c.At)
	}
	apply(t, s, golden(t, "metrics-rest"))
	if c := s.Cells(5); !c.At.Equal(time.UnixMilli(1795442528250)) {
		t.Fatalf("a missed row is not confirmed: %v", c.At)
	}
	if c := s.Cells(9); c.Known() || !c.At.Equal(time.UnixMilli(1795442529250-400)) {
		t.Fatalf("cells of row 9: %+v", c)
	}

	step = apply(t, s, golden(t, "delta-changed"))
	if c := step.Containers[0]; c.Old.State != api.StateRunning || c.New.State != api.StateExited || *c.New.ExitCode != 137 || c.New.Name != "shop-web-1" {
		t.Fatalf("changed: %+v", c)
	}
	if step := apply(t, s, golden(t, "delta-changed")); len(step.Containers)+len(step.Resubscribe) != 0 {
		t.Fatalf("a duplicate: %+v", step)
	}
	if step := apply(t, s, golden(t, "delta-removed")); step.Containers[0].New != nil || s.Cells(1) != nil {
		t.Fatalf("removed: %+v", step)
	}
	if step := apply(t, s, golden(t, "delta-added")); step.Containers[0].Old != nil || len(s.Containers()) != 1 {
		t.Fatalf("added: %+v", step)
	}
	if r := s.Resume(); r.Epoch != "k3v9x2" || r.Topics[api.TopicContainers] != 20 || len(r.Topics) != 1 {
		t.Fatalf("resume: %+v", r)
	}

	apply(t, s, []byte(`{"type":"subbed","topic":"events","seq":41}`))
	apply(t, s, golden(t, "snap-events"))
	step = apply(t, s, []byte(`{"type":"snapEnd","topic":"events","seq":41,"count":1}`))
	if len(step.Events) != 1 || step.Events[0].Seq != 41 || len(step.Lost) != 0 {
		t.Fatalf("events: %+v", step)
	}
	if step := apply(t, s, golden(t, "delta-events")); len(step.Events) != 0 {
		t.Fatalf("an event twice: %+v", step)
	}
	apply(t, s, golden(t, "mark"))
	apply(t, s, golden(t, "resync"))
	apply(t, s, []byte(`{"type":"snap","topic":"events","items":[{"seq":91,"time":"2026-11-23T15:00:00Z"}]}`))
	step = apply(t, s, []byte(`{"type":"snapEnd","topic":"events","seq":91,"count":1}`))
	if len(step.Events) != 1 || len(step.Lost) != 1 || step.Lost[0] != (api.Range{From: 44, To: 90}) {
		t.Fatalf("after a resync: %+v", step)
	}

	apply(t, s, []byte(`{"type":"subbed","topic":"system"}`))
	apply(t, s, golden(t, "snap-system"))
	apply(t, s, []byte(`{"type":"snapEnd","topic":"system","seq":3,"count":3}`))
	if e := s.Engines(); len(e) != 1 || e[0].Name != "laptop" {
		t.Fatalf("engines: %+v", e)
	}
	if step := apply(t, s, golden(t, "error")); step.Errors[0].Code != api.ErrInvalid {
		t.Fatalf("error: %+v", step)
	}
	if step := apply(t, s, golden(t, "ping")); len(step.Pings) != 1 {
		t.Fatalf("ping: %+v", step)
	}
	if step := apply(t, s, golden(t, "pong")); len(step.Pongs) != 1 {
		t.Fatalf("pong: %+v", step)
	}
	apply(t, s, golden(t, "array"))
}

// TestMissedWithAge: what nobody had looked at comes as missed, and with an age
// that dates its values; no row's time goes back for it.
func TestMissedWithAge(t *testing.T) {
	s := NewState()
	apply(t, s, golden(t, "welcome"))
	at := func(row int) int64 {
		if c := s.Cells(row); !c.At.IsZero() {
			return c.At.UnixMilli()
		}
		return 0
	}
	for _, c := range []struct {
		frame    string
		one, two int64
	}{
		{`{"at":100000,"rows":[1,2],"cols":{"cpu":{"v":[5,6]}},"ages":{"1":4000},"missed":[1,2]}`, 96000, 0},
		{`{"at":101000,"rows":[1],"cols":{"cpu":{"v":[7]}},"ages":{"1":5500,"9":7000},"missed":[1,2,9]}`, 96000, 0},
		{`{"at":102000,"ages":{"1":3000},"missed":[1]}`, 99000, 102000},
		{`{"at":103000,"ages":{"1":400}}`, 102600, 103000},
	} {
		apply(t, s, []byte(`{"type":"metrics","topic":"metrics","seq":1,`+c.frame[1:]))
		if at(1) != c.one || at(2) != c.two {
			t.Errorf("after %s: read at %d and %d, want %d and %d", c.frame, at(1), at(2), c.one, c.two)
		}
	}
}

// TestGap: a delta from elsewhere is dropped and asked for anew, once, and the
// old view stays until the snapshot has ended.
func TestGap(t *testing.T) {
	s := NewState()
	apply(t, s, golden(t, "welcome"))
	apply(t, s, golden(t, "subbed"))
	apply(t, s, golden(t, "snap-containers"))
	apply(t, s, golden(t, "snapEnd"))
	step := apply(t, s, golden(t, "delta-removed")) // from 18; we are at 17
	if !slices.Equal(step.Resubscribe, []api.Topic{api.TopicContainers}) || len(s.Containers()) != 1 {
		t.Fatalf("gap: %+v", step)
	}
	if step := apply(t, s, golden(t, "delta-removed")); len(step.Resubscribe) != 0 {
		t.Fatal("asked twice")
	}
	if s.Resume() != nil {
		t.Fatal("a position that was lost is offered")
	}
	apply(t, s, golden(t, "subbed"))
	step = apply(t, s, []byte(`{"type":"snapEnd","topic":"containers","seq":30,"count":0}`))
	if len(step.Containers) != 1 || step.Containers[0].New != nil || len(s.Containers()) != 0 {
		t.Fatalf("the snapshot replaces: %+v", step)
	}
}

// TestNewEpoch: another epoch keeps the view, drops positions and cells, and
// tells events that were seen only once.
func TestNewEpoch(t *testing.T) {
	s := NewState()
	for _, f := range []string{"welcome", "subbed", "snap-containers", "snapEnd", "metrics"} {
		apply(t, s, golden(t, f))
	}
	apply(t, s, []byte(`{"type":"subbed","topic":"events"}`))
	apply(t, s, []byte(`{"type":"snap","topic":"events","items":[{"seq":5,"time":"2026-11-23T15:00:00Z"}]}`))
	apply(t, s, []byte(`{"type":"snapEnd","topic":"events","seq":5,"count":1}`))
	step := apply(t, s, []byte(`{"type":"welcome","v":1,"epoch":"other","heartbeatMs":2000}`))
	if !step.NewEpoch || s.Resume() != nil || len(s.Containers()) != 1 || s.Cells(1) != nil {
		t.Fatalf("new epoch: %+v", step)
	}
	apply(t, s, []byte(`{"type":"subbed","topic":"events"}`))
	apply(t, s, []byte(`{"type":"snap","topic":"events","items":[{"seq":1,"time":"2026-11-23T15:00:00Z"},{"seq":2,"time":"2026-11-23T15:00:01Z"}]}`))
	step = apply(t, s, []byte(`{"type":"snapEnd","topic":"events","seq":2,"count":2}`))
	if len(step.Events) != 1 || step.Events[0].Seq != 2 {
		t.Fatalf("events of a new epoch: %+v", step.Events)
	}
}

// TestRowsOfANewEpoch: cells that are there before the containers' snapshot are
// of the rows in it, whatever had those rows before.
func TestRowsOfANewEpoch(t *testing.T) {
	s := NewState()
	snapshot := func(first, second int) {
		t.Helper()
		apply(t, s, []byte(`{"type":"subbed","topic":"containers"}`))
		apply(t, s, fmt.Appendf(nil, `{"type":"snap","topic":"containers","items":[{"engine":"e","id":"a","row":%d},{"engine":"e","id":"b","row":%d}]}`, first, second))
		if step := apply(t, s, []byte(`{"type":"snapEnd","topic":"containers","seq":1,"count":2}`)); !slices.Contains(step.Synced, api.TopicContainers) {
			t.Fatalf("%+v", step)
		}
	}
	apply(t, s, []byte(`{"type":"welcome","v":1,"epoch":"one","heartbeatMs":2000}`))
	snapshot(1, 2)
	apply(t, s, []byte(`{"type":"welcome","v":1,"epoch":"two","heartbeatMs":2000}`))
	apply(t, s, []byte(`{"type":"metrics","at":1000,"rows":[1,2],"cols":{"cpu":{"v":[10,20]}}}`))
	snapshot(2, 1)
	for row, want := range map[int]int64{1: 10, 2: 20} {
		if c := s.Cells(row); c == nil || c.Values[api.ColCPU] != want {
			t.Errorf("row %d: %+v", row, c)
		}
	}
}

// TestConverges drives a store and a client through any interleaving of
// changes, deltas, duplicates, drops, snapshots, resyncs and reconnects: in
// the end the client equals the store, and its changes, played from nothing,
// lead to the same.
func TestConverges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		st := store.New(store.Options{Epoch: "e1", Ring: 4})
		s := NewState()
		played := make(map[api.Key]string)
		feed := func(messages ...any) *Step {
			step, err := s.Apply(encode(messages))
			if err != nil {
				rt.Fatal(err)
			}
			for _, c := range step.Containers {
				if c.New == nil {
					delete(played, c.Key)
				} else {
					played[c.Key] = string(encode(c.New))
				}
			}
			return step
		}
		snapshot := func(page int) {
			snap := st.Snapshot(api.TopicContainers, -1)
			messages := []any{api.Subbed{Type: api.TypeSubbed, Topic: api.TopicContainers, Seq: snap.Seq}}
			n := 0
			for items := range slices.Chunk(snap.Items, page) {
				messages = append(messages, api.Snap{Type: api.TypeSnap, Topic: api.TopicContainers, Page: n, Items: items})
				n++
			}
			feed(append(messages, api.SnapEnd{Type: api.TypeSnapEnd, Topic: api.TopicContainers, Seq: snap.Seq, Count: len(snap.Items)})...)
		}
		// catchUp is what the server does: a delta from the client's position, as
		// far as the ring goes.
		catchUp := func() {
			seq, ok := uint64(0), false
			if r := s.Resume(); r != nil {
				seq, ok = r.Topics[api.TopicContainers]
			}
			if !ok {
				snapshot(3)
				return
			}
			u, ok := st.Since(api.TopicContainers, seq)
			if !ok {
				feed(api.Resync{Type: api.TypeResync, Topic: api.TopicContainers})
				snapshot(3)
				return
			}
			feed(u.Delta)
		}
		id := rapid.IntRange(0, 5)
		var late []api.Delta
		feed(api.Welcome{Type: api.TypeWelcome, Epoch: "e1"})
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(rt *rapid.T) {
				c := &api.Container{Engine: "e", ID: fmt.Sprint("c", id.Draw(rt, "id")), Name: rapid.StringN(0, 5, -1).Draw(rt, "name"), State: api.StateRunning}
				if rapid.Bool().Draw(rt, "exited") {
					code := id.Draw(rt, "code")
					c.State, c.ExitCode = api.StateExited, &code
				}
				st.Apply(store.Change{Put: []*api.Container{c}})
			},
			"remove": func(rt *rapid.T) {
				st.Apply(store.Change{Remove: []api.Key{api.MakeKey("e", fmt.Sprint("c", id.Draw(rt, "id")))}})
			},
			"catch up": func(*rapid.T) { catchUp() },
			"keep a delta for later": func(*rapid.T) {
				if r := s.Resume(); r != nil {
					if u, ok := st.Since(api.TopicContainers, r.Topics[api.TopicContainers]); ok {
						late = append(late, u.Delta)
					}
				}
			},
			"deliver it": func(rt *rapid.T) {
				if len(late) == 0 {
					return
				}
				if step := feed(late[rapid.IntRange(0, len(late)-1).Draw(rt, "which")]); len(step.Resubscribe) > 0 {
					snapshot(2)
				}
			},
			"snapshot":  func(rt *rapid.T) { snapshot(rapid.IntRange(1, 4).Draw(rt, "page")) },
			"reconnect": func(*rapid.T) { s.Disconnected(); feed(api.Welcome{Type: api.TypeWelcome, Epoch: "e1"}) },
			"half a snapshot": func(*rapid.T) {
				feed(api.Subbed{Type: api.TypeSubbed, Topic: api.TopicContainers})
				if items := st.Snapshot(api.TopicContainers, -1).Items; len(items) > 0 {
					feed(api.Snap{Type: api.TypeSnap, Topic: api.TopicContainers, Items: items[:1]})
				}
				s.Disconnected()
			},
		})
		catchUp()
		want, got := make(map[api.Key]string), make(map[api.Key]string)
		for _, c := range st.Containers() {
			want[c.Key()] = string(encode(c))
		}
		for _, c := range s.Containers() {
			got[c.Key()] = string(encode(c))
		}
		if !maps.Equal(got, want) {
			rt.Fatalf("the client has\n%v\nthe store\n%v", got, want)
		}
		if !maps.Equal(played, want) {
			rt.Fatalf("the client's changes lead to\n%v\nthe store has\n%v", played, want)
		}
	})
}

// FuzzApply: no frame makes the reducer panic, and a frame it refuses moves no
// position beyond what it applied.
func FuzzApply(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "api", "golden", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no golden files", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`[{"type":"snap","topic":"containers","page":-1}]`))
	f.Add([]byte(`{"type":"delta","topic":"containers","from":17,"seq":18,"changed":{"3f9c1a2b4d5e/x":{}},"added":[null]}`))
	f.Add([]byte(`{"type":"metrics","rows":[1],"cols":{"cpu":{"i":[-1],"v":[null]}}}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		s := NewState()
		for _, name := range []string{"welcome", "subbed", "snap-containers", "snapEnd", "metrics"} {
			apply(t, s, golden(t, name))
		}
		before := s.Resume().Topics[api.TopicContainers]
		step, err := s.Apply(frame)
		if err == nil && step == nil {
			t.Fatal("neither a step nor an error")
		}
		if err != nil && len(step.Containers) == 0 && len(step.Synced) == 0 && !strings.HasPrefix(strings.TrimSpace(string(frame)), "[") {
			if r := s.Resume(); r != nil && r.Epoch == "k3v9x2" {
				if seq, ok := r.Topics[api.TopicContainers]; ok && seq != before {
					t.Fatalf("a refused frame moved the position from %d to %d", before, seq)
				}
			}
		}
		for _, c := range s.Containers() {
			if c.ID == "" {
				t.Fatal("a container without an id")
			}
			s.Cells(c.Row)
		}
		s.System()
		s.Engines()
	})
}
