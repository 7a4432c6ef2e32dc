package app

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestNoSpaceLeft pulls into an engine whose disk is too small for the image: it
// fails with a sentence that says so, and goes on to pull what has room.
func TestNoSpaceLeft(t *testing.T) {
	other := enginetest.Shared(t)
	registry := enginetest.StartRegistry(t, false)
	published(t, other, []enginetest.Layer{{Seed: 90, Size: 70_000_000}}, registry.Address+"/large:1")
	published(t, other, []enginetest.Layer{{Seed: 91, Size: 1_000_000}}, registry.Address+"/small:1")

	disk, err := os.MkdirTemp("", "qw-disk-") //nolint:usetesting // a socket's address must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(disk) })
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("QUAYWATCH_ENGINE_DIR", filepath.Join(disk, "e"))
	host := enginetest.Start(t)
	_, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	j := page.begin(t, api.JobRequest{Kind: api.JobPull, Subject: registry.Address + "/large:1"})
	until(t, "it ends", func() bool { return page.state(t, j.ID).State != api.JobRunning })
	j = page.state(t, j.ID)
	if j.State != api.JobFailed || !strings.Contains(j.Error.Message, "no space left") || !strings.Contains(j.Error.Engine, "no space left on device") || *j.Progress.Fraction == 1 {
		t.Errorf("ended as %+v, %+v", j, j.Error)
	}
	j = page.begin(t, api.JobRequest{Kind: api.JobPull, Subject: registry.Address + "/small:1"})
	if j = page.ended(t, j.ID); j.State != api.JobDone {
		t.Errorf("the small one ended as %+v, %+v", j, j.Error)
	}
}
