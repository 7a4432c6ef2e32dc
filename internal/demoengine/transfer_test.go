package demoengine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAMadeUpPullIsLikeARealOne: each layer goes through its stages in order, by
// numbers that fit, and all of it ends in a time that one can wait for.
func TestAMadeUpPullIsLikeARealOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		im := newImage(rapid.StringMatching(`[a-z]{1,8}:[0-9]`).Draw(t, "ref"), time.Unix(0, 0))
		pull := rapid.Bool().Draw(t, "pull")
		m := newMove(im, pull, rapid.IntRange(0, 5).Draw(t, "exists") == 0)
		last := map[string]string{}
		for _, l := range m.begin() {
			last[l.ID] = l.Status
		}
		if len(last) != len(m.layers) {
			t.Fatalf("%d of %d layers are named at first", len(last), len(m.layers))
		}
		took, retried := time.Duration(0), 0
		for done := false; !done; took += transferTick {
			var said []line
			said, done = m.step(transferTick)
			for _, l := range said {
				if l.Progress.Current > l.Progress.Total || l.Progress.Current < 0 {
					t.Fatalf("%+v %+v", l, l.Progress)
				}
				if strings.HasPrefix(l.Status, "Retrying") {
					retried++
				}
				last[l.ID] = l.Status
			}
			if took > 60*time.Second {
				t.Fatalf("it does not end: %v", last)
			}
		}
		for id, s := range last {
			if !slices.Contains([]string{"Pull complete", "Pushed", "Already exists", "Layer already exists"}, s) {
				t.Fatalf("%s ends as %s", id, s)
			}
		}
		if took > 25*time.Second || retried > 1 {
			t.Fatalf("it took %s with %d retries", took, retried)
		}
	})
}

func (c cli) testTransfers(t *testing.T) {
	t.Helper()
	name, tag := "", ""
	for i := 0; name == "" || newImage(name, time.Time{}).size > 15<<20; i++ { // a small one
		tag = fmt.Sprint("1.", i)
		name = "ghcr.io/acme/fresh:" + tag
	}
	out := c.run(t, "pull", "-q", name)
	if !strings.HasSuffix(out, "acme/fresh:"+tag) {
		t.Errorf("docker pull: %s", out)
	}
	if got := c.run(t, "images", "--format", "{{.Repository}}:{{.Tag}}", name); got != name {
		t.Errorf("docker images: %q", got)
	}
	if out := c.run(t, "pull", name); !strings.Contains(out, "Image is up to date for "+name) || !strings.Contains(out, "Already exists") {
		t.Errorf("docker pull again: %s", out)
	}
	if out := c.run(t, "push", name); !strings.Contains(out, tag+": digest: sha256:") {
		t.Errorf("docker push: %s", out)
	}
	for name, want := range map[string]string{"acme/missing:1": "manifest unknown", "acme/private/app:1": "authentication required"} {
		if _, out, ok := c.try(t, "pull", name); ok || !strings.Contains(out, want) {
			t.Errorf("docker pull %s: %s", name, out)
		}
	}
	if _, out, ok := c.try(t, "push", "acme/not-here:1"); ok || !strings.Contains(out, "does not exist locally") {
		t.Errorf("docker push: %s", out)
	}
}

func (c cli) testPrune(t *testing.T) {
	t.Helper()
	c.run(t, "network", "create", "pruned-later")
	if out := c.run(t, "network", "prune", "-f"); !strings.Contains(out, "pruned-later") {
		t.Errorf("docker network prune: %s", out)
	}
	if out := c.run(t, "image", "prune", "-f"); !strings.Contains(out, "deleted: sha256:") {
		t.Errorf("docker image prune: %s", out)
	}
	if got := c.run(t, "images", "-q", "-f", "dangling=true"); got != "" {
		t.Errorf("dangling images are left: %s", got)
	}
	c.run(t, "container", "prune", "-f")
	if got := c.run(t, "ps", "-aq", "-f", "status=exited"); got != "" {
		t.Errorf("containers are left: %s", got)
	}
}
