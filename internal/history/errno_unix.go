//go:build unix

package history

import "syscall"

// What the system says of a disk that is full or read-only.
const (
	errNoSpace      = syscall.ENOSPC
	errReadOnlyDisk = syscall.EROFS
)
