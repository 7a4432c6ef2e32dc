package jobs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/natural"
	"github.com/quaywatch/quaywatch/internal/store"
)

// pruneOrder is in which order kinds are pruned: what a container that goes was
// the last to use, goes too.
func pruneOrder() []api.PruneKind {
	return []api.PruneKind{api.PruneContainers, api.PruneNetworks, api.PruneVolumes, api.PruneImages, api.PruneBuildCache}
}

// Preview is what a prune would remove now, by what is known: the engine is not
// asked. Sizes are those of the last measurement.
func Preview(st *store.Store, engine string, o api.PruneOptions) (api.PrunePlan, error) {
	if len(o.Kinds) == 0 {
		return api.PrunePlan{}, invalid("Say what to prune: containers, networks, volumes, images or buildCache.")
	}
	for _, k := range o.Kinds {
		if !slices.Contains(pruneOrder(), k) {
			return api.PrunePlan{}, invalid(fmt.Sprintf("%q can't be pruned. There are containers, networks, volumes, images and buildCache.", k))
		}
	}
	engine, err := engineOf(st, engine)
	if err != nil {
		return api.PrunePlan{}, err
	}
	p := &preview{st: st, o: o, plan: api.PrunePlan{Engine: engine, Items: []api.PruneItem{}, Totals: []api.Pruned{}, Complete: true}}
	p.survey()
	for _, k := range pruneOrder() {
		if !slices.Contains(o.Kinds, k) {
			continue
		}
		switch k {
		case api.PruneContainers: // survey has found them
			p.containers()
			continue
		case api.PruneNetworks:
			p.networks()
		case api.PruneVolumes:
			p.volumes()
		case api.PruneImages:
			p.images()
		case api.PruneBuildCache:
			p.buildCache()
			continue
		}
		p.total(k)
	}
	slices.SortStableFunc(p.plan.Items, func(a, b api.PruneItem) int {
		return cmp.Or(slices.Index(pruneOrder(), a.Kind)-slices.Index(pruneOrder(), b.Kind), natural.Compare(a.Name, b.Name))
	})
	return p.plan, nil
}

// preview is one that is being made.
type preview struct {
	st   *store.Store
	o    api.PruneOptions
	plan api.PrunePlan
	// usedImages and usedVolumes are what the containers that stay have.
	usedImages, usedVolumes map[string]bool
}

// survey goes through the containers.
func (p *preview) survey() {
	p.usedImages, p.usedVolumes = make(map[string]bool), make(map[string]bool)
	goes := slices.Contains(p.o.Kinds, api.PruneContainers)
	for _, c := range p.st.Containers() {
		if c.Engine != p.plan.Engine {
			continue
		}
		if goes && (c.State == api.StateCreated || c.State == api.StateExited || c.State == api.StateDead) {
			p.plan.Items = append(p.plan.Items, api.PruneItem{Kind: api.PruneContainers, ID: c.ID, Name: c.Name, CreatedAt: c.CreatedAt})
			continue
		}
		p.usedImages[c.ImageID] = true
		for _, v := range c.Volumes {
			p.usedVolumes[v] = true
		}
	}
}

// containers are known by the sum of what they have written, as long as those
// that went into it are those that go.
func (p *preview) containers() {
	t := api.Pruned{Kind: api.PruneContainers, Count: len(p.plan.Items)}
	u := p.measured()
	switch {
	case t.Count == 0:
	case u == nil || u.Containers.ReclaimableBytes == nil || u.Containers.Count-u.Containers.Active != t.Count:
		p.plan.Complete = false
	default:
		t.Bytes = *u.Containers.ReclaimableBytes
	}
	p.add(t)
}

// measured is the engine's disk use as it was measured last, nil for never.
func (p *preview) measured() *api.DiskUsage {
	for _, s := range p.st.System() {
		if s.DiskUsage != nil && s.DiskUsage.Engine == p.plan.Engine && s.DiskUsage.MeasuredAt != nil {
			return s.DiskUsage
		}
	}
	return nil
}

func (p *preview) networks() {
	for _, n := range p.st.Networks() {
		if n.Engine != p.plan.Engine || n.Scope != "local" || n.Ingress || slices.Contains([]string{"bridge", "host", "none"}, n.Name) {
			continue
		}
		if n.Partial {
			p.plan.Complete = false
		} else if len(n.Endpoints) == 0 {
			p.plan.Items = append(p.plan.Items, api.PruneItem{Kind: api.PruneNetworks, ID: n.ID, Name: n.Name, CreatedAt: n.CreatedAt})
		}
	}
}

func (p *preview) volumes() {
	for _, v := range p.st.Volumes() {
		// Those of other drivers are elsewhere, and not the engine's to throw away.
		if v.Engine != p.plan.Engine || v.Driver != "local" || p.usedVolumes[v.Name] || !p.o.AllVolumes && !anonymous(v) {
			continue
		}
		p.plan.Items = append(p.plan.Items, api.PruneItem{Kind: api.PruneVolumes, ID: v.Name, Name: v.Name, SizeBytes: v.SizeBytes, CreatedAt: v.CreatedAt})
	}
}

// anonymous reports whether nobody has named a volume. Engines before 23 set no
// label.
func anonymous(v *api.Volume) bool {
	_, labelled := v.Labels["com.docker.volume.anonymous"]
	return labelled || len(v.Name) == 64 && strings.Trim(v.Name, "0123456789abcdef") == ""
}

func (p *preview) images() {
	sharing := 0
	for _, i := range p.st.Images() {
		if i.Engine != p.plan.Engine || p.usedImages[i.ID] || !p.o.AllImages && len(i.Tags) > 0 {
			continue
		}
		item := api.PruneItem{Kind: api.PruneImages, ID: i.ID, Name: shortImage(i), CreatedAt: i.CreatedAt}
		if i.SharedBytes != nil {
			own := max(i.SizeBytes-*i.SharedBytes, 0)
			item.SizeBytes = &own
			if *i.SharedBytes > 0 {
				sharing++
			}
		}
		p.plan.Items = append(p.plan.Items, item)
	}
	if sharing > 1 {
		p.plan.Complete = false
	}
}

func shortImage(i *api.Image) string {
	if len(i.Tags) > 0 {
		return strings.Join(i.Tags, ", ")
	}
	id := strings.TrimPrefix(i.ID, "sha256:")
	return id[:min(len(id), 12)]
}

// buildCache is known by its sum only.
func (p *preview) buildCache() {
	t := api.Pruned{Kind: api.PruneBuildCache}
	if u := p.measured(); u == nil {
		p.plan.Complete = false
	} else {
		t.Count = u.BuildCache.Count - u.BuildCache.Active
		if free := u.BuildCache.ReclaimableBytes; free != nil {
			t.Bytes = *free
		}
	}
	p.add(t)
}

func (p *preview) add(t api.Pruned) {
	p.plan.Totals = append(p.plan.Totals, t)
	p.plan.Bytes += t.Bytes
}

// total adds up the items of a kind.
func (p *preview) total(k api.PruneKind) {
	t := api.Pruned{Kind: k}
	for _, i := range p.plan.Items {
		if i.Kind != k {
			continue
		}
		t.Count++
		switch {
		case i.SizeBytes != nil:
			t.Bytes += *i.SizeBytes
		case k != api.PruneNetworks:
			p.plan.Complete = false
		}
	}
	p.add(t)
}
