package notify

import (
	"net/url"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Mask stands for what is not shown.
const Mask = "••••"

// shown is a delivery as answers have it: without its secret, and with a mask in
// its address.
func shown(d api.Delivery) api.Delivery {
	d.SecretSet = d.Secret != nil && *d.Secret != ""
	d.Secret = nil
	d.URL = maskURL(d.Kind, d.URL)
	if d.Mail != nil {
		m := *d.Mail
		m.To = slices.Clone(m.To)
		d.Mail = &m
	}
	return d
}

// maskURL hides what lets somebody send in our stead. That is the path as well:
// a hook's is a secret, a topic of ntfy's is like a password, and what a webhook's
// is nobody knows. Only Gotify's says nothing.
func maskURL(kind api.DeliveryKind, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		if address == "" {
			return ""
		}
		return Mask
	}
	out := u.Scheme + "://"
	if u.User != nil {
		out += Mask + "@"
	}
	out += u.Host
	switch {
	case kind == api.DeliveryGotify:
		out += u.EscapedPath()
		if u.RawQuery != "" {
			out += "?" + Mask
		}
	case u.RawQuery != "" || u.Path != "" && u.Path != "/":
		out += "/" + Mask
	default:
		out += u.Path
	}
	return out
}

// shortSecret is what is too short to be looked for in texts: it would be found
// everywhere.
const shortSecret = 4

// redact takes out of a text what of a delivery is secret, whoever put it there:
// an error that names the address, or a receiver that repeats what it was sent.
func redact(d *api.Delivery, text string) string {
	var secrets []string
	add := func(s ...string) {
		for _, v := range s {
			if len(v) >= shortSecret {
				secrets = append(secrets, v)
			}
		}
	}
	if d.Secret != nil {
		add(*d.Secret, strings.TrimPrefix(*d.Secret, secretPrefix))
	}
	if u, err := url.Parse(d.URL); err == nil && d.URL != "" {
		add(d.URL, u.RequestURI(), u.RawQuery)
		if u.User != nil {
			password, _ := u.User.Password()
			add(u.User.String(), password)
		}
		for _, values := range u.Query() {
			add(values...)
		}
		if d.Kind != api.DeliveryGotify {
			add(u.Path, u.EscapedPath())
			for part := range strings.SplitSeq(u.Path, "/") {
				// Words of the path that tell nothing are left, so that "not found: hooks"
				// can be read; keys have digits or are long.
				if len(part) >= 16 || strings.ContainsAny(part, "0123456789") || d.Kind == api.DeliveryNtfy {
					add(part, url.PathEscape(part))
				}
			}
		}
	} else {
		add(d.URL)
	}
	// The longest first: one may be a part of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, Mask)
	}
	return text
}
