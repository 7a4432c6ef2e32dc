package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/quaywatch/quaywatch/internal/api"
)

// unknown stands for what is not known, which is never 0.
const unknown = "–"

// printable takes what could steer a terminal out of a text that others wrote:
// names, labels and error messages are text, never control sequences.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return '�'
		}
		return r
	}, s)
}

// bytesText is a size in units of 1024, with three digits.
func bytesText(v *int64) string {
	if v == nil {
		return unknown
	}
	return sizeText(float64(*v))
}

func sizeText(f float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	i := 0
	for ; f >= 1000 && i < len(units)-1; i++ {
		f /= 1024
	}
	switch {
	case i == 0:
		return fmt.Sprintf("%.0f %s", f, units[i])
	case f < 10:
		return fmt.Sprintf("%.2f %s", f, units[i])
	case f < 100:
		return fmt.Sprintf("%.1f %s", f, units[i])
	}
	return fmt.Sprintf("%.0f %s", f, units[i])
}

// rateText is bytes a second.
func rateText(v *int64) string {
	if v == nil {
		return unknown
	}
	return sizeText(float64(*v)) + "/s"
}

// percentText is CPU in percent of one core.
func percentText(v *float64) string {
	if v == nil {
		return unknown
	}
	if *v >= 100 {
		return fmt.Sprintf("%.0f%%", *v)
	}
	return fmt.Sprintf("%.1f%%", *v)
}

// durationText is how long, in its two largest units.
func durationText(d time.Duration) string {
	d = max(d, 0).Truncate(time.Second)
	day := 24 * time.Hour
	switch {
	case d >= 14*day:
		return fmt.Sprintf("%dd", d/day)
	case d >= day:
		return fmt.Sprintf("%dd %dh", d/day, d%day/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %ds", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// stateText is the state with what belongs to it.
func stateText(c *api.Container, now time.Time) string {
	text := string(c.State)
	switch c.State {
	case api.StateExited, api.StateDead:
		if c.ExitCode != nil {
			text += fmt.Sprintf(" (%d)", *c.ExitCode)
		}
		if c.OOMKilled {
			text += " OOM"
		}
		if c.FinishedAt != nil {
			text += " " + agoText(now.Sub(*c.FinishedAt))
		}
	case api.StateRestarting:
		if c.RestartCount > 0 {
			text += fmt.Sprintf(" ×%d", c.RestartCount)
		}
	case api.StateCreated, api.StateRunning, api.StatePaused, api.StateRemoving:
	}
	return text
}

// agoText is how long ago, in one unit.
func agoText(d time.Duration) string {
	text, _, _ := strings.Cut(durationText(d), " ")
	return text + " ago"
}

func healthText(h api.Health) string {
	if h == api.HealthNone || h == "" {
		return ""
	}
	return string(h)
}

func uptimeText(c *api.Container, now time.Time) string {
	if !c.State.Alive() {
		return ""
	}
	if c.StartedAt == nil {
		return unknown
	}
	return durationText(now.Sub(*c.StartedAt))
}

// portsText lists published ports first, as `docker ps` writes them but without
// the address that stands for "all", and folds IPv4 and IPv6.
func portsText(ports []api.Port) string {
	var published, exposed []string
	for _, p := range ports {
		if p.Public == 0 {
			exposed = append(exposed, portText(p.Private, p.Proto))
			continue
		}
		text := strconv.Itoa(p.Public) + "→" + portText(p.Private, p.Proto)
		if p.IP != "" && p.IP != "0.0.0.0" && p.IP != "::" {
			text = p.IP + ":" + text
		}
		published = append(published, text)
	}
	return strings.Join(slices.Concat(distinct(published), distinct(exposed)), ", ")
}

func portText(port int, proto string) string {
	if proto == "tcp" || proto == "" {
		return strconv.Itoa(port)
	}
	return strconv.Itoa(port) + "/" + proto
}

// distinct removes repetitions and keeps the order.
func distinct(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// shortImage drops a digest that repeats what a tag says.
func shortImage(image string) string {
	if name, digest, ok := strings.Cut(image, "@sha256:"); ok && len(digest) > 12 {
		return name + "@" + digest[:12]
	}
	if digest, ok := strings.CutPrefix(image, "sha256:"); ok && len(digest) > 12 {
		return digest[:12]
	}
	return image
}

// shortID is an id as people write it.
func shortID(id string) string {
	const n = 12
	if len(id) > n && !strings.ContainsAny(id, ":/") {
		return id[:n]
	}
	return id
}

// plural is "1 job", "2 jobs".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
