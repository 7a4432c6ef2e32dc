package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestFollowLeadsToThePresent(t *testing.T) {
	s := store.New(store.Options{Ring: 4, Events: 3})
	one := func(id, state string) *api.Container {
		return &api.Container{Engine: "e", ID: id, Name: id, State: api.ContainerState(state)}
	}
	s.Apply(store.Change{Put: []*api.Container{one("a", "running"), one("b", "running")}, Events: []api.Event{{Action: "1", Time: time.Now()}}})
	n := s.Follow(store.Position{})
	if len(n.Put) != 2 || len(n.Events) != 1 || n.Lost != 0 || n.Whole {
		t.Fatalf("from nothing: %+v", n)
	}
	s.Apply(store.Change{Put: []*api.Container{one("a", "paused")}, Remove: []api.Key{"e/b"}})
	s.Apply(store.Change{Put: []*api.Container{one("a", "exited")}})
	n = s.Follow(n.At)
	if len(n.Put) != 1 || n.Put[0].State != "exited" || len(n.Removed) != 1 || n.Removed[0] != "e/b" || len(n.Events) != 0 {
		t.Fatalf("the changes: %+v", n)
	}
	if again := s.Follow(n.At); len(again.Put)+len(again.Removed)+len(again.Events) != 0 || again.At != n.At {
		t.Fatalf("nothing is new: %+v", again)
	}
	for i := range 5 {
		s.Apply(store.Change{Put: []*api.Container{one("a", strconv.Itoa(i))}, Events: []api.Event{{Action: strconv.Itoa(i)}}})
	}
	n = s.Follow(n.At)
	if !n.Whole || len(n.Put) != 1 || n.Lost != 2 || len(n.Events) != 3 || n.Events[0].Action != "2" {
		t.Fatalf("what has left the ring: %+v", n)
	}
}
