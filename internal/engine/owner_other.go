//go:build !unix

package engine

import "os"

// groupOf is not known where files have no group.
func groupOf(os.FileInfo) (int, bool) { return 0, false }
