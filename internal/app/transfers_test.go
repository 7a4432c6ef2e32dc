//go:build unix

package app

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// published puts an image into a registry, and takes it out of the engine.
func published(t *testing.T, host *enginetest.Engine, layers []enginetest.Layer, name string) {
	t.Helper()
	host.LoadImage(t, layers, name)
	host.Docker(t, "push", "-q", name)
	host.Docker(t, "rmi", name)
}

// begin asks for a job.
func (p *tab) begin(t *testing.T, q api.JobRequest) (j api.Job) {
	t.Helper()
	p.ask(t, "POST", "/api/v1/jobs", q, &j)
	return j
}

// TestTwoPullsShareALayer: through a slow line, seen by two pages; both end, and
// no bar has run backwards.
func TestTwoPullsShareALayer(t *testing.T) {
	host := enginetest.Shared(t)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	shared := enginetest.Layer{Seed: 10, Size: 4_000_000}
	published(t, host, []enginetest.Layer{shared, {Seed: 11, Size: 500_000}}, registry.Address+"/one:1")
	published(t, host, []enginetest.Layer{shared, {Seed: 12, Size: 1_000_000}}, registry.Address+"/two:1")
	line.Throttle(1_500_000)
	_, base, stop := serve(t, host.Host)
	defer stop()
	first, second := &tab{base, "tab-1"}, &tab{base, "tab-2"}

	one := first.begin(t, api.JobRequest{Kind: api.JobPull, Subject: line.Address + "/one:1"})
	two := second.begin(t, api.JobRequest{Kind: api.JobPull, Subject: line.Address + "/two:1"})
	defer func() { _, _ = host.DockerErr(t, "rmi", one.Subject, two.Subject) }() // another run pulls anew
	bars := map[string]float64{}
	current := map[string]int64{}
	until(t, "both end", func() bool {
		var list api.List[api.Job]
		second.ask(t, "GET", "/api/v1/jobs", nil, &list)
		open := 0
		for _, j := range list.Items {
			if j.State == api.JobRunning {
				open++
			}
			if p := j.Progress; p != nil && p.Fraction != nil {
				if *p.Fraction < bars[j.ID] || p.CurrentBytes < current[j.ID] {
					t.Errorf("%s runs backwards: %v after %v", j.Subject, *p.Fraction, bars[j.ID])
				}
				bars[j.ID], current[j.ID] = *p.Fraction, p.CurrentBytes
			}
		}
		return open == 0 && len(list.Items) == 2
	})
	for j, by := range map[string]string{one.ID: "tab-1", two.ID: "tab-2"} {
		end := first.state(t, j)
		if end.State != api.JobDone || end.By.Client != by || !strings.HasPrefix(end.Result.Digest, "sha256:") || *end.Progress.Fraction != 1 || len(end.Progress.Layers) != 2 {
			t.Errorf("ended as %+v, %+v, %+v", end, end.Progress, end.Error)
		}
	}
	if n := line.Passed(); n > 6_500_000 {
		t.Errorf("the shared layer has come twice: %d bytes", n)
	}
}

// TestAPullIsCancelledForEverybody: the engine stops too.
func TestAPullIsCancelledForEverybody(t *testing.T) {
	host := enginetest.Shared(t)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	published(t, host, []enginetest.Layer{{Seed: 20, Size: 8_000_000}}, registry.Address+"/slow:1")
	line.Throttle(100_000) // it takes longer than anything that is done to it
	_, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	j := page.begin(t, api.JobRequest{Kind: api.JobPull, Subject: line.Address + "/slow:1"})
	until(t, "bytes come, at a rate, and a time is left", func() bool {
		p := page.state(t, j.ID).Progress
		return p != nil && p.BytesPerSecond != nil && *p.BytesPerSecond > 0 && p.ETASeconds != nil && p.Phase == api.PhaseDownloading
	})
	page.ask(t, "DELETE", "/api/v1/jobs/"+j.ID, nil, &j)
	if j = page.ended(t, j.ID); j.State != api.JobCancelled || j.Error != nil || j.Result != nil {
		t.Errorf("ended as %+v", j)
	}
	before := int64(-1)
	until(t, "nothing more comes", func() bool {
		now := line.Passed()
		defer func() { before = now }()
		return now == before
	})
}

