package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// verify is what docs/guide/deliveries.md tells receivers to do.
func verify(t *testing.T, secret string, r received) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.header.Get("webhook-id") + "." + r.header.Get("webhook-timestamp") + "." + string(r.body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if got := r.header.Get("webhook-signature"); got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	at, err := strconv.ParseInt(r.header.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
		t.Errorf("timestamp %d, %v", at, err)
	}
}

// The example of the specification, and of its libraries.
func TestSignsAsTheStandardDoes(t *testing.T) {
	got := sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAnAlertIsToldAndItsEndToo(t *testing.T) {
	out := newReceiver(t)
	r := start(t, t.TempDir())
	r.put(t, hook(out.URL+"/hooks/k3y"))
	a := firing("a1")
	r.Tell(a, nil)
	r.Tell(a, nil) // again: nothing new
	got := out.next(t)
	verify(t, testSecret, got)
	m := got.message(t)
	if m.Type != api.WebhookAlerts || m.Data.Delivery != "ops" || m.Data.Firing != 1 || m.Data.Title != "Critical: shop-web-1 uses 97 % of its memory limit." ||
		len(m.Data.Alerts) != 1 || m.Data.Alerts[0].ID != "a1" || got.path != "/hooks/k3y" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s to %s", got.body, got.path)
	}
	r.Tell(resolved(a), []string{"ops"})
	end := out.next(t).message(t)
	if end.Data.Resolved != 1 || end.Data.Alerts[0].State != api.AlertResolved || !strings.HasPrefix(end.Data.Title, "Resolved: ") {
		t.Errorf("%+v", end)
	}
	lines := r.logged(t, 2)
	if len(lines) != 2 || lines[1].Outcome != api.DeliverySent || lines[1].Status != http.StatusNoContent || lines[1].Attempt != 1 || lines[1].Alerts[0] != "a1" || lines[0].ID <= lines[1].ID {
		t.Errorf("%+v", lines)
	}
	eventually(t, "the delivery says so", func() bool { s := r.List()[0]; return s.LastSentAt != nil && s.LastError == "" && s.Waiting == 0 })
	out.none(t)
}

func TestOnlyWhoIsToBeToldIs(t *testing.T) {
	out := newReceiver(t)
	r := start(t, t.TempDir())
	for _, name := range []string{"bad", "off", "other", "ops"} {
		d := hook(out.URL + "/" + name)
		d.Name, d.Enabled = name, name != "off"
		if name == "bad" {
			d.MinSeverity = api.SeverityCritical
		}
		r.put(t, d)
	}
	a := firing("a1")
	a.Severity = api.SeverityWarning
	r.Tell(a, []string{"bad", "off", "ops", "nobody"})
	if got := out.next(t); got.path != "/ops" {
		t.Errorf("%s was told", got.path)
	}
	r.Tell(resolved(a), nil)
	if got := out.next(t); got.path != "/ops" {
		t.Errorf("%s was told of the end", got.path)
	}
	out.none(t)
	if log := r.log.String(); !strings.Contains(log, "names a delivery that there is not") || !strings.Contains(log, "nobody") {
		t.Error("nothing tells of the delivery that there is not")
	}
}

