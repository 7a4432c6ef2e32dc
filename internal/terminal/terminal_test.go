package terminal

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestASession(t *testing.T) {
	r := newRig(t, nil)
	c := r.connect(anybody)
	c.opens()
	r.process.output <- []byte("gr\xc3")
	r.process.output <- []byte("\xbcn \xff<b>")
	if a, b := c.hears("output"), c.hears("output"); a.N != 1 || a.Text != "gr" || b.N != 2 || b.Text != "ün �<b>" {
		t.Errorf("output %+v, %+v", a, b)
	}
	c.says(api.ExecText{Type: api.TypeExecInput, N: 1, Text: "ls\r"})
	if m := c.hears("took"); m.N != 1 {
		t.Errorf("took %+v", m)
	}
	c.says(api.ExecResize{Type: api.TypeExecResize, Cols: 100, Rows: 30})
	c.says(api.ExecTook{Type: api.TypeExecTook, N: 2})
	for { // of sizes the latest wins: the first may have been passed over
		if typed, sizes, _ := r.process.what(); typed == "ls\r" && len(sizes) > 0 && sizes[len(sizes)-1] == [2]int{100, 30} {
			break
		}
		time.Sleep(time.Millisecond)
	}
	r.process.exits(0)
	if m := c.hears("exit"); m.Code != 0.0 || m.Reason != "" || m.Left {
		t.Errorf("exit %+v", m)
	}
	if code := c.over(); code != closeNormal {
		t.Errorf("closed with %d", code)
	}
	if got := r.audit(); !slices.Equal(got, []string{"opened  ", "closed 0 "}) {
		t.Errorf("audit %q", got)
	}
}

// TestOutputWaitsForItsConfirmation: not more than a window is on its way, and
// what is typed gets through meanwhile.
func TestOutputWaitsForItsConfirmation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		c := r.connect(anybody)
		c.opens()
		feeding := make(chan int)
		go func() {
			sent := 0
			defer func() { feeding <- sent }()
			for {
				select {
				case r.process.output <- []byte(strings.Repeat("y\n", 4<<10)):
					sent += 8 << 10
				case <-r.process.closed:
					return
				}
			}
		}()
		synctest.Wait() // everybody waits
		got, last := 0, uint64(0)
		for len(c.out) > 0 {
			m := c.hears("output")
			got, last = got+len(m.Text), m.N
		}
		if got < api.ExecOutputWindow/2 || got > api.ExecOutputWindow+maxFrame {
			t.Errorf("%d bytes came unconfirmed", got)
		}
		c.says(api.ExecText{Type: api.TypeExecInput, N: 1, Text: "\x03"})
		c.hears("took")
		c.says(api.ExecTook{Type: api.TypeExecTook, N: last / 2})
		synctest.Wait()
		if len(c.out) == 0 || len(c.out) > int(last) {
			t.Errorf("%d pieces came after half were confirmed", len(c.out))
		}
		_ = c.Close(0, "")
		<-c.done
		<-feeding
	})
}

// TestInputWaitsForTheCommand: a command that takes nothing holds nothing else up,
// and a client that goes on typing is closed at the window.
func TestInputWaitsForTheCommand(t *testing.T) {
	r := newRig(t, nil)
	r.process.takes = make(chan struct{})
	c := r.connect(anybody)
	c.opens()
	text := strings.Repeat("x", 4000)
	pieces := api.ExecInputWindow/(len(text)+api.ExecFrameCost) + 1
	for n := 1; n <= pieces; n++ {
		c.says(api.ExecText{Type: api.TypeExecInput, N: uint64(n), Text: text})
	}
	r.process.output <- []byte("still here")
	if m := c.hears("output"); m.Text != "still here" {
		t.Errorf("output %+v", m)
	}
	r.process.takes <- struct{}{}
	c.hears("took")
	c.says(api.ExecText{Type: api.TypeExecInput, N: uint64(pieces + 1), Text: text})
	c.says(api.ExecText{Type: api.TypeExecInput, N: uint64(pieces + 2), Text: text})
	if code := c.over(); code != api.CloseBadMessage {
		t.Errorf("closed with %d, %q", code, c.reason)
	}
}

func TestMessagesThatClose(t *testing.T) {
	for name, frame := range map[string]string{
		"no JSON":               `x`,
		"a second open":         `{"type":"open","v":1}`,
		"input out of order":    `{"type":"input","n":2,"text":"x"}`,
		"output never sent":     `{"type":"took","n":1}`,
		"a size of nothing":     `{"type":"resize","cols":0,"rows":5}`,
		"a size beyond measure": `{"type":"resize","cols":1001,"rows":5}`,
	} {
		r := newRig(t, nil)
		c := r.connect(anybody)
		c.opens()
		c.in <- []byte(frame)
		if code := c.over(); code != api.CloseBadMessage || c.reason == "" {
			t.Errorf("%s: closed with %d, %q", name, code, c.reason)
		}
		if _, _, hungUp := r.process.what(); !hungUp {
			t.Errorf("%s: what ran was left", name)
		}
	}
	r := newRig(t, nil)
	c := r.connect(anybody)
	c.opens()
	c.in <- []byte(`{"type":"of another version"}`)
	r.process.output <- []byte("x")
	c.hears("output")
}

