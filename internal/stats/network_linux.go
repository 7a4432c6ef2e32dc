package stats

import (
	"encoding/binary"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
)

// netWay is how a container's network counters are read.
type netWay uint8

const (
	netUnresolved netWay = iota
	netHost              // the machine's own: not known for the container
	netNone              // no interfaces
	netLinks             // the host's ends of its veths, by the namespace's id
	netProc              // /proc/PID/net/dev
)

// netState is a group's.
type netState struct {
	way    netWay
	nsid   int32
	pid    int
	misses int
	skip   int // ticks until the next attempt to resolve
	checks int // how often netProc was checked for a better way
}

func (s *netState) forget() { *s = netState{} }

// link is an interface of the host.
type link struct {
	info   linkInfo
	rx, tx uint64
	tick   uint64 // of the dump that had it last
	tries  int    // how often it was asked what it is
}

// resolveTries is how often a veth whose other end is still here is asked again
// where it went: an engine makes both ends here and moves one.
const resolveTries = 8

// resolveChecks is how often a container that is read from procfs is looked at
// again for veths.
const resolveChecks = 2

// linkTable knows the host's interfaces. One RTM_GETSTATS dump answers for all
// of them, whatever the number of containers; which of them lead into which
// container is told by the id that this network namespace has for the other
// (IFLA_LINK_NETNSID of the veth, RTM_GETNSID of the container's process). So
// nothing is entered and no file of a container is trusted.
type linkTable struct {
	nl     *netlink // nil while there is none: all containers go by /proc
	dialAt int64    // when to open nl again, ns
	proc   string
	tick   uint64
	links  map[uint32]*link
	byNS   map[int32][]*link
	fresh  []uint32
	own    [2]uint64 // inodes of our and of init's network namespace
	log    *slog.Logger
}

func newLinkTable(proc string, log *slog.Logger) *linkTable {
	t := &linkTable{proc: proc, log: log, links: make(map[uint32]*link), byNS: make(map[int32][]*link)}
	t.own[0], _ = t.namespace("self")
	t.own[1], _ = t.namespace("1")
	return t
}

// netlinkRetry is the pause before netlink is tried again after a failure.
const netlinkRetry = 30 * time.Second

// dial opens the socket, or says when to try again.
func (t *linkTable) dial(now int64) {
	nl, err := dialNetlink()
	if err != nil {
		t.log.Debug("no netlink: network counters are read from procfs", "err", err)
		t.dialAt = now + int64(netlinkRetry)
		return
	}
	t.nl = nl
}

func (t *linkTable) close() error {
	if t.nl == nil {
		return nil
	}
	return t.nl.close()
}

// namespace returns the inode of a process's network namespace.
func (t *linkTable) namespace(pid string) (uint64, bool) {
	var st unix.Stat_t
	if err := unix.Stat(filepath.Join(t.proc, pid, "ns/net"), &st); err != nil {
		return 0, false
	}
	return st.Ino, true
}

// sample fills the network cells of c.due.
func (t *linkTable) sample(c *Cgroup) {
	if len(c.due) == 0 {
		return
	}
	at := c.now()
	if t.nl == nil && at >= t.dialAt {
		t.dial(at)
	}
	if t.nl != nil {
		if err := t.dump(); err != nil {
			t.log.Debug("netlink failed: network counters are read from procfs", "err", err)
			_ = t.nl.close()
			t.nl, t.dialAt = nil, at+int64(netlinkRetry)
		}
	}
	at = c.now()
	for _, g := range c.due {
		if g.lost {
			continue
		}
		switch {
		case g.net.way == netUnresolved || g.net.way == netLinks && t.nl == nil:
			t.resolve(c, g)
		case g.net.way == netProc && g.full && g.net.checks < resolveChecks:
			// Its veth may not have been in place when it was looked at.
			g.net.checks++
			t.resolve(c, g)
		}
		switch g.net.way {
		case netUnresolved, netHost:
			g.setNet(false, 0, 0, at)
		case netNone:
			g.setNet(true, 0, 0, at)
		case netLinks:
			var rx, tx uint64
			links := t.byNS[g.net.nsid]
			for _, l := range links {
				rx += l.tx // what the host's end sends, the container receives
				tx += l.rx
			}
			if len(links) == 0 {
				g.net.forget()
			}
			g.setNet(len(links) > 0, rx, tx, at)
		case netProc:
			d, ok := t.netDev(c, g.net.pid)
			if !ok {
				g.net.forget()
			}
			g.setNet(ok, d.rx, d.tx, at)
		}
	}
}

func (g *group) setNet(known bool, rx, tx uint64, at int64) {
	if !known {
		g.meters.rx, g.meters.tx = meter{}, meter{}
		for _, col := range []api.Column{api.ColRx, api.ColTx, api.ColRxRate, api.ColTxRate} {
			g.cells[col] = api.Unknown
		}
		return
	}
	g.cells[api.ColRx], g.cells[api.ColTx] = clamp(rx), clamp(tx)
	g.cells[api.ColRxRate] = g.meters.rx.update(rx, at, rateScale)
	g.cells[api.ColTxRate] = g.meters.tx.update(tx, at, rateScale)
}

