//go:build unix

package engine

import (
	"os"
	"syscall"
)

// groupOf is the group a file belongs to.
func groupOf(st os.FileInfo) (int, bool) {
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(sys.Gid), true
}
