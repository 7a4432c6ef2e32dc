package notify

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// try is a message that was tried, with its time since the start.
type tried struct {
	at time.Duration
	message
}

// bubble is a notifier in a synctest bubble: time is the test's own, and what is
// sent comes to it.
type bubble struct {
	*Notifier
	T     *testing.T // the bubble's own
	began time.Time
	end   func()

	mu     sync.Mutex
	tries  []tried
	answer func(m *message) result
	alerts []*api.Alert
	rules  map[string][]string // nil: they can't be asked for

	reading sync.Mutex
	known   []api.DeliveryStatus // to who reads whenever a change is told
}

// read is what somebody does who is told of a change.
func (b *bubble) read() {
	b.reading.Lock()
	defer b.reading.Unlock()
	b.known = b.List()
}

// inBubble runs a test with a notifier that has a delivery "ops".
func inBubble(t *testing.T, d api.Delivery, test func(b *bubble)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{T: t, began: time.Now(), answer: func(*message) result { return result{status: 204} }}
		var err error
		b.Notifier, err = New(Options{Dir: dir, Alerts: func() []*api.Alert {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.alerts
		}, Rules: func(context.Context) (map[string][]string, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.rules == nil {
				return nil, errors.New("not now")
			}
			return b.rules, nil
		}, OnChange: func() { b.read() }})
		if err != nil {
			t.Fatal(err)
		}
		b.send = func(_ context.Context, _ *api.Delivery, m *message) result {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.tries = append(b.tries, tried{time.Since(b.began), *m})
			return b.answer(m)
		}
		b.wait = func(most time.Duration) time.Duration { return most } // no luck
		d.Name, d.Kind, d.URL, d.Enabled = "ops", api.DeliveryWebhook, "https://example.org/x", true
		if _, err := b.Put(t.Context(), api.Actor{}, d); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := b.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		b.end = sync.OnceFunc(func() { cancel(); wg.Wait() })
		defer b.end()
		test(b)
		synctest.Wait()
		if now := b.List(); !reflect.DeepEqual(b.known, now) {
			t.Errorf("a change was not told: known is %+v where it is %+v", b.known, now)
		}
	})
}

// after lets so much time pass, and returns what was tried meanwhile: at which
// second, which alerts, in which state.
func (b *bubble) after(d time.Duration) string {
	time.Sleep(d)
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, m := range b.tries {
		var ids []string
		for i := range m.Alerts {
			a := &m.Alerts[i]
			id := a.ID
			if a.State == api.AlertResolved {
				id = "-" + id
			}
			if m.Repeated[a.ID] {
				id = "*" + id
			}
			ids = append(ids, id)
		}
		out = append(out, fmt.Sprintf("%.0fs %s", m.at.Seconds(), strings.Join(ids, "+")))
	}
	b.tries = nil
	return strings.Join(out, ", ")
}

// tell has the alert be known as it is, and told.
func (b *bubble) tell(a api.Alert) {
	b.mu.Lock()
	b.alerts = slices.DeleteFunc(slices.Clone(b.alerts), func(is *api.Alert) bool { return is.ID == a.ID })
	if a.State == api.AlertFiring {
		b.alerts = append(b.alerts, &a)
	}
	b.mu.Unlock()
	b.Tell(a, nil)
}

