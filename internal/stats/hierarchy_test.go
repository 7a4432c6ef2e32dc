package stats

import (
	"os"
	"strings"
	"testing"
)

const (
	capturedA = "3f1c0a5e9b7d4c2e8a6f0b1d2c3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4"
	capturedB = "9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b"
)

const mountinfoV1 = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:4 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/abc /somewhere\040else/memory rw,relatime - cgroup cgroup rw,memory
36 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
nonsense
`

func TestParseMountinfo(t *testing.T) {
	hs := parseMountinfo(mountinfoV1)
	var got []string
	for _, h := range hs {
		got = append(got, h.mount+" "+h.root+" "+strings.Join(h.controllers, "+"))
	}
	want := []string{
		"/sys/fs/cgroup/cpu,cpuacct / rw+cpu+cpuacct", "/sys/fs/cgroup/memory / rw+memory",
		"/sys/fs/cgroup/systemd / rw+name=systemd", "/sys/fs/cgroup/unified / ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	text, err := os.ReadFile("testdata/cgroup2/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	hs = parseMountinfo(string(text))
	if len(hs) != 1 || !hs[0].v2 || hs[0].mount != "/sys/fs/cgroup" {
		t.Errorf("captured: got %+v", hs)
	}
}

func TestGroupPath(t *testing.T) {
	const v1 = "9:name=systemd:/\n4:memory:/engine/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/docker/abc\n"
	for _, c := range []struct {
		name, text string
		h          hierarchy
		want       string
		ok         bool
	}{
		{"v1", v1, hierarchy{root: "/", controllers: []string{"rw", "cpuacct"}}, "/docker/abc", true},
		{"elsewhere", v1, hierarchy{root: "/", controllers: []string{"memory"}}, "/engine/docker/abc", true},
		{"seen from a group", v1, hierarchy{root: "/engine", controllers: []string{"memory"}}, "/docker/abc", true},
		{"seen from a brother", v1, hierarchy{root: "/eng", controllers: []string{"memory"}}, "", false},
		{"not mounted", v1, hierarchy{root: "/", controllers: []string{"pids"}}, "", false},
		{"v2", v1, hierarchy{root: "/", v2: true}, "/docker/abc", true},
		{"outside of the namespace", "0::/../other\n", hierarchy{root: "/", v2: true}, "", false},
		{"garbage", "::\n0:", hierarchy{root: "/", v2: true}, "", false},
	} {
		if got, ok := groupPath(c.text, c.h); got != c.want || ok != c.ok {
			t.Errorf("%s: got %q, %v", c.name, got, ok)
		}
	}
}

func TestLearn(t *testing.T) {
	for _, c := range []struct {
		path string
		want pattern
		ok   bool
	}{
		{"/docker/abc", pattern{"/docker/", ""}, true},
		{"/docker/outer/docker/abc/init.scope", pattern{"/docker/outer/docker/", ""}, true},
		{"/my.slice/docker-abc.scope", pattern{"/my.slice/docker-", ".scope"}, true},
		{"/my.slice/libpod-abc.scope/container", pattern{"/my.slice/libpod-", ".scope"}, true},
		{"/user.slice/session-1.scope", pattern{}, false},
	} {
		if got, ok := learn(c.path, "abc"); got != c.want || ok != c.ok {
			t.Errorf("%s: got %+v, %v", c.path, got, ok)
		}
	}
	for _, f := range []struct{ file, id string }{{"proc-a-cgroup", capturedA}, {"proc-b-cgroup", capturedB}} {
		text, err := os.ReadFile("testdata/cgroup2/" + f.file)
		if err != nil {
			t.Fatal(err)
		}
		path, ok := groupPath(string(text), hierarchy{root: "/", v2: true})
		p, learned := learn(path, f.id)
		if !ok || !learned {
			t.Fatalf("%s: %q", f.file, path)
		}
		known := false
		for _, k := range knownPatterns("0") {
			known = known || k == p
		}
		if !known {
			t.Errorf("%s: %+v is not among the known patterns", f.file, p)
		}
	}
}

func FuzzCgroupText(f *testing.F) {
	f.Add(mountinfoV1)
	f.Add("2:cpu,cpuacct:/docker/abc\n0::/docker/abc\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range append(parseMountinfo(text), hierarchy{root: "/", v2: true}) {
			if path, ok := groupPath(text, h); ok {
				if p, ok := learn(path, "abc"); ok && !strings.Contains(path, p.prefix+"abc"+p.suffix) {
					t.Errorf("%q from %q", p, path)
				}
			}
		}
	})
}
