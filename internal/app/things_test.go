//go:build unix

package app

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestThingsOfARealEngine goes all the way: a request, the engine, its event, the
// topic, and who it was.
func TestThingsOfARealEngine(t *testing.T) {
	host := enginetest.Start(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	until(t, "the first view", func() bool { return len(a.core.store.Images()) > 0 && len(a.core.store.Networks()) >= 3 })

	// by waits for an event, and tells who is behind it.
	by := func(kind, action, name string) *api.Actor {
		var who *api.Actor
		until(t, kind+" "+action+" "+name, func() bool {
			return slices.ContainsFunc(a.core.store.Events(-1), func(e api.Event) bool {
				ours := e.Kind == kind && e.Action == action && (e.Name == name || e.ID == name)
				if ours {
					who = e.By
				}
				return ours
			})
		})
		return who
	}
	const path = "/api/v1/"
	var made api.ResourceResult
	page.ask(t, "POST", path+"volumes", api.VolumeCreate{Name: "data"}, &made)
	if who := by("volume", "create", "data"); who == nil || who.Client != "tab-1" {
		t.Errorf("a volume made here: by %+v", who)
	}
	host.Docker(t, "volume", "create", "theirs")
	if who := by("volume", "create", "theirs"); who != nil {
		t.Errorf("a volume made in another terminal: by %+v", who)
	}
	var volume api.VolumeDetail
	page.ask(t, "GET", path+"volumes/data", nil, &volume)
	if volume.Volume.Driver != "local" || volume.Inspect["Name"] != "data" {
		t.Errorf("volume %+v", volume)
	}

	page.ask(t, "POST", path+"networks", api.NetworkCreate{Name: "shop", Subnet: "10.97.0.0/24"}, &made)
	network := made.ID
	if who := by("network", "create", network); who == nil {
		t.Error("a network made here: by nobody")
	}
	id := host.Run(t, "--name", "web", enginetest.Image, "sleep", "100")
	until(t, "the container", func() bool { _, err := a.core.store.Find(id); return err == nil })
	page.ask(t, "POST", path+"networks/shop/connect", api.NetworkConnect{Container: "web"}, &made)
	if who := by("network", "connect", network); who == nil {
		t.Error("a connect from here: by nobody")
	}
	until(t, "the endpoint", func() bool {
		n, err := a.core.store.FindNetwork("shop")
		return err == nil && len(n.Endpoints) == 1 && n.Endpoints[0].Container == id
	})
	if status, body := page.try(t, "DELETE", path+"networks/shop", nil); status != 409 || !strings.Contains(string(body), "active endpoints") {
		t.Errorf("a network in use: %d %s", status, body)
	}
	page.ask(t, "POST", path+"networks/shop/disconnect", api.NetworkConnect{Container: "web"}, &made)
	page.ask(t, "DELETE", path+"networks/shop", nil, &made)
	until(t, "the network's end", func() bool { _, err := a.core.store.FindNetwork("shop"); return err != nil })

	page.ask(t, "POST", path+"images/"+url.PathEscape(enginetest.Image)+"/tag", api.ImageTag{Reference: "shop/web:3"}, &made)
	until(t, "the tag", func() bool { _, err := a.core.store.FindImage("shop/web:3"); return err == nil })
	var image api.ImageDetail
	page.ask(t, "GET", path+"images/"+url.PathEscape("shop/web:3"), nil, &image)
	if len(image.History) == 0 || image.Inspect["Id"] != image.Image.ID {
		t.Errorf("image %+v", image)
	}
	page.ask(t, "DELETE", path+"images/"+url.PathEscape("shop/web:3"), nil, &made)
	if !slices.Equal(made.Untagged, []string{"shop/web:3"}) {
		t.Errorf("untagged %+v", made)
	}
	until(t, "the tag's end", func() bool { _, err := a.core.store.FindImage("shop/web:3"); return err != nil })

	// The history has a row before and one after.
	var rows api.List[api.Event]
	search := *base
	search.RawQuery = "kind=audit&action=tag"
	until(t, "the audit rows", func() bool {
		(&tab{&search, "tab-1"}).ask(t, "GET", path+"events", nil, &rows)
		return len(rows.Items) == 2
	})
	if rows.Items[0].Detail != "done" || rows.Items[0].Attributes["reference"] != "shop/web:3" || rows.Items[0].By == nil {
		t.Errorf("audit %+v", rows.Items)
	}

	var disk api.List[api.DiskUsage]
	page.ask(t, "POST", path+"system/disk-usage", nil, &disk)
	until(t, "disk use", func() bool {
		page.ask(t, "GET", path+"system/disk-usage", nil, &disk)
		return len(disk.Items) == 1 && disk.Items[0].MeasuredAt != nil && disk.Items[0].Volumes.Count == 2
	})
}

// TestAProjectGoesWithItsNetworks: after its containers, and what somebody else
// is attached to stays, with the engine's words.
func TestAProjectGoesWithItsNetworks(t *testing.T) {
	host := enginetest.Start(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	const label = "com.docker.compose.project=gone"
	host.Docker(t, "network", "create", "--label", label, "gone_default")
	host.Docker(t, "network", "create", "--label", label, "gone_shared")
	host.Docker(t, "network", "create", "stays")
	for _, name := range []string{"one", "two"} {
		host.Run(t, "--name", name, "--label", label, "--label", "com.docker.compose.service="+name, "--network", "gone_default", enginetest.Image, "sleep", "100")
	}
	host.Run(t, "--name", "foreign", "--network", "gone_shared", enginetest.Image, "sleep", "100")
	until(t, "all are known", func() bool {
		networks := 0
		for _, n := range a.core.store.Networks() {
			if n.Project == "gone" {
				networks++
			}
		}
		return networks == 2 && len(a.core.store.Containers()) == 3
	})
	request := api.JobRequest{Action: api.ActionRemove, Project: "gone", Options: api.ActionOptions{Force: true, Networks: true}}
	var j api.Job
	page.ask(t, "POST", "/api/v1/jobs", request, &j)
	if len(j.Items) != 4 || j.Items[0].Kind != "" || j.Items[2].Kind != api.TopicNetworks || j.Items[3].Kind != api.TopicNetworks {
		t.Fatalf("items %+v", j.Items)
	}
	j = page.ended(t, j.ID)
	if j.State != api.JobDone || len(j.Failures) != 1 || j.Items[j.Failures[0].Item].Name != "gone_shared" || !strings.Contains(j.Failures[0].Engine, "active endpoints") {
		t.Errorf("job %+v", j)
	}
	until(t, "the end", func() bool {
		_, gone := a.core.store.FindNetwork("gone_default")
		return gone != nil && len(a.core.store.Containers()) == 1
	})
	for _, name := range []string{"stays", "gone_shared"} {
		if _, err := a.core.store.FindNetwork(name); err != nil {
			t.Error(err)
		}
	}
	if status, body := page.try(t, "POST", "/api/v1/jobs", api.JobRequest{Action: api.ActionRemove, Containers: []string{"foreign"}, Options: api.ActionOptions{Networks: true}}); status != 400 {
		t.Errorf("networks of no project: %d %s", status, body)
	}
}

// TestSeveralThingsAreRemoved in one job, each with an end of its own.
func TestSeveralThingsAreRemoved(t *testing.T) {
	host := enginetest.Start(t)
	a, base, stop := serve(t, host.Host)
	defer stop()
	page := &tab{base, "tab-1"}
	for _, name := range []string{"one", "two", "mounted"} {
		host.Docker(t, "volume", "create", name)
	}
	host.Docker(t, "network", "create", "lonely")
	host.LoadImage(t, []enginetest.Layer{{Seed: 7, Size: 1 << 10}}, "shop/a:1", "shop/a:2")
	host.Create(t, "--name", "holds", "-v", "mounted:/data", enginetest.Image, "sleep", "100")
	until(t, "all are known", func() bool {
		_, err := a.core.store.FindImage("shop/a:2")
		_, err2 := a.core.store.FindNetwork("lonely")
		return err == nil && err2 == nil && len(a.core.store.Volumes()) == 3 && len(a.core.store.Containers()) == 1
	})
	image, _ := a.core.store.FindImage("shop/a:1")
	request := api.JobRequest{Kind: api.JobRemove, Things: []api.JobThing{
		{Kind: api.TopicVolumes, ID: "one"}, {Kind: api.TopicVolumes, ID: "mounted"}, {Kind: api.TopicVolumes, ID: "two"},
		{Kind: api.TopicNetworks, ID: "lonely"}, {Kind: api.TopicImages, ID: string(image.Key())},
	}}
	var j api.Job
	page.ask(t, "POST", "/api/v1/jobs", request, &j)
	j = page.ended(t, j.ID)
	if j.State != api.JobDone || j.Subject != "1 network, 3 volumes, 1 image" || len(j.Failures) != 1 ||
		j.Items[j.Failures[0].Item].Name != "mounted" || !strings.HasPrefix(j.Failures[0].Message, "The volume is in use: remove the containers") || !strings.Contains(j.Failures[0].Engine, "volume is in use") {
		t.Errorf("job %+v", j)
	}
	until(t, "the engine's word", func() bool {
		_, errImage := a.core.store.FindImage(image.ID)
		_, errNetwork := a.core.store.FindNetwork("lonely")
		return errImage != nil && errNetwork != nil && len(a.core.store.Volumes()) == 1
	})
	until(t, "who it was", func() bool {
		return slices.ContainsFunc(a.core.store.Events(-1), func(e api.Event) bool {
			return e.Kind == "image" && e.Action == "delete" && e.ID == image.ID && e.By != nil && e.By.Client == "tab-1"
		})
	})
}
