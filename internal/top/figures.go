package top

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// unknown stands for what is not known, which is never 0.
const unknown = "–"

// threeDigits writes three significant digits, as the page does.
func threeDigits(x float64) string {
	switch {
	case x < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case x < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(math.Round(x), 'f', 0, 64)
}

func scaled(v int64, base float64, units ...string) string {
	x, i := float64(v), 0
	// 999.5 would round to a fourth digit, so it belongs to the next unit.
	for ; i < len(units)-1 && x >= 999.5; i++ {
		x /= base
	}
	if i == 0 {
		return strconv.FormatInt(v, 10) + " " + units[0]
	}
	return threeDigits(x) + " " + units[i]
}

// bytesText is a size in units of 1024.
func bytesText(v int64) string {
	if v == api.Unknown {
		return unknown
	}
	return scaled(v, 1024, "B", "KiB", "MiB", "GiB", "TiB", "PiB")
}

// rateText is bytes a second in units of 1000, as links and disks are sold.
func rateText(v int64) string {
	if v == api.Unknown {
		return unknown
	}
	return scaled(v, 1000, "B/s", "kB/s", "MB/s", "GB/s", "TB/s")
}

// percentText is hundredths of a percent.
func percentText(v int64) string {
	switch v {
	case api.Unknown:
		return unknown
	case 0:
		return "0%"
	}
	return threeDigits(float64(v)/100) + "%"
}

// shareText is how much of a limit is used, empty where there is no telling.
func shareText(part, whole int64) string {
	if part == api.Unknown || whole == api.Unknown || whole <= 0 {
		return ""
	}
	share := float64(part) / float64(whole) * 100
	if share > 0 && share < 1 {
		return "<1%"
	}
	return fmt.Sprintf("%.0f%%", share)
}

func countText(v int64) string {
	if v == api.Unknown {
		return unknown
	}
	return strconv.FormatInt(v, 10)
}

// durationText is how long, in its two largest units, and from ten of the larger
// one on in that alone.
func durationText(d time.Duration) string {
	const day = 24 * time.Hour
	d = max(d, 0)
	two := func(big time.Duration, bigUnit string, small time.Duration, smallUnit string) string {
		b, s := d/big, d%big/small
		if s == 0 || b >= 10 {
			return fmt.Sprintf("%d%s", b, bigUnit)
		}
		return fmt.Sprintf("%d%s %d%s", b, bigUnit, s, smallUnit)
	}
	switch {
	case d >= day:
		return two(day, "d", time.Hour, "h")
	case d >= time.Hour:
		return two(time.Hour, "h", time.Minute, "m")
	case d >= time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// agoText is how long ago, in one unit, as nobody needs two.
func agoText(d time.Duration) string {
	text, _, _ := strings.Cut(durationText(d), " ")
	return text + " ago"
}

// millisText is a round trip.
func millisText(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 1000:
		return fmt.Sprintf("%d ms", max(1, int(math.Round(ms))))
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// plural is "1 container", "12 containers".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func containersText(n int) string { return plural(n, "container", "containers") }

// portsText lists published ports, IPv4 and IPv6 folded.
func portsText(ports []api.Port) string {
	var texts []string
	for _, p := range ports {
		if p.Public == 0 {
			continue
		}
		text := strconv.Itoa(p.Public)
		if p.Private != p.Public {
			text += ":" + strconv.Itoa(p.Private)
		}
		if p.Proto != "tcp" && p.Proto != "" {
			text += "/" + p.Proto
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, " ")
}

// shortID is an id as people write it.
func shortID(id string) string {
	const n = 12
	if len(id) > n {
		return id[:n]
	}
	return id
}
