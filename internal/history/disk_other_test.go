//go:build !linux

package history_test

import "testing"

func smallDisk(t *testing.T, _ int) string {
	t.Helper()
	t.Skip("file systems of tests' own are mounted on Linux only")
	return ""
}

func readOnly(t *testing.T, _ string, _ bool) { t.Helper() }
