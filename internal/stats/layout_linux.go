package stats

import "github.com/quaywatch/quaywatch/internal/api"

// fileKind is what a cgroup file tells; a layout says which file does.
type fileKind uint8

// The kinds. fileCPU comes first at every tick: it tells whether a container
// was idle. Those from fileStat on are read every fifth tick only, and
// fileLimit once.
const (
	fileCPU fileKind = iota
	fileMemory
	fileIO
	filePids
	fileStat
	fileThrottled
	fileEvents
	fileSwap
	filePSICPU
	filePSIMemory
	filePSIIO
	fileLimit
	numFiles
)

// fileSpec is a file of a layout; one without a name is not there.
type fileSpec struct {
	name string
	dir  int // index into layout.dirs
	// rare is for what is dear beside what it tells.
	rare bool
	// parse puts the file's content, read at ns on the source's clock, into g.
	parse func(g *group, b []byte, at int64)
}

// layout is how one version of cgroup lays out its files.
type layout struct {
	name  string
	dirs  []hierarchy
	files [numFiles]fileSpec
}

// layoutV2 is the unified hierarchy.
func layoutV2(h hierarchy) *layout {
	l := &layout{name: "cgroup v2", dirs: []hierarchy{h}}
	l.files[fileCPU] = fileSpec{name: "cpu.stat", parse: (*group).cpuV2}
	l.files[fileMemory] = fileSpec{name: "memory.current", parse: (*group).memory}
	l.files[fileIO] = fileSpec{name: "io.stat", parse: (*group).ioV2}
	l.files[filePids] = fileSpec{name: "pids.current", parse: (*group).pids}
	l.files[fileStat] = fileSpec{name: "memory.stat", parse: (*group).statV2}
	l.files[fileEvents] = fileSpec{name: "memory.events", parse: (*group).events}
	l.files[fileSwap] = fileSpec{name: "memory.swap.current", parse: (*group).swap}
	l.files[filePSICPU] = fileSpec{name: "cpu.pressure", parse: psi(api.ColPSICPU)}
	l.files[filePSIMemory] = fileSpec{name: "memory.pressure", parse: psi(api.ColPSIMemory)}
	l.files[filePSIIO] = fileSpec{name: "io.pressure", parse: psi(api.ColPSIIO)}
	l.files[fileLimit] = fileSpec{name: "memory.max", parse: (*group).limit}
	return l
}

// layoutV1 is the hierarchies of cgroup v1, each controller wherever it is
// mounted; false without cpuacct or memory. cfq says that block I/O is counted
// by the CFQ scheduler (before kernel 5.0): like containerd, whose numbers
// Docker shows, its recursive file comes first and the throttle's otherwise.
func layoutV1(hs []hierarchy, cfq bool) (*layout, bool) {
	l := &layout{name: "cgroup v1"}
	dir := func(controller string) (int, bool) {
		for _, h := range hs {
			if !h.v2 && sharesController(h.controllers, []string{controller}) {
				for i, d := range l.dirs {
					if d.mount == h.mount {
						return i, true
					}
				}
				l.dirs = append(l.dirs, h)
				return len(l.dirs) - 1, true
			}
		}
		return 0, false
	}
	cpu, ok := dir("cpuacct")
	if !ok {
		return nil, false
	}
	memory, ok := dir("memory")
	if !ok {
		return nil, false
	}
	l.files[fileCPU] = fileSpec{name: "cpuacct.usage", dir: cpu, parse: (*group).cpuV1}
	l.files[fileMemory] = fileSpec{name: "memory.usage_in_bytes", dir: memory, parse: (*group).memory}
	l.files[fileStat] = fileSpec{name: "memory.stat", dir: memory, parse: (*group).statV1}
	l.files[fileLimit] = fileSpec{name: "memory.limit_in_bytes", dir: memory, parse: (*group).limit}
	l.files[fileEvents] = fileSpec{name: "memory.oom_control", dir: memory, rare: true, parse: (*group).events} // its kills: since kernel 4.13
	if d, ok := dir("cpu"); ok {
		l.files[fileThrottled] = fileSpec{name: "cpu.stat", dir: d, parse: (*group).throttledV1}
	}
	if d, ok := dir("blkio"); ok {
		name := "blkio.throttle.io_service_bytes"
		if cfq {
			name = "blkio.io_service_bytes_recursive"
		}
		l.files[fileIO] = fileSpec{name: name, dir: d, parse: (*group).ioV1}
	}
	if d, ok := dir("pids"); ok {
		l.files[filePids] = fileSpec{name: "pids.current", dir: d, parse: (*group).pids}
	}
	return l, true
}

