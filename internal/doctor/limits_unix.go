//go:build unix

package doctor

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// leastFiles is how many files a server with some hundred containers and
// clients may want to have open.
const leastFiles = 4096

func checkFiles() Finding {
	f := Finding{Check: "open files", Level: OK}
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		f.Text = "the limit can't be told: " + err.Error()
		return f
	}
	// Go programs raise the soft limit to the hard one when they start.
	f.Text = fmt.Sprintf("%d may be open", r.Max)
	if r.Max < leastFiles {
		f.Level, f.Fix = Warn, fmt.Sprintf("Raise the limit to %d or more (ulimit -n, or LimitNOFILE of a systemd unit); with fewer, metrics of many containers cost more.", leastFiles)
	}
	return f
}

// space is how many bytes a user may still write where dir is.
func space(dir string) (uint64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true //nolint:gosec // sizes are positive
}
