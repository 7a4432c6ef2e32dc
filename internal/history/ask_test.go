package history

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestASyncThatTakesTooLongEnds: a disk that stands still holds nobody up who only
// wants to know that something is written, such as the first view of an engine.
func TestASyncThatTakesTooLongEnds(t *testing.T) {
	h := New(Options{Dir: t.TempDir()})
	taken := make(chan ask)
	go func() { taken <- <-h.asks }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := h.Sync(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	a := <-taken
	a.reply <- nil // whoever answers late is not held up either
}
