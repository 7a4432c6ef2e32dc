package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/stats"
)

// checkMetrics says which rung of the ladder works, and why not the better one.
func checkMetrics(ctx context.Context, o Options, e *engine.Engine, status api.EngineStatus, targets []stats.Target) Finding {
	f := Finding{Check: "metrics", Level: OK}
	ctx, cancel := context.WithTimeout(ctx, 3*askTimeout)
	defer cancel()
	src, reason, err := stats.Choose(ctx, stats.ChooseOptions{
		Engine: e, Status: status, Targets: targets, Cgroup: stats.CgroupOptions{Root: o.CgroupRoot},
	})
	if err != nil {
		return failed(f.Check, err)
	}
	f.Text = "read from " + src.Name()
	if err := src.Close(); err != nil {
		f.Text += fmt.Sprintf(" (closing it: %v)", err)
	}
	if len(targets) == 0 {
		f.Text += ", untried because no container runs"
	}
	if reason == "" {
		f.Text += ": the engine is not asked at all"
		return f
	}
	f.Level = Warn
	f.Text += ", because " + reason
	f.Fix = "Metrics work, at a higher cost to the engine. To read them from files, run Quaywatch as root on the engine's machine."
	switch {
	case status.Demo:
		f.Level, f.Fix = OK, ""
	case !strings.HasPrefix(status.Host, "unix://"):
		f.Fix = "Metrics work, at a higher cost to the engine. To read them from files, run Quaywatch on the engine's machine."
	}
	return f
}

func checkCgroup(s api.EngineStatus) Finding {
	f := Finding{Check: "cgroup", Level: OK}
	if s.CgroupVersion == "" {
		f.Text = "the engine does not say which version it uses"
		return f
	}
	f.Text = "version " + s.CgroupVersion + ", driver " + s.CgroupDriver
	if s.CgroupVersion == "1" {
		f.Text += ": no pressure (PSI), which needs version 2"
	}
	return f
}

func asError(err error) (*api.Error, bool) { return errors.AsType[*api.Error](err) }

// splitAdvice parts a message, "what is wrong. what to do", into the two.
func splitAdvice(message string) (wrong, advice string) {
	wrong, advice, ok := strings.Cut(message, ". ")
	if !ok {
		return message, ""
	}
	return wrong + ".", advice
}