func TestWhoIsRefused(t *testing.T) {
	open := api.ExecOpen{Type: api.TypeExecOpen, V: 1, ExecOptions: api.ExecOptions{Cols: 80, Rows: 24}}
	no := func(code api.ErrorCode) func(*Options) {
		return func(o *Options) {
			o.Find = func(string) (*api.Container, error) { return nil, &api.Error{Code: code, Message: "No."} }
		}
	}
	in := func(s api.ContainerState) func(*Options) {
		return func(o *Options) {
			o.Find = func(ref string) (*api.Container, error) { return &api.Container{ID: ref, State: s}, nil }
		}
	}
	refuse := func(code api.ErrorCode) Authenticate {
		return func(api.ExecOpen) (Identity, error) { return Identity{}, &api.Error{Code: code, Message: "No."} }
	}
	for name, test := range map[string]struct {
		change func(*Options)
		who    Authenticate
		first  any
		code   api.CloseCode
		said   string // empty: the close alone says it
	}{
		"another message first": {nil, anybody, api.ExecTook{Type: api.TypeExecTook}, api.CloseBadMessage, ""},
		"another version":       {nil, anybody, api.ExecOpen{Type: api.TypeExecOpen, V: 9}, api.CloseTooOld, ""},
		"nobody":                {nil, refuse(api.ErrUnauthorized), open, api.CloseUnauthorized, "No."},
		"no admin":              {nil, refuse(api.ErrForbidden), open, api.CloseForbidden, "No."},
		"switched off":          {func(o *Options) { o.Engine, o.Off = nil, "Off." }, anybody, open, api.CloseForbidden, "Off."},
		"no container":          {no(api.ErrNotFound), anybody, open, api.CloseRefused, "No."},
		"a stopped one":         {in(api.StateExited), anybody, open, api.CloseRefused, "start it"},
		"a paused one":          {in(api.StatePaused), anybody, open, api.CloseRefused, "unpause it"},
		"a restarting one":      {in(api.StateRestarting), anybody, open, api.CloseRefused, "once it runs"},
	} {
		r := newRig(t, test.change)
		c := r.connect(test.who)
		c.says(test.first)
		if test.said != "" {
			if m := c.hears("error"); !strings.Contains(m.Message, test.said) {
				t.Errorf("%s: %q", name, m.Message)
			}
		}
		if code := c.over(); code != test.code {
			t.Errorf("%s: closed with %d, %q", name, code, c.reason)
		}
		if len(r.asked) != 0 || len(r.audit()) != 0 {
			t.Errorf("%s: the engine was asked, or it was written down", name)
		}
	}

	r := newRig(t, nil)
	r.err = &api.Error{Code: api.ErrUnreachable, Message: "Docker is away."}
	c := r.connect(anybody)
	c.says(open)
	if m := c.hears("error"); m.Message != "Docker is away." {
		t.Errorf("an engine that is away: %+v", m)
	}
	if code := c.over(); code != api.CloseRefused || !slices.Equal(r.audit(), []string{"opened  ", "failed  "}) {
		t.Errorf("an engine that is away: %d, %q", code, r.audit())
	}
}

func TestThereAreOnlySoMany(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Max, o.MaxPerSignIn = 3, 2 })
	as := func(key string) Authenticate {
		return func(api.ExecOpen) (Identity, error) { return Identity{Key: key, Name: key}, nil }
	}
	open := api.ExecOpen{Type: api.TypeExecOpen, V: 1, ExecOptions: api.ExecOptions{Cols: 80, Rows: 24}}
	for _, key := range []string{"ann", "ann", "bob"} {
		r.connect(as(key)).opens()
	}
	for key, words := range map[string]string{"ann": "your sign-in", "eve": "on this server"} {
		c := r.connect(as(key))
		c.says(open)
		if m := c.hears("error"); !strings.Contains(m.Message, words) {
			t.Errorf("%s: %q", key, m.Message)
		}
		if code := c.over(); code != api.CloseTooMany {
			t.Errorf("%s: closed with %d", key, code)
		}
	}
	if n := r.Count(); n != 3 {
		t.Errorf("%d are open", n)
	}
}

