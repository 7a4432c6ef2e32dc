package store_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

func container(id string, state api.ContainerState) *api.Container {
	return &api.Container{Engine: "e", ID: id, Name: "n-" + id, State: state, Labels: map[string]string{"a": "b"}}
}

func TestApplyMakesTheSmallestDelta(t *testing.T) {
	s := store.New(store.Options{})
	s.Apply(store.Change{Put: []*api.Container{container("a", api.StateRunning)}})
	at := time.Now()
	s.Apply(store.Change{
		Put:    []*api.Container{container("a", api.StateExited)},
		Events: []api.Event{{Time: at, Engine: "e", Kind: "container", Action: "die", ID: "a"}},
	})
	u, ok := s.Since(api.TopicContainers, 1)
	if !ok || u.Delta.From != 1 || u.Delta.Seq != 2 {
		t.Fatalf("Since(1) = %+v, %v", u, ok)
	}
	d := u.Delta.Changed["e/a"]
	if len(d.Set) != 1 || string(d.Set["state"]) != `"exited"` || len(d.Unset) != 0 {
		t.Errorf("diff = %s, want the state alone", mustJSON(t, d))
	}
	if !u.Cause.Equal(at) {
		t.Errorf("cause = %v, want the event's time %v", u.Cause, at)
	}
	ev, ok := s.Since(api.TopicEvents, 0)
	if !ok || len(ev.Delta.Added) != 1 {
		t.Errorf("events since 0 = %+v, %v", ev, ok)
	}
}

func TestApplyOfTheSameIsNoChange(t *testing.T) {
	s := store.New(store.Options{})
	s.Apply(store.Change{Put: []*api.Container{container("a", api.StateRunning)}})
	sub := s.Subscribe()
	defer sub.Close()
	before := s.Revision()
	s.Apply(store.Change{Put: []*api.Container{container("a", api.StateRunning)}, Remove: []api.Key{"e/zzz"}})
	if s.Revision() != before {
		t.Error("an unchanged container raised the revision")
	}
	select {
	case <-sub.C():
		t.Error("an unchanged container woke a subscriber")
	default:
	}
}

func TestRowsAreNeverGivenTwice(t *testing.T) {
	s := store.New(store.Options{})
	seen := map[int]bool{}
	for i := range 20 {
		id := fmt.Sprint(i % 3)
		s.Apply(store.Change{Put: []*api.Container{container(id, api.StateRunning)}})
		c, _ := s.Container(api.MakeKey("e", id))
		if seen[c.Row] {
			t.Fatalf("row %d was given twice", c.Row)
		}
		seen[c.Row] = true
		s.Apply(store.Change{Remove: []api.Key{c.Key()}})
	}
}

func TestSinceRefusesWhatLeftTheRing(t *testing.T) {
	s := store.New(store.Options{Ring: 4, Events: 4})
	for i := range 10 {
		state := api.StateRunning
		if i%2 == 1 {
			state = api.StatePaused
		}
		s.Apply(store.Change{
			Put:    []*api.Container{container("a", state)},
			Events: []api.Event{{Engine: "e", Action: "x"}},
		})
	}
	for _, topic := range []api.Topic{api.TopicContainers, api.TopicEvents} {
		if _, ok := s.Since(topic, 5); ok {
			t.Errorf("%s: position 5 of 10 was continued from a ring of 4", topic)
		}
		if u, ok := s.Since(topic, 6); !ok || u.Delta.Seq != 10 {
			t.Errorf("%s: position 6 of 10 was refused", topic)
		}
		if _, ok := s.Since(topic, 11); ok {
			t.Errorf("%s: a position of the future was accepted", topic)
		}
	}
	if s.OldestEvent() != 6 {
		t.Errorf("oldest event = %d, want 6", s.OldestEvent())
	}
}

func TestTouchesLooksAtTheRowsOfWhatChanged(t *testing.T) {
	s := store.New(store.Options{Ring: 8})
	for _, id := range []string{"a", "b", "c"} { // rows 1 to 3
		s.Apply(store.Change{Put: []*api.Container{container(id, api.StateRunning)}})
	}
	touches := func(seq uint64, want bool, rows ...int) {
		t.Helper()
		got, upTo := s.Touches(rows, seq)
		if got != want || upTo != s.Seq(api.TopicContainers) {
			t.Errorf("Touches(%v, %d) = %v up to %d, want %v", rows, seq, got, upTo, want)
		}
	}
	touches(0, true, 1)
	touches(3, false, 1, 2, 3)
	s.Apply(store.Change{Put: []*api.Container{container("b", api.StateExited)}})
	touches(3, true, 1, 2)
	touches(3, false, 1, 3)
	touches(4, false, 1, 2, 3)
	s.Apply(store.Change{Remove: []api.Key{"e/c"}})
	touches(4, true, 3)
	touches(4, false)
	for i := range 64 { // what the ring no longer tells may have been anything
		s.Apply(store.Change{Put: []*api.Container{{Engine: "e", ID: "a", RestartCount: i + 1}}})
	}
	touches(3, true, 2)
	touches(1000, true, 2)
}

