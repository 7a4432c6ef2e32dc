package notify

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// posted sends a message to a receiver, and returns the body that came there.
func posted(t *testing.T, kind api.DeliveryKind, path, secret string, m *message) (received, map[string]any) {
	t.Helper()
	out := newReceiver(t)
	d := &api.Delivery{Name: "x", Kind: kind, URL: out.URL + path}
	if secret != "" {
		d.Secret = &secret
	}
	g := allow(t, "127.0.0.1")
	if kind != api.DeliveryMail {
		if err := g.check(d); err != nil {
			t.Fatal(err)
		}
	}
	if r := newCourier(g, nil).send(t.Context(), d, m); r.err != nil || r.status != http.StatusNoContent {
		t.Fatalf("%s: %+v", kind, r)
	}
	got := out.next(t)
	var body map[string]any
	if err := json.Unmarshal(got.body, &body); err != nil {
		t.Fatalf("%s: %v", got.body, err)
	}
	return got, body
}

// wicked has everything in its texts that means something to some chat.
func wicked() *message {
	a, b := firing("a1"), resolved(firing("a2"))
	a.Summary = "<!channel> *bold* _it_ [link](https://evil.example) @everyone <@123> `x` uses 97 %.\n# head\u202e"
	a.EngineName, b.EngineName = "host-1", "host-1"
	a.Description = "See <https://wiki.example/memory>\nand call *us*"
	b.Severity = api.SeverityWarning
	return &message{ID: "msg_1", At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Alerts: []api.Alert{a, b}, IDs: []string{"a1", "a2"}}
}

// at goes down a path of a JSON document.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("%v is no object", v)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("%v has no %d", v, p)
			}
			v = l[p]
		}
	}
	return v
}

func TestSlack(t *testing.T) {
	_, body := posted(t, api.DeliverySlack, "/services/T0/B0/k3y", "", wicked())
	text := at(t, body, "text").(string)
	if !strings.HasPrefix(text, "*2 alerts on host-1: 1 firing, 1 resolved*\nCritical: &lt;!channel&gt; *bold*") || strings.ContainsAny(text, "<>\u202e") || strings.Count(text, "\n") != 2 ||
		!strings.Contains(text, "# head See &lt;https://wiki.example/memory&gt; and call *us*. (rule memory, project shop, on host-1, since 2026-11-23 12:00:00 UTC)") || !strings.Contains(text, "until 2026-11-23 12:01:00 UTC") {
		t.Errorf("%s", text)
	}
	_, body = posted(t, api.DeliverySlack, "/services/T0/B0/k3y", "", &message{ID: "msg_1", Test: true})
	if text := at(t, body, "text").(string); !strings.Contains(text, "Test from Quaywatch") || !strings.Contains(text, "nothing is wrong") {
		t.Errorf("%s", text)
	}
}

