package hub

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestEachDisconnectIsALine in the log: who it was, why, and nothing secret.
func TestEachDisconnectIsALine(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	type line struct {
		Msg, Level, Conn, Client, Name, By, Reason string
		Code                                       int
		Seconds                                    float64
		BytesOut                                   int
	}
	bubble(t, Options{Log: log, Heartbeat: time.Minute}, func(w world) {
		t := w.t
		last := func() (l line) {
			t.Helper()
			synctest.Wait()
			if bytes.Contains(out.Bytes(), []byte("qw_secret")) {
				t.Errorf("a secret in the log: %s", out.Bytes())
			}
			if n := bytes.Count(out.Bytes(), []byte("\n")); n != 1 {
				t.Errorf("%d lines: %s", n, out.Bytes())
			}
			if err := json.Unmarshal(out.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			out.Reset()
			return l
		}
		hello := helloAs("tab\x1b[31m-1")
		hello.Token = "qw_secret"
		hello.Client.Name, hello.Client.Version = "page", "1.2"
		who := Identity{Key: "k", Name: "browser"}

		c := connect(w.ctx, w.h, who)
		c.send(hello)
		c.until(t, api.TypeWelcome)
		time.Sleep(30 * time.Second)
		if err := c.leave(); err != nil {
			t.Error(err)
		}
		if l := last(); l.Level != "INFO" || l.Conn != "c-1" || l.Client != "tab[31m-1" || l.Name != "page 1.2" || l.By != "browser" || l.Reason != "the client left" || l.Seconds != 30 || l.BytesOut < 100 {
			t.Errorf("it left: %+v", l)
		}

		one, two := connect(w.ctx, w.h, who), (*client)(nil)
		one.send(hello)
		one.until(t, api.TypeWelcome)
		two = connect(w.ctx, w.h, who)
		two.send(hello)
		two.until(t, api.TypeWelcome)
		_ = one.wait()
		if l := last(); l.Code != int(api.CloseSuperseded) || l.Reason != "a newer connection of the same client" {
			t.Errorf("superseded: %+v", l)
		}
		w.h.Disconnect("k")
		_ = two.wait()
		if l := last(); l.Code != int(api.CloseUnauthorized) || l.Reason != "signed out" {
			t.Errorf("signed out: %+v", l)
		}
		mute := connect(w.ctx, w.h, who)
		_ = mute.wait()
		if l := last(); l.Code != int(api.CloseHelloTimeout) || l.Client != "" || l.By != "" || l.Seconds != 5 || l.BytesOut != 0 {
			t.Errorf("no hello: %+v", l)
		}
	})
}

// TestPingsCountWhatWasMissed: changes that were merged and ticks that were left
// out while the client did not read, and not what it never asked for.
func TestPingsCountWhatWasMissed(t *testing.T) {
	bubble(t, Options{Heartbeat: 10 * time.Second}, func(w world) {
		t, st := w.t, w.h.store
		c := connect(w.ctx, w.h, Identity{Key: "k"})
		m := sub(2, api.TopicMetrics)
		m.Filter = &api.Filter{All: true, EveryMs: 1000}
		c.send(helloAs(""), sub(1, api.TopicContainers), m)
		c.until(t, api.TypeSnapEnd)
		tick := func() {
			var b api.Batch
			i := b.Add(1, time.Now().UnixNano())
			b.Values[api.ColCPU][i] = time.Now().UnixMilli()
			st.Metrics().Commit(&b)
			time.Sleep(time.Second)
		}
		ping := func() (p api.Ping) {
			for _, raw := range c.until(t, api.TypePing) {
				if err := json.Unmarshal(raw, &p); err == nil && p.Type == api.TypePing {
					break
				}
			}
			c.send(api.Pong{Type: api.TypePong, N: p.N})
			return p
		}
		flip(st, 1)
		c.until(t, api.TypeDelta)
		if p := ping(); p.Coalesced != 0 || p.Skipped != 0 {
			t.Errorf("nothing was missed: %+v", p)
		}
		tick()
		c.until(t, api.TypeMetrics)
		tick()
		synctest.Wait() // the writer waits for us with a frame
		for i := range 4 {
			flip(st, i)
			tick()
		}
		var p api.Ping
		for range 3 {
			if p = ping(); p.Skipped > 0 {
				break
			}
		}
		if p.Coalesced != 3 || p.Skipped == 0 || p.Skipped > 4 {
			t.Errorf("the ping says %+v", p)
		}
	})
}
