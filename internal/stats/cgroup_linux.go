package stats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
)

const (
	// turnPeriod is how old the costly files' values and an idle container's may
	// get: five ticks, less what a tick may come early.
	turnPeriod = 4500 * time.Millisecond
	// rareTurns is every how many of a container's turns it is read what hardly
	// ever changes.
	rareTurns = 12
	// bufferSize holds the largest file that is read: io.stat of some hundred
	// devices. What is beyond it is not counted.
	bufferSize = 32 << 10
)

// errGone says that a container's group is not there (any more).
var errGone = errors.New("no such cgroup")

// group is a container's cgroup and what was read from it.
type group struct {
	target Target
	paths  []string // by layout.dirs; nil while the group has not been found
	fds    [numFiles]int32
	dirs   []int32 // by layout.dirs; -1 not kept
	// absent has a bit for each kind of file that this kernel or group has not.
	absent uint16
	misses int
	retry  int64 // when to look for it again, ns

	meters          meters
	cells           cells
	usage, inactive uint64
	hasUsage        bool
	statUsage       uint64 // the usage when memory.stat was read last
	maxMemory       int64  // from the limit's file; -1 not read yet
	noDevices       bool   // its block I/O file names none (v1)
	idle            bool   // its CPU counter has stood still since the tick before
	turnAt          int64  // when the costly files are due
	readAt          int64  // when the CPU counter was read, ns
	net             netState
	full, lost      bool // within one tick
	still           bool // within one tick: no CPU used since the turn before
	turnCPU         uint64
	turn            uint
	unlimited       bool // its CPU is not limited (v1)
}

// Cgroup reads the containers' cgroup files: nothing is asked of the engine.
type Cgroup struct {
	layout   *layout
	proc     string
	machine  int64 // bytes of memory; 0 not known
	patterns [][]pattern
	groups   map[int]*group
	due      []*group
	buf      []byte
	path     []byte
	fds      descriptors
	links    *linkTable
	blockIO  blockIO
	base     time.Time
	clock    func() time.Time
	options  CgroupOptions
	log      *slog.Logger
	// lastMiss is why a group was last not found.
	lastMiss error
	// denied is a path that could not be read in this tick for want of permission.
	denied string
}

// NewCgroup finds the cgroup hierarchies. The error is an *api.Error.
func NewCgroup(o CgroupOptions) (*Cgroup, error) {
	if o.Proc == "" {
		o.Proc = "/proc"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l, err := findLayout(o.Root, o.Proc)
	if err != nil {
		return nil, err
	}
	if o.MachineMemory == 0 {
		o.MachineMemory = machineMemory(o.Proc)
	}
	c := &Cgroup{
		layout: l, proc: o.Proc, machine: o.MachineMemory,
		groups:  make(map[int]*group),
		buf:     make([]byte, bufferSize),
		fds:     newDescriptors(o.Descriptors),
		base:    time.Now(),
		clock:   time.Now,
		log:     o.Log,
		options: o,
	}
	for range l.dirs {
		c.patterns = append(c.patterns, knownPatterns(fmt.Sprint(unix.Getuid())))
	}
	c.links = newLinkTable(o.Proc, o.Log)
	return c, nil
}

// now is the time since the source was made, in nanoseconds.
func (c *Cgroup) now() int64 { return int64(c.clock().Sub(c.base)) }

// Name is "cgroup v1" or "cgroup v2".
func (c *Cgroup) Name() string { return c.layout.name }

// Sample reads a tick: file by file, and each for all targets in a row, which
// keeps the kernel's and our caches warm. It returns an error where not one of
// the targets' groups can be read because of permissions.
func (c *Cgroup) Sample(ctx context.Context, targets []Target, b *api.Batch) error {
	wall := time.Now()
	start := c.now()
	c.prepare(targets, start)
	c.readCPU()
	if len(c.due) == 0 && c.denied != "" {
		return &api.Error{
			Code:    api.ErrForbidden,
			Message: "permission denied on " + c.denied + ": run Quaywatch as root, or as a user who may read it",
		}
	}
	for kind := fileMemory; kind < numFiles; kind++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.readKind(kind)
	}
	c.links.sample(c)
	for _, g := range c.due {
		if g.lost {
			continue
		}
		if g.noDevices && !c.countsIO(g.readAt) {
			g.unknownIO()
		}
		g.cells[api.ColMemory] = api.Unknown
		if g.hasUsage {
			g.cells[api.ColMemory] = Memory(g.usage, g.inactive)
		}
		limit := g.maxMemory
		if limit < 0 {
			limit = g.target.MemoryLimit
		}
		g.cells[api.ColMemoryLimit] = MemoryLimit(limit, c.machine)
		g.cells.addTo(b, g.target.Row, wall.UnixNano()+g.readAt-start)
	}
	return nil
}

// prepare fills c.due with the groups of targets that are there.
func (c *Cgroup) prepare(targets []Target, now int64) {
	c.due, c.denied = c.due[:0], ""
	for i := range targets {
		t := &targets[i]
		g := c.groups[t.Row]
		switch {
		case g == nil:
			g = &group{}
			c.groups[t.Row] = g
			g.reset(t)
		case !g.target.same(t):
			c.release(g)
			g.reset(t)
		default:
			if g.target.PID != t.PID || g.target.NetworkMode != t.NetworkMode {
				g.net.forget()
				g.retry = 0
			}
			if g.target.MemoryLimit != t.MemoryLimit {
				g.maxMemory = -1
			}
			g.target = *t
		}
		if g.paths == nil && !c.locate(g, now) {
			continue
		}
		c.due = append(c.due, g)
	}
}

