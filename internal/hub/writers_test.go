package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// stateFirst fails an event whose effect the client does not have: each event
// of the test carries the restart count that its container had at least.
func (v *view) stateFirst(e api.Event) error {
	want, err := strconv.Atoi(e.Detail)
	if err != nil {
		return err
	}
	var have int
	if fields := v.items[api.TopicContainers][string(api.MakeKey("e", e.ID))]; fields == nil {
		return fmt.Errorf("event %d of %s, which the client does not have", e.Seq, e.ID)
	} else if err := json.Unmarshal(fields["restartCount"], &have); err != nil {
		return err
	}
	if have < want {
		return fmt.Errorf("event %d says restart %d of %s, the client has %d", e.Seq, want, e.ID, have)
	}
	return nil
}

// TestWritersAndClientsAtOnce has writers and clients run against each other in
// real time: positions never slip, no event is ahead of its state, and in the
// end everybody has what the store has.
func TestWritersAndClientsAtOnce(t *testing.T) {
	for name, o := range map[string]store.Options{"a large ring": {}, "a tiny ring": {Ring: 1, Events: 50}} {
		t.Run(name, func(t *testing.T) {
			st := store.New(o)
			h := New(Options{Store: st, Heartbeat: time.Minute})
			ctx, cancel := context.WithCancel(context.Background())
			var hub, clients, writers sync.WaitGroup
			hub.Go(func() { _ = h.Run(ctx) })
			write := func(id string, i int) {
				c := container(id, api.StateRunning)
				c.RestartCount = i
				ch := store.Change{Put: []*api.Container{c}, Events: []api.Event{{Action: "restart", ID: id, Detail: strconv.Itoa(i)}}}
				if i%7 == 0 {
					for j := range 8 { // more at once than the tiny ring holds
						x := *c
						x.OOMKilled = j%2 == 0
						ch.Put = append(ch.Put, &x)
					}
				}
				st.Apply(ch)
			}
			for w := range 3 {
				id := fmt.Sprint("c", w)
				write(id, 0)
				writers.Go(func() {
					for i := range 1500 {
						write(id, i+1)
					}
				})
			}
			written := make(chan struct{})
			go func() { writers.Wait(); close(written) }()
			for range 4 {
				clients.Go(func() { followWriters(ctx, t, h, written) })
			}
			clients.Wait()
			cancel()
			hub.Wait()
		})
	}
}

// followWriters comes back every so many frames, and stops when it has what the
// store has after the last write.
func followWriters(ctx context.Context, t *testing.T, h *Hub, written <-chan struct{}) {
	t.Helper()
	v := newView()
	v.check = v.stateFirst
	deadline := time.After(2 * time.Minute)
	for {
		c := connect(ctx, h, Identity{Key: "k"})
		hello := helloAs("")
		hello.MaxFrame = minFrame
		if v.epoch != "" {
			hello.Resume = &api.Resume{Epoch: v.epoch, Topics: maps.Clone(v.pos)}
		}
		clear(v.next)
		// In one frame: were the events subscribed alone for a moment, they would
		// rightly not wait for a state that nobody has asked for.
		go c.send(hello, encode([]api.Sub{sub(1, api.TopicEvents), sub(2, api.TopicContainers), sub(3, api.TopicSystem)}))
		done, err := v.read(c, h.store, written, deadline)
		_ = c.leave()
		if err != nil {
			t.Error(err)
		}
		if done || err != nil {
			return
		}
	}
}

// read takes 40 frames, or as many as it needs once all has been written; done
// tells that it needs no more.
func (v *view) read(c *client, st *store.Store, written <-chan struct{}, deadline <-chan time.Time) (done bool, err error) {
	for n := 0; n < 40 || written == nil; n++ {
		select {
		case b := <-c.out:
			for _, m := range split(b) {
				if _, err := v.apply(m); err != nil {
					return true, err
				}
			}
		case <-written:
			written = nil
		case <-c.done:
			return true, fmt.Errorf("closed with %d %q", c.code, c.reason)
		case <-deadline:
			return true, fmt.Errorf("not there after two minutes: %w", v.equal(st))
		}
		if written == nil && v.equal(st) == nil {
			return true, nil
		}
	}
	return false, nil
}
