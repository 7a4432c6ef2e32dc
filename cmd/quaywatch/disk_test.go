package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestDiskUseAgreesWithDocker: counts and the sizes of volumes, without a server and
// with one, which measures anew where that is asked.
func TestDiskUseAgreesWithDocker(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	e.Docker(t, "run", "--name", "wrote", "-v", "data:/data", enginetest.Image, "dd", "if=/dev/zero", "of=/data/x", "bs=1024", "count=3000")
	e.Docker(t, "volume", "create", "unused")
	use := func(args ...string) (d api.DiskUsage) {
		t.Helper()
		decode(t, p.ok(t, append([]string{"df", "--json"}, args...)...), &d)
		if d.MeasuredAt == nil || d.Measuring {
			t.Errorf("%v: %+v", args, d)
		}
		return d
	}
	images := len(strings.Fields(e.Docker(t, "images", "-q", "--no-trunc")))
	right := func(d api.DiskUsage, volumes int) {
		t.Helper()
		if d.Volumes.Count != volumes || d.Volumes.Active != 1 || d.Volumes.TotalBytes == nil || *d.Volumes.TotalBytes < 3000<<10 || *d.Volumes.TotalBytes > 4000<<10 ||
			d.Containers.Count != 1 || d.Containers.Active != 0 || d.Images.Count > images || d.Images.Count == 0 {
			t.Errorf("%+v, of %d volumes and %d images", d, volumes, images)
		}
	}
	right(use(), 2)
	out := p.ok(t, "df")
	for _, want := range []string{"KIND", "RECLAIMABLE", "build cache", "volumes           2        1   2.93 MiB", " in all, ", "Measured 0s ago, at "} {
		if !strings.Contains(out, want) {
			t.Errorf("df lacks %q:\n%s", want, out)
		}
	}
	_, base := p.serve(t)
	old := use()
	right(old, 2)
	e.Docker(t, "volume", "create", "later")
	fresh := use("--measure")
	right(fresh, 3)
	if !fresh.MeasuredAt.After(*old.MeasuredAt) {
		t.Errorf("measured at %s, and before at %s", fresh.MeasuredAt, old.MeasuredAt)
	}
	if again := use(); again.MeasuredAt.Before(*fresh.MeasuredAt) {
		t.Errorf("asked again: %s", again.MeasuredAt)
	}
	viewer := newPlace(t, "QUAYWATCH_TOKEN="+strings.TrimSpace(p.ok(t, "token", "create", "eye", "--role", "viewer")))
	if r := viewer.run(t, "df", "--url", base); r.code != 0 {
		t.Errorf("a viewer looks: %+v", r)
	}
	if r := viewer.run(t, "df", "--measure", "--url", base); r.code != exitForbidden || r.out != "" {
		t.Errorf("a viewer measures: %+v", r)
	}
	e.Kill(t)
	eventually(t, "the last that is known, and what is wrong", func() error {
		if r := p.run(t, "df"); r.code != exitUnreachable || !strings.Contains(r.out, "build cache") || r.err == "" {
			return fmt.Errorf("%+v", r)
		}
		return nil
	})
}

// TestDiskUseThatTakesItsTime says so on a terminal, in a line that is gone again when
// the figures come, here because the engine has stopped to answer.
func TestDiskUseThatTakesItsTime(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	p.serve(t)
	p.ok(t, "df")
	e.Freeze(t)
	defer e.Thaw(t)
	v := p.terminal(t, 80, 24, nil, "df", "--measure")
	v.sees("The engine measures its disk use, which may take minutes: ")
	v.sees("RECLAIMABLE")
	v.restored(exitUnreachable)
	if got := v.written(); !strings.Contains(got, "\r\x1b[K\x1b[1mKIND") {
		t.Errorf("the table does not begin a line: %q", got)
	}
}

func TestDiskUseInASentence(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local)
	use := func(total, free int64) api.DiskUse { return api.DiskUse{TotalBytes: &total, ReclaimableBytes: &free} }
	d := &api.DiskUsage{MeasuredAt: &at, Images: use(3<<30, 1<<30), Containers: use(0, 0), Volumes: use(1<<30, 0), BuildCache: use(0, 0)}
	if got, want := diskSum(d, at.Add(3*time.Minute)), "4.00 GiB in all, 1.00 GiB of it reclaimable. Measured 3m ago, at 2026-03-01 12:00:00."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	d.BuildCache = api.DiskUse{}
	if got := diskSum(d, at); !strings.HasPrefix(got, "at least 4.00 GiB in all") {
		t.Errorf("of what is not known: %s", got)
	}
}

// TestDiskUseIsAwaited: what was known before is no answer to a new measurement, and
// an attempt that fails is the end of it.
func TestDiskUseIsAwaited(t *testing.T) {
	then, now := time.Now().Add(-time.Hour), time.Now()
	l := &diskLook{measure: true, before: map[string]time.Time{"e": then}, asked: now}
	for i, c := range []struct {
		d    api.DiskUsage
		done bool
	}{
		{api.DiskUsage{Engine: "e", MeasuredAt: &then}, false},
		{api.DiskUsage{Engine: "e", MeasuredAt: &then, Error: "of the time before"}, false},
		{api.DiskUsage{Engine: "e", MeasuredAt: &then, Measuring: true, Error: "of the time before"}, false},
		{api.DiskUsage{Engine: "e", MeasuredAt: &then, Error: "this one"}, true},
		{api.DiskUsage{Engine: "e", MeasuredAt: &now}, true},
		{api.DiskUsage{Engine: "other", MeasuredAt: &now}, true},
	} {
		if got := l.done(&c.d); got != c.done {
			t.Errorf("%d: %v", i, got)
		}
	}
	l = &diskLook{}
	if !l.done(&api.DiskUsage{MeasuredAt: &then, Measuring: true}) || l.done(&api.DiskUsage{Measuring: true}) || !l.done(&api.DiskUsage{Error: "it failed"}) {
		t.Error("what a server knows is not taken as it is")
	}
}
