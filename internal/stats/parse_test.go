package stats

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// statV1 is from a cgroup v1 host, kernel 6.18, shortened in the middle.
const statV1 = `cache 9097216
rss 1323008
inactive_file 4194304
swap 0
hierarchical_memory_limit 9223372036854771712
total_cache 9097216
total_inactive_file 8388608
total_active_file 708608
total_swap 4096
total_swapcached 0
`

// netDevText is from a container with two networks, on a host with tunnels.
const netDevText = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     500       5    0    0    0     0          0         0      500       5    0    0    0     0       0          0
 tunl0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0: 1000376       4    0    0    0     0          0         0     2000       2    0    0    0     0       0          0
  eth1:10000000000       4    0    0    0     0          0         0     77       2    0    0    0     0       0          0
`

func TestParseUint(t *testing.T) {
	for _, c := range []struct {
		in   string
		want uint64
		ok   bool
	}{
		{"0\n", 0, true}, {"18446744073709551615\n", 1<<64 - 1, true}, {"18446744073709551616", 0, false},
		{"99999999999999999999", 0, false}, {"max\n", 0, false}, {"", 0, false}, {"  12 34", 12, true}, {"-1", 0, false},
	} {
		if got, ok := parseUint([]byte(c.in)); ok != c.ok || ok && got != c.want {
			t.Errorf("%q: got %d, %v", c.in, got, ok)
		}
	}
}

func TestParseMemoryStat(t *testing.T) {
	if got, want := parseMemoryStatV1([]byte(statV1)), (memoryStat{inactive: 8388608, swap: 4096, hasInactive: true, hasSwap: true}); got != want {
		t.Errorf("v1: got %+v, want %+v", got, want)
	}
	b, err := os.ReadFile(filepath.Join("testdata/cgroup2/t0/docker", capturedA, "memory.stat"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := parseMemoryStatV2(b), (memoryStat{inactive: 16777216, hasInactive: true}); got != want {
		t.Errorf("v2: got %+v, want %+v", got, want)
	}
}

func TestParseCPUStat(t *testing.T) {
	got := parseCPUStat([]byte("usage_usec 1020000\nuser_usec 1010000\nsystem_usec 10000\nnr_periods 51\nnr_throttled 50\n"))
	if want := (cpuStat{usage: 1020000, periods: 51, throttled: 50, hasUsage: true, hasPeriods: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := parseCPUStat([]byte("usage_usec 7\n")); got.hasPeriods || got.usage != 7 {
		t.Errorf("without the controller: %+v", got)
	}
}

func TestParseBlkio(t *testing.T) {
	const text = `8:0 Read 4096
8:0 Write 8192
8:0 Sync 12288
8:0 Async 0
8:0 Discard 0
8:0 Total 12288
8:16 read 10
8:16 WRITE 20
Total 12318
`
	r, w, n := parseBlkio([]byte(text))
	if r != 4106 || w != 8212 || n != 8 {
		t.Errorf("got %d, %d of %d lines", r, w, n)
	}
	if r, w, n := parseBlkio([]byte("Total 0\n")); r+w != 0 || n != 0 {
		t.Errorf("no device: got %d, %d of %d lines", r, w, n)
	}
}

func TestParseIOStat(t *testing.T) {
	r, w := parseIOStat([]byte("98:0 rbytes=100 wbytes=200 rios=3 wios=4 dbytes=1000 dios=0\n254:16 rbytes=1 wbytes=2\n8:0 \n"))
	if r != 101 || w != 202 {
		t.Errorf("got %d, %d", r, w)
	}
}

func TestParsePSI(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64
		ok   bool
	}{
		{"some avg10=45.50 avg60=49.11 avg300=49.26 total=566326438\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", 4550, true},
		{"some avg10=0.07 avg60", 7, true}, {"some avg10=100.00 ", 10000, true},
		{"some avg10=1", 0, false}, {"full avg10=0.00", 0, false}, {"", 0, false}, {"some avg10=7.", 0, false},
	} {
		if got, ok := parsePSI([]byte(c.in)); got != c.want || ok != c.ok {
			t.Errorf("%q: got %d, %v", c.in, got, ok)
		}
	}
}

func TestParseNetDev(t *testing.T) {
	got := parseNetDev([]byte(netDevText))
	if want := (netDev{rx: 10001000376, tx: 2077, interfaces: 2}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestParseProcStat(t *testing.T) {
	got, ok := parseProcStat([]byte("42 (a) b) c) S 1 42 42 0 -1 4194560 100 0 0 0 250 130 9 9 20 0 1 0 55\n"))
	if !ok || got != 380 {
		t.Errorf("got %d, %v", got, ok)
	}
}

// FuzzParsers: whatever comes, nothing panics, and nothing is made up.
func FuzzParsers(f *testing.F) {
	for _, s := range []string{statV1, netDevText, "8:0 Read 1\n", "98:0 rbytes=1 wbytes=2\n", "some avg10=1.23 ", "usage_usec 1\nnr_periods 2\n", "1 (x) S"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		digits := strings.ContainsAny(string(b), "0123456789")
		_, ok := parseUint(b)
		s1, s2, c := parseMemoryStatV1(b), parseMemoryStatV2(b), parseCPUStat(b)
		r, w, n := parseBlkio(b)
		r2, w2 := parseIOStat(b)
		p, okPSI := parsePSI(b)
		d := parseNetDev(b)
		_, okStat := parseProcStat(b)
		_, okKey := parseKeyed(b, "oom_kill")
		if !digits && (ok || s1.hasInactive || s2.hasInactive || c.hasUsage || r+w+r2+w2 > 0 || n > 0 || okPSI || d.interfaces > 0 || okStat || okKey) {
			t.Errorf("a number from %q", b)
		}
		if okPSI && (p < 0 || p > 10_099) {
			t.Errorf("PSI %d", p)
		}
	})
}
