package notify

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of a delivery.
const (
	maxURL        = 2000
	maxSecret     = 1000
	maxRecipients = 50
	maxGroup      = 3600
	minRepeat     = 60
	maxRepeat     = 30 * 24 * 3600
	// minRawSecret is the shortest secret that signs, in bytes.
	minRawSecret = 16
)

// secretPrefix begins a secret as Standard Webhooks has it: the rest is base64.
const secretPrefix = "whsec_"

func invalid(format string, a ...any) error {
	return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf(format, a...)}
}

// checkName refuses what is no name of a delivery.
func checkName(name string) error {
	ok := name != "" && len(name) <= api.MaxRuleName && strings.TrimSpace(name) == name && strings.Trim(name, ".") != ""
	for _, r := range name {
		ok = ok && (r == ' ' || r == '-' || r == '_' || r == '.' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)))
	}
	if !ok {
		return invalid("A delivery's name takes 1 to %d letters, digits, \"-\", \"_\", \".\" and spaces between them.", api.MaxRuleName)
	}
	return nil
}

// check refuses a delivery that can't work, and fills in what was left out. d has
// its real address and secret.
func (g *Guard) check(d *api.Delivery) error {
	if err := checkName(d.Name); err != nil {
		return err
	}
	switch d.MinSeverity {
	case "":
		d.MinSeverity = api.SeverityInfo
	case api.SeverityInfo, api.SeverityWarning, api.SeverityCritical:
	default:
		return invalid("minSeverity is %q; it must be info, warning or critical.", shorten(string(d.MinSeverity), 40))
	}
	if !(d.GroupSeconds >= 0 && d.GroupSeconds <= maxGroup) {
		return invalid("groupSeconds must be from 0 to %d.", maxGroup)
	}
	if d.RepeatSeconds != 0 && !(d.RepeatSeconds >= minRepeat && d.RepeatSeconds <= maxRepeat) {
		return invalid("repeatSeconds must be 0 for never, or from %d to %d.", minRepeat, maxRepeat)
	}
	if d.Secret != nil && (len(*d.Secret) > maxSecret || strings.ContainsFunc(*d.Secret, unicode.IsControl)) {
		return invalid("The secret takes at most %d characters, and none that control a terminal.", maxSecret)
	}
	if d.Kind == api.DeliveryMail {
		return g.checkMail(d)
	}
	if d.Mail != nil {
		return invalid("A delivery of kind %s has no mail server: leave mail null, or make the kind mail.", shorten(string(d.Kind), 40))
	}
	u, err := g.checkURL(d)
	if err != nil {
		return err
	}
	secret := ""
	if d.Secret != nil {
		secret = *d.Secret
	}
	switch d.Kind {
	case api.DeliveryWebhook:
		return checkSigning(secret)
	case api.DeliverySlack, api.DeliveryDiscord, api.DeliveryTeams:
		if secret != "" {
			return invalid("A %s hook has no secret but its address: leave secret out.", d.Kind)
		}
		if strings.Trim(u.Path, "/") == "" {
			return invalid("The address has no path. Give the whole address of the hook as %s shows it, such as %s.", service(d.Kind), example(d.Kind))
		}
	case api.DeliveryNtfy:
		if topic := lastSegment(u.Path); topic == "" || strings.ContainsFunc(topic, func(r rune) bool {
			return r != '-' && r != '_' && (r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r))
		}) {
			return invalid("The address must end with the topic: letters, digits, \"-\" and \"_\", such as %s.", example(d.Kind))
		}
		if secret != "" && u.User != nil {
			return invalid("Give ntfy a token as the secret, or a user and a password in the address, not both.")
		}
	case api.DeliveryGotify:
		if secret == "" {
			return invalid("Gotify needs a token: give that of an application (Gotify's page, Apps) as the secret.")
		}
		if strings.HasSuffix(u.Path, "/message") {
			return invalid("The address is that of the server, such as %s, without /message.", example(d.Kind))
		}
	case api.DeliveryMail:
	}
	return nil
}

// service and example say where an address comes from and how it looks.
func service(k api.DeliveryKind) string {
	switch k {
	case api.DeliverySlack:
		return "Slack"
	case api.DeliveryDiscord:
		return "Discord"
	case api.DeliveryTeams:
		return "Teams"
	default:
		return "the service"
	}
}

func example(k api.DeliveryKind) string {
	switch k {
	case api.DeliverySlack:
		return "https://hooks.slack.com/services/T000/B000/XXXX"
	case api.DeliveryDiscord:
		return "https://discord.com/api/webhooks/1234/XXXX"
	case api.DeliveryTeams:
		return "https://…logic.azure.com/workflows/…"
	case api.DeliveryNtfy:
		return "https://ntfy.sh/my-alerts"
	case api.DeliveryGotify:
		return "https://gotify.example.org"
	default:
		return "https://example.org/hook"
	}
}

func lastSegment(path string) string {
	path = strings.TrimSuffix(path, "/")
	return path[strings.LastIndex(path, "/")+1:]
}

