package stats

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls below go to the kernel without telling Go's scheduler: a file of
// kernfs is answered from memory and does not block, and the scheduler's
// bookkeeping would cost a third of the whole. They are for such files only.

// pread reads fd from its beginning into buf.
func pread(fd int32, buf []byte) (int, unix.Errno) {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_PREAD64, uintptr(fd),
			uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0, 0) //nolint:gosec // the kernel reads or fills it during the call only
		if errno != unix.EINTR {
			return int(n), errno
		}
	}
}

// openat opens path, which ends with a NUL, below the directory dir (or
// unix.AT_FDCWD).
func openat(dir int32, path []byte, flags int) (int32, unix.Errno) {
	for {
		fd, _, errno := unix.RawSyscall6(unix.SYS_OPENAT, uintptr(dir),
			uintptr(unsafe.Pointer(&path[0])), uintptr(flags|unix.O_RDONLY|unix.O_CLOEXEC), 0, 0, 0) //nolint:gosec // the kernel reads or fills it during the call only
		if errno != unix.EINTR {
			return int32(fd), errno
		}
	}
}

// closeFD closes fd; there is nothing to be done about an error.
func closeFD(fd int32) {
	_, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
}
