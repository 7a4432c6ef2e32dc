package reflector

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Resources is what the reflector needs of an engine for images, volumes and
// networks. ErrNotFound from Volume and Network means that it is gone.
type Resources interface {
	// Images returns all of them whole; Networks rows without their endpoints.
	Images(ctx context.Context) ([]api.Image, error)
	Volumes(ctx context.Context) ([]api.Volume, error)
	Networks(ctx context.Context) ([]api.Network, error)
	Volume(ctx context.Context, name string) (api.Volume, error)
	Network(ctx context.Context, id string) (api.Network, error)
	// DiskUsage may take minutes.
	DiskUsage(ctx context.Context) (api.DiskMeasure, error)
}

// rkind is a kind of resource besides the containers.
type rkind uint8

const (
	kindImages rkind = iota
	kindVolumes
	kindNetworks
	rkinds
)

// lookQuota is how many networks a regular list looks into again, the ones
// first that were looked at longest ago: a list does not show who is attached,
// and an engine may drop events for us without a word.
const lookQuota = 32

// pullLook is how soon all images are asked for again at least while an engine
// pulls.
const pullLook = 250 * time.Millisecond

// resources is what the reflector knows of images, volumes and networks. It is
// part of the tracker: pure, told the time, owned by one goroutine.
//
// A resource is asked for as a container is: an event is a hint, the first hint
// of a quiet key is worked at once, further ones fold, and the event waits for
// the answer. Two things differ. What is asked again waits longer the longer
// the last answer took, because a network of a thousand containers is told
// whole each time. And an image's events ask for the list of all images: a tag
// that one image gets is a tag that another one loses, of which no event tells.
type resources struct {
	t *tracker

	images   map[string]*api.Image
	volumes  map[string]*api.Volume
	networks map[string]*api.Network

	// keys by kind and id; the one with an empty id is the list of the kind.
	keys   [rkinds]map[string]*rkey
	urgent []*rkey
	bulk   []*rkey
	flying int
	// touched are the ids an event spoke of, or an answer told of, since the
	// kind's list was asked for: it may be older than that. Nil when none is
	// under way.
	touched [rkinds]map[string]struct{}

	measure api.DiskMeasure // the last one
	// gap: events may have been lost before the lists that are due. stale: images
	// or volumes have come or gone since disk use was measured.
	gap, stale bool
	listed     [rkinds]bool // the kind's list has come
	unheard    [rkinds]unheard
	// pulling is when an engine told of a pull that names no image. Podman 4 does
	// so as it begins and says nothing when it ends, so all images are asked for
	// again after as long as that was ago, for a minute, and then by the relist.
	// looking: the next time is on the agenda.
	pulling time.Time
	looking bool
}

func newResources(t *tracker) *resources {
	r := &resources{t: t}
	r.forget()
	return r
}

// forget begins anew, with another engine.
func (r *resources) forget() {
	r.images, r.volumes, r.networks = make(map[string]*api.Image), make(map[string]*api.Volume), make(map[string]*api.Network)
	r.measure, r.gap, r.stale, r.listed, r.pulling = api.DiskMeasure{}, false, false, [rkinds]bool{}, time.Time{}
	r.looking = false
	r.unheard = [rkinds]unheard{}
	for k := range r.keys {
		r.keys[k] = make(map[string]*rkey)
	}
}

// drop takes everything of the old engine out of the store.
func (r *resources) drop() {
	for id := range r.images {
		r.t.batch.images.remove(api.MakeKey(r.t.engine, id))
	}
	for id := range r.volumes {
		r.t.batch.volumes.remove(api.MakeKey(r.t.engine, id))
	}
	for id := range r.networks {
		r.t.batch.networks.remove(api.MakeKey(r.t.engine, id))
	}
	r.forget()
}

// known reports whether all kinds have been listed.
func (r *resources) known() bool { return !slices.Contains(r.listed[:], false) }

// list asks for all kinds.
func (r *resources) list(now time.Time) {
	for kind := range rkinds {
		r.mark(r.key(kind, ""), now, queueBulk)
	}
}

// putImages takes the list of all images, which is the whole truth, asked for
// after so many gaps.
func (r *resources) putImages(list []api.Image, gaps int, now time.Time) {
	inferring := r.inferring(kindImages, gaps)
	fresh := make(map[string]*api.Image, len(list))
	for i := range list {
		own := list[i]
		r.share(&own)
		fresh[own.ID] = &own
		if old, ok := r.images[own.ID]; ok && reflect.DeepEqual(*old, own) {
			fresh[own.ID] = old
			continue
		}
		if r.images[own.ID] == nil {
			r.stale = true
			if inferring {
				r.came(kindImages, gaps, imageNews(&own, actionCreate, now), own.Tags...)
			}
		}
		r.t.batch.images.put(&own)
	}
	for id, old := range r.images {
		if _, ok := fresh[id]; !ok {
			r.t.batch.images.remove(api.MakeKey(r.t.engine, id))
			r.stale = true
			if inferring {
				r.went(kindImages, gaps, imageNews(old, actionDelete, now))
			}
		}
	}
	r.images = fresh
	r.compared(kindImages, gaps, now)
	if ago := max(now.Sub(r.pulling), pullLook); ago < relistEvery && !r.looking {
		r.looking = true
		r.t.agenda.addResource(now.Add(ago), r.key(kindImages, ""), choreLook)
	}
}