// TestCredentialsOfPushAndPull: none, wrong ones, typed ones; the image is pushed,
// and pulled again.
func TestCredentialsOfPushAndPull(t *testing.T) {
	host := enginetest.Shared(t)
	registry := enginetest.StartRegistry(t, true)
	name := registry.Address + "/team/closed:1"
	host.LoadImage(t, []enginetest.Layer{{Seed: 30, Size: 100_000}}, name)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-7"}
	right := &api.RegistryCredentials{Username: enginetest.User, Password: enginetest.Password}
	for what, c := range map[string]*api.RegistryCredentials{"none": nil, "wrong": {Username: enginetest.User, Password: "not that one"}} {
		j := page.begin(t, api.JobRequest{Kind: api.JobPush, Subject: name, Credentials: c})
		if j = page.ended(t, j.ID); j.State != api.JobFailed || j.Error.Code != api.ErrForbidden || !strings.Contains(j.Error.Message, registry.Address) || j.Error.Engine == "" {
			t.Errorf("%s: %+v, %+v", what, j, j.Error)
		}
	}
	j := page.begin(t, api.JobRequest{Kind: api.JobPush, Subject: name, Credentials: right})
	if j = page.ended(t, j.ID); j.State != api.JobDone || !strings.HasPrefix(j.Result.Digest, "sha256:") {
		t.Fatalf("pushed: %+v, %+v", j, j.Error)
	}
	host.Docker(t, "rmi", name)
	j = page.begin(t, api.JobRequest{Kind: api.JobPull, Subject: name + "@" + j.Result.Digest, Credentials: right})
	if j = page.ended(t, j.ID); j.State != api.JobDone {
		t.Errorf("pulled: %+v, %+v", j, j.Error)
	}
	until(t, "the events say who it was", func() bool {
		return attributed(a, "image", "tab-7", "push") && attributed(a, "image", "tab-7", "pull")
	})
	_, body := page.try(t, "GET", "/api/v1/jobs", nil)
	if strings.Contains(string(body), enginetest.Password) || strings.Contains(string(body), "not that one") {
		t.Error("a password is in a job")
	}
}

// TestThePullOfAKilledEngine ends in a known state, and can be taken up again.
func TestThePullOfAKilledEngine(t *testing.T) {
	host := enginetest.Start(t)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	published(t, host, []enginetest.Layer{{Seed: 40, Size: 200_000}, {Seed: 41, Size: 6_000_000}}, registry.Address+"/killed:1")
	line.Throttle(100_000) // the rest takes longer than the engine's death
	_, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	ask := api.JobRequest{Kind: api.JobPull, Subject: line.Address + "/killed:1"}
	j := page.begin(t, ask)
	until(t, "bytes come", func() bool {
		p := page.state(t, j.ID).Progress
		return p != nil && p.CurrentBytes > 250_000
	})
	host.Kill(t)
	if j = page.ended(t, j.ID); j.State != api.JobFailed || j.Error.Code != api.ErrUnreachable || !strings.Contains(j.Error.Message, "went away") || *j.Progress.Fraction == 1 {
		t.Errorf("ended as %+v, %+v", j, j.Error)
	}
	until(t, "it is known that the engine is gone", func() bool {
		status, _ := page.try(t, "POST", "/api/v1/jobs", ask)
		return status == http.StatusServiceUnavailable
	})
	line.Throttle(0)
	host.Restart(t)
	until(t, "it can be pulled again", func() bool {
		status, body := page.try(t, "POST", "/api/v1/jobs", ask)
		return status == http.StatusAccepted && strings.Contains(string(body), "killed:1")
	})
	var list api.List[api.Job]
	page.ask(t, "GET", "/api/v1/jobs", nil, &list)
	if end := page.ended(t, list.Items[len(list.Items)-1].ID); end.State != api.JobDone {
		t.Errorf("the second ended as %+v, %+v", end, end.Error)
	}
}

