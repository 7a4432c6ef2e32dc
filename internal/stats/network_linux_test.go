package stats

import (
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestNetworkModes: what counts as a container's network.
func TestNetworkModes(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	ping := "while :; do nc -w 1 $GW 9 < /etc/hostname; sleep 0.2; done"
	gw := e.Docker(t, "network", "inspect", "-f", "{{range .IPAM.Config}}{{.Gateway}}{{end}}", "bridge")
	bridged := e.Run(t, "-e", "GW="+gw, "busybox:local", "sh", "-c", ping)
	ids := []string{
		bridged,
		e.Run(t, "--network", "container:"+bridged, "busybox:local", "sleep", "1000"),
		e.Run(t, "--network", "none", "busybox:local", "sleep", "1000"),
		e.Run(t, "--network", "host", "busybox:local", "sleep", "1000"),
	}
	c := newTestCgroup(t, CgroupOptions{})
	var targets []Target
	for i, id := range ids {
		targets = append(targets, target(t, eng, i+1, id))
	}
	// Without what only an inspect tells, the kernel tells the same.
	for i := range targets[:2] {
		targets[i].PID, targets[i].NetworkMode = 0, ""
	}
	blind := targets[3]
	blind.Row, blind.PID, blind.NetworkMode = 5, 0, ""
	targets = append(targets, blind)
	waitFor(t, "traffic", func() bool { return cell(t, sampleAll(t, c, targets...), 1, api.ColTx) > 200 })
	b := sampleAll(t, c, targets...)
	if one, other := cell(t, b, 1, api.ColTx), cell(t, b, 2, api.ColTx); one != other {
		t.Errorf("container: mode: %d, the container's own %d", other, one)
	}
	if rx, tx := cell(t, b, 3, api.ColRx), cell(t, b, 3, api.ColTx); rx != 0 || tx != 0 {
		t.Errorf("none: %d, %d", rx, tx)
	}
	for _, row := range []int{4, 5} {
		if rx := cell(t, b, row, api.ColRx); rx != api.Unknown {
			t.Errorf("host, row %d: %d", row, rx)
		}
	}

	// A second network counts as well, and procfs says the same.
	e.Docker(t, "network", "create", "second")
	e.Docker(t, "network", "connect", "second", bridged)
	waitFor(t, "the second network", func() bool {
		b := sampleAll(t, c, targets[0])
		d, ok := c.links.netDev(c, c.mustProcess(t, 1))
		after := sampleAll(t, c, targets[0])
		return ok && d.interfaces == 2 && len(c.links.byNS[c.groups[1].net.nsid]) == 2 &&
			cell(t, b, 1, api.ColTx) <= clamp(d.tx) && clamp(d.tx) <= cell(t, after, 1, api.ColTx)
	})
}

func (c *Cgroup) mustProcess(t *testing.T, row int) int {
	t.Helper()
	pid, ok := c.process(c.groups[row])
	if !ok {
		t.Fatal("no process")
	}
	return pid
}

// TestForeignInterfaces: where no veth of the host leads to the container's
// interfaces (macvlan, ipvlan, slirp), procfs is read.
func TestForeignInterfaces(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	a := target(t, eng, 1, e.Run(t, "--network", "none", "busybox:local", "sleep", "1000"))
	a.NetworkMode = ""
	pid := strconv.Itoa(a.PID)
	// Both ends go there, so that nothing of it is left here.
	name := "qw" + pid
	for _, args := range [][]string{
		{"link", "add", name + "a", "type", "veth", "peer", "name", name + "b"},
		{"link", "set", name + "a", "netns", pid},
		{"link", "set", name + "b", "netns", pid},
	} {
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v %s", args, err, out)
		}
	}
	c := newTestCgroup(t, CgroupOptions{})
	b := sampleAll(t, c, a)
	if c.groups[1].net.way != netProc || cell(t, b, 1, api.ColRx) != 0 {
		t.Errorf("way %d, rx %d", c.groups[1].net.way, cell(t, b, 1, api.ColRx))
	}
}

// TestWithoutRoot: a user who may only use the engine's socket gets the metrics
// all the same.
func TestWithoutRoot(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	targets := []Target{
		target(t, eng, 1, e.Run(t, "busybox:local", "sleep", "1000")),
		target(t, eng, 2, e.Run(t, "--network", "host", "busybox:local", "sleep", "1000")),
	}
	targets[1].NetworkMode = ""
	asNobody(t, func() {
		c, err := NewCgroup(CgroupOptions{})
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = c.Close() }()
		var b api.Batch
		for range 300 { // the veth may be new
			b.Reset()
			if err := c.Sample(t.Context(), targets, &b); err != nil || len(b.Rows) != 2 {
				t.Error(err, b.Rows)
				return
			}
			if c.groups[1].net.way == netLinks {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if c.groups[1].net.way != netLinks || b.Values[api.ColRx][0] == api.Unknown || b.Values[api.ColMemory][0] == api.Unknown {
			t.Errorf("way %d, rx %d, memory %d", c.groups[1].net.way, b.Values[api.ColRx][0], b.Values[api.ColMemory][0])
		}
		if b.Values[api.ColRx][1] != api.Unknown {
			t.Errorf("the machine's counters for a container's: %d", b.Values[api.ColRx][1])
		}
	})
}

// TestNetlinkComesBack: without netlink the counters come from procfs, and they
// go on from there when it is back.
func TestNetlinkComesBack(t *testing.T) {
	e := enginetest.Shared(t)
	eng := dial(t, e)
	a := target(t, eng, 1, e.Run(t, "busybox:local", "sleep", "1000"))
	c := newTestCgroup(t, CgroupOptions{})
	waitFor(t, "the veth", func() bool {
		sampleAll(t, c, a)
		return c.groups[1].net.way == netLinks
	})
	if err := c.links.nl.close(); err != nil { // the next dump fails
		t.Fatal(err)
	}
	for range 2 {
		b := sampleAll(t, c, a)
		if c.links.nl != nil || c.groups[1].net.way != netProc || cell(t, b, 1, api.ColRx) == api.Unknown {
			t.Fatalf("way %d, rx %d", c.groups[1].net.way, cell(t, b, 1, api.ColRx))
		}
	}
	pass(c, netlinkRetry)
	sampleAll(t, c, a)
	pass(c, turnPeriod)
	if sampleAll(t, c, a); c.links.nl == nil || c.groups[1].net.way != netLinks {
		t.Errorf("netlink %v, way %d", c.links.nl, c.groups[1].net.way)
	}
}