func TestTheTestButton(t *testing.T) {
	out := newReceiver(t)
	r := start(t, t.TempDir())
	d := hook(out.URL + "/secret-path-0815")
	d.Enabled = false
	r.put(t, d)
	line, err := r.Test(t.Context(), api.Actor{Name: "admin"}, "ops")
	if err != nil || line.Outcome != api.DeliverySent || !line.Test || line.Status != http.StatusNoContent || line.ID == 0 {
		t.Fatalf("%+v, %v", line, err)
	}
	got := out.next(t)
	verify(t, testSecret, got)
	if m := got.message(t); m.Type != api.WebhookTest || len(m.Data.Alerts) != 0 || m.Data.Alerts == nil {
		t.Errorf("%s", got.body)
	}
	// A receiver that repeats what it was sent does not bring a secret into the log.
	out.answers(func(w http.ResponseWriter, q *http.Request) {
		http.Error(w, "no such hook: "+q.URL.Path+" "+testSecret, http.StatusNotFound)
	})
	line, err = r.Test(t.Context(), api.Actor{Name: "admin"}, "ops")
	if err != nil || line.Outcome != api.DeliveryFailed || line.Status != http.StatusNotFound || !strings.Contains(line.Error, "no such hook: ") {
		t.Errorf("%+v, %v", line, err)
	}
	if got := r.List()[0]; got.LastError != line.Error || got.LastSentAt == nil {
		t.Errorf("%+v", got)
	}
	for range maxPerWindow - 2 {
		if _, err := r.Test(t.Context(), api.Actor{Name: "admin"}, "ops"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Test(t.Context(), api.Actor{Name: "admin"}, "ops"); api.CodeOf(err) != api.ErrTooMany || !strings.Contains(err.Error(), "Try again in ") {
		t.Errorf("the eleventh: %v", err)
	}
	if _, err := r.Test(t.Context(), api.Actor{}, "nobody"); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("a delivery that there is not: %v", err)
	}
	if lines := r.logged(t, maxPerWindow); !lines[0].Test {
		t.Errorf("%+v", lines[0])
	}
	stillHas(t, "the log", r.log.String(), testSecret, "secret-path-0815")
	if len(r.notes.rows) != 2+2*maxPerWindow || r.notes.rows[2].Action != "test" || r.notes.rows[2].Detail != "asked" || r.notes.rows[3].Detail != "done" || r.notes.rows[5].Detail != "failed" ||
		r.notes.rows[3].Attributes[api.AttrKind] != "delivery" || r.notes.rows[3].By.Name != "admin" {
		t.Errorf("%+v", r.notes.rows)
	}
}

// Secrets come in and never out.
func TestSecretsAreWriteOnly(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	out := newReceiver(t)
	out.Close() // nobody answers
	secrets := []string{testSecret, "xoxb-0123456789", "p4ssw0rd", "topic-0815", "AbTok3n99", "smtp-passw0rd"}
	token, password := secrets[4], secrets[5]
	at := strings.TrimPrefix(out.URL, "http://")
	for _, d := range []api.Delivery{
		hook("http://me:" + secrets[2] + "@" + at + "/" + secrets[1] + "?key=" + secrets[4]),
		{Name: "chat", Kind: api.DeliverySlack, URL: out.URL + "/services/T0/" + secrets[1]},
		{Name: "phone", Kind: api.DeliveryNtfy, URL: out.URL + "/" + secrets[3], Secret: &token},
		{Name: "push", Kind: api.DeliveryGotify, URL: out.URL + "/push", Secret: &token},
		{Name: "mail", Kind: api.DeliveryMail, Secret: &password, Mail: &api.DeliveryMailServer{Host: "127.0.0.1", Port: 1, User: "me", From: "a@example.org", To: []string{"b@example.org"}}},
	} {
		r.put(t, d)
	}
	for _, d := range r.List() {
		line, err := r.Test(t.Context(), api.Actor{Name: "admin"}, d.Name)
		if err != nil || line.Outcome != api.DeliveryFailed || line.Error == "" {
			t.Errorf("%s: %+v, %v", d.Name, line, err)
		}
		wrong := d.Delivery
		wrong.MinSeverity = "awful"
		if _, err := r.Put(t.Context(), api.Actor{}, wrong); err == nil {
			t.Error("a wrong delivery was taken")
		} else {
			stillHas(t, "an error", err.Error(), secrets...)
		}
	}
	shown, err := json.Marshal(r.List())
	if err != nil {
		t.Fatal(err)
	}
	stillHas(t, "the list", string(shown), secrets...)
	if want := `"url":"` + out.URL + `/push"`; !strings.Contains(string(shown), want) || !strings.Contains(string(shown), Mask+"@"+at+"/"+Mask) {
		t.Errorf("%s", shown)
	}
	lines, err := json.Marshal(r.logged(t, 5))
	if err != nil {
		t.Fatal(err)
	}
	stillHas(t, "the delivery log", string(lines), secrets...)
	stillHas(t, "the log", r.log.String(), secrets...)
	rows, err := json.Marshal(r.notes.rows)
	if err != nil {
		t.Fatal(err)
	}
	stillHas(t, "the audit", string(rows), secrets...)
	r.stop()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(name) != BookFile {
			stillHas(t, name, string(text), secrets...)
			continue
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestWhatIsShownMayComeBack(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	r.put(t, hook("http://127.0.0.1:1/hooks/one"))
	token := "AbTok3n99"
	r.put(t, api.Delivery{Name: "push", Kind: api.DeliveryGotify, URL: "http://127.0.0.1:2/push", Secret: &token})
	for _, s := range r.List() {
		r.put(t, s.Delivery)
	}
	d, _ := r.book.get("ops")
	if d.URL != "http://127.0.0.1:1/hooks/one" || d.Secret == nil || *d.Secret != testSecret {
		t.Errorf("%+v", d)
	}
	by := api.Actor{Name: "admin"}
	put := func(name string, change func(*api.Delivery)) error {
		d, _ := r.book.get(name)
		d = shown(d)
		change(&d)
		_, err := r.Put(t.Context(), by, d)
		return err
	}
	// A mask of something else is no address.
	if err := put("ops", func(d *api.Delivery) { d.URL = "http://127.0.0.2:1/" + Mask }); api.CodeOf(err) != api.ErrInvalid || !strings.Contains(err.Error(), "mask") {
		t.Errorf("%v", err)
	}
	// A token does not go where it was not given for; a webhook's secret is never sent.
	if err := put("push", func(d *api.Delivery) { d.URL = "http://127.0.0.1:3/push" }); api.CodeOf(err) != api.ErrInvalid || !strings.Contains(err.Error(), "Give the secret again") {
		t.Errorf("%v", err)
	}
	if err := put("push", func(d *api.Delivery) { d.URL = "http://127.0.0.1:3/push"; d.Secret = &token }); err != nil {
		t.Error(err)
	}
	if err := put("ops", func(d *api.Delivery) { d.URL = "http://127.0.0.1:9/hooks/two" }); err != nil {
		t.Error(err)
	}
	none := ""
	if err := put("ops", func(d *api.Delivery) { d.Secret = &none }); err != nil || r.List()[0].SecretSet {
		t.Errorf("%v, %+v", err, r.List()[0])
	}
	if row := r.notes.rows[len(r.notes.rows)-1]; row.Attributes["changed"] != "secret" || row.Action != "set" || row.Detail != "done" {
		t.Errorf("%+v", row)
	}
	r.stop()
	// It is all there after a restart, and goes when it is deleted.
	again := start(t, dir)
	if names := again.List(); len(names) != 2 || names[1].Name != "push" || !names[1].SecretSet || names[0].SecretSet {
		t.Errorf("%+v", names)
	}
	if err := again.Delete(t.Context(), by, "ops"); err != nil || len(again.List()) != 1 {
		t.Error(err)
	}
	if err := again.Delete(t.Context(), by, "ops"); api.CodeOf(err) != api.ErrNotFound {
		t.Error(err)
	}
}

func TestWrongDeliveriesAreRefused(t *testing.T) {
	r := start(t, t.TempDir())
	text := func(s string) *string { return &s }
	server := func(change func(*api.DeliveryMailServer)) api.Delivery {
		m := &api.DeliveryMailServer{Host: "smtp.example.org", From: "a@example.org", To: []string{"b@example.org"}}
		change(m)
		return api.Delivery{Kind: api.DeliveryMail, Mail: m}
	}
	for want, d := range map[string]api.Delivery{
		"there are webhook, slack":        {Kind: "pager", URL: "https://example.org/"},
		"needs an address":                {Kind: api.DeliveryWebhook},
		"must begin with https://":        {Kind: api.DeliveryWebhook, URL: "ftp://example.org/"},
		"has no host":                     {Kind: api.DeliveryWebhook, URL: "https:///x"},
		"can't be read":                   {Kind: api.DeliveryWebhook, URL: "https://exa mple.org/"},
		"after \"#\"":                     {Kind: api.DeliveryWebhook, URL: "https://example.org/#x"},
		"at most 2000":                    {Kind: api.DeliveryWebhook, URL: "https://example.org/" + strings.Repeat("x", 2000)},
		"it is private. Start the server": {Kind: api.DeliveryWebhook, URL: "http://10.0.0.1/"},
		"have their metadata services":    {Kind: api.DeliveryWebhook, URL: "http://169.254.169.254/latest"},
		"it is link-local":                {Kind: api.DeliveryWebhook, URL: "http://[fe80::1%25eth0]/"},
		"too short to sign":               {Kind: api.DeliveryWebhook, URL: "https://example.org/", Secret: text("short")},
		"24 to 64 bytes in base64":        {Kind: api.DeliveryWebhook, URL: "https://example.org/", Secret: text("whsec_c2hvcnQ=")},
		"whole address of the hook":       {Kind: api.DeliverySlack, URL: "https://hooks.slack.com/"},
		"has no secret but its address":   {Kind: api.DeliveryDiscord, URL: "https://discord.com/api/webhooks/1/x", Secret: text("x")},
		"must end with the topic":         {Kind: api.DeliveryNtfy, URL: "https://ntfy.sh"},
		"Gotify needs a token":            {Kind: api.DeliveryGotify, URL: "https://gotify.example.org"},
		"without /message":                {Kind: api.DeliveryGotify, URL: "https://gotify.example.org/message", Secret: text("A1")},
		"minSeverity is \"bad\"":          {Kind: api.DeliveryWebhook, URL: "https://example.org/", MinSeverity: "bad"},
		"groupSeconds must be":            {Kind: api.DeliveryWebhook, URL: "https://example.org/", GroupSeconds: -1},
		"repeatSeconds must be":           {Kind: api.DeliveryWebhook, URL: "https://example.org/", RepeatSeconds: 5},
		"has no mail server":              {Kind: api.DeliveryWebhook, URL: "https://example.org/", Mail: &api.DeliveryMailServer{}},
		"needs mail":                      {Kind: api.DeliveryMail},
		"leave url empty":                 {Kind: api.DeliveryMail, URL: "smtp://x"},
		"mail.host must be":               server(func(m *api.DeliveryMailServer) { m.Host = "smtp.example.org:25" }),
		"mail.port must be":               server(func(m *api.DeliveryMailServer) { m.Port = 70000 }),
		"mail.tls is \"ssl\"":             server(func(m *api.DeliveryMailServer) { m.TLS = "ssl" }),
		"mail.from must be":               server(func(m *api.DeliveryMailServer) { m.From = "nobody" }),
		"mail.to must be a list":          server(func(m *api.DeliveryMailServer) { m.To = nil }),
		"mail.to[1] must be": server(func(m *api.DeliveryMailServer) {
			m.To = []string{"b@example.org", "c@example.org\r\nBcc: d@example.org"}
		}),
		"Give both or neither":               server(func(m *api.DeliveryMailServer) { m.User = "me" }),
		"it is this machine's own (loopback": server(func(m *api.DeliveryMailServer) { m.Host = "127.0.0.2" }),
	} {
		d.Name = "x"
		if _, err := r.Put(t.Context(), api.Actor{}, d); api.CodeOf(err) != api.ErrInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	open := server(func(m *api.DeliveryMailServer) { m.TLS, m.User = "none", "me" })
	open.Name, open.Secret = "x", text("p4ssw0rd")
	if _, err := r.Put(t.Context(), api.Actor{}, open); err == nil || !strings.Contains(err.Error(), "not sent without encryption") {
		t.Error(err)
	}
	for _, name := range []string{"", " ops", "ops ", "a/b", "..", "ö", strings.Repeat("x", 65), "a\nb"} {
		d := hook("https://example.org/x")
		d.Name = name
		if _, err := r.Put(t.Context(), api.Actor{}, d); api.CodeOf(err) != api.ErrInvalid {
			t.Errorf("the name %q: %v", name, err)
		}
	}
	if all := r.List(); len(all) > 0 {
		t.Errorf("%+v", all)
	}
	for i := range api.MaxDeliveries {
		d := hook("https://example.org/x")
		d.Name = "n" + strconv.Itoa(i)
		r.put(t, d)
	}
	one := hook("https://example.org/x")
	if _, err := r.Put(t.Context(), api.Actor{}, one); api.CodeOf(err) != api.ErrTooMany {
		t.Error(err)
	}
	if all := r.List(); !slices.IsSortedFunc(all, func(a, b api.DeliveryStatus) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("they are not sorted")
	}
}