// reset makes g the group of t, of which nothing has been read.
func (g *group) reset(t *Target) {
	*g = group{target: *t, maxMemory: -1}
	for i := range g.fds {
		g.fds[i] = -1
	}
	g.cells.clear()
}

// readCPU reads the CPU counters and decides what else is read of each group.
// Groups that are gone leave c.due, and those that may not be read c.denied.
func (c *Cgroup) readCPU() {
	parse := c.layout.files[fileCPU].parse
	kept := c.due[:0]
	for _, g := range c.due {
		n, errno := c.read(g, fileCPU)
		now := c.now()
		if passing(errno) {
			continue // absent this time; what is known of it stays
		}
		if errno != 0 {
			if forbidden(errno) {
				c.denied = g.paths[c.layout.files[fileCPU].dir]
			}
			c.lose(g, now, errno)
			continue
		}
		first := g.readAt == 0
		g.readAt, g.lost = now, false
		parse(g, c.buf[:n], now)
		g.full = now >= g.turnAt
		g.still = g.full && !first && g.idle && g.meters.cpu.last == g.turnCPU
		if g.full {
			g.turnCPU = g.meters.cpu.last
			g.turn++ // 1 is the first
		}
		switch {
		case first:
			// From here on, the rows take turns.
			g.turnAt = now + int64(turnPeriod)*int64(1+uint(g.target.Row)%5)/5
		case g.full:
			g.turnAt = now + int64(turnPeriod)
		}
		kept = append(kept, g)
	}
	clear(c.due[len(kept):])
	c.due = kept
}

// readKind reads one kind of file of all groups that are due for it.
func (c *Cgroup) readKind(kind fileKind) {
	spec := &c.layout.files[kind]
	if spec.name == "" {
		return
	}
	for _, g := range c.due {
		if g.lost || g.absent&(1<<kind) != 0 || !c.wants(g, kind, spec.rare) {
			continue
		}
		n, errno := c.read(g, kind)
		switch errno {
		case 0:
			var at int64
			if kind == fileIO {
				at = c.now()
			}
			spec.parse(g, c.buf[:n], at)
		case unix.ENODEV:
			c.lose(g, g.readAt, errno)
		default:
			if !passing(errno) { // else the cells keep what they had
				g.absent |= 1 << kind
			}
		}
	}
}

// wants tells whether this kind of g's files can tell anything new in this tick
// that is worth its reading. What a tick's first file, the CPU counter, shows is
// older than what the others did in that tick: where it has stood still since,
// nothing of the container has run, and what only its processes change is known.
func (c *Cgroup) wants(g *group, kind fileKind, rare bool) bool {
	turn := g.full
	often := g.turn%rareTurns == 1 // in one turn of many
	switch kind {
	case fileMemory, filePids:
		return turn || !g.idle
	case fileIO:
		if g.noDevices && !c.blockIO.counted {
			return turn // the kernel doesn't count
		}
		// Until its rates have come to rest, they would stay as they are.
		return turn || !g.idle || g.cells[api.ColReadRate] != 0 || g.cells[api.ColWriteRate] != 0
	case fileStat:
		// A stat that is older than the cache that has been dropped since would
		// make memory jump: read it again.
		if g.inactive > 0 && g.inactive >= g.usage {
			return true
		}
		return turn && (often || !g.hasUsage || g.usage != g.statUsage)
	case fileThrottled, fileEvents:
		// Who has not run since the turn before has neither been held back nor been
		// killed; of what is read more rarely that says nothing.
		if rare || kind == fileThrottled && g.unlimited {
			return turn && often
		}
		return turn && !g.still
	case fileLimit:
		return turn && g.maxMemory < 0
	default:
		return turn
	}
}

// passing tells errors that say nothing of the file: too many are open, or
// memory is short.
func passing(errno unix.Errno) bool {
	return errno == unix.EMFILE || errno == unix.ENFILE || errno == unix.ENOMEM
}

func forbidden(errno error) bool {
	return errors.Is(errno, unix.EACCES) || errors.Is(errno, unix.EPERM)
}

// lose forgets where g is: its group has gone, or cannot be read.
func (c *Cgroup) lose(g *group, now int64, errno unix.Errno) {
	c.release(g)
	t := g.target
	misses := g.misses
	g.reset(&t)
	g.lost = true
	c.missed(g, now, misses, fmt.Errorf("cgroup of %s: %w", shortID(t.ID), errno))
}

// missed notes that g was not found and when to look again: soon at first,
// because a container is sometimes announced before its group is made.
func (c *Cgroup) missed(g *group, now int64, before int, why error) {
	g.misses = before + 1
	wait := min(250*time.Millisecond<<min(before, 7), 30*time.Second)
	g.retry = now + int64(wait)
	c.lastMiss = why
	if g.misses == 3 {
		c.log.Debug("no metrics of a container", "id", shortID(g.target.ID), "why", why)
	}
}

// Forget closes what is kept of the rows.
func (c *Cgroup) Forget(rows []int) {
	for _, row := range rows {
		if g := c.groups[row]; g != nil {
			c.release(g)
			delete(c.groups, row)
		}
	}
}

// Close closes all descriptors.
func (c *Cgroup) Close() error {
	for row, g := range c.groups {
		c.release(g)
		delete(c.groups, row)
	}
	return c.links.close()
}

func shortID(id string) string {
	if len(id) > 12 {
		return id[:12]
	}
	return id
}