func TestHowSessionsEnd(t *testing.T) {
	heartbeat := func(o *Options) { o.Heartbeat, o.Idle, o.Unattended = 10*time.Second, 10*time.Minute, time.Hour }
	alive := func(c *client) func() {
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				case <-c.closed:
					return
				case <-time.After(5 * time.Second):
					select {
					case c.in <- []byte(`{"type":"pong","n":1}`):
					case <-c.closed:
						return
					}
				}
			}
		}()
		return func() { close(stop); <-done }
	}
	for name, test := range map[string]struct {
		does func(r *rig, c *client)
		code api.CloseCode
		why  string
		left bool
	}{
		"silence": {func(*rig, *client) {}, api.CloseNoHeartbeat, "Nothing was heard", false},
		"nothing": {func(_ *rig, c *client) { defer alive(c)(); <-c.closed }, api.CloseIdle, "10 minutes", false},
		"unattended": {func(r *rig, c *client) {
			defer alive(c)()
			for n := uint64(1); ; n++ {
				select {
				case <-c.closed:
					return
				case <-time.After(7 * time.Minute): // never in the instant in which the hour is over
				}
				select {
				case r.process.output <- []byte("x"):
					c.hears("output")
					c.says(api.ExecTook{Type: api.TypeExecTook, N: n})
				case <-c.closed:
					return
				}
			}
		}, api.CloseIdle, "1 hour", false},
		"shutdown": {func(r *rig, _ *client) { _ = r.Shutdown(r.t.Context()) }, api.CloseShutdown, "shutting down", false},
		"sign-out": {func(r *rig, _ *client) { r.Disconnect("k") }, api.CloseUnauthorized, "signed out", false},
		"a deaf one": {func(r *rig, _ *client) {
			r.process.mu.Lock()
			r.process.deaf = true
			r.process.mu.Unlock()
			r.Disconnect("k")
		}, api.CloseUnauthorized, "signed out", true},
		"a container that goes": {func(r *rig, _ *client) {
			r.process.mu.Lock()
			r.process.exitErr = &api.Error{Code: api.ErrNotFound, Message: "gone", Cause: errGone}
			r.process.mu.Unlock()
			close(r.process.output)
		}, closeNormal, "container is gone", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, heartbeat)
				c := r.connect(anybody)
				c.opens()
				test.does(r, c)
				<-c.done
				var exit message
				for len(c.out) > 0 {
					if m := c.next(); m.Type == "exit" {
						exit = m
					}
				}
				if c.code != test.code || !strings.Contains(exit.Reason, test.why) || exit.Left != test.left {
					t.Errorf("closed with %d, exit %+v", c.code, exit)
				}
				rows := r.audit()
				if len(rows) != 2 || !strings.Contains(rows[1], test.why) {
					t.Errorf("audit %q", rows)
				}
			})
		})
	}
}

// TestASignInThatEnds: a session of one whose token was revoked ends.
func TestASignInThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.Heartbeat = time.Second })
		c := r.connect(func(api.ExecOpen) (Identity, error) {
			return Identity{Key: "k", Still: func() error { return &api.Error{Code: api.ErrUnauthorized, Message: "Revoked."} }}, nil
		})
		c.opens()
		<-c.done
		if c.code != api.CloseUnauthorized || c.reason != "Revoked." {
			t.Errorf("closed with %d, %q", c.code, c.reason)
		}
	})
}

func TestASlowHello(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		c := r.connect(anybody)
		<-c.done
		if c.code != api.CloseHelloTimeout {
			t.Errorf("closed with %d, %q", c.code, c.reason)
		}
		late := r.connect(anybody)
		if err := r.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		<-late.done
		if late.code != api.CloseShutdown {
			t.Errorf("closed with %d, %q", late.code, late.reason)
		}
		after := r.connect(anybody)
		<-after.done
		if after.code != api.CloseShutdown {
			t.Errorf("after the end: closed with %d", after.code)
		}
	})
}

func TestPieces(t *testing.T) {
	for _, limit := range []int{minFrame, 8000, maxFrame} {
		text := strings.Repeat("\x1b[31mgrün€𝄞\x00\u2028", 3000)
		var s splitter
		var got strings.Builder
		for at, step := 0, 1; at < len(text); step++ {
			end := min(at+step%1500+1, len(text))
			for _, piece := range s.take([]byte(text[at:end]), end == len(text), limit) {
				got.WriteString(piece)
				if frame, err := marshal(api.ExecText{Type: api.TypeExecOutput, N: 1 << 63, Text: piece}); err != nil || len(frame) > limit {
					t.Fatalf("a frame of %d bytes, %d at most: %v", len(frame), limit, err)
				}
			}
			at = end
		}
		if got.String() != text {
			t.Errorf("limit %d: the text is another one", limit)
		}
	}
	for in, want := range map[string]string{"\xe2\x82": "�", "a\xff": "a�", "\xc3\xbc": "ü"} {
		var s splitter
		if got := strings.Join(s.take([]byte(in), true, maxFrame), ""); got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
	for d, want := range map[time.Duration]string{time.Second: "1 second", 30 * time.Minute: "30 minutes", 8 * time.Hour: "8 hours"} {
		if got := words(d); got != want {
			t.Errorf("%v is %q", d, got)
		}
	}
	if got := clipped(strings.Repeat("ü", 100)); len(got) > 123 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d: %s", len(got), got)
	}
}
