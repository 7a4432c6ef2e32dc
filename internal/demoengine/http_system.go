package demoengine

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

func (e *Engine) ping(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Builder-Version", "2")
	h.Set("Swarm", "inactive")
	h.Set("Cache-Control", "no-cache, no-store, must-revalidate")
	h.Set("Pragma", "no-cache")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	if r.Method == http.MethodHead {
		h.Set("Content-Length", "0")
		return nil
	}
	_, err := w.Write([]byte("OK"))
	return err
}

func (e *Engine) version(w http.ResponseWriter, _ *http.Request) error {
	return e.send(w, e.appendVersion)
}

func (e *Engine) info(w http.ResponseWriter, _ *http.Request) error {
	now := e.world.now()
	return e.send(w, func(d *doc) { e.appendInfo(d, now) })
}

// eventStream is GET /events: what is kept since a time, then what comes,
// each event sent as soon as it is there.
func (e *Engine) eventStream(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, err := parseFilters(q.Get("filters"))
	if err != nil {
		return err
	}
	since, err := timestamp(q.Get("since"))
	if err != nil {
		return err
	}
	until, err := timestamp(q.Get("until"))
	if err != nil {
		return err
	}
	if !until.IsZero() && until.Before(since) {
		return refuse(400, "`since` time (%s) cannot be after `until` time (%s)", q.Get("since"), q.Get("until"))
	}
	past, s := e.world.events.subscribe(since, until, eventFilter(f))
	defer e.world.events.unsubscribe(s)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	flush := flusher(w)
	write := func(list []*event) error {
		for _, ev := range list {
			if _, err := w.Write(ev.text); err != nil {
				return err
			}
		}
		return flush()
	}
	if err := write(past); err != nil {
		return nil // The client is gone.
	}
	var end <-chan time.Time
	if !until.IsZero() {
		left := until.Sub(e.world.now())
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		defer timer.Stop()
		end = timer.C
	}
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-end:
			return nil
		case <-s.wake:
			if err := write(s.take()); err != nil {
				return nil // The client is gone.
			}
		}
	}
}

func (e *Engine) images(w http.ResponseWriter, r *http.Request) error {
	f, err := parseFilters(r.URL.Query().Get("filters"))
	if err != nil {
		return err
	}
	if err := f.only("before", "dangling", "label", "reference", "since", "until"); err != nil {
		return err
	}
	return e.send(w, func(d *doc) {
		d.open('[')
		for _, im := range e.world.goods().images {
			loose, shown := len(im.tags) == 0, im
			if len(f["reference"]) > 0 {
				shown = im.with(slices.DeleteFunc(slices.Clone(im.tags), func(t string) bool { return !f.any("reference", func(v string) bool { return referTo(v, t) }) }))
			}
			ok := (len(f["reference"]) == 0 || len(shown.tags) > 0) && f.any("dangling", func(v string) bool { return truth(v) == loose }) && f.labelled(lookup(im.labels()))
			if ok {
				appendImage(d, shown, -1, -1)
			}
		}
		d.close(']')
	})
}

// referTo reports whether a pattern means a tag, or its repository.
func referTo(pattern, tag string) bool {
	bare, _, _ := strings.Cut(tag, ":")
	whole, err := path.Match(pattern, tag)
	name, err2 := path.Match(pattern, bare)
	return err == nil && whole || err2 == nil && name
}

// imageInspect is GET /images/{name}/json, and its history; a name may have
// slashes.
func (e *Engine) imageInspect(w http.ResponseWriter, r *http.Request) error {
	if ref, ok := strings.CutSuffix(r.PathValue("name"), "/history"); ok {
		im, err := e.world.goods().image(ref)
		if err != nil {
			return err
		}
		return e.send(w, func(d *doc) { appendHistory(d, im) })
	}
	ref, ok := strings.CutSuffix(r.PathValue("name"), "/json")
	if !ok {
		return refuse(404, "page not found")
	}
	im, err := e.world.goods().image(ref)
	if err != nil {
		return refuse(404, "no such image: %s: %s", ref, err)
	}
	return e.send(w, func(d *doc) { appendImageInspect(d, im) })
}