// TestThePullOfAFrozenEngine can be cancelled: nobody waits for an engine that
// does not answer.
func TestThePullOfAFrozenEngine(t *testing.T) {
	host := enginetest.Start(t)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	published(t, host, []enginetest.Layer{{Seed: 45, Size: 6_000_000}}, registry.Address+"/frozen:1")
	line.Throttle(100_000)
	_, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	j := page.begin(t, api.JobRequest{Kind: api.JobPull, Subject: line.Address + "/frozen:1"})
	until(t, "bytes come", func() bool {
		p := page.state(t, j.ID).Progress
		return p != nil && p.CurrentBytes > 0
	})
	host.Freeze(t)
	defer host.Thaw(t)
	until(t, "nothing moves any more, and that is shown", func() bool {
		p := page.state(t, j.ID).Progress
		return p.BytesPerSecond != nil && *p.BytesPerSecond == 0 && p.ETASeconds == nil
	})
	page.ask(t, "DELETE", "/api/v1/jobs/"+j.ID, nil, &j)
	until(t, "it is cancelled at once", func() bool { return page.state(t, j.ID).State == api.JobCancelled })
}

// TestPruneDoesWhatWasSaid: what the preview lists goes, and nothing else.
func TestPruneDoesWhatWasSaid(t *testing.T) {
	host := enginetest.Start(t)
	host.LoadImage(t, []enginetest.Layer{{Seed: 50, Size: 300_000}}, "unused:1")
	host.LoadImage(t, []enginetest.Layer{{Seed: 51, Size: 300_000}}, "left:1")
	host.Docker(t, "tag", "busybox:local", "left:1") // what was left:1 has no name now
	host.Docker(t, "volume", "create", "named")
	anonymous := host.Docker(t, "volume", "create")
	host.Docker(t, "network", "create", "empty")
	stays := host.Run(t, "-v", "used:/data", enginetest.Image, "sleep", "1000")
	ended := host.Run(t, "--name", "ended", enginetest.Image, "true")
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	o := api.PruneOptions{Kinds: []api.PruneKind{api.PruneContainers, api.PruneNetworks, api.PruneVolumes, api.PruneImages, api.PruneBuildCache}}
	query := url.Values{"kind": {"containers", "networks", "volumes", "images", "buildCache"}}.Encode()
	var plan api.PrunePlan
	until(t, "all that would go is known, and measured", func() bool {
		page.get(t, "/api/v1/prune?"+query, &plan)
		return len(plan.Items) == 4 && plan.Bytes >= 300_000
	})
	var goes []string
	for _, i := range plan.Items {
		goes = append(goes, string(i.Kind)+" "+i.Name)
	}
	for _, want := range []string{"containers ended", "networks empty", "volumes " + anonymous} {
		if !slices.Contains(goes, want) {
			t.Errorf("would go: %v, not %s", goes, want)
		}
	}
	j := page.begin(t, api.JobRequest{Kind: api.JobPrune, Prune: &o})
	if j = page.ended(t, j.ID); j.State != api.JobDone || j.Result.Message != "Removed 1 container, 1 network, 1 volume and 1 image." || *j.Result.Bytes < 300_000 {
		t.Errorf("pruned: %+v, %+v, %+v", j, j.Result, j.Error)
	}
	if _, err := host.DockerErr(t, "inspect", ended); err == nil {
		t.Error("the container that had ended is there")
	}
	if got := host.Docker(t, "volume", "ls", "-q"); got != "named\nused" {
		t.Errorf("volumes: %s", got)
	}
	host.Docker(t, "inspect", stays)
	host.Docker(t, "image", "inspect", "unused:1")
	until(t, "the page sees it", func() bool {
		page.get(t, "/api/v1/prune?"+query, &plan)
		return len(plan.Items) == 0
	})
	if _, err := a.core.store.FindImage("unused:1"); err != nil {
		t.Error(err)
	}
	for _, kind := range []string{"container", "network", "volume", "image"} {
		until(t, "the event of the "+kind+" says who it was", func() bool { return attributed(a, kind, "tab-1", "destroy", "delete") })
	}

	all := api.PruneOptions{Kinds: []api.PruneKind{api.PruneImages, api.PruneVolumes}, AllImages: true, AllVolumes: true}
	j = page.begin(t, api.JobRequest{Kind: api.JobPrune, Prune: &all})
	if j = page.ended(t, j.ID); j.State != api.JobDone || !strings.HasPrefix(j.Result.Message, "Removed 1 volume and ") {
		t.Errorf("pruned: %+v, %+v", j.Result, j.Error)
	}
	if got := host.Docker(t, "volume", "ls", "-q"); got != "used" {
		t.Errorf("volumes: %s", got)
	}
}

