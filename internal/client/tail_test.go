package client

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestLogsGoOnAfterALostConnection: what is known is asked for with its time,
// and comes once.
func TestLogsGoOnAfterALostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		var lines []string
		o := Options{Dial: dial, OnStep: func(s *Stream, _ *State, step *Step) {
			for _, f := range step.Logs {
				lines = append(lines, f.Text...)
				s.Ack(f)
			}
		}}
		s, _, _ := start(t, o, api.TopicContainers)
		tail := 10
		s.Subscribe(api.TopicLogs, &api.Filter{Containers: []api.Key{"e/a", "e/b"}, Tail: &tail})

		p := peer{t, <-accept}
		p.read() // hello
		p.read() // containers
		if sub := p.read(); sub["topic"] != "logs" || sub["id"] != 2.0 || sub["filter"].(map[string]any)["since"] != nil {
			t.Fatalf("sub: %v", sub)
		}
		p.write(welcome, `{"type":"logs","topic":"logs","id":2,"n":1,"at":[5,7,7],"text":["a1","a2","a3"]}`)
		if ack := p.read(); ack["type"] != "ack" || ack["id"] != 2.0 || ack["n"] != 1.0 {
			t.Fatalf("ack: %v", ack)
		}
		if err := p.c.Close(api.CloseShutdown, ""); err != nil {
			t.Fatal(err)
		}

		p = peer{t, <-accept}
		p.read()
		p.read()
		since := p.read()["filter"].(map[string]any)["since"].(map[string]any)
		if len(since) != 1 || since["e/a"] != 7.0 {
			t.Fatalf("since: %v", since)
		}
		p.write(welcome, `{"type":"logs","topic":"logs","id":2,"n":1,"at":[7,7,7,9,8],"text":["a2","a3","a4","a5","b1"],"src":[0,0,0,0,1],"err":[3],"cut":[4]}`)
		p.read() // ack
		synctest.Wait()
		if want := []string{"a1", "a2", "a3", "a4", "a5", "b1"}; !slices.Equal(lines, want) {
			t.Errorf("lines %q, want %q", lines, want)
		}
	})
}

// TestLogsOfAnEarlierSubscription are not for the present one.
func TestLogsOfAnEarlierSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		var lines []string
		s, _, _ := start(t, Options{Dial: dial, OnStep: func(_ *Stream, _ *State, step *Step) {
			for _, f := range step.Logs {
				lines = append(lines, f.Text...)
			}
		}})
		s.Subscribe(api.TopicLogs, &api.Filter{Containers: []api.Key{"e/a"}})
		p := peer{t, <-accept}
		p.read()
		p.read()
		p.write(welcome)
		s.Subscribe(api.TopicLogs, &api.Filter{Containers: []api.Key{"e/b"}})
		if un := p.read(); un["type"] != "unsub" || un["id"] != 1.0 {
			t.Fatalf("unsub: %v", un)
		}
		if sub := p.read(); sub["id"] != 2.0 {
			t.Fatalf("sub: %v", sub)
		}
		p.write(`{"type":"logs","topic":"logs","id":1,"n":1,"at":[5],"text":["old"]}`, `{"type":"logs","topic":"logs","id":2,"n":1,"at":[5],"text":["new"]}`,
			`{"type":"logs","topic":"logs","id":2,"n":2,"at":[5],"src":[7],"text":["of nobody"]}`)
		synctest.Wait()
		if want := []string{"new"}; !slices.Equal(lines, want) {
			t.Errorf("lines %q, want %q", lines, want)
		}
		if !s.AboutLogs(&api.WireError{ID: 2}) || s.AboutLogs(&api.WireError{}) {
			t.Error("whom an error is about")
		}
		s.UnsubscribeLogs()
		if un := p.read(); un["type"] != "unsub" || un["id"] != 2.0 {
			t.Fatalf("unsub: %v", un)
		}
	})
}

// TestRoundTrip is measured by the pings that a client sends anyway.
func TestRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, accept := network()
		var rtts []time.Duration
		start(t, Options{Dial: dial, OnStep: func(_ *Stream, _ *State, step *Step) {
			if step.RTT != 0 {
				rtts = append(rtts, step.RTT)
			}
		}})
		p := peer{t, <-accept}
		p.read()
		p.write(welcome)
		if ping := p.read(); ping["type"] != "ping" || ping["n"] != 1.0 {
			t.Fatalf("ping: %v", ping)
		}
		time.Sleep(30 * time.Millisecond)
		p.write(`{"type":"pong","n":1}`, `{"type":"pong","n":99}`)
		synctest.Wait()
		if !slices.Equal(rtts, []time.Duration{30 * time.Millisecond}) {
			t.Errorf("round trips %v", rtts)
		}
	})
}

// TestTailRepeatsNothing: however a log is cut into connections, each line comes
// once, and in order.
func TestTailRepeatsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// A log in which several lines may have one time, but no two of those the
		// same text.
		var at []int64
		var text []string
		now := int64(1)
		for i := range rapid.IntRange(0, 60).Draw(t, "lines") {
			if rapid.Bool().Draw(t, "later") {
				now++
			}
			at, text = append(at, now), append(text, string(rune('a'+i%26))+time.Duration(i).String())
		}
		tail := newTail(1, &api.Filter{Containers: []api.Key{"e/a"}})
		var got []string
		for done := 0; done < len(at); {
			sub := tail.sub()
			from := 0
			if since, ok := sub.Filter.Since["e/a"]; ok {
				from = slices.IndexFunc(at, func(t int64) bool { return t >= since })
			}
			to := rapid.IntRange(max(from, done), len(at)).Draw(t, "until")
			f := &api.LogsFrame{ID: 1, At: slices.Clone(at[from:to]), Text: slices.Clone(text[from:to])}
			if !tail.take(f) {
				t.Fatal("its own frame is refused")
			}
			got = append(got, f.Text...)
			done = max(done, to)
		}
		if !slices.Equal(got, text) {
			t.Fatalf("lines %q, want %q", got, text)
		}
	})
}
