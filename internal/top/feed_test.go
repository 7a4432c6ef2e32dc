package top

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/client"
)

// TestARestartedServerWithTheSameContainers: its snapshot differs in nothing from
// the one before, so no container is told of; their figures go on all the same,
// also those that came before the snapshot and do not change.
func TestARestartedServerWithTheSameContainers(t *testing.T) {
	web := running("web", 1)
	item, err := json.Marshal(web)
	if err != nil {
		t.Fatal(err)
	}
	f, state, w := newFeed(), client.NewState(), newWorld()
	now := time.UnixMilli(1000)
	hear := func(messages ...any) {
		t.Helper()
		for _, m := range messages {
			raw, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			step, err := state.Apply(raw)
			if err != nil {
				t.Fatal(err)
			}
			f.step(nil, state, step)
			b := f.take()
			w.apply(&b, now)
		}
	}
	type message = map[string]any
	snapshot := []any{
		message{"type": "subbed", "topic": "containers"},
		message{"type": "snap", "topic": "containers", "items": []json.RawMessage{item}},
		message{"type": "snapEnd", "topic": "containers", "seq": 1, "count": 1},
	}
	figures := func(cpu int) message {
		return message{"type": "metrics", "at": 1000, "rows": []int{1}, "cols": message{"cpu": message{"v": []int{cpu}}}}
	}
	cpu := func() int64 { return w.entries[web.Key()].cells.Values[api.ColCPU] }
	hear(message{"type": "welcome", "v": 1, "epoch": "one", "heartbeatMs": 2000})
	hear(snapshot...)
	hear(figures(700))
	if cpu() != 700 {
		t.Fatalf("%d", cpu())
	}
	hear(message{"type": "welcome", "v": 1, "epoch": "two", "heartbeatMs": 2000}, figures(900))
	if cpu() != api.Unknown {
		t.Errorf("before its row is known, it has %d", cpu())
	}
	hear(snapshot...)
	if cpu() != 900 {
		t.Errorf("afterwards it has %d", cpu())
	}
}