// attributed reports whether there is an event of a kind, of one of these actions, by a
// client.
func attributed(a *App, kind, client string, actions ...string) bool {
	return slices.ContainsFunc(a.core.store.Events(-1), func(e api.Event) bool {
		return e.Kind == kind && slices.Contains(actions, e.Action) && e.By != nil && e.By.Client == client
	})
}

// get asks with a query.
func (p *tab) get(t *testing.T, path string, out any) {
	t.Helper()
	path, query, _ := strings.Cut(path, "?")
	at := *p.base
	at.RawQuery = query
	(&tab{&at, p.id}).ask(t, "GET", path, nil, out)
}

// TestAnImageIsSavedToAFile which the engine can load again; one that is broken
// off is a cancelled job.
func TestAnImageIsSavedToAFile(t *testing.T) {
	host := enginetest.Shared(t)
	host.LoadImage(t, []enginetest.Layer{{Seed: 60, Size: 40_000_000}}, "saved:1")
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	until(t, "the image is known", func() bool {
		_, err := a.core.store.FindImage("saved:1")
		return err == nil
	})
	status, body := page.try(t, "GET", "/api/v1/images/saved:1/save", nil)
	if status != http.StatusOK || len(body) < 40_000_000 || string(body[257:262]) != "ustar" {
		t.Fatalf("saved %d bytes: %d", len(body), status)
	}
	if tags := tagsIn(t, body); !slices.Equal(tags, []string{"saved:1"}) {
		t.Errorf("saved by a tag, the file has %q", tags)
	}
	var list api.List[api.Job]
	page.ask(t, "GET", "/api/v1/jobs", nil, &list)
	if j := page.ended(t, list.Items[0].ID); j.State != api.JobDone || *j.Result.Bytes != int64(len(body)) || j.Progress.CurrentBytes != int64(len(body)) {
		t.Errorf("the job: %+v, %+v", j, j.Progress)
	}

	host.Docker(t, "tag", "saved:1", "saved:too")
	id := strings.TrimSpace(host.Docker(t, "images", "--no-trunc", "-q", "saved:1"))
	until(t, "its other tag is known", func() bool {
		i, err := a.core.store.FindImage("saved:too")
		return err == nil && i.ID == id && len(i.Tags) == 2
	})
	if _, body = page.try(t, "GET", "/api/v1/images/"+id+"/save", nil); !slices.Equal(tagsIn(t, body), []string{"saved:1", "saved:too"}) {
		t.Errorf("saved by its id, the file has %q", tagsIn(t, body))
	}
	if _, body = page.try(t, "GET", "/api/v1/images/saved:too/save", nil); !slices.Equal(tagsIn(t, body), []string{"saved:too"}) {
		t.Errorf("saved by one of two tags, the file has %q", tagsIn(t, body))
	}

	req, err := http.NewRequestWithContext(t.Context(), "GET", base.JoinPath("/api/v1/images/saved:1/save").String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+stormToken)
	resp, err := plainHTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 1000)
	_ = resp.Body.Close()
	if j := page.ended(t, resp.Header.Get("X-Quaywatch-Job")); j.State != api.JobCancelled || j.Kind != api.JobSave {
		t.Errorf("broken off: %+v, %+v", j, j.Error)
	}
}

// tagsIn are the names that docker load gives to the image of a file.
func tagsIn(t *testing.T, file []byte) []string {
	t.Helper()
	for r := tar.NewReader(bytes.NewReader(file)); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("looking for manifest.json: %v", err)
		}
		if h.Name != "manifest.json" {
			continue
		}
		var images []struct{ RepoTags []string }
		if err := json.NewDecoder(r).Decode(&images); err != nil || len(images) != 1 {
			t.Fatalf("manifest.json: %+v, %v", images, err)
		}
		slices.Sort(images[0].RepoTags)
		return images[0].RepoTags
	}
}
