package enginetest

import "testing"

// Freeze stops dockerd with SIGSTOP: it still accepts connections and never
// answers. Containers go on.
func (e *Engine) Freeze(t testing.TB) {
	t.Helper()
	e.fault(t, "freeze")
}

// Thaw ends Freeze.
func (e *Engine) Thaw(t testing.TB) {
	t.Helper()
	e.fault(t, "thaw")
}

// Kill ends dockerd with SIGKILL. Containers live on (live-restore).
func (e *Engine) Kill(t testing.TB) {
	t.Helper()
	e.fault(t, "kill")
}

// Restart stops dockerd, if it runs, starts it again and waits until it
// answers. Containers live on (live-restore).
func (e *Engine) Restart(t testing.TB) {
	t.Helper()
	e.fault(t, "restart")
}

func (e *Engine) fault(t testing.TB, command string) {
	t.Helper()
	if e.shared {
		t.Fatalf("%s would disturb the other tests of a shared engine: use enginetest.Start", command)
	}
	if _, err := script(t.Context(), command, "--name", e.name); err != nil {
		t.Fatal(err)
	}
}
