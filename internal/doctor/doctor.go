// Package doctor looks at everything Quaywatch depends on and says what is
// wrong and what to do: the engine, the sources of metrics, the address to
// listen on, the data directory and the limits of the process.
//
// It changes nothing but a file that it makes in the data directory and removes
// again. Run works in the caller's goroutine, one check after the other, each
// with a deadline; the package starts no goroutine and has no lock.
package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/stats"
)

// Level says how bad a finding is.
type Level string

// Fine, worth knowing, and in the way.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
)

// Finding is the outcome of a check. Fix says what to do; it is empty where
// nothing needs to be done.
type Finding struct {
	Check string `json:"check"`
	Level Level  `json:"level"`
	Text  string `json:"text"`
	Fix   string `json:"fix"`
}

// Server is a running Quaywatch of this user.
type Server struct {
	URL    string
	Listen string
	PID    int
}

// Options say what to look at.
type Options struct {
	// Host is what the user named, Origin where that stands if it is not a flag;
	// see engine.ResolveOptions.
	Host, Origin string
	Getenv       func(string) string
	// Listen is the address a server would listen on.
	Listen  string
	DataDir string
	// Server is the one that runs, nil for none.
	Server *Server
	// CgroupRoot is as in stats.CgroupOptions.
	CgroupRoot string
}

// askTimeout bounds one question to the engine. The engine's own deadline is
// shorter, and says more when it has passed.
const askTimeout = 8 * time.Second

// Run makes the checks and hands each finding to found as it comes. It returns
// the worst level.
func Run(ctx context.Context, o Options, found func(Finding)) Level {
	worst := OK
	report := func(f Finding) {
		if f.Level == Fail || f.Level == Warn && worst == OK {
			worst = f.Level
		}
		found(f)
	}
	checkEngine(ctx, o, report)
	report(checkServer(o.Server))
	report(checkListen(ctx, o.Listen, o.Server))
	checkDataDir(o.DataDir, report)
	report(checkFiles())
	return worst
}

func checkEngine(ctx context.Context, o Options, report func(Finding)) {
	ep, err := engine.Resolve(engine.ResolveOptions{Flag: o.Host, Getenv: o.Getenv})
	if err != nil {
		report(failed("engine address", err))
		return
	}
	if o.Host != "" && o.Origin != "" {
		ep.Origin = o.Origin
	}
	report(Finding{Check: "engine address", Level: OK, Text: fmt.Sprintf("%s (%s)", ep.Host, ep.Origin)})
	e, err := engine.New(ep, nil)
	if err != nil {
		report(failed("engine", err))
		return
	}
	defer func() { _ = e.Close() }()
	asked, cancel := context.WithTimeout(ctx, askTimeout)
	status, err := e.Status(asked)
	cancel()
	if err != nil {
		report(failed("engine", err))
		return
	}
	text := fmt.Sprintf("%s answers: %s %s, API %s, %s/%s, %d CPUs", status.Name, cmp.Or(status.Product, "Docker"), status.Version, status.APIVersion, status.OS, status.Arch, status.CPUs)
	f := Finding{Check: "engine", Level: OK, Text: text}
	if status.Demo {
		f.Level, f.Text, f.Fix = Warn, text+". It is the demo engine: nothing in it is real", "Name a real engine with --host or DOCKER_HOST."
	}
	report(f)
	report(checkRoundTrip(ctx, e))
	report(checkClock(status.ClockOffsetSeconds))
	targets, f := checkList(ctx, e)
	report(f)
	if f.Level != Fail {
		report(checkMetrics(ctx, o, e, status, targets))
	}
	report(checkCgroup(status))
}

// failed turns an error of the engine's into a finding; its message says what
// to do.
func failed(check string, err error) Finding {
	f := Finding{Check: check, Level: Fail, Text: err.Error()}
	if e, ok := asError(err); ok {
		f.Text, f.Fix = splitAdvice(e.Message)
		if e.Cause != nil {
			f.Text += " (" + e.Cause.Error() + ")"
		}
	}
	return f
}

// rounds is how many pings the round trip is measured with.
const rounds = 5

func checkRoundTrip(ctx context.Context, e *engine.Engine) Finding {
	const slow = 100 * time.Millisecond
	var took []time.Duration
	for range rounds {
		asked, cancel := context.WithTimeout(ctx, askTimeout)
		d, err := e.Ping(asked)
		cancel()
		if err != nil {
			return failed("round trip", err)
		}
		took = append(took, d)
	}
	slices.Sort(took)
	median := took[len(took)/2]
	f := Finding{Check: "round trip", Level: OK, Text: fmt.Sprintf("%s (median of %d)", median.Round(10*time.Microsecond), rounds)}
	if median > slow {
		f.Level, f.Fix = Warn, "The engine is far away or busy: run Quaywatch on the engine's machine, or look at its load."
	}
	return f
}

func checkClock(offset *float64) Finding {
	const apart = 500 * time.Millisecond
	f := Finding{Check: "clock", Level: OK}
	if offset == nil {
		f.Text = "the engine did not say what time it is"
		return f
	}
	d := time.Duration(*offset * float64(time.Second))
	if d.Abs() < apart {
		f.Text = "the engine's clock and this machine's agree to " + apart.String()
		return f
	}
	f.Level, f.Text = Warn, fmt.Sprintf("the engine's clock is %s ahead of this machine's", d.Round(10*time.Millisecond))
	if d < 0 {
		f.Text = fmt.Sprintf("the engine's clock is %s behind this machine's", (-d).Round(10*time.Millisecond))
	}
	f.Fix = "Let both machines keep time with NTP; until then ages and uptimes are off by as much."
	return f
}

// checkList sees whether the engine lets us look, and finds containers to try
// the source of metrics with.
func checkList(ctx context.Context, e *engine.Engine) ([]stats.Target, Finding) {
	asked, cancel := context.WithTimeout(ctx, 2*askTimeout)
	defer cancel()
	all, err := e.List(asked)
	if err != nil {
		return nil, failed("containers", err)
	}
	const enough = 3
	var targets []stats.Target
	running := 0
	for i := range all {
		if all[i].State != api.StateRunning {
			continue
		}
		running++
		if len(targets) == enough {
			continue
		}
		if c, err := e.Inspect(asked, all[i].ID); err == nil && c.StartedAt != nil {
			targets = append(targets, stats.Target{Row: i + 1, ID: c.ID, Started: *c.StartedAt, PID: c.PID, NetworkMode: c.NetworkMode})
		}
	}
	return targets, Finding{Check: "containers", Level: OK, Text: fmt.Sprintf("%d, of which %d run", len(all), running)}
}