// TestTitles: what is read on a telephone says where it is, if that is one place.
func TestTitles(t *testing.T) {
	of := func(alerts ...api.Alert) *message {
		return &message{Alerts: alerts, IDs: make([]string, len(alerts))}
	}
	on := func(a api.Alert, engine string) api.Alert {
		a.EngineName = engine
		return a
	}
	a, b := firing("a1"), resolved(firing("a2"))
	for _, c := range []struct {
		m    *message
		want string
	}{
		{of(a), "Critical: shop-web-1 uses 97 % of its memory limit."},
		{of(on(a, "host-1")), "Critical on host-1: shop-web-1 uses 97 % of its memory limit."},
		{of(on(b, "host-1")), "Resolved on host-1: shop-web-1 uses 97 % of its memory limit."},
		{of(on(a, "host-1"), on(a, "host-1")), "2 alerts firing on host-1"},
		{of(on(b, "host-1"), on(b, "host-2")), "2 alerts resolved"},
		{of(on(b, "host-1"), a), "2 alerts: 1 firing, 1 resolved"},
	} {
		if got := c.m.title(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestDiscord(t *testing.T) {
	_, body := posted(t, api.DeliveryDiscord, "/api/webhooks/1/k3y", "", wicked())
	text := at(t, body, "embeds", 0, "description").(string)
	if !strings.Contains(text, `\<\!channel`) && !strings.Contains(text, `\<!channel\>`) || strings.Contains(text, "[link](") || !strings.Contains(text, `\*bold\*`) || !strings.Contains(text, `\<@123\>`) {
		t.Errorf("%s", text)
	}
	if who := at(t, body, "allowed_mentions", "parse").([]any); len(who) > 0 {
		t.Errorf("it may call %v", who)
	}
	if colour := at(t, body, "embeds", 0, "color").(float64); colour != 0xd64545 {
		t.Errorf("%x", int(colour))
	}
	// As much as there is room for, and the rest is said.
	many := &message{ID: "msg_1", At: time.Now()}
	for range maxListed {
		a := firing("a")
		a.Summary = strings.Repeat("*", 450)
		many.Alerts = append(many.Alerts, a)
	}
	many.IDs = make([]string, 250)
	_, body = posted(t, api.DeliveryDiscord, "/api/webhooks/1/k3y", "", many)
	text = at(t, body, "embeds", 0, "description").(string)
	if n := len([]rune(text)); n > discordText || n < discordText/2 || !strings.HasSuffix(text, "…") || at(t, body, "embeds", 0, "title") != "250 alerts" {
		t.Errorf("%d characters, %v", n, at(t, body, "embeds", 0, "title"))
	}
}

func TestTeams(t *testing.T) {
	_, body := posted(t, api.DeliveryTeams, "/workflows/k3y?sig=abc", "", wicked())
	if body["type"] != "message" || at(t, body, "attachments", 0, "contentType") != "application/vnd.microsoft.card.adaptive" {
		t.Errorf("%v", body)
	}
	card := at(t, body, "attachments", 0, "content")
	if at(t, card, "type") != "AdaptiveCard" || at(t, card, "body", 0, "inlines", 0, "color") != "attention" {
		t.Errorf("%v", card)
	}
	blocks := at(t, card, "body").([]any)
	if len(blocks) != 3 {
		t.Fatalf("%v", blocks)
	}
	for _, b := range blocks { // a TextBlock would read markup
		if at(t, b, "type") != "RichTextBlock" || at(t, b, "inlines", 0, "type") != "TextRun" {
			t.Errorf("%v", b)
		}
	}
}

func TestNtfy(t *testing.T) {
	got, body := posted(t, api.DeliveryNtfy, "/base/my-alerts", "tk_k3y", wicked())
	if got.path != "/base/" || body["topic"] != "my-alerts" || got.header.Get("Authorization") != "Bearer tk_k3y" || body["priority"] != 5.0 || at(t, body, "tags", 0) != "rotating_light" {
		t.Errorf("%s %v %v", got.path, got.header, body)
	}
	if text := body["message"].(string); strings.Count(text, "\n") != 1 || body["markdown"] != nil {
		t.Errorf("%s", text)
	}
	over := wicked()
	over.Alerts, over.IDs = over.Alerts[1:], over.IDs[1:]
	if _, body := posted(t, api.DeliveryNtfy, "/my-alerts", "", over); body["priority"] != 3.0 || at(t, body, "tags", 0) != "white_check_mark" || !strings.HasPrefix(body["title"].(string), "Resolved on host-1: ") {
		t.Errorf("%v", body)
	}
}

// TestAStormFits: however many containers there are, and however long and odd their
// names, what is sent is not larger than the receivers take.
func TestAStormFits(t *testing.T) {
	for name, of := range map[string]string{"long": "x", "quotes": `"`, "signs": "<&>", "wide": "日本", "smileys": "🐳"} {
		m := &message{ID: "msg_1", At: time.Now(), IDs: make([]string, 250)}
		for range maxListed {
			a := firing("a")
			a.Summary = strings.Repeat(of, 1000)
			m.Alerts = append(m.Alerts, a)
		}
		got, body := posted(t, api.DeliveryNtfy, "/my-alerts", "", m)
		if text := body["message"].(string); len(text) > 4096 || len(text) < 1000 || !strings.HasSuffix(text, "\n…") || len(got.body) > 8192 {
			t.Errorf("%s: ntfy gets %d bytes of text, %d in all", name, len(text), len(got.body))
		}
		if got, _ := posted(t, api.DeliveryTeams, "/workflows/k3y", "", m); len(got.body) > 28_000 || len(got.body) < 5000 {
			t.Errorf("%s: Teams gets %d bytes", name, len(got.body))
		}
	}
}

func TestGotify(t *testing.T) {
	got, body := posted(t, api.DeliveryGotify, "/push/", "AbC", wicked())
	if got.path != "/push/message" || got.header.Get("X-Gotify-Key") != "AbC" || body["priority"] != 8.0 || at(t, body, "extras", "client::display", "contentType") != "text/plain" {
		t.Errorf("%s %v %v", got.path, got.header, body)
	}
}

func TestAWebhookListsSoMany(t *testing.T) {
	m := &message{ID: "msg_1", At: time.Now(), Repeated: map[string]bool{"a1": true}}
	for range maxListed {
		m.Alerts = append(m.Alerts, firing("a1"))
	}
	m.IDs = make([]string, 1500)
	got, _ := posted(t, api.DeliveryWebhook, "/x", "0123456789abcdef", m)
	body := got.message(t)
	if body.Data.More != 1400 || len(body.Data.Alerts) != maxListed || body.Data.Title != "1500 alerts" || body.Data.Repeated[0] != "a1" {
		t.Errorf("%+v", body.Data)
	}
	if want := sign("0123456789abcdef", "msg_1", got.header.Get("webhook-timestamp"), got.body); got.header.Get("webhook-signature") != want {
		t.Error("a raw secret does not sign")
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "120": 2 * time.Minute, "0.75": 750 * time.Millisecond, "1e9": maxAfter, "NaN": 0, "Inf": maxAfter, "soon": 0,
		"Mon, 23 Nov 2026 12:01:30 GMT": 90 * time.Second, "Mon, 23 Nov 2026 11:00:00 GMT": 0, "Mon, 23 Nov 2099 12:00:00 GMT": maxAfter,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestAnswersAreJudged(t *testing.T) {
	out := newReceiver(t)
	for code, final := range map[int]bool{
		http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusNotFound: true, http.StatusGone: true, http.StatusNotImplemented: true, http.StatusNotModified: true,
		http.StatusRequestTimeout: false, http.StatusTooEarly: false, http.StatusTooManyRequests: false, http.StatusInternalServerError: false, http.StatusBadGateway: false, http.StatusServiceUnavailable: false,
	} {
		out.answers(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(code)
		})
		r := try(t, allow(t, "127.0.0.1"), out.URL)
		if r.err == nil || r.final != final || r.status != code || final == (r.after == 7*time.Second) {
			t.Errorf("%d: %+v", code, r)
		}
	}
}

func TestWhatIsWrongIsSaidPlainly(t *testing.T) {
	nobody := httptest.NewServer(nil)
	nobody.Close()
	private := httptest.NewTLSServer(nil)
	defer private.Close()
	rude := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer rude.Close()
	noise, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = noise.Close() }()
	go func() {
		for {
			c, err := noise.Accept()
			if err != nil {
				return
			}
			// What is closed before all was read may be told as that.
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			_, _ = io.WriteString(c, "220 mail.test\r\n")
			_ = c.Close()
		}
	}()
	plain := httptest.NewServer(nil)
	defer plain.Close()
	for address, want := range map[string]string{
		"http://" + noise.Addr().String():               "what answers there is no web server",
		"https" + strings.TrimPrefix(plain.URL, "http"): "it does not encrypt. ",
		nobody.URL:             "nothing listens at 127.0.0.1:",
		private.URL:            "its certificate can't be trusted: ",
		rude.URL:               "the connection was closed without an answer",
		"http://nobody.test/k": "the name nobody.test is not known to DNS",
	} {
		g := allow(t, "127.0.0.1")
		g.resolver = nameServer(t, func(string) netip.Addr { return netip.Addr{} })
		if r := try(t, g, address); r.err == nil || r.final || r.status != 0 || !strings.HasPrefix(r.err.Error(), want) {
			t.Errorf("%s: %+v, want %q", address, r, want)
		}
	}
}

func TestBackoffIsBoundedAndRandom(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 2 * time.Second, 2: 4 * time.Second, 5: 32 * time.Second, 9: 512 * time.Second, 10: maxBackoff, 60: maxBackoff, 1000: maxBackoff} {
		if got := backoff(n); got != want {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
	seen := map[time.Duration]bool{}
	for range 100 {
		d := jitter(time.Second)
		if d <= 0 || d > time.Second {
			t.Fatalf("%v", d)
		}
		seen[d] = true
	}
	if len(seen) < 50 {
		t.Errorf("%d different waits", len(seen))
	}
}
