package demoengine

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// body reads the JSON of a request.
func body(r *http.Request, v any) error {
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(v); err != nil {
		return refuse(400, "invalid JSON: %v", err)
	}
	return nil
}

// sorted makes labels of a map.
func sorted(m map[string]string) []label {
	out := make([]label, 0, len(m))
	for k, v := range m {
		out = append(out, label{k, v})
	}
	slices.SortFunc(out, func(a, b label) int { return strings.Compare(a.key, b.key) })
	return out
}

// imagePost is POST /images/{name}/tag, or …/push; nothing else is done to an
// image here.
func (e *Engine) imagePost(w http.ResponseWriter, r *http.Request) error {
	if name, ok := strings.CutSuffix(r.PathValue("name"), "/push"); ok {
		return e.imagePush(w, r, name)
	}
	ref, ok := strings.CutSuffix(r.PathValue("name"), "/tag")
	if !ok {
		return refuse(501, "the Quaywatch demo engine cannot do this: nothing in it is real")
	}
	q := r.URL.Query()
	if q.Get("repo") == "" {
		return refuse(400, "invalid reference format")
	}
	if err := e.world.tagImage(ref, q.Get("repo"), q.Get("tag")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusCreated)
	return nil
}

func (e *Engine) imageRemove(w http.ResponseWriter, r *http.Request) error {
	untagged, deleted, err := e.world.removeImage(r.PathValue("name"), truth(r.URL.Query().Get("force")))
	if err != nil {
		return err
	}
	return e.send(w, func(d *doc) {
		d.open('[')
		for _, t := range untagged {
			d.open('{')
			d.str("Untagged", t)
			d.close('}')
		}
		if deleted != "" {
			d.open('{')
			d.str("Deleted", deleted)
			d.close('}')
		}
		d.close(']')
	})
}

// imageSearch is GET /images/search: the registry is made up as well.
func (e *Engine) imageSearch(w http.ResponseWriter, r *http.Request) error {
	term := strings.ToLower(r.URL.Query().Get("term"))
	if term == "" {
		return refuse(400, "no search term")
	}
	return e.send(w, func(d *doc) {
		d.open('[')
		seen := map[string]bool{}
		for i, im := range e.world.goods().images {
			name, _, _ := strings.Cut(im.ref, ":")
			if name == "" || seen[name] || !strings.Contains(name, term) {
				continue
			}
			seen[name] = true
			d.open('{')
			d.num("star_count", int64(9000-i*137))
			d.yes("is_official", !strings.Contains(name, "/"))
			d.str("name", name)
			d.yes("is_automated", false)
			d.str("description", "Made up, as all of this engine")
			d.close('}')
		}
		d.close(']')
	})
}

// appendHistory writes GET /images/{name}/history.
func appendHistory(d *doc, im *image) {
	title, _, _ := strings.Cut(im.ref, ":")
	steps := []struct {
		by   string
		part int64
	}{
		{`CMD ["/usr/local/bin/entrypoint"]`, 0}, {"ENV APP_HOME=/app PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0},
		{"COPY /out/" + title + " /usr/local/bin/ # buildkit", 5}, {"RUN /bin/sh -c apk add --no-cache ca-certificates tzdata # buildkit", 3}, {"ADD rootfs.tar.gz / # buildkit", 2},
	}
	d.open('[')
	for i, s := range steps {
		d.open('{')
		id := "<missing>"
		if i == 0 {
			id = im.id
		}
		d.str("Id", id)
		d.num("Created", im.created.Add(-time.Duration(i)*time.Second).Unix())
		d.str("CreatedBy", s.by)
		if i == 0 {
			d.strs("Tags", im.tags)
		} else {
			d.raw(`"Tags":null`)
		}
		d.num("Size", im.size*s.part/10)
		d.raw(`"Comment":"buildkit.dockerfile.v0"`)
		d.close('}')
	}
	d.close(']')
}

func (e *Engine) volumeCreate(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name, Driver string
		Labels       map[string]string
	}
	if err := body(r, &in); err != nil {
		return err
	}
	if in.Driver != "" && in.Driver != "local" {
		return refuse(404, "create %s: error looking up volume plugin %s: plugin %q not found", in.Name, in.Driver, in.Driver)
	}
	v := e.world.createVolume(in.Name, sorted(in.Labels))
	return e.created(w, func(d *doc) { appendVolume(d, v, -1) })
}

func (e *Engine) volumeRemove(w http.ResponseWriter, r *http.Request) error {
	if err := e.world.removeVolume(r.PathValue("name")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (e *Engine) networkCreate(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name, Driver string
		Internal     bool
		Labels       map[string]string
		IPAM         struct {
			Config []struct{ Subnet, Gateway string }
		}
	}
	if err := body(r, &in); err != nil {
		return err
	}
	if in.Driver != "" && in.Driver != "bridge" {
		return refuse(404, "could not find plugin %s in v1 plugin registry: plugin not found", in.Driver)
	}
	n := &network{name: in.Name, driver: "bridge", internal: in.Internal, labels: sorted(in.Labels)}
	if len(in.IPAM.Config) > 0 {
		n.subnet, n.gateway = in.IPAM.Config[0].Subnet, in.IPAM.Config[0].Gateway
	}
	if err := e.world.createNetwork(n); err != nil {
		return err
	}
	return e.created(w, func(d *doc) {
		d.open('{')
		d.str("Id", n.id)
		d.str("Warning", "")
		d.close('}')
	})
}

func (e *Engine) networkRemove(w http.ResponseWriter, r *http.Request) error {
	if err := e.world.removeNetwork(r.PathValue("name")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (e *Engine) networkConnect(_ http.ResponseWriter, r *http.Request) error {
	var in struct {
		Container      string
		EndpointConfig *struct {
			IPAMConfig *struct{ IPv4Address string }
		}
	}
	if err := body(r, &in); err != nil {
		return err
	}
	ip := ""
	if c := in.EndpointConfig; c != nil && c.IPAMConfig != nil {
		ip = c.IPAMConfig.IPv4Address
	}
	return e.world.connect(r.PathValue("name"), in.Container, ip)
}

func (e *Engine) networkDisconnect(_ http.ResponseWriter, r *http.Request) error {
	var in struct{ Container string }
	if err := body(r, &in); err != nil {
		return err
	}
	return e.world.disconnect(r.PathValue("name"), in.Container)
}

// created is send with status 201.
func (e *Engine) created(w http.ResponseWriter, write func(*doc)) error {
	d := make(doc, 0, 512)
	write(&d)
	w.Header()["Content-Type"] = []string{"application/json"}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(d) // the client may be gone
	return nil
}
