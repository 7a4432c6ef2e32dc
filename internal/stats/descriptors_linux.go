package stats

import (
	"golang.org/x/sys/unix"
)

// maxDescriptors is how many descriptors are kept at most unless told: each
// costs the kernel about 5 KB once it has been read. So many are enough for the
// files that are read at every tick of well over a thousand containers.
const maxDescriptors = 6144

// descriptors shares out a budget of kept descriptors: most of it to the files
// that are read at every tick, of those groups that come first. The last part
// is for directories, from which the files of groups that came later are
// opened; those later still are opened by their whole path.
type descriptors struct {
	kept              int
	turn, each, total int
}

func newDescriptors(budget int) descriptors {
	if budget <= 0 {
		budget = maxDescriptors
		var lim unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &lim); err == nil && lim.Cur/4 < maxDescriptors {
			budget = int(lim.Cur / 4)
		}
	}
	return descriptors{turn: budget / 4, each: budget * 15 / 16, total: budget}
}

// keep tells whether a file of the kind may be kept open.
func (d *descriptors) keep(kind fileKind) bool {
	switch {
	case kind == fileLimit:
		return false // read once
	case kind < fileStat:
		return d.kept < d.each
	}
	return d.kept < d.turn
}

// read reads a file of g into c.buf: on its kept descriptor, or opening it, by
// the kept descriptor of its directory where there is one.
func (c *Cgroup) read(g *group, kind fileKind) (int, unix.Errno) {
	if fd := g.fds[kind]; fd >= 0 {
		return pread(fd, c.buf)
	}
	spec := &c.layout.files[kind]
	keep := c.fds.keep(kind)
	fd, errno := c.open(g, spec, keep)
	if errno != 0 {
		return 0, errno
	}
	n, errno := pread(fd, c.buf)
	if keep && errno == 0 {
		g.fds[kind] = fd
		c.fds.kept++
	} else {
		closeFD(fd)
	}
	return n, errno
}

// open opens a file of g. Where the file itself is not to be kept, its directory
// is, while the budget lasts.
func (c *Cgroup) open(g *group, spec *fileSpec, keep bool) (int32, unix.Errno) {
	dir := g.dirs[spec.dir]
	if dir < 0 && !keep && c.fds.kept >= c.fds.each && c.fds.kept < c.fds.total {
		c.path = append(append(c.path[:0], g.paths[spec.dir]...), 0)
		fd, errno := openat(unix.AT_FDCWD, c.path, unix.O_DIRECTORY)
		if errno != 0 {
			return 0, errno
		}
		g.dirs[spec.dir], dir = fd, fd
		c.fds.kept++
	}
	c.path = c.path[:0]
	if dir < 0 {
		dir = unix.AT_FDCWD
		c.path = append(append(c.path, g.paths[spec.dir]...), '/')
	}
	c.path = append(append(c.path, spec.name...), 0)
	return openat(dir, c.path, 0)
}

// release closes what is kept of g.
func (c *Cgroup) release(g *group) {
	for i, fd := range g.fds {
		if fd >= 0 {
			closeFD(fd)
			g.fds[i] = -1
			c.fds.kept--
		}
	}
	for i, fd := range g.dirs {
		if fd >= 0 {
			closeFD(fd)
			g.dirs[i] = -1
			c.fds.kept--
		}
	}
}
