//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// alone tells whether nobody would take the terminal over from a process that
// suspends: its parent is in another session, as under sshd or in a container, or
// is one with it and leads the session itself, as a script that a terminal was
// opened with. A kernel does not stop such a process either (an orphaned process
// group), and nobody would wake it.
func alone() bool {
	own, err := unix.Getsid(0)
	if err != nil {
		return false
	}
	parent, err := unix.Getsid(os.Getppid())
	return err != nil || parent != own || unix.Getpgrp() == own
}
