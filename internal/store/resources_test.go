package store

import (
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestResourcesHaveTopicsOfTheirOwn(t *testing.T) {
	s := New(Options{})
	image := &api.Image{Engine: "e", ID: "sha256:aa", Tags: []string{"nginx:1.27"}}
	volume := &api.Volume{Engine: "e", Name: "data"}
	network := &api.Network{Engine: "e", ID: "n1", Name: "bridge"}
	s.Apply(Change{Images: []*api.Image{image}, Volumes: []*api.Volume{volume}, Networks: []*api.Network{network}})
	for _, topic := range []api.Topic{api.TopicImages, api.TopicVolumes, api.TopicNetworks} {
		if snap := s.Snapshot(topic, -1); snap.Seq != 1 || len(snap.Items) != 1 {
			t.Errorf("%s: snapshot %+v", topic, snap)
		}
	}
	if s.Seq(api.TopicContainers) != 0 {
		t.Error("the containers have moved")
	}

	revision := s.Revision()
	s.Apply(Change{Images: []*api.Image{{Engine: "e", ID: "sha256:aa", Tags: []string{"nginx:1.27"}}}})
	if s.Revision() != revision {
		t.Error("an equal image cost a revision")
	}
	s.Apply(Change{Images: []*api.Image{{Engine: "e", ID: "sha256:aa", Tags: []string{}}}, DropVolumes: []api.Key{volume.Key()}})
	u, ok := s.Since(api.TopicImages, 1)
	if d := u.Delta.Changed[image.Key()]; !ok || string(d.Set["tags"]) != "[]" || len(d.Set) != 1 {
		t.Errorf("a tag that went: %+v %v", u, ok)
	}
	if u, ok = s.Since(api.TopicVolumes, 1); !ok || len(u.Delta.Removed) != 1 || u.Delta.Removed[0] != volume.Key() {
		t.Errorf("a volume that went: %+v %v", u, ok)
	}
	if _, ok := s.Volume(volume.Key()); ok || len(s.Volumes()) != 0 {
		t.Error("the volume is still there")
	}
	if n, ok := s.Network(network.Key()); !ok || n.Name != "bridge" {
		t.Errorf("network %+v %v", n, ok)
	}
}

func TestFindResources(t *testing.T) {
	s := New(Options{})
	s.Apply(Change{
		Images: []*api.Image{
			{Engine: "e", ID: "sha256:aabb", Tags: []string{"nginx:latest", "shop/web:1"}},
			{Engine: "e", ID: "sha256:aacc", Tags: []string{"redis:7"}, Digests: []string{"redis@sha256:99"}},
		},
		Volumes:  []*api.Volume{{Engine: "e", Name: "data"}},
		Networks: []*api.Network{{Engine: "e", ID: "n100", Name: "shop"}, {Engine: "e", ID: "n200", Name: "twin"}, {Engine: "e", ID: "n201", Name: "twin"}},
	})
	for ref, want := range map[string]string{
		"nginx": "sha256:aabb", "nginx:latest": "sha256:aabb", "shop/web:1": "sha256:aabb", "sha256:aabb": "sha256:aabb", "aab": "sha256:aabb",
		"sha256:aac": "sha256:aacc", "redis:7": "sha256:aacc", "redis@sha256:99": "sha256:aacc", "e/sha256:aacc": "sha256:aacc",
	} {
		if i, err := s.FindImage(ref); err != nil || i.ID != want {
			t.Errorf("%s: %+v %v", ref, i, err)
		}
	}
	for ref, code := range map[string]api.ErrorCode{"aa": api.ErrConflict, "redis": api.ErrNotFound, "": api.ErrNotFound} {
		if _, err := s.FindImage(ref); api.CodeOf(err) != code {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if n, err := s.FindNetwork("n1"); err != nil || n.Name != "shop" {
		t.Errorf("%+v %v", n, err)
	}
	if _, err := s.FindNetwork("twin"); api.CodeOf(err) != api.ErrConflict {
		t.Errorf("two of a name: %v", err)
	}
	if _, err := s.FindVolume("dat"); api.CodeOf(err) != api.ErrNotFound {
		t.Errorf("a volume has no prefix: %v", err)
	}
}
