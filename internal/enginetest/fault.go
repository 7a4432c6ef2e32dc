package enginetest

import "testing"

// Freeze stops dockerd with SIGSTOP: it still accepts connections and never
// answers. Containers go on.
func (e *Engine) Freeze(tb testing.TB) {
	tb.Helper()
	e.fault(tb, "freeze")
}

// Thaw ends Freeze.
func (e *Engine) Thaw(tb testing.TB) {
	tb.Helper()
	e.fault(tb, "thaw")
}

// Kill ends dockerd with SIGKILL. Containers live on (live-restore).
func (e *Engine) Kill(tb testing.TB) {
	tb.Helper()
	e.fault(tb, "kill")
}

// Restart stops dockerd, if it runs, starts it again and waits until it
// answers. Containers live on (live-restore).
func (e *Engine) Restart(tb testing.TB) {
	tb.Helper()
	e.fault(tb, "restart")
}

func (e *Engine) fault(tb testing.TB, command string) {
	tb.Helper()
	if e.shared {
		tb.Fatalf("%s would disturb the other tests of a shared engine: use enginetest.Start", command)
	}
	if _, err := script(tb.Context(), command, "--name", e.name); err != nil {
		tb.Fatal(err)
	}
}
