package history

import "golang.org/x/sys/windows"

// What the system says of a disk that is full or read-only.
const (
	errNoSpace      = windows.ERROR_DISK_FULL
	errReadOnlyDisk = windows.ERROR_WRITE_PROTECT
)
