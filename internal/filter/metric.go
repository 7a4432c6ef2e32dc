package filter

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// figure is what a metric is compared with: in the metric's own unit, or
// (ofLimit) in percent of the limit.
type figure struct {
	value   float64
	ofLimit bool
}

// needsUnit begins what is said of a figure without its unit; what would be
// right follows.
const needsUnit = "needs a unit: "

func example(u unit) string {
	return map[unit]string{
		percent: "50 or 50%", bytes: "200MB, 1.5GiB or 80%", rate: "500kB/s or 1MB/s", count: "100", duration: "30s, 5m, 2h or 1d",
	}[u]
}

//nolint:gochecknoglobals // never changed
var (
	percentFigure  = regexp.MustCompile(`^\d+(\.\d+)?%?$`)
	shareFigure    = regexp.MustCompile(`^\d+(\.\d+)?%$`)
	countFigure    = regexp.MustCompile(`^\d+$`)
	plainFigure    = regexp.MustCompile(`^\d+(\.\d+)?$`)
	bytesFigure    = regexp.MustCompile(`^(\d+(?:\.\d+)?)(b|[kmgt](i?)b?)?$`)
	durationFigure = regexp.MustCompile(`^(\d+(\.\d+)?(s|min|m|h|d|w))+$`)
	durationPart   = regexp.MustCompile(`(\d+(?:\.\d+)?)(s|min|m|h|d|w)`)
)

// readFigure reads a figure, or says what would be right.
func readFigure(text string, u unit) (figure, string) {
	value := strings.ToLower(strings.TrimSpace(text))
	f, ok := figure{}, false
	switch u {
	case percent:
		ok = percentFigure.MatchString(value)
		f.value = number(strings.TrimSuffix(value, "%"))
	case count:
		ok = countFigure.MatchString(value)
		f.value = number(value)
	case duration:
		ok = durationFigure.MatchString(value)
		f.value = seconds(value)
	case bytes:
		switch {
		case shareFigure.MatchString(value):
			f, ok = figure{number(strings.TrimSuffix(value, "%")), true}, true
		case noUnit(value):
			return f, needsUnit + value + "MB"
		default:
			f.value, ok = size(value)
		}
	case rate:
		if noUnit(value) {
			return f, needsUnit + value + "kB/s"
		}
		f.value, ok = size(strings.TrimSuffix(value, "/s"))
	}
	if !ok || math.IsNaN(f.value) || math.IsInf(f.value, 0) {
		return f, "should be a figure like " + example(u)
	}
	return f, ""
}

// number reads what an expression has found to be one; too many digits are
// infinite.
func number(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// noUnit: 0 is 0 in any unit.
func noUnit(value string) bool { return plainFigure.MatchString(value) && number(value) != 0 }

func size(value string) (float64, bool) {
	m := bytesFigure.FindStringSubmatch(value)
	if m == nil {
		return 0, false
	}
	base, power := 1000.0, 0
	if m[3] == "i" {
		base = 1024
	}
	if m[2] != "" {
		power = strings.IndexByte("bkmgt", m[2][0])
	}
	return number(m[1]) * math.Pow(base, float64(power)), true
}

// seconds of "90s", "1h30m".
func seconds(value string) float64 {
	sum := 0.0
	for _, m := range durationPart.FindAllStringSubmatch(value, -1) {
		sum += number(m[1]) * map[string]float64{"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}[m[2]]
	}
	return sum
}

// metricTerm is a comparison of a metric, or what is wrong with its figure.
func metricTerm(metric string, u unit, operator, text string) (*Term, string) {
	f, bad := readFigure(text, u)
	if bad != "" {
		return nil, bad
	}
	live := metric != "restarts"
	read := reader(metric)
	if f.ofLimit {
		read = memoryShare
	}
	return &Term{Live: live, test: func(c *api.Container, s Sight) bool {
		// What has ended has no load, and NaN, which is not known, passes no comparison.
		return (!live || c.State.Alive()) && compare(read(c, s), operator, f.value)
	}}, ""
}

func compare(a float64, operator string, b float64) bool {
	switch operator {
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "<":
		return a < b
	case "<=":
		return a <= b
	}
	return a == b
}

func reader(metric string) func(*api.Container, Sight) float64 {
	sum := func(columns ...api.Column) func(*api.Container, Sight) float64 {
		return func(c *api.Container, s Sight) float64 {
			total := 0.0
			for _, col := range columns {
				total += cell(c, col, s)
			}
			return total
		}
	}
	switch metric {
	case "cpu":
		return func(c *api.Container, s Sight) float64 { return cell(c, api.ColCPU, s) / 100 }
	case "mem":
		return sum(api.ColMemory)
	case "net":
		return sum(api.ColRxRate, api.ColTxRate)
	case "rx":
		return sum(api.ColRxRate)
	case "tx":
		return sum(api.ColTxRate)
	case "disk":
		return sum(api.ColReadRate, api.ColWriteRate)
	case "read":
		return sum(api.ColReadRate)
	case "write":
		return sum(api.ColWriteRate)
	case "pids":
		return sum(api.ColPids)
	case "restarts":
		return func(c *api.Container, _ Sight) float64 { return float64(c.RestartCount) }
	}
	return func(c *api.Container, s Sight) float64 {
		if c.StartedAt == nil {
			return math.NaN()
		}
		return s.Now().Sub(*c.StartedAt).Seconds()
	}
}

func memoryShare(c *api.Container, s Sight) float64 {
	limit := cell(c, api.ColMemoryLimit, s)
	if c.MemoryLimitBytes != nil {
		limit = float64(*c.MemoryLimitBytes)
	}
	return cell(c, api.ColMemory, s) / limit * 100
}

func cell(c *api.Container, column api.Column, s Sight) float64 {
	v := s.Metric(c.Row, column)
	if v == api.Unknown {
		return math.NaN()
	}
	return float64(v)
}
