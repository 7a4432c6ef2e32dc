package demoengine

import "net/http"

// containersPrune is POST /containers/prune; like the others it removes what
// nobody uses, one by one, and leaves what is used by then.
func (e *Engine) containersPrune(w http.ResponseWriter, _ *http.Request) error {
	var gone []string
	for _, c := range e.world.all() {
		if !c.alive() && c.state != restarting && e.world.remove(c.id, false) == nil {
			gone = append(gone, c.id)
		}
	}
	return e.send(w, func(d *doc) {
		d.open('{')
		d.strs("ContainersDeleted", gone)
		d.num("SpaceReclaimed", int64(len(gone))*12_345)
		d.close('}')
	})
}

func (e *Engine) networksPrune(w http.ResponseWriter, _ *http.Request) error {
	var gone []string
	for _, n := range e.world.goods().networks {
		if !n.builtin() && len(e.world.members(n)) == 0 && e.world.removeNetwork(n.id) == nil {
			gone = append(gone, n.name)
		}
	}
	return e.send(w, func(d *doc) {
		d.open('{')
		d.strs("NetworksDeleted", gone)
		d.close('}')
	})
}

func (e *Engine) imagesPrune(w http.ResponseWriter, r *http.Request) error {
	f, err := parseFilters(r.URL.Query().Get("filters"))
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, c := range e.world.all() {
		used[c.image.id] = true
	}
	var untagged, gone []string
	var freed int64
	for _, im := range e.world.goods().images {
		if used[im.id] || len(im.tags) > 0 && f.any("dangling", truth) {
			continue
		}
		tags, deleted, err := e.world.removeImage(im.id, true)
		if err != nil {
			continue // it is used by now
		}
		untagged = append(untagged, tags...)
		if deleted != "" {
			gone, freed = append(gone, deleted), freed+im.size/10*8
		}
	}
	return e.send(w, func(d *doc) {
		d.open('{')
		d.array("ImagesDeleted")
		for _, t := range untagged {
			d.open('{')
			d.str("Untagged", t)
			d.close('}')
		}
		for _, id := range gone {
			d.open('{')
			d.str("Deleted", id)
			d.close('}')
		}
		d.close(']')
		d.num("SpaceReclaimed", freed)
		d.close('}')
	})
}

// buildPrune is POST /build/prune: what is cached is made up, and comes back.
func (e *Engine) buildPrune(w http.ResponseWriter, _ *http.Request) error {
	return e.send(w, func(d *doc) { d.raw(`{"CachesDeleted":[],"SpaceReclaimed":0}`) })
}