func (b *bubble) answers(f func(m *message) result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

func (b *bubble) wants(t *testing.T, d time.Duration, want string) {
	t.Helper()
	if got := b.after(d); got != want {
		t.Errorf("tried %q, want %q", got, want)
	}
}

// What comes within the time of a group is one message, and what comes while that
// is under way is the next.
func TestAlertsAreGrouped(t *testing.T) {
	inBubble(t, api.Delivery{GroupSeconds: 30, Resolved: true}, func(b *bubble) {
		t := b.T
		b.tell(firing("a"))
		b.wants(t, 10*time.Second, "")
		if n := b.List()[0].Waiting; n != 1 {
			t.Errorf("%d messages wait", n)
		}
		warning := firing("b")
		warning.Severity = api.SeverityWarning
		b.tell(warning)
		b.tell(firing("c"))
		b.tell(resolved(firing("c"))) // it was over before it was told
		b.wants(t, 21*time.Second, "30s a+b+-c")
		if s := b.List()[0]; s.Waiting != 0 || s.LastSentAt == nil {
			t.Errorf("%+v", s)
		}
		b.tell(resolved(warning))
		b.tell(resolved(firing("a")))
		b.wants(t, time.Minute, "61s -a+-b")
		b.wants(t, 24*time.Hour, "")
		// Nothing of it is kept for ever.
		b.end()
	})
}

func TestACrashLoopIsOneMessage(t *testing.T) {
	inBubble(t, api.Delivery{GroupSeconds: 10, Resolved: true}, func(b *bubble) {
		t := b.T
		a := firing("loop")
		a.On = api.AlertOnCrashLoop
		for n := range 300 {
			a.Count = n + 3
			b.tell(a)
			time.Sleep(time.Second)
		}
		b.wants(t, 0, "10s loop")
		b.tell(resolved(a))
		b.wants(t, time.Minute, "310s -loop")
	})
}

func TestAFailureIsTriedAgain(t *testing.T) {
	inBubble(t, api.Delivery{Resolved: true}, func(b *bubble) {
		t := b.T
		b.answers(func(*message) result { return result{status: 503, err: errors.New("it answered 503")} })
		b.tell(firing("a"))
		b.wants(t, 100*time.Second, "0s a, 2s a, 6s a, 14s a, 30s a, 62s a")
		if s := b.List()[0]; s.LastError != "It answered 503." || s.Waiting != 1 || s.LastSentAt != nil {
			t.Errorf("%+v", s)
		}
		// What comes meanwhile goes into the next message.
		b.tell(firing("b"))
		b.tell(resolved(firing("a")))
		b.wants(t, 60*time.Second, "126s a")
		b.answers(func(*message) result { return result{status: 200} })
		b.wants(t, 200*time.Second, "254s a, 254s b+-a")
		lines, _, err := b.Log(t.Context(), 0, 0)
		if err != nil || len(lines) != 9 || lines[1].Outcome != api.DeliverySent || lines[1].Attempt != 8 || lines[2].Outcome != api.DeliveryRetrying || lines[2].Attempt != 7 ||
			lines[2].NextAt == nil || lines[2].NextAt.Sub(b.began) != 254*time.Second {
			t.Errorf("%+v, %v", lines, err)
		}
		ids := map[string]bool{}
		for _, l := range lines {
			ids[l.Title] = true
		}
		if len(ids) != 2 {
			t.Errorf("%v", ids)
		}
	})
}

func TestTryingEnds(t *testing.T) {
	inBubble(t, api.Delivery{RepeatSeconds: 12 * 3600}, func(b *bubble) {
		t := b.T
		b.answers(func(*message) result { return result{err: errors.New("nobody there")} })
		b.tell(firing("a"))
		tries := strings.Split(b.after(10*time.Hour), ", ")
		lines, _, err := b.Log(t.Context(), 0, 100)
		if err != nil || len(lines) != len(tries) || lines[0].Outcome != api.DeliveryFailed || lines[0].NextAt != nil {
			t.Fatalf("%d tries, %+v, %v", len(tries), lines, err)
		}
		if took := lines[0].At.Sub(lines[len(lines)-1].At); took > giveUpAfter || took < giveUpAfter-maxBackoff || len(lines) > maxAttempts {
			t.Errorf("%d tries in %v", len(lines), took)
		}
		if s := b.List()[0]; s.Waiting != 0 || s.LastError != "Nobody there." {
			t.Errorf("%+v", s)
		}
		// It fires still when it is to be repeated: then it is tried again.
		b.answers(func(*message) result { return result{status: 200} })
		if got := b.after(10 * time.Hour); !strings.HasSuffix(got, "s *a") || strings.Contains(got, ",") {
			t.Errorf("%s", got)
		}
	})
	inBubble(t, api.Delivery{}, func(b *bubble) {
		t := b.T
		b.answers(func(*message) result { return result{status: 404, err: errors.New("it answered 404"), final: true} })
		b.tell(firing("a"))
		b.wants(t, time.Hour, "0s a")
	})
}

func TestTheReceiversWishIsHeeded(t *testing.T) {
	inBubble(t, api.Delivery{}, func(b *bubble) {
		t := b.T
		b.answers(func(*message) result {
			return result{status: 429, err: errors.New("it answered 429"), after: 90 * time.Second}
		})
		b.tell(firing("a"))
		b.wants(t, 200*time.Second, "0s a, 90s a, 180s a")
	})
}

// Ten messages in any minute: what is over waits, and goes into one.
func TestMessagesAreBoundedInTime(t *testing.T) {
	inBubble(t, api.Delivery{}, func(b *bubble) {
		t := b.T
		for n := range 30 {
			b.tell(firing(fmt.Sprintf("a%02d", n)))
			time.Sleep(time.Second)
		}
		got := strings.Split(b.after(2*time.Minute), ", ")
		if len(got) != 11 || got[9] != "9s a09" || !strings.HasPrefix(got[10], "60s a10+a11+") || strings.Count(got[10], "+") != 19 {
			t.Errorf("%q", got)
		}
		// The limit is one for the tests, too.
		for range maxPerWindow {
			if _, err := b.Test(t.Context(), api.Actor{}, "ops"); err != nil {
				t.Fatal(err)
			}
		}
		b.after(0)
		b.tell(firing("last"))
		b.wants(t, 59*time.Second, "")
		b.wants(t, 2*time.Second, "210s last")
	})
}

func TestWhatFiresStillIsRepeated(t *testing.T) {
	inBubble(t, api.Delivery{RepeatSeconds: 3600, GroupSeconds: 60, Resolved: true}, func(b *bubble) {
		t := b.T
		b.tell(firing("a"))
		time.Sleep(30 * time.Second)
		b.tell(firing("b"))
		b.wants(t, time.Hour+31*time.Minute, "60s a+b, 3720s *a+*b")
		b.tell(resolved(firing("b")))
		b.wants(t, time.Hour, "5550s -b, 7380s *a")
		// Somebody looks after it: known from the alerts as they are now, told or not.
		a := firing("a")
		a.Acknowledged = &api.AlertMark{At: time.Now()}
		b.mu.Lock() // known, but not told
		b.alerts = []*api.Alert{&a}
		b.mu.Unlock()
		b.wants(t, 24*time.Hour, "")
		b.tell(resolved(a))
		b.wants(t, 2*time.Minute, "95550s -a")
	})
}

func TestWhatIsSnoozedIsNotTold(t *testing.T) {
	snooze := func(a api.Alert, d time.Duration) api.Alert {
		until := time.Now().Add(d)
		a.Snoozed = &api.AlertMark{At: time.Now(), Until: &until}
		return a
	}
	inBubble(t, api.Delivery{RepeatSeconds: 3600, Resolved: true}, func(b *bubble) {
		t := b.T
		b.tell(firing("a"))
		b.tell(snooze(firing("b"), 2*time.Hour)) // before it was told
		b.wants(t, time.Minute, "0s a")
		b.tell(snooze(firing("a"), 3*time.Hour))
		b.wants(t, 4*time.Hour-time.Minute, "7200s b, 10800s *b, 10860s *a, 14400s *b")
		b.tell(snooze(firing("a"), time.Hour))
		b.tell(snooze(firing("b"), time.Hour))
		b.tell(resolved(snooze(firing("b"), time.Hour))) // nobody is told of its end either
		b.tell(firing("a"))                              // somebody took the snooze back
		b.wants(t, 2*time.Minute, "14460s *a")
		b.wants(t, time.Hour, "18060s *a")
	})
	inBubble(t, api.Delivery{GroupSeconds: 60}, func(b *bubble) {
		t := b.T
		b.tell(firing("a"))
		time.Sleep(30 * time.Second)
		b.tell(snooze(firing("a"), time.Hour)) // while it waits for others
		b.wants(t, 59*time.Minute, "")
		b.wants(t, 3*time.Minute, "3630s a")
	})
}

// The keeper of alerts takes the mark off when a snooze is over, a moment before
// or after it is looked at here.
func TestASnoozeThatIsOverIsToldOf(t *testing.T) {
	for _, early := range []time.Duration{-time.Second, 0, time.Second} {
		inBubble(t, api.Delivery{}, func(b *bubble) {
			t := b.T
			b.tell(firing("a"))
			b.wants(t, time.Second, "0s a")
			until := time.Now().Add(time.Hour)
			a := firing("a")
			a.Snoozed = &api.AlertMark{At: time.Now(), Until: &until}
			b.tell(a)
			b.wants(t, time.Hour-early, map[time.Duration]string{-time.Second: "3601s *a", 0: "3601s *a", time.Second: ""}[early])
			b.tell(firing("a"))
			b.wants(t, time.Hour, "")
		})
	}
}

// What fires and was never told is found: a kill came before it was, or it found
// no room.
func TestWhatWasNeverToldIsTold(t *testing.T) {
	inBubble(t, api.Delivery{}, func(b *bubble) {
		t := b.T
		missed, other, known, gone := firing("missed"), firing("other"), firing("known"), firing("gone")
		other.Rule, gone.Rule = "others", "gone"
		b.tell(known)
		b.wants(t, time.Second, "0s known")
		b.mu.Lock()
		b.alerts = append(slices.Clone(b.alerts), &missed, &other, &gone)
		b.mu.Unlock()
		b.wants(t, time.Minute, "")
		b.mu.Lock()
		b.rules = map[string][]string{"memory": nil, "others": {"somebody else"}}
		b.mu.Unlock()
		if got := b.after(forgetEvery); !strings.HasSuffix(got, "s missed") || strings.Contains(got, ",") {
			t.Errorf("%q", got)
		}
		b.wants(t, 3*time.Hour, "")
		// So is what fires already when a delivery is made.
		d, _ := b.book.get("ops")
		d.Name = "second"
		if _, err := b.Put(t.Context(), api.Actor{}, d); err != nil {
			t.Fatal(err)
		}
		if got := b.after(forgetEvery); !strings.HasSuffix(got, "s known+missed") || strings.Contains(got, ",") {
			t.Errorf("%q", got)
		}
		b.wants(t, 3*time.Hour, "")
	})
}

// An end that nobody could tell is seen in what is known.
func TestAnEndThatWasMissedIsTold(t *testing.T) {
	inBubble(t, api.Delivery{Resolved: true}, func(b *bubble) {
		t := b.T
		b.tell(firing("a"))
		b.wants(t, time.Second, "0s a")
		over := resolved(firing("a"))
		b.mu.Lock()
		b.alerts = []*api.Alert{&over}
		b.mu.Unlock()
		if got := b.after(forgetEvery); !strings.HasSuffix(got, "s -a") || strings.Contains(got, ",") {
			t.Errorf("%q", got)
		}
		b.Tell(over, nil)
		b.wants(t, time.Hour, "")
	})
}

func TestADeliveryThatIsSwitchedOffForgets(t *testing.T) {
	inBubble(t, api.Delivery{GroupSeconds: 60, Resolved: true}, func(b *bubble) {
		t := b.T
		b.tell(firing("a"))
		time.Sleep(time.Second)
		d, _ := b.book.get("ops")
		d.Enabled = false
		if _, err := b.Put(t.Context(), api.Actor{}, d); err != nil {
			t.Fatal(err)
		}
		b.wants(t, time.Hour, "")
		d.Enabled = true
		if _, err := b.Put(t.Context(), api.Actor{}, d); err != nil {
			t.Fatal(err)
		}
		b.tell(resolved(firing("a"))) // nobody was told that it began
		b.wants(t, time.Hour, "")
		if n := b.List()[0].Waiting; n != 0 {
			t.Errorf("%d wait", n)
		}
	})
}

// An alert whose end was missed is not repeated for ever.
func TestWhatNobodyKnowsIsForgotten(t *testing.T) {
	inBubble(t, api.Delivery{RepeatSeconds: 60, Resolved: true}, func(b *bubble) {
		t := b.T
		a, other := firing("a"), firing("b")
		b.tell(a)
		b.tell(other)
		b.after(30 * time.Minute)
		b.mu.Lock()
		b.alerts = []*api.Alert{&other}
		b.mu.Unlock()
		b.after(30 * time.Minute)
		if got := b.after(5 * time.Minute); !strings.Contains(got, "*b") || strings.Contains(got, "a") {
			t.Errorf("%s", got)
		}
	})
}

// Tell never waits: what finds no room is dropped and told of.
func TestTooManyAtOnceAreDroppedAndToldOf(t *testing.T) {
	dir := t.TempDir()
	n, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Put(t.Context(), api.Actor{}, hook("https://example.org/x")); err != nil {
		t.Fatal(err)
	}
	n.send = func(context.Context, *api.Delivery, *message) result { return result{status: 200} }
	for i := range maxTells + 7 {
		n.Tell(firing(fmt.Sprint(i)), nil) // nobody takes them yet
	}
	if n.Dropped() != 7 || n.Waiting() != maxTells {
		t.Errorf("%d dropped, %d wait", n.Dropped(), n.Waiting())
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = n.Run(ctx) })
	defer wg.Wait()
	defer cancel()
	eventually(t, "it is in the log", func() bool {
		lines, _, err := n.Log(t.Context(), 0, MaxLogLimit)
		if err != nil {
			return false
		}
		var queue, lane int
		for _, l := range lines {
			if l.Outcome == api.DeliveryDropped && l.Title == "7 alerts" {
				queue++
			} else if l.Outcome == api.DeliveryDropped && l.Title == fmt.Sprintf("%d alerts", maxTells-maxEntries) {
				lane++
			}
		}
		return queue == 1 && lane == 1
	})
	lines, _, err := n.Log(t.Context(), 0, MaxLogLimit)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Outcome == api.DeliverySent && len(l.Alerts) != maxEntries {
			t.Errorf("%d alerts in a message", len(l.Alerts))
		}
	}
}
