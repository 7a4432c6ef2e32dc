package reflector

import (
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// An engine such as podman tells of a container's start and end, and neither of
// the networks that come and go with it nor of a network that was made for it.
func TestNetworksFollowTheContainerWithoutEventsOfTheirOwn(t *testing.T) {
	d := newDesk(t)
	network := func(id string, containers ...string) api.Network {
		n := api.Network{Engine: "e", ID: id, Name: "net-" + id}
		for _, c := range containers {
			n.Endpoints = append(n.Endpoints, api.Endpoint{Container: c})
		}
		return n
	}
	row := func(id string) api.Network {
		n := network(id)
		n.Partial = true
		return n
	}
	inspected := func(action string, c api.Container) {
		t.Helper()
		d.pass(time.Minute)
		d.event("container", action, "c2")
		k, ok := d.pop(d.now, 8, 4)
		if !ok || k.id != "c2" {
			t.Fatal("the container is not inspected")
		}
		c.Engine, c.ID, c.Name = "e", "c2", "db"
		d.inspected(k, d.now, &c, nil)
	}
	d.res.mark(d.res.key(kindNetworks, ""), d.now, queueUrgent)
	d.answer(d.asks(kindNetworks, ""), 0, rfound{networks: []api.Network{row("n1")}}, nil)
	d.answer(d.asks(kindNetworks, "n1"), 0, rfound{network: network("n1", "c1")}, nil)
	d.idle()

	inspected("create", api.Container{State: api.StateCreated, Networks: []string{"net-n1"}})
	d.idle() // it is not attached before it starts
	inspected("start", api.Container{State: api.StateRunning, Networks: []string{"net-n1"}})
	d.answer(d.asks(kindNetworks, "n1"), 0, rfound{network: network("n1", "c1", "c2")}, nil)
	d.idle()
	inspected("rename", api.Container{State: api.StateRunning, Networks: []string{"net-n1"}})
	d.idle() // all agrees

	inspected("update", api.Container{State: api.StateRunning, Networks: []string{"net-n1", "net-n2"}})
	d.answer(d.asks(kindNetworks, ""), 0, rfound{networks: []api.Network{row("n1"), row("n2")}}, nil)
	d.answer(d.asks(kindNetworks, "n1"), 0, rfound{network: network("n1", "c1", "c2")}, nil) // not looked at for long
	d.answer(d.asks(kindNetworks, "n2"), 0, rfound{network: network("n2", "c2")}, nil)
	d.idle()

	inspected("die", api.Container{State: api.StateExited, Networks: []string{"net-n1", "net-n2"}})
	for range 2 {
		k, ok := d.res.pop(d.now, resourceWorkers)
		if !ok || k.kind != kindNetworks || k.id == "" {
			t.Fatalf("asks %+v, want both networks", k)
		}
		left := map[string][]string{"n1": {"c1", "c2"}, "n2": nil}[k.id]
		d.answer(k, 0, rfound{network: network(k.id, left...)}, nil)
	}
	d.idle()
	d.pass(time.Minute)
	d.event("container", "destroy", "c2") // n1 still shows it
	d.answer(d.asks(kindNetworks, "n1"), 0, rfound{network: network("n1", "c1")}, nil)
	d.idle()
}
