package app

import (
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// Whoever reads that the directory can't be written must not look for a wrong
// permission where the disk is full.
func TestADataDirectoryThatCantBeUsedSaysWhatMendsIt(t *testing.T) {
	for cause, want := range map[syscall.Errno]string{
		syscall.ENOSPC: "Its disk is full: free some space",
		syscall.EDQUOT: "Its disk is full: free some space",
		syscall.EACCES: "Correct its permissions",
		syscall.EROFS:  "Its disk is read-only: have it mounted",
	} {
		got := unwritable("/data", &fs.PathError{Op: "open", Path: "/data/.writable-1", Err: cause}).Error()
		if !strings.Contains(got, "The data directory /data can't be written. "+want) || !strings.Contains(got, "--data-dir") {
			t.Errorf("%v: %s", cause, got)
		}
	}
	if got := prepareDir("/dev/null/data"); got == nil || !strings.Contains(got.Error(), "Correct the permissions above it") {
		t.Errorf("below a file: %v", got)
	}
}
