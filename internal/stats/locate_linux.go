package stats

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
)

// findLayout finds the hierarchies below root, or without one those that are
// mounted. A v1 hierarchy with cpuacct decides for v1: in the hybrid setup the
// v2 hierarchy beside it has no controllers.
func findLayout(root, proc string) (*layout, error) {
	var hs []hierarchy
	if root != "" {
		hs = treeHierarchies(root)
	} else {
		text, err := os.ReadFile(filepath.Join(proc, "self/mountinfo"))
		if err != nil {
			return nil, &api.Error{Code: api.ErrUnsupported, Message: "the mounts can't be read, so that cgroups can't be found", Cause: err}
		}
		hs = parseMountinfo(string(text))
	}
	if l, ok := layoutV1(hs, usesCFQ(hs)); ok {
		return l, nil
	}
	if i := slices.IndexFunc(hs, func(h hierarchy) bool { return h.v2 }); i >= 0 {
		return layoutV2(hs[i]), nil
	}
	where := "/sys/fs/cgroup"
	if root != "" {
		where = root
	}
	return nil, &api.Error{Code: api.ErrUnsupported, Message: "no cgroup hierarchy with CPU and memory is mounted (looked for " + where + ")"}
}

// treeHierarchies takes root for a v2 tree if it looks like one, otherwise for
// a directory of v1 hierarchies named after their controllers.
func treeHierarchies(root string) []hierarchy {
	if _, err := os.Stat(filepath.Join(root, "cgroup.controllers")); err == nil {
		return []hierarchy{{mount: root, root: "/", v2: true}}
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil
	}
	var hs []hierarchy
	for _, e := range entries {
		if e.IsDir() {
			hs = append(hs, hierarchy{mount: filepath.Join(root, e.Name()), root: "/", controllers: strings.Split(e.Name(), ",")})
		}
	}
	return hs
}

// usesCFQ tells whether block I/O is counted by the CFQ scheduler: its file is
// there on kernels before 5.0, and has lines only where a disk is scheduled so.
func usesCFQ(hs []hierarchy) bool {
	for _, h := range hs {
		if !sharesController(h.controllers, []string{"blkio"}) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(h.mount, "blkio.io_service_bytes_recursive"))
		if err != nil {
			continue
		}
		if _, _, devices := parseBlkio(b); devices > 0 {
			return true
		}
	}
	return false
}

// locate finds the group's directories: where other containers' are, and else
// where the kernel says the container's process is. It returns false where it
// is not found, or where it is too early to look again.
func (c *Cgroup) locate(g *group, now int64) bool {
	if now < g.retry {
		return false
	}
	id := g.target.ID
	paths := make([]string, len(c.layout.dirs))
	found := 0
	for i := range paths {
		if paths[i] = c.tryPatterns(i, id); paths[i] != "" {
			found++
		}
	}
	if found < len(paths) && g.target.PID > 0 {
		text, err := os.ReadFile(filepath.Join(c.proc, strconv.Itoa(g.target.PID), "cgroup"))
		if err == nil {
			for i := range paths {
				if paths[i] == "" {
					paths[i] = c.fromProcess(i, id, string(text))
				}
			}
		}
	}
	for i, p := range paths {
		if p == "" && (i == c.layout.files[fileCPU].dir || i == c.layout.files[fileMemory].dir) {
			c.missed(g, now, g.misses, fmt.Errorf("cgroup of %s not found under %s: %w", shortID(id), c.layout.dirs[i].mount, errGone))
			return false
		}
	}
	g.paths = paths
	g.dirs = make([]int32, len(paths))
	for i := range g.dirs {
		g.dirs[i] = -1
		if paths[i] != "" {
			continue
		}
		for kind := range c.layout.files {
			if c.layout.files[kind].dir == i {
				g.absent |= 1 << kind
			}
		}
	}
	return true
}

// tryPatterns looks for id's group where groups are known to be; the pattern
// that fits comes first the next time.
func (c *Cgroup) tryPatterns(dir int, id string) string {
	ps := c.patterns[dir]
	for i, p := range ps {
		path := c.layout.dirs[dir].mount + p.prefix + id + p.suffix
		var st unix.Stat_t
		err := unix.Stat(path, &st)
		if err != nil && forbidden(err) {
			c.denied = path
		}
		if err != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
			continue
		}
		copy(ps[1:i+1], ps[:i])
		ps[0] = p
		return path
	}
	return ""
}

// fromProcess takes the group from the text of /proc/PID/cgroup. The path must
// have the container's id in it: the process's number alone may be another's,
// in another namespace or later.
func (c *Cgroup) fromProcess(dir int, id, text string) string {
	h := c.layout.dirs[dir]
	path, ok := groupPath(text, h)
	if !ok {
		return ""
	}
	p, ok := learn(path, id)
	if !ok {
		return ""
	}
	full := h.mount + p.prefix + id + p.suffix
	if st, err := os.Stat(full); err != nil || !st.IsDir() {
		return ""
	}
	c.patterns[dir] = append([]pattern{p}, c.patterns[dir]...)
	return full
}

// process returns a process of g's group: its first one, and the engine's main
// process where the group itself has none because all are in groups below.
func (c *Cgroup) process(g *group) (int, bool) {
	b, err := os.ReadFile(filepath.Join(g.paths[c.layout.files[fileCPU].dir], "cgroup.procs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return g.target.PID, g.target.PID > 0
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	if pid, ok := parseUint(line); ok && pid > 0 && pid < 1<<22 {
		return int(pid), true
	}
	return g.target.PID, g.target.PID > 0
}

// machineMemory reads MemTotal, in bytes; 0 where it is not known.
func machineMemory(proc string) int64 {
	b, err := os.ReadFile(filepath.Join(proc, "meminfo"))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte("MemTotal:")); ok {
			kb, _ := parseUint(rest)
			return clamp(kb * 1024)
		}
	}
	return 0
}