func (g *group) cpuV1(b []byte, at int64) {
	if v, ok := parseUint(b); ok {
		g.setCPU(v, at)
	}
}

func (g *group) cpuV2(b []byte, at int64) {
	s := parseCPUStat(b)
	if s.hasUsage {
		g.setCPU(s.usage*1000, at)
	}
	g.setThrottled(s)
}

func (g *group) throttledV1(b []byte, _ int64) {
	s := parseCPUStat(b)
	g.setThrottled(s)
	g.unlimited = s.periods == 0 // there are none to count
}

func (g *group) setThrottled(s cpuStat) {
	if s.hasPeriods {
		g.cells[api.ColThrottled] = g.meters.throttled.update(s.throttled, s.periods)
	}
}

func (g *group) setCPU(ns uint64, at int64) {
	g.idle = g.meters.cpu.known && g.meters.cpu.last == ns
	g.cells[api.ColCPU] = g.meters.cpu.update(ns, at, cpuScale)
}

func (g *group) memory(b []byte, _ int64) {
	g.usage, g.hasUsage = parseUint(b)
}

func (g *group) ioV1(b []byte, at int64) {
	r, w, devices := parseBlkio(b)
	g.noDevices = devices == 0
	g.setIO(r, w, at)
}

func (g *group) ioV2(b []byte, at int64) {
	r, w := parseIOStat(b)
	g.setIO(r, w, at)
}

func (g *group) setIO(read, write uint64, at int64) {
	g.cells[api.ColRead], g.cells[api.ColWrite] = clamp(read), clamp(write)
	g.cells[api.ColReadRate] = g.meters.read.update(read, at, rateScale)
	g.cells[api.ColWriteRate] = g.meters.write.update(write, at, rateScale)
}

// unknownIO is for a kernel that doesn't count block I/O.
func (g *group) unknownIO() {
	g.meters.read, g.meters.write = meter{}, meter{}
	for _, col := range []api.Column{api.ColRead, api.ColWrite, api.ColReadRate, api.ColWriteRate} {
		g.cells[col] = api.Unknown
	}
}

func (g *group) pids(b []byte, _ int64) { g.set(api.ColPids, b) }
func (g *group) swap(b []byte, _ int64) { g.set(api.ColSwap, b) }

func (g *group) set(col api.Column, b []byte) {
	g.cells[col] = api.Unknown
	if v, ok := parseUint(b); ok {
		g.cells[col] = clamp(v)
	}
}

func (g *group) statV1(b []byte, _ int64) {
	s := parseMemoryStatV1(b)
	g.inactive, g.statUsage = s.inactive, g.usage
	if s.hasSwap {
		g.cells[api.ColSwap] = clamp(s.swap)
	}
}

func (g *group) statV2(b []byte, _ int64) {
	g.inactive, g.statUsage = parseMemoryStatV2(b).inactive, g.usage
}

func (g *group) events(b []byte, _ int64) {
	if v, ok := parseKeyed(b, "oom_kill"); ok {
		g.cells[api.ColOOMKills] = clamp(v)
	}
}

func (g *group) limit(b []byte, _ int64) {
	g.maxMemory = 0 // "max" is no limit
	if v, ok := parseUint(b); ok {
		g.maxMemory = clamp(v)
	}
}

func psi(col api.Column) func(g *group, b []byte, at int64) {
	return func(g *group, b []byte, _ int64) {
		if v, ok := parsePSI(b); ok {
			g.cells[col] = v
		}
	}
}