// putVolumes takes the list of all volumes, but for those that are told of
// otherwise.
func (r *resources) putVolumes(list []api.Volume, gaps int, now time.Time) {
	inferring := r.inferring(kindVolumes, gaps)
	listed := make(map[string]struct{}, len(list))
	for i := range list {
		v := &list[i]
		listed[v.Name] = struct{}{}
		if _, ok := r.touched[kindVolumes][v.Name]; ok {
			continue
		}
		if inferring && r.volumes[v.Name] == nil {
			r.came(kindVolumes, gaps, volumeNews(v, actionCreate, since(v.CreatedAt, now)))
		}
		r.putVolume(*v)
	}
	for name, old := range r.volumes {
		_, ok := listed[name]
		_, touched := r.touched[kindVolumes][name]
		if !ok && !touched {
			r.remove(kindVolumes, name)
			if inferring {
				r.went(kindVolumes, gaps, volumeNews(old, actionDestroy, now))
			}
		}
	}
	r.compared(kindVolumes, gaps, now)
}

func (r *resources) putVolume(v api.Volume) {
	r.size(&v)
	if old, ok := r.volumes[v.Name]; ok && reflect.DeepEqual(*old, v) {
		return
	}
	r.stale = r.stale || r.volumes[v.Name] == nil
	r.volumes[v.Name] = &v
	r.t.batch.volumes.put(&v)
}

// putNetworks takes the list of all networks. Who is attached is asked of those
// that are new or have changed, and of some that were not looked at for long.
func (r *resources) putNetworks(list []api.Network, gaps int, now time.Time) {
	inferring := r.inferring(kindNetworks, gaps)
	listed := make(map[string]struct{}, len(list))
	quota := lookQuota
	for i := range list {
		row := list[i]
		listed[row.ID] = struct{}{}
		if _, ok := r.touched[kindNetworks][row.ID]; ok {
			continue
		}
		old, known := r.networks[row.ID]
		k := r.key(kindNetworks, row.ID)
		switch {
		case !known:
			if inferring && !builtIn(&row) {
				r.came(kindNetworks, gaps, networkNews(&row, actionCreate, since(row.CreatedAt, now)))
			}
			r.putNetwork(row)
			r.mark(k, now, queueBulk)
		case old.Partial || k.dirty || r.gap || !sameNetwork(*old, row):
			r.mark(k, now, queueBulk)
		case quota > 0 && now.Sub(k.seenAt) > relistEvery/2:
			quota--
			r.mark(k, now, queueBulk)
		}
	}
	for id, old := range r.networks {
		_, ok := listed[id]
		_, touched := r.touched[kindNetworks][id]
		if !ok && !touched {
			r.remove(kindNetworks, id)
			if inferring && !builtIn(old) {
				r.went(kindNetworks, gaps, networkNews(old, actionDestroy, now))
			}
		}
	}
	r.gap = false
	r.compared(kindNetworks, gaps, now)
}

// sameNetwork compares what a list tells.
func sameNetwork(a, b api.Network) bool {
	a.Endpoints, b.Endpoints, a.Partial, b.Partial = nil, nil, false, false
	return reflect.DeepEqual(a, b)
}

func (r *resources) putNetwork(n api.Network) {
	if old, ok := r.networks[n.ID]; ok && reflect.DeepEqual(*old, n) {
		return
	}
	r.networks[n.ID] = &n
	r.t.batch.networks.put(&n)
}

// remove takes a volume or a network out of the view.
func (r *resources) remove(kind rkind, id string) {
	key := api.MakeKey(r.t.engine, id)
	switch kind {
	case kindVolumes:
		if _, ok := r.volumes[id]; ok {
			delete(r.volumes, id)
			r.stale = true
			r.t.batch.volumes.remove(key)
		}
	case kindNetworks:
		if _, ok := r.networks[id]; ok {
			delete(r.networks, id)
			r.t.batch.networks.remove(key)
		}
	case kindImages, rkinds:
	}
}

// measured takes what disk use was found to be, and gives the sizes to whom
// they belong.
func (r *resources) measured(m api.DiskMeasure) {
	r.measure = m
	for id, old := range r.images {
		own := *old
		r.share(&own)
		r.images[id] = &own
		r.t.batch.images.put(&own)
	}
	for name, old := range r.volumes {
		own := *old
		r.size(&own)
		r.volumes[name] = &own
		r.t.batch.volumes.put(&own)
	}
}

// share sets what is known of an image's size besides its own list's.
func (r *resources) share(i *api.Image) {
	if n, ok := r.measure.Shared[i.ID]; ok {
		i.SharedBytes, i.SharedAt = &n, r.measure.Usage.MeasuredAt
	}
}

func (r *resources) size(v *api.Volume) {
	if at := r.measure.Usage.MeasuredAt; at != nil && (v.CreatedAt == nil || v.CreatedAt.Before(*at)) {
		v.SizedAt = at
	}
	if n, ok := r.measure.Volumes[v.Name]; ok {
		v.SizeBytes = &n
	}
}
