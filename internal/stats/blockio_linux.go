package stats

import (
	"os"
	"path/filepath"
	"time"
)

// blockIO is whether cgroup v1's throttle files count at all. Kernels from 6.10
// on begin to count a device when the first limit is set on it, for whichever
// group; until then a busy container's file says "Total 0", as `docker stats`
// does. That is not known, not 0.
type blockIO struct {
	counted bool
	next    int64 // when to look again, ns
}

// blockIOPeriod is how often is looked whether counting has begun.
const blockIOPeriod = 5 * time.Second

// countsIO tells whether the kernel counts block I/O: the uppermost group has
// seen some device since the machine started. Once it does, it goes on.
func (c *Cgroup) countsIO(now int64) bool {
	if c.blockIO.counted || now < c.blockIO.next {
		return c.blockIO.counted
	}
	c.blockIO.next = now + int64(blockIOPeriod)
	spec := &c.layout.files[fileIO]
	b, err := os.ReadFile(filepath.Join(c.layout.dirs[spec.dir].mount, spec.name))
	if err != nil {
		c.blockIO.counted = true // nothing speaks against it
		return true
	}
	_, _, devices := parseBlkio(b)
	c.blockIO.counted = devices > 0
	return c.blockIO.counted
}
