package hub

import (
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

func TestSyncSpeaksFromTheSameRing(t *testing.T) {
	st := store.New(store.Options{Ring: 4, Events: 4})
	h := New(Options{Store: st})
	v := newView()
	poll := func(resume bool) error {
		t.Helper()
		r := SyncRequest{Epoch: v.epoch}
		for _, topic := range []api.Topic{api.TopicContainers, api.TopicSystem, api.TopicEvents} {
			s := SyncTopic{Topic: topic}
			if pos := v.pos[topic]; resume {
				s.Seq = &pos
			}
			r.Topics = append(r.Topics, s)
		}
		out, err := h.Sync(r)
		if err != nil {
			return err
		}
		v.epoch = out.Epoch
		for _, m := range out.Messages {
			if _, err := v.apply(m); err != nil {
				t.Fatal(err)
			}
		}
		return nil
	}
	flip(st, 0)
	if err := poll(false); err != nil {
		t.Fatal(err)
	}
	if err := v.equal(st); err != nil {
		t.Error("after the snapshot:", err)
	}
	if err := poll(true); err != nil {
		t.Error("with nothing new:", err)
	}
	flip(st, 1)
	if err := poll(true); err != nil {
		t.Error(err)
	}
	if err := v.equal(st); err != nil {
		t.Error("after a delta:", err)
	}
	for i := range 10 {
		flip(st, i)
	}
	if err := poll(true); api.CodeOf(err) != api.ErrGone {
		t.Errorf("a position that left the ring: %v", err)
	}
	v.epoch = "other"
	if err := poll(true); api.CodeOf(err) != api.ErrGone {
		t.Errorf("a position of another epoch: %v", err)
	}
	if err := poll(false); err != nil {
		t.Error(err)
	}
	if err := v.equal(st); err != nil {
		t.Error("after starting anew:", err)
	}
}

func TestSyncOfMetrics(t *testing.T) {
	st := withRows(2)
	h := New(Options{Store: st})
	tick(st, 2, 10)
	v := newView()
	seq := uint64(0)
	ask := func(s *uint64) error {
		out, err := h.Sync(SyncRequest{Epoch: st.Epoch(), Topics: []SyncTopic{{api.TopicMetrics, s}}, Filter: api.Filter{All: true, Cols: []string{"cpu"}}})
		if err != nil {
			return err
		}
		f := metricsFrame(t, out.Messages)
		seq = f.Seq
		_, err = v.apply(out.Messages[0])
		return err
	}
	if err := ask(nil); err != nil || v.cells[2]["cpu"] != 12 {
		t.Errorf("cells = %v, %v", v.cells, err)
	}
	tick(st, 2, 20)
	if err := ask(&seq); err != nil || v.cells[2]["cpu"] != 22 || seq != 2 {
		t.Errorf("cells = %v at %d, %v", v.cells, seq, err)
	}
	seq = 99
	if err := ask(&seq); api.CodeOf(err) != api.ErrGone {
		t.Errorf("a tick of the future: %v", err)
	}
	if _, err := h.Sync(SyncRequest{Topics: []SyncTopic{{Topic: "x"}}}); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("an unknown topic: %v", err)
	}
	if _, err := h.Sync(SyncRequest{Topics: []SyncTopic{{Topic: "events"}, {Topic: "events"}}}); api.CodeOf(err) != api.ErrInvalid {
		t.Errorf("a topic twice: %v", err)
	}
}