func TestFind(t *testing.T) {
	s := store.New(store.Options{})
	s.Apply(store.Change{Put: []*api.Container{container("abc1", api.StateRunning), container("abd2", api.StateRunning)}})
	for ref, want := range map[string]string{"abc1": "abc1", "abc": "abc1", "n-abd2": "abd2", "/n-abd2": "abd2", "e/abc1": "abc1"} {
		if c, err := s.Find(ref); err != nil || c.ID != want {
			t.Errorf("Find(%q) = %v, %v; want %s", ref, c, err, want)
		}
	}
	if _, err := s.Find("ab"); api.CodeOf(err) != api.ErrConflict {
		t.Errorf("Find of an ambiguous prefix: %v", err)
	}
	if _, err := s.Find("x"); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("Find of nothing: %v", err)
	}
}

// view is a client that only knows the protocol's rules.
type view struct {
	seq   uint64
	items map[api.Key]map[string]json.RawMessage
}

func (v *view) snapshot(t *rapid.T, s *store.Store) {
	snap := s.Snapshot(api.TopicContainers, -1)
	v.seq, v.items = snap.Seq, map[api.Key]map[string]json.RawMessage{}
	for _, raw := range snap.Items {
		v.put(t, raw)
	}
}

func (v *view) put(t *rapid.T, raw json.RawMessage) {
	var fields map[string]json.RawMessage
	var c api.Container
	if json.Unmarshal(raw, &fields) != nil || json.Unmarshal(raw, &c) != nil {
		t.Fatalf("not a container: %s", raw)
	}
	v.items[c.Key()] = fields
}

func (v *view) advance(t *rapid.T, s *store.Store) {
	u, ok := s.Since(api.TopicContainers, v.seq)
	if !ok {
		v.snapshot(t, s)
		return
	}
	for _, raw := range u.Delta.Added {
		v.put(t, raw)
	}
	for k, d := range u.Delta.Changed {
		if v.items[k] == nil {
			t.Fatalf("change of %s, which the client does not have", k)
		}
		maps.Copy(v.items[k], d.Set)
		for _, f := range d.Unset {
			delete(v.items[k], f)
		}
	}
	for _, k := range u.Delta.Removed {
		delete(v.items, k)
	}
	v.seq = u.Delta.Seq
}

// TestClientsConverge: whatever is put and removed, and whenever each client
// looks, a client that follows the deltas has what the store has.
func TestClientsConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(store.Options{Ring: rapid.IntRange(1, 20).Draw(t, "ring")})
		clients := []*view{{}, {}, {}}
		for _, c := range clients {
			c.snapshot(t, s)
		}
		states := []api.ContainerState{api.StateRunning, api.StateExited, api.StatePaused}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			var ch store.Change
			for range rapid.IntRange(0, 3).Draw(t, "puts") {
				c := container(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id"), rapid.SampledFrom(states).Draw(t, "state"))
				c.RestartCount = rapid.IntRange(0, 2).Draw(t, "restarts")
				ch.Put = append(ch.Put, c)
			}
			if rapid.Bool().Draw(t, "remove") {
				ch.Remove = []api.Key{api.MakeKey("e", rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "gone"))}
			}
			s.Apply(ch)
			clients[rapid.IntRange(0, len(clients)-1).Draw(t, "client")].advance(t, s)
		}
		for _, c := range clients {
			c.advance(t, s)
			var want view
			want.snapshot(t, s)
			if string(mustJSON(t, c.items)) != string(mustJSON(t, want.items)) {
				t.Fatalf("client has %s, store has %s", mustJSON(t, c.items), mustJSON(t, want.items))
			}
		}
	})
}

type fataler interface{ Fatal(args ...any) }

func mustJSON(t fataler, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The system's items change as long as Quaywatch runs; what is kept of that stays
// a little, and enough for who was away for a while.
func TestSystemKeepsFewChanges(t *testing.T) {
	s := store.New(store.Options{})
	for i := range 1000 {
		memory := int64(i)
		s.Apply(store.Change{System: []api.SystemItem{{Key: "server", Server: &api.ServerStatus{MemoryBytes: &memory}}}})
	}
	now := s.Seq(api.TopicSystem)
	if _, ok := s.Since(api.TopicSystem, now-200); !ok {
		t.Error("200 changes ago can't be continued from")
	}
	if _, ok := s.Since(api.TopicSystem, now-300); ok {
		t.Error("300 changes are kept of a few items")
	}
}