func (e *Engine) volumes(w http.ResponseWriter, r *http.Request) error {
	f, err := parseFilters(r.URL.Query().Get("filters"))
	if err != nil {
		return err
	}
	if err := f.only("dangling", "driver", "label", "name"); err != nil {
		return err
	}
	used := e.volumeUse()
	return e.send(w, func(d *doc) {
		d.open('{')
		d.array("Volumes")
		for _, v := range e.world.goods().volumes {
			if f.any("name", func(s string) bool { return strings.Contains(v.name, s) }) && f.exact("driver", "local") &&
				f.any("dangling", func(s string) bool { return truth(s) == (used[v] == 0) }) && f.labelled(lookup(v.labels)) {
				appendVolume(d, v, -1)
			}
		}
		d.close(']')
		d.raw(`"Warnings":null`)
		d.close('}')
	})
}

func (e *Engine) volumeUse() map[*volume]int {
	used := map[*volume]int{}
	for _, c := range e.world.all() {
		if c.volume != nil {
			used[c.volume]++
		}
	}
	return used
}

func (e *Engine) volumeInspect(w http.ResponseWriter, r *http.Request) error {
	v := e.world.goods().volumeN[r.PathValue("name")]
	if v == nil {
		return refuse(404, "get %s: no such volume", r.PathValue("name"))
	}
	return e.send(w, func(d *doc) { appendVolume(d, v, -1) })
}

func (e *Engine) networks(w http.ResponseWriter, r *http.Request) error {
	f, err := parseFilters(r.URL.Query().Get("filters"))
	if err != nil {
		return err
	}
	if err := f.only("dangling", "driver", "id", "label", "name", "scope", "type"); err != nil {
		return err
	}
	return e.send(w, func(d *doc) {
		d.open('[')
		for _, n := range e.world.goods().networks {
			builtin := n.builtin()
			if f.any("name", func(s string) bool { return strings.Contains(n.name, s) }) && f.fuzzy("id", n.id) && f.exact("driver", n.driver) &&
				f.exact("scope", "local") && f.any("type", func(s string) bool { return (s == "builtin") == builtin }) && f.labelled(lookup(n.labels)) &&
				f.any("dangling", func(s string) bool { return truth(s) == (n.members == 0 && !builtin) }) {
				appendNetwork(d, n, nil)
			}
		}
		d.close(']')
	})
}

func (e *Engine) networkInspect(w http.ResponseWriter, r *http.Request) error {
	n, err := e.world.goods().network(r.PathValue("name"))
	if err != nil {
		return err
	}
	members := e.world.members(n)
	return e.send(w, func(d *doc) { appendNetwork(d, n, members) })
}

// diskUsage is GET /system/df.
func (e *Engine) diskUsage(w http.ResponseWriter, _ *http.Request) error {
	all, now, used := e.world.all(), e.world.now(), e.volumeUse()
	perImage := map[string]int{}
	for _, c := range all {
		perImage[c.image.id]++
	}
	return e.send(w, func(d *doc) {
		var total int64
		d.open('{')
		d.array("Images")
		for _, im := range e.world.goods().images {
			total += im.size / 10 * 9
			appendImage(d, im, perImage[im.id], im.size/10*2)
		}
		d.close(']')
		d.num("LayersSize", total)
		d.array("Containers")
		for _, c := range all {
			c.appendSummary(d, now, true)
		}
		d.close(']')
		d.array("Volumes")
		for _, v := range e.world.goods().volumes {
			appendVolume(d, v, used[v])
		}
		d.close(']')
		d.array("BuildCache")
		for i, size := range []int64{412 << 20, 96 << 20, 7 << 20} {
			d.open('{')
			d.str("ID", hexID(e.world.seed, "cache", uint64(i))[:25])
			d.raw(`"Parent":"","Type":"regular","Description":"made up","InUse":false,"Shared":false`)
			d.num("Size", size)
			d.time("CreatedAt", e.world.epoch.Add(-time.Duration(i+1)*49*time.Hour))
			d.raw(`"LastUsedAt":null,"UsageCount":1`)
			d.close('}')
		}
		d.close(']')
		d.raw(`"BuilderSize":540016640`)
		d.close('}')
	})
}

// lookup finds a label's value in a list.
func lookup(labels []label) func(string) (string, bool) {
	return func(k string) (string, bool) {
		for _, l := range labels {
			if l.key == k {
				return l.value, true
			}
		}
		return "", false
	}
}
