package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

func leftovers(t *testing.T) *store.Store {
	t.Helper()
	st := store.New(store.Options{})
	hex := strings.Repeat("ab", 32)
	at := time.Now()
	st.Apply(store.Change{
		System: []api.SystemItem{
			{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}},
			{Key: api.DiskKey("e1"), DiskUsage: &api.DiskUsage{Engine: "e1", MeasuredAt: &at, BuildCache: api.DiskUse{Count: 5, Active: 2, ReclaimableBytes: new(int64(500))}, Containers: api.DiskUse{Count: 3, Active: 2, ReclaimableBytes: new(int64(9))}}},
		},
		Put: []*api.Container{
			{Engine: "e1", ID: "c1", Name: "runs", State: api.StateRunning, ImageID: "i1", Volumes: []string{"v-used"}},
			{Engine: "e1", ID: "c2", Name: "ended", State: api.StateExited, ImageID: "i2", Volumes: []string{"v-ended"}},
			{Engine: "e1", ID: "c3", Name: "again", State: api.StateRestarting, ImageID: "i1"},
			{Engine: "e2", ID: "c4", Name: "elsewhere", State: api.StateExited, ImageID: "i3"},
		},
		Images: []*api.Image{
			{Engine: "e1", ID: "i1", Tags: []string{"runs:1"}, SizeBytes: 100, SharedBytes: new(int64(0))},
			{Engine: "e1", ID: "i2", Tags: []string{"ended:1", "ended:2"}, SizeBytes: 1000, SharedBytes: new(int64(400))},
			{Engine: "e1", ID: "sha256:0123456789abcdef", SizeBytes: 70, SharedBytes: new(int64(60))},
		},
		Volumes: []*api.Volume{
			{Engine: "e1", Name: "v-used", Driver: "local", SizeBytes: new(int64(1))}, {Engine: "e1", Name: "v-ended", Driver: "local", SizeBytes: new(int64(20))},
			{Engine: "e1", Name: hex, Driver: "local", SizeBytes: new(int64(3))}, {Engine: "e1", Name: "v-nfs", Driver: "nfs", Labels: map[string]string{"com.docker.volume.anonymous": ""}},
			{Engine: "e1", Name: "v-new", Driver: "local", Labels: map[string]string{"com.docker.volume.anonymous": ""}, SizeBytes: new(int64(4))},
		},
		Networks: []*api.Network{
			{Engine: "e1", ID: "n1", Name: "bridge", Scope: "local"}, {Engine: "e1", ID: "n2", Name: "used", Scope: "local", Endpoints: []api.Endpoint{{Container: "c1"}}},
			{Engine: "e1", ID: "n3", Name: "empty", Scope: "local"}, {Engine: "e1", ID: "n4", Name: "swarm", Scope: "swarm"},
		},
	})
	return st
}

// TestContainersOfAnotherDaysMeasurementPromiseNothing: one has ended since.
func TestContainersOfAnotherDaysMeasurementPromiseNothing(t *testing.T) {
	st := leftovers(t)
	st.Apply(store.Change{Put: []*api.Container{{Engine: "e1", ID: "c5", Name: "since", State: api.StateExited, ImageID: "i1"}}})
	got, err := Preview(st, "e1", api.PruneOptions{Kinds: []api.PruneKind{api.PruneContainers}})
	if err != nil || len(got.Items) != 2 || got.Bytes != 0 || got.Complete {
		t.Errorf("%+v, %v", got, err)
	}
}

func names(p api.PrunePlan) []string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Name)
	}
	slices.Sort(out)
	return out
}

func TestPreview(t *testing.T) {
	st := leftovers(t)
	hex := strings.Repeat("ab", 32)
	for _, c := range []struct {
		what     string
		o        api.PruneOptions
		want     []string
		bytes    int64
		complete bool
	}{
		{"containers", api.PruneOptions{Kinds: []api.PruneKind{api.PruneContainers}}, []string{"ended"}, 9, true},
		{"networks", api.PruneOptions{Kinds: []api.PruneKind{api.PruneNetworks}}, []string{"empty"}, 0, true},
		{"anonymous volumes", api.PruneOptions{Kinds: []api.PruneKind{api.PruneVolumes}}, []string{hex, "v-new"}, 7, true},
		{"all volumes", api.PruneOptions{Kinds: []api.PruneKind{api.PruneVolumes}, AllVolumes: true}, []string{hex, "v-new"}, 7, true},
		{"all volumes, with containers", api.PruneOptions{Kinds: []api.PruneKind{api.PruneVolumes, api.PruneContainers}, AllVolumes: true}, []string{hex, "ended", "v-ended", "v-new"}, 36, true},
		{"dangling images", api.PruneOptions{Kinds: []api.PruneKind{api.PruneImages}}, []string{"0123456789ab"}, 10, true},
		{"all images", api.PruneOptions{Kinds: []api.PruneKind{api.PruneImages}, AllImages: true}, []string{"0123456789ab"}, 10, true},
		{"all images, with containers", api.PruneOptions{Kinds: []api.PruneKind{api.PruneImages, api.PruneContainers}, AllImages: true}, []string{"0123456789ab", "ended", "ended:1, ended:2"}, 619, false},
		{"build cache", api.PruneOptions{Kinds: []api.PruneKind{api.PruneBuildCache}}, nil, 500, true},
	} {
		got, err := Preview(st, "", c.o)
		slices.Sort(c.want)
		if err != nil || !slices.Equal(names(got), c.want) || got.Bytes != c.bytes || got.Complete != c.complete || len(got.Totals) != len(c.o.Kinds) || got.Engine != "e1" {
			t.Errorf("%s: %v, %+v, %v", c.what, names(got), got, err)
		}
		if !slices.IsSortedFunc(got.Items, func(a, b api.PruneItem) int {
			if a.Kind != b.Kind {
				return 0
			}
			return strings.Compare(a.Name, b.Name)
		}) {
			t.Errorf("%s: in no order: %+v", c.what, got.Items)
		}
	}
}

func TestPreviewWithoutAMeasurement(t *testing.T) {
	st := leftovers(t)
	st.Apply(store.Change{
		Images:   []*api.Image{{Engine: "e1", ID: "i9", SizeBytes: 5}},
		Networks: []*api.Network{{Engine: "e1", ID: "n3", Name: "empty", Scope: "local", Partial: true}},
	})
	for _, k := range []api.PruneKind{api.PruneImages, api.PruneNetworks} {
		if got, err := Preview(st, "e1", api.PruneOptions{Kinds: []api.PruneKind{k}}); err != nil || got.Complete {
			t.Errorf("%s: %+v, %v", k, got, err)
		}
	}
	for _, o := range []api.PruneOptions{{}, {Kinds: []api.PruneKind{"cats"}}} {
		if _, err := Preview(st, "e1", o); api.CodeOf(err) != api.ErrInvalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