// checkURL refuses what is no address to post to. What it says never has the
// address in it.
func (g *Guard) checkURL(d *api.Delivery) (*url.URL, error) {
	switch d.Kind {
	case api.DeliveryWebhook, api.DeliverySlack, api.DeliveryDiscord, api.DeliveryTeams, api.DeliveryNtfy, api.DeliveryGotify:
	default:
		return nil, invalid("There is no kind of delivery %q; there are webhook, slack, discord, teams, ntfy, gotify and mail.", shorten(string(d.Kind), 40))
	}
	switch {
	case d.URL == "":
		return nil, invalid("A delivery of kind %s needs an address: give url, such as %s.", d.Kind, example(d.Kind))
	case len(d.URL) > maxURL:
		return nil, invalid("The address takes at most %d characters.", maxURL)
	case strings.Contains(d.URL, Mask[:len("•")]):
		return nil, invalid("The address has a mask in it (%s). Give the whole address, or send it exactly as it came to leave it.", Mask)
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, invalid("The address can't be read. Give one such as %s.", example(d.Kind))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, invalid("The address must begin with https:// (or http://), such as %s.", example(d.Kind))
	}
	if u.Hostname() == "" || u.Opaque != "" {
		return nil, invalid("The address has no host. Give one such as %s.", example(d.Kind))
	}
	if u.Fragment != "" {
		return nil, invalid("The address has a part after \"#\", which is not sent. Leave it out.")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return u, asInvalid(g.Check(ip))
	}
	return u, nil
}

// asInvalid makes the guard's answer one about the request.
func asInvalid(err error) error {
	if err == nil {
		return nil
	}
	return invalid("%s.", err.Error())
}

// checkSigning refuses a secret that signs nothing well.
func checkSigning(secret string) error {
	if secret == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(secret, secretPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(rest); err != nil || len(key) < 24 || len(key) > 64 {
			return invalid("A secret that begins with %s goes on with 24 to 64 bytes in base64, such as `openssl rand -base64 32` makes.", secretPrefix)
		}
		return nil
	}
	if len(secret) < minRawSecret {
		return invalid("The secret is too short to sign with: give %d characters or more, or %s and what `openssl rand -base64 32` makes.", minRawSecret, secretPrefix)
	}
	return nil
}

func (g *Guard) checkMail(d *api.Delivery) error {
	if d.URL != "" {
		return invalid("A delivery of kind mail has no address: leave url empty, and give mail its host, port, from and to.")
	}
	m := d.Mail
	if m == nil {
		return invalid("A delivery of kind mail needs mail: {\"host\", \"port\", \"tls\", \"user\", \"from\", \"to\"}.")
	}
	usual(m)
	if m.TLS != tlsStart && m.TLS != tlsWhole && m.TLS != tlsNone {
		return invalid("mail.tls is %q; it must be starttls, tls or none.", shorten(m.TLS, 40))
	}
	if m.Port < 1 || m.Port > math.MaxUint16 {
		return invalid("mail.port must be from 1 to 65535: 587 for starttls, 465 for tls, 25 for none, mostly.")
	}
	if !hostName(m.Host) {
		return invalid("mail.host must be the mail server's name or address, such as smtp.example.org, without a port.")
	}
	if ip, err := netip.ParseAddr(m.Host); err == nil {
		if err := g.Check(ip); err != nil {
			return asInvalid(err)
		}
	}
	if m.TLS == tlsNone && d.Secret != nil && *d.Secret != "" {
		return invalid("A password is not sent without encryption: make mail.tls starttls or tls, or leave the secret empty.")
	}
	if (m.User == "") != (d.Secret == nil || *d.Secret == "") {
		return invalid("A mail server that wants to know who sends takes both: mail.user and the password as the secret. Give both or neither.")
	}
	if strings.ContainsFunc(m.User, unicode.IsControl) || len(m.User) > maxSecret {
		return invalid("mail.user is no user's name.")
	}
	if !mailAddress(m.From) {
		return invalid("mail.from must be an address such as quaywatch@example.org.")
	}
	if len(m.To) == 0 || len(m.To) > maxRecipients {
		return invalid("mail.to must be a list of 1 to %d addresses.", maxRecipients)
	}
	for i, to := range m.To {
		if !mailAddress(to) {
			return invalid("mail.to[%d] must be an address such as ops@example.org.", i)
		}
	}
	return nil
}

// usual fills in what was left out of a mail server.
func usual(m *api.DeliveryMailServer) {
	if m.TLS == "" {
		m.TLS = tlsStart
	}
	if m.Port != 0 {
		return
	}
	switch m.TLS {
	case tlsStart:
		m.Port = 587
	case tlsWhole:
		m.Port = 465
	case tlsNone:
		m.Port = 25
	}
}

func mailAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && len(s) <= 320 && strings.Contains(a.Address, "@") && !strings.ContainsFunc(s, unicode.IsControl)
}

func hostName(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return s != "" && len(s) <= 253 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && (r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
}
