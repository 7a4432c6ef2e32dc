package stats

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// message makes a netlink message of body.
func message(typ uint16, seq uint32, body []byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(unix.NLMSG_HDRLEN+len(body)))
	b = binary.NativeEndian.AppendUint16(b, typ)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_MULTI)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = binary.NativeEndian.AppendUint32(b, 0)
	return append(b, body...)
}

func attribute(typ uint16, v []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(v)))
	b = binary.NativeEndian.AppendUint16(b, typ)
	b = append(b, v...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func statsBody(index uint32, rx, tx uint64) []byte {
	b := make([]byte, statsHeader)
	binary.NativeEndian.PutUint32(b[4:], index)
	var counters []byte
	for _, v := range []uint64{7, 8, rx, tx, 0, 0} {
		counters = binary.NativeEndian.AppendUint64(counters, v)
	}
	return append(b, attribute(iflaStatsLink64, counters)...)
}

func linkBody(kind string, nsid int32) []byte {
	b := make([]byte, linkHeader)
	b = append(b, attribute(unix.IFLA_LINK_NETNSID, binary.NativeEndian.AppendUint32(nil, uint32(nsid)))...)
	return append(b, attribute(unix.IFLA_LINKINFO|unix.NLA_F_NESTED, attribute(unix.IFLA_INFO_KIND, append([]byte(kind), 0)))...)
}

func TestEachMessage(t *testing.T) {
	b := message(rtmNewStats, 1, statsBody(9, 1, 1)) // of an earlier request
	b = append(b, message(rtmNewStats, 2, statsBody(3, 1000, 2000))...)
	b = append(b, message(rtmNewStats, 2, statsBody(4, 5, 6))...)
	b = append(b, message(unix.NLMSG_DONE, 2, make([]byte, 4))...)
	var got [][3]uint64
	done, err := eachMessage(b, 2, false, func(_ uint16, body []byte) {
		index, rx, tx, ok := parseStats(body)
		if !ok {
			t.Error("counters not found")
		}
		got = append(got, [3]uint64{uint64(index), rx, tx})
	})
	if !done || err != nil || len(got) != 2 || got[0] != [3]uint64{3, 1000, 2000} || got[1] != [3]uint64{4, 5, 6} {
		t.Errorf("done %v, %v, got %v", done, err, got)
	}
	refused := message(unix.NLMSG_ERROR, 2, binary.NativeEndian.AppendUint32(nil, ^uint32(unix.EPERM)+1))
	if done, err := eachMessage(refused, 2, true, nil); !done || !errors.Is(err, unix.EPERM) {
		t.Errorf("refused: %v, %v", done, err)
	}
	if _, err := eachMessage(b[:20], 2, false, func(uint16, []byte) {}); !errors.Is(err, errNetlink) {
		t.Errorf("cut off: %v", err)
	}
}

func TestParseLink(t *testing.T) {
	if got, ok := parseLink(linkBody("veth", 5)); !ok || got != (linkInfo{veth: true, nsid: 5}) {
		t.Errorf("got %+v, %v", got, ok)
	}
	if got, _ := parseLink(linkBody("bridge", -1)); got != (linkInfo{nsid: notAssigned}) {
		t.Errorf("got %+v", got)
	}
}

func FuzzNetlink(f *testing.F) {
	f.Add(message(rtmNewStats, 1, statsBody(3, 1000, 2000)))
	f.Add(message(unix.RTM_NEWLINK, 1, linkBody("veth", 5)))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = eachMessage(b, 1, false, func(_ uint16, body []byte) {
			parseStats(body)
			parseLink(body)
		})
		parseStats(b)
		parseLink(b)
	})
}

// TestDump: the kernel's own answers are read, the loopback's counters rightly.
func TestDump(t *testing.T) {
	links := newLinkTable("/proc", slog.New(slog.DiscardHandler))
	links.dial(0)
	if links.nl == nil {
		t.Fatal("no netlink socket")
	}
	defer func() { _ = links.close() }()
	for range 3 {
		if err := links.dump(); err != nil {
			t.Fatal(err)
		}
	}
	lo := links.links[1]
	if lo == nil || lo.info.veth || lo.tick != links.tick {
		t.Fatalf("loopback %+v of %d links", lo, len(links.links))
	}
	if id, err := links.nsid(os.Getpid()); err != nil && id != notAssigned {
		t.Errorf("our own namespace: %d, %v", id, err)
	}
}
