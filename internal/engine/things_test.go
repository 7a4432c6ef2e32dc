package engine_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestThingsOfARealEngine(t *testing.T) {
	real := enginetest.Start(t)
	e := connect(t, real.Host, 0)
	a := engine.NewActor(e)
	ctx := t.Context()
	id := real.Create(t, "--name", "web", "-v", "data:/data", "-v", "data:/again", enginetest.Image)

	t.Run("volumes", func(t *testing.T) {
		c, err := e.Inspect(ctx, id)
		if err != nil || !slices.Equal(c.Volumes, []string{"data"}) {
			t.Errorf("a container's volumes: %v %v", c.Volumes, err)
		}
		list, err := e.List(ctx)
		if err != nil || !slices.Equal(list[0].Volumes, []string{"data"}) {
			t.Errorf("in the list: %+v %v", list, err)
		}
		name, err := a.CreateVolume(ctx, api.VolumeCreate{Name: "more", Labels: map[string]string{"a": "b"}, Options: map[string]string{"type": "tmpfs", "device": "tmpfs", "o": "size=1m,password=hunter2"}})
		if err != nil || name != "more" {
			t.Fatal(name, err)
		}
		v, err := e.Volume(ctx, "more")
		if err != nil || v.Labels["a"] != "b" || v.CreatedAt == nil || strings.Contains(v.Options["o"], "hunter2") || !strings.Contains(v.Options["o"], "size=1m") {
			t.Errorf("volume %+v %v", v, err)
		}
		doc, err := e.VolumeRaw(ctx, "more")
		if raw, merr := json.Marshal(doc); err != nil || merr != nil || strings.Contains(string(raw), "hunter2") || doc["Name"] != "more" {
			t.Errorf("document %s %v", raw, err)
		}
		_, err = a.CreateVolume(ctx, api.VolumeCreate{Name: "more"})
		wantError(t, err, api.ErrConflict)
		_, err = a.CreateVolume(ctx, api.VolumeCreate{Name: "no/name"})
		wantError(t, err, api.ErrInvalid)
		_, err = a.CreateVolume(ctx, api.VolumeCreate{Name: "other", Driver: "none-such"})
		if told := wantError(t, err, api.CodeOf(err)); told.Cause == "" {
			t.Errorf("the engine's own words are missing: %+v", told)
		}
		if told := wantError(t, a.RemoveVolume(ctx, "data", false), api.ErrConflict); !strings.Contains(told.Cause, id) || !strings.Contains(told.Message, "in use") {
			t.Errorf("a volume in use: %+v", told)
		}
		if err := a.RemoveVolume(ctx, "more", false); err != nil {
			t.Error(err)
		}
		_, err = e.Volume(ctx, "more")
		wantError(t, err, api.ErrNotFound)
		wantError(t, a.RemoveVolume(ctx, "more", false), api.ErrNotFound)
	})

	t.Run("networks", func(t *testing.T) {
		n := api.NetworkCreate{Name: "shop", Subnet: "10.98.0.0/24", Gateway: "10.98.0.9", Internal: true, Labels: map[string]string{"com.docker.compose.project": "shop"}}
		network, _, err := a.CreateNetwork(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = a.CreateNetwork(ctx, n)
		wantError(t, err, api.ErrConflict)
		for says, bad := range map[string]api.NetworkCreate{
			"no name for a network": {Name: "x y"}, "in the subnet 10.0.0.0/24: give that": {Name: "ok", Subnet: "10.0.0.1/24"},
			"A gateway goes with a subnet": {Name: "ok", Gateway: "10.0.0.1"}, "no address in the subnet": {Name: "ok", Subnet: "10.0.0.0/24", Gateway: "10.0.1.1"},
			"no subnet: give one": {Name: "ok", Subnet: "10.0/24"},
		} {
			_, _, err := a.CreateNetwork(ctx, bad)
			if told := wantError(t, err, api.ErrInvalid); !strings.Contains(told.Message, says) {
				t.Errorf("%+v: %q, want %q", bad, told.Message, says)
			}
		}
		got, err := e.Network(ctx, network)
		if err != nil || !got.Internal || got.Project != "shop" || got.Driver != "bridge" || got.CreatedAt == nil ||
			!slices.Equal(got.Subnets, []api.Subnet{{Subnet: "10.98.0.0/24", Gateway: "10.98.0.9"}}) || len(got.Endpoints) != 0 {
			t.Errorf("network %+v %v", got, err)
		}
		rows, err := e.Networks(ctx)
		if i := slices.IndexFunc(rows, func(n api.Network) bool { return n.ID == network }); err != nil || i < 0 || !rows[i].Partial {
			t.Errorf("networks %+v %v", rows, err)
		}
		runs := real.Run(t, "--name", "runs", enginetest.Image, "sleep", "100")
		if err := a.Connect(ctx, network, runs, api.NetworkConnect{IPv4: "10.98.0.20", Aliases: []string{"db"}}); err != nil {
			t.Fatal(err)
		}
		if got, err = e.Network(ctx, network); err != nil || len(got.Endpoints) != 1 || got.Endpoints[0].IPv4 != "10.98.0.20/24" || got.Endpoints[0].Name != "runs" {
			t.Errorf("attached %+v %v", got.Endpoints, err)
		}
		wantError(t, a.Connect(ctx, network, runs, api.NetworkConnect{IPv4: "::1"}), api.ErrInvalid)
		other := real.Run(t, "--name", "other", enginetest.Image, "sleep", "100")
		for says, err := range map[string]error{
			"attached to this network already": a.Connect(ctx, network, runs, api.NetworkConnect{}),
			"address is taken":                 a.Connect(ctx, network, other, api.NetworkConnect{IPv4: "10.98.0.20"}),
			"none of this network's subnets":   a.Connect(ctx, network, other, api.NetworkConnect{IPv4: "10.1.1.1"}),
			"not attached to this network":     a.Disconnect(ctx, network, other, false),
		} {
			if told, ok := errors.AsType[*api.Error](err); !ok || told.Code != api.ErrConflict && told.Code != api.ErrInvalid || !strings.Contains(told.Message, says) {
				t.Errorf("%v, want %q", err, says)
			}
		}
		_, _, err = a.CreateNetwork(ctx, api.NetworkCreate{Name: "overlaps", Subnet: "10.98.0.0/25"})
		if told := wantError(t, err, api.ErrConflict); !strings.Contains(told.Message, "subnet overlaps") {
			t.Errorf("a subnet that is taken: %+v", told)
		}
		if told := wantError(t, a.RemoveNetwork(ctx, network), api.ErrConflict); !strings.Contains(told.Cause, "active endpoints") {
			t.Errorf("a network in use: %+v", told)
		}
		if err := a.Disconnect(ctx, network, runs, false); err != nil {
			t.Error(err)
		}
		if err := a.RemoveNetwork(ctx, network); err != nil {
			t.Error(err)
		}
		wantError(t, a.RemoveNetwork(ctx, "bridge"), api.ErrConflict)
		_, err = e.Network(ctx, network)
		wantError(t, err, api.ErrNotFound)
	})

	t.Run("images", func(t *testing.T) {
		images, err := e.Images(ctx)
		i := slices.IndexFunc(images, func(i api.Image) bool { return slices.Contains(i.Tags, enginetest.Image) })
		if err != nil || i < 0 || images[i].SizeBytes == 0 || images[i].SharedBytes != nil {
			t.Fatalf("images %+v %v", images, err)
		}
		id := images[i].ID
		if err := a.TagImage(ctx, id, "shop/web:7"); err != nil {
			t.Fatal(err)
		}
		wantError(t, a.TagImage(ctx, id, "shop/web:"), api.ErrInvalid)
		wantError(t, a.TagImage(ctx, id, "sp ace"), api.ErrInvalid)
		wantError(t, a.TagImage(ctx, "none:1", "a:1"), api.ErrNotFound)
		untagged, deleted, err := a.RemoveImage(ctx, "shop/web:7", false)
		if err != nil || !slices.Equal(untagged, []string{"shop/web:7"}) || len(deleted) != 0 {
			t.Errorf("untagged %v, deleted %v: %v", untagged, deleted, err)
		}
		if _, _, err = a.RemoveImage(ctx, id, false); err == nil {
			t.Fatal("an image that is used was removed")
		}
		if told := wantError(t, err, api.ErrConflict); told.Cause == "" {
			t.Errorf("%+v", told)
		}
		if _, _, err = a.RemoveImage(ctx, enginetest.Image, false); err == nil {
			t.Fatal("the last tag of an image that is used was removed")
		}
		if told := wantError(t, err, api.ErrConflict); !strings.Contains(told.Message, "container") {
			t.Errorf("an image that is used: %+v", told)
		}
		if _, deleted, err = a.RemoveImage(ctx, "db:2.1", false); err != nil || len(deleted) == 0 {
			t.Errorf("deleted %v: %v", deleted, err)
		}
		_, _, err = a.RemoveImage(ctx, "db:2.1", false)
		wantError(t, err, api.ErrNotFound)
		history, err := e.ImageHistory(ctx, id)
		if err != nil || len(history) == 0 || history[0].CreatedAt == nil {
			t.Errorf("history %+v %v", history, err)
		}
		doc, err := e.ImageRaw(ctx, id)
		if err != nil || doc["Id"] != id {
			t.Errorf("document %v %v", doc, err)
		}
		_, err = e.ImageRaw(ctx, "../containers/json")
		wantError(t, err, api.ErrInvalid)
	})

	t.Run("info", func(t *testing.T) {
		info, err := e.Info(ctx)
		if err != nil || info.Engine == "" || info.Info["ServerVersion"] == "" || info.Version["Version"] == "" || info.Warnings == nil {
			t.Errorf("info %+v %v", info, err)
		}
	})
}

// TestASearchFinds: a registry with the old interface, which Docker Hub still has
// and which the engine asks. What it finds has the registry in its name, so that
// it can be pulled.
func TestASearchFinds(t *testing.T) {
	e, _ := shared(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/_ping", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Docker-Registry-Version", "0.9.1")
		_, _ = io.WriteString(w, "{}")
	})
	mux.HandleFunc("GET /v1/search", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"query": r.FormValue("q"), "num_results": 2, "results": []map[string]any{
				{"name": "team/" + r.FormValue("q"), "description": "<b>asked for " + r.FormValue("n"), "star_count": 7, "is_official": true},
				{"name": "other"},
			},
		})
	})
	registry := httptest.NewServer(mux)
	defer registry.Close()
	address := strings.TrimPrefix(registry.URL, "http://")
	found, err := e.Search(t.Context(), address+"/web", 5)
	if err != nil || !slices.Equal(found, []api.SearchResult{
		{Name: address + "/team/web", Description: "<b>asked for 5", Stars: 7, Official: true},
		{Name: address + "/other"},
	}) {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestASearchThatFailsSaysWhy: a registry that can't be searched, as most can't,
// and one that nobody reaches.
func TestASearchThatFailsSaysWhy(t *testing.T) {
	e, _ := shared(t)
	registry := enginetest.StartRegistry(t, false)
	for term, code := range map[string]api.ErrorCode{registry.Address + "/web": api.ErrUnsupported, "127.0.0.1:1/web": api.ErrUnreachable} {
		_, err := e.Search(t.Context(), term, 5)
		if got := wantError(t, err, code); got.Cause == "" {
			t.Errorf("%s: the engine's words are not there: %+v", term, got)
		}
	}
	_, err := e.Search(t.Context(), " ", 5)
	wantError(t, err, api.ErrInvalid)
}

// Podman 4 leaves an image's algorithm out of its id, and the sum of the layers.
func TestDiskUsageOfPodman(t *testing.T) {
	id := strings.Repeat("0b", 32)
	e := fakeEngine(t, map[string]http.HandlerFunc{"/system/df": serve(`{"LayersSize":0,"Images":[{"Containers":1,"Id":"` + id + `","SharedSize":0,"Size":2131047},{"Containers":0,"Id":"sha256:1","SharedSize":100,"Size":300}],"Containers":[],"Volumes":[],"BuildCache":[]}`)})
	m, err := e.DiskUsage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := m.Shared["sha256:"+id]; !ok || got != 0 || m.Shared["sha256:1"] != 100 || *m.Usage.Images.TotalBytes != 2131247 {
		t.Errorf("shared %v, in all %v", m.Shared, *m.Usage.Images.TotalBytes)
	}
}