// dump reads the counters of all interfaces and finds out about new ones.
func (t *linkTable) dump() error {
	t.tick++
	t.fresh = t.fresh[:0]
	h := t.nl.begin(rtmGetStats, unix.NLM_F_DUMP, statsHeader)
	binary.NativeEndian.PutUint32(h[8:], 1<<(iflaStatsLink64-1))
	seen := 0
	err := t.nl.do(func(typ uint16, body []byte) {
		if typ != rtmNewStats {
			return
		}
		index, rx, tx, ok := parseStats(body)
		if !ok {
			return
		}
		seen++
		l := t.links[index]
		if l == nil {
			l = &link{info: linkInfo{nsid: notAssigned}}
			t.links[index] = l
			t.fresh = append(t.fresh, index)
		} else if l.info.veth && l.info.nsid == notAssigned && l.tries < resolveTries {
			t.fresh = append(t.fresh, index)
		}
		l.rx, l.tx, l.tick = rx, tx, t.tick
	})
	if err != nil {
		return err
	}
	changed := seen != len(t.links)
	for _, index := range t.fresh {
		if err := t.classify(index); err == nil {
			changed = true
		}
	}
	if changed {
		t.rebuild()
	}
	return nil
}

// classify asks what the interface is and where its other end is.
func (t *linkTable) classify(index uint32) error {
	l := t.links[index]
	l.tries++
	h := t.nl.begin(unix.RTM_GETLINK, 0, linkHeader)
	binary.NativeEndian.PutUint32(h[4:], index)
	t.nl.attr32(unix.IFLA_EXT_MASK, extSkipStats)
	return t.nl.do(func(typ uint16, body []byte) {
		if typ != unix.RTM_NEWLINK {
			return
		}
		if info, ok := parseLink(body); ok {
			l.info = info
		}
	})
}

// rebuild drops the interfaces that have gone and indexes the others.
func (t *linkTable) rebuild() {
	clear(t.byNS)
	for index, l := range t.links {
		switch {
		case l.tick != t.tick:
			delete(t.links, index)
		case l.info.veth && l.info.nsid != notAssigned:
			t.byNS[l.info.nsid] = append(t.byNS[l.info.nsid], l)
		}
	}
}

// resolve finds out how g's counters are read. It stays unresolved while there
// is no process, and is then tried again ever more rarely.
func (t *linkTable) resolve(c *Cgroup, g *group) {
	switch g.target.NetworkMode {
	case "host":
		g.net.way = netHost
		return
	case "none":
		g.net.way = netNone
		return
	}
	if g.net.skip > 0 {
		g.net.skip--
		return
	}
	defer func() {
		if g.net.way == netUnresolved {
			g.net.misses++
			g.net.skip = min(1<<g.net.misses, 32) - 2
		}
	}()
	pid, ok := c.process(g)
	if !ok {
		return
	}
	ns, told := t.namespace(strconv.Itoa(pid))
	if told && (ns == t.own[0] || ns == t.own[1]) {
		g.net.way = netHost
		return
	}
	d, haveDev := t.netDev(c, pid)
	if nsid, err := t.nsid(pid); err == nil && nsid != notAssigned {
		n := len(t.byNS[nsid])
		// As many veths here as interfaces there: no macvlan or the like among them.
		if n > 0 && (!haveDev || d.interfaces == n) {
			g.net.way, g.net.nsid = netLinks, nsid
			return
		}
	}
	// Only root is told the namespace of others' processes; without it, procfs may
	// be that of the machine, unless the engine has said otherwise.
	mode := g.target.NetworkMode
	if haveDev && (told || mode != "" && !strings.HasPrefix(mode, "container:")) {
		g.net.way, g.net.pid = netProc, pid
	}
}

// nsid returns the id that this namespace has for that of process pid.
func (t *linkTable) nsid(pid int) (int32, error) {
	if t.nl == nil {
		return notAssigned, unix.ENOTSUP
	}
	t.nl.begin(rtmGetNSID, 0, nsidHeader)
	t.nl.attr32(netnsaPID, uint32(pid))
	id := notAssigned
	err := t.nl.do(func(_ uint16, body []byte) {
		if len(body) < nsidHeader {
			return
		}
		eachAttr(body[nsidHeader:], func(typ uint16, v []byte) {
			if typ == netnsaNSID && len(v) >= 4 {
				id = int32(binary.NativeEndian.Uint32(v))
			}
		})
	})
	return id, err
}

// netDev reads /proc/PID/net/dev.
func (t *linkTable) netDev(c *Cgroup, pid int) (netDev, bool) {
	var path strings.Builder
	path.WriteString(t.proc)
	path.WriteByte('/')
	path.WriteString(strconv.Itoa(pid))
	path.WriteString("/net/dev")
	f, err := os.Open(path.String())
	if err != nil {
		return netDev{}, false
	}
	defer func() { _ = f.Close() }()
	n, err := f.Read(c.buf)
	if err != nil {
		return netDev{}, false
	}
	return parseNetDev(c.buf[:n]), true
}
