//go:build unix

package alert

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quaywatch/quaywatch/internal/store"
)

// TestFileIsAPipe: nobody waits for its other end, neither at the start nor at the
// end, and it is told why there are no rules.
func TestFileIsAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	k, stop := start(t, Options{Store: store.New(store.Options{}), File: path})
	out, err := k.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(out.File.Errors) != 1 || !strings.Contains(out.File.Errors[0].Message, "is a pipe or a device") {
		t.Errorf("%+v", out.File)
	}
	stop()
}
