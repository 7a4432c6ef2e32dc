package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// courier brings messages to where deliveries lead.
type courier struct {
	guard *Guard
	http  *http.Client
	roots *x509.CertPool // nil is the system's
	now   func() time.Time
}

func newCourier(g *Guard, roots *x509.CertPool) *courier {
	return &courier{guard: g, http: newHTTP(g, roots), roots: roots, now: time.Now}
}

// send tries to send a message once. What it returns has no secret in it.
func (c *courier) send(ctx context.Context, d *api.Delivery, m *message) result {
	var r result
	if d.Kind == api.DeliveryMail {
		r = c.mail(ctx, d, m)
	} else if p, err := c.post(d, m); err != nil {
		r = result{err: err, final: true}
	} else {
		r = p.send(ctx, c.http)
	}
	if r.err != nil {
		r.aborted = errors.Is(ctx.Err(), context.Canceled)
		r.err = errors.New(shorten(redact(d, oneLine(r.err.Error())), 2*maxSaid))
	}
	return r
}

// post makes the request of a kind.
func (c *courier) post(d *api.Delivery, m *message) (*post, error) {
	p := &post{url: d.URL}
	var err error
	switch d.Kind {
	case api.DeliveryWebhook:
		err = c.webhook(p, d, m)
	case api.DeliverySlack:
		p.body, err = json.Marshal(slack(m))
	case api.DeliveryDiscord:
		p.body, err = json.Marshal(discord(m))
	case api.DeliveryTeams:
		p.body = encoded(teams(m))
	case api.DeliveryNtfy:
		err = ntfy(p, d, m)
	case api.DeliveryGotify:
		err = gotify(p, d, m)
	default:
		err = errors.New("this version of Quaywatch does not know the kind of this delivery")
	}
	return p, err
}

// webhook makes the generic one: api.WebhookMessage, signed as Standard Webhooks
// 1.0 has it (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.
func (c *courier) webhook(p *post, d *api.Delivery, m *message) error {
	firing, resolved := m.counts()
	out := api.WebhookMessage{Type: api.WebhookAlerts, Timestamp: m.At, Data: api.WebhookData{
		Delivery: d.Name, Title: m.title(), Firing: firing, Resolved: resolved, Alerts: m.Alerts, More: m.more(), Repeated: []string{},
	}}
	if m.Test {
		out.Type = api.WebhookTest
	}
	if out.Data.Alerts == nil {
		out.Data.Alerts = []api.Alert{}
	}
	for i := range m.Alerts {
		if id := m.Alerts[i].ID; m.Repeated[id] {
			out.Data.Repeated = append(out.Data.Repeated, id)
		}
	}
	var err error
	if p.body, err = json.Marshal(out); err != nil {
		return err
	}
	at := strconv.FormatInt(c.now().Unix(), 10)
	p.header = map[string]string{"Webhook-Id": m.ID, "Webhook-Timestamp": at}
	if d.Secret != nil {
		p.header["Webhook-Signature"] = sign(*d.Secret, m.ID, at, p.body)
	}
	return nil
}

// sign is the value of webhook-signature.
func sign(secret, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, signingKey(secret))
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// signingKey is what a secret stands for: base64 behind whsec_, otherwise its own
// bytes (which the libraries of Standard Webhooks call "raw").
func signingKey(secret string) []byte {
	if rest, ok := strings.CutPrefix(secret, secretPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(rest); err == nil {
			return key
		}
	}
	return []byte(secret)
}

// ntfyText bounds a message's text, in bytes. What has more than 4,096 ntfy makes a
// file of, or refuses where it takes none; of JSON it takes twice as much, and signs
// may need two bytes there.
const ntfyText = 3600

// ntfy makes a message as https://docs.ntfy.sh/publish/#publish-as-json has it: to
// the server, with the topic in it, because headers take no letters but ASCII.
func ntfy(p *post, d *api.Delivery, m *message) error {
	u, err := url.Parse(d.URL)
	if err != nil {
		return errors.New("the address can't be read")
	}
	topic := lastSegment(u.Path)
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), topic)
	u.RawPath = ""
	p.url = u.String()
	if d.Secret != nil {
		p.header = map[string]string{"Authorization": "Bearer " + *d.Secret}
		p.private = []string{"Authorization"}
	}
	tag := "white_check_mark"
	switch m.worst() {
	case api.SeverityCritical:
		tag = "rotating_light"
	case api.SeverityWarning:
		tag = "warning"
	case api.SeverityInfo:
		tag = "information_source"
	}
	text := strings.Join(fit(m.lines(maxLines), ntfyText, func(line string) int { return len(line) + 1 }), "\n")
	p.body = encoded(map[string]any{
		"topic": topic, "title": m.title(), "message": text, "priority": urgency(m, 3, 3, 4, 5), "tags": []string{tag},
	})
	return nil
}

// gotify makes a message as POST /message takes it.
func gotify(p *post, d *api.Delivery, m *message) error {
	u, err := url.Parse(d.URL)
	if err != nil {
		return errors.New("the address can't be read")
	}
	p.url = u.JoinPath("message").String()
	p.header, p.private = map[string]string{}, []string{"X-Gotify-Key"}
	if d.Secret != nil {
		p.header["X-Gotify-Key"] = *d.Secret
	}
	p.body, err = json.Marshal(map[string]any{
		"title": m.title(), "message": strings.Join(m.lines(maxLines), "\n"), "priority": urgency(m, 2, 2, 5, 8),
		"extras": map[string]any{"client::display": map[string]string{"contentType": "text/plain"}},
	})
	return err
}

// urgency chooses a figure by the worst of what fires.
func urgency(m *message, resolved, info, warning, critical int) int {
	switch m.worst() {
	case api.SeverityInfo:
		return info
	case api.SeverityWarning:
		return warning
	case api.SeverityCritical:
		return critical
	}
	return resolved
}
