package server

import (
	"context"
	"net/http"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// ThingActor does to images, volumes and networks what users ask for.
type ThingActor interface {
	TagImage(ctx context.Context, id, reference string) error
	RemoveImage(ctx context.Context, id string, force bool) (untagged, deleted []string, err error)
	CreateVolume(ctx context.Context, v api.VolumeCreate) (string, error)
	RemoveVolume(ctx context.Context, name string, force bool) error
	CreateNetwork(ctx context.Context, n api.NetworkCreate) (id, warning string, err error)
	Connect(ctx context.Context, id, container string, n api.NetworkConnect) error
	Disconnect(ctx context.Context, id, container string, force bool) error
	RemoveNetwork(ctx context.Context, id string) error
}

// deed is what is to be done to a thing.
type deed struct {
	thing   jobs.Thing
	action  api.ResourceAction
	options any               // what the same Idempotency-Key must ask for again
	details map[string]string // for the audit row
	status  int               // of the answer; 0 is 200
	do      func(context.Context, ThingActor) (api.ResourceResult, error)
}

// perform does it once for each Idempotency-Key, and answers when the engine
// has. It does not touch the store: what became of the thing comes the way of
// every other change.
func (s *Server) perform(w http.ResponseWriter, r *http.Request, d deed) error {
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	who, _ := identity(r)
	key := requestKey{
		who: who.Key, key: r.Header.Get("Idempotency-Key"), options: fingerprint(d.options),
		what: string(d.action) + " " + string(d.thing.Kind) + " " + string(api.MakeKey(d.thing.Engine, d.thing.ID)),
	}
	result, replayed, err := once(r.Context(), s.results, key, func(ctx context.Context) (api.ResourceResult, error) {
		return s.o.Actor.Act(context.WithoutCancel(ctx), by, d.thing, d.action, d.details, func(ctx context.Context) (api.ResourceResult, error) {
			return d.do(ctx, s.o.ThingActor)
		})
	})
	if err != nil {
		return err
	}
	result.Replayed = replayed
	if d.status == 0 {
		d.status = http.StatusOK
	}
	return writeJSON(w, d.status, result)
}

// mayChangeThings refuses where Quaywatch is read-only.
func (s *Server) mayChangeThings() error {
	if s.o.ThingActor == nil {
		return &api.Error{Code: api.ErrForbidden, Message: "This server is read-only: it was started with --read-only and can't change anything."}
	}
	return s.mayChange()
}

func imageThing(i *api.Image) jobs.Thing {
	t := jobs.Thing{Engine: i.Engine, Kind: api.TopicImages, ID: i.ID, Name: i.ID}
	if len(i.Tags) > 0 {
		t.Name = i.Tags[0]
	}
	return t
}

func (s *Server) tagImage(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	var q api.ImageTag
	if err := readJSON(r, &q); err != nil {
		return err
	}
	if q.Reference == "" {
		return &api.Error{Code: api.ErrInvalid, Message: "Say the new name: {\"reference\": \"shop/web:1.2\"}."}
	}
	i, err := s.o.Store.FindImage(r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.perform(w, r, deed{
		thing: imageThing(i), action: api.ResourceTag, options: q, details: map[string]string{"reference": q.Reference},
		do: func(ctx context.Context, a ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, a.TagImage(ctx, i.ID, q.Reference)
		},
	})
}

// removeImage takes away the tag that was named, or the image where its id was.
func (s *Server) removeImage(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	force, err := flag(r, "force")
	if err != nil {
		return err
	}
	ref := r.PathValue("id")
	i, err := s.o.Store.FindImage(ref)
	if err != nil {
		return err
	}
	what := i.ID
	for _, t := range i.Tags {
		if t == ref || t == ref+":latest" {
			what = t
		}
	}
	thing := imageThing(i)
	if what != i.ID {
		thing.Name = what
	}
	return s.perform(w, r, deed{
		thing: thing, action: api.ResourceRemove, options: []any{what, force}, details: forced(force),
		do: func(ctx context.Context, a ThingActor) (res api.ResourceResult, err error) {
			res.Untagged, res.Deleted, err = a.RemoveImage(ctx, what, force)
			return res, err
		},
	})
}

func forced(force bool) map[string]string {
	if force {
		return map[string]string{"force": "true"}
	}
	return nil
}

func (s *Server) createVolume(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	var q api.VolumeCreate
	if err := readJSON(r, &q); err != nil {
		return err
	}
	engine, err := s.engineNamed(q.Engine)
	if err != nil {
		return err
	}
	return s.perform(w, r, deed{
		thing: jobs.Thing{Engine: engine, Kind: api.TopicVolumes, Name: q.Name}, action: api.ResourceCreate, options: q, status: http.StatusCreated,
		details: map[string]string{"driver": q.Driver, "labels": labelled(q.Labels)},
		do: func(ctx context.Context, a ThingActor) (res api.ResourceResult, err error) {
			res.ID, err = a.CreateVolume(ctx, q)
			return res, err
		},
	})
}

func (s *Server) removeVolume(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	force, err := flag(r, "force")
	if err != nil {
		return err
	}
	v, err := s.o.Store.FindVolume(r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.perform(w, r, deed{
		thing: jobs.Thing{Engine: v.Engine, Kind: api.TopicVolumes, ID: v.Name, Name: v.Name}, action: api.ResourceRemove, options: force, details: forced(force),
		do: func(ctx context.Context, a ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, a.RemoveVolume(ctx, v.Name, force)
		},
	})
}

func (s *Server) createNetwork(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	var q api.NetworkCreate
	if err := readJSON(r, &q); err != nil {
		return err
	}
	if q.Name == "" {
		return &api.Error{Code: api.ErrInvalid, Message: "Say the network's name: {\"name\": \"…\"}."}
	}
	engine, err := s.engineNamed(q.Engine)
	if err != nil {
		return err
	}
	return s.perform(w, r, deed{
		thing: jobs.Thing{Engine: engine, Kind: api.TopicNetworks, Name: q.Name}, action: api.ResourceCreate, options: q, status: http.StatusCreated,
		details: map[string]string{"driver": q.Driver, "subnet": q.Subnet, "labels": labelled(q.Labels)},
		do: func(ctx context.Context, a ThingActor) (res api.ResourceResult, err error) {
			res.ID, res.Warning, err = a.CreateNetwork(ctx, q)
			return res, err
		},
	})
}

func networkThing(n *api.Network) jobs.Thing {
	return jobs.Thing{Engine: n.Engine, Kind: api.TopicNetworks, ID: n.ID, Name: n.Name}
}

func (s *Server) removeNetwork(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	n, err := s.o.Store.FindNetwork(r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.perform(w, r, deed{
		thing: networkThing(n), action: api.ResourceRemove,
		do: func(ctx context.Context, a ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, a.RemoveNetwork(ctx, n.ID)
		},
	})
}

func (s *Server) connectNetwork(w http.ResponseWriter, r *http.Request) error {
	return s.attach(w, r, api.ResourceConnect, func(ctx context.Context, a ThingActor, n *api.Network, id string, q api.NetworkConnect) error {
		return a.Connect(ctx, n.ID, id, q)
	})
}

func (s *Server) disconnectNetwork(w http.ResponseWriter, r *http.Request) error {
	return s.attach(w, r, api.ResourceDisconnect, func(ctx context.Context, a ThingActor, n *api.Network, id string, q api.NetworkConnect) error {
		return a.Disconnect(ctx, n.ID, id, q.Force)
	})
}

func (s *Server) attach(w http.ResponseWriter, r *http.Request, action api.ResourceAction, do func(context.Context, ThingActor, *api.Network, string, api.NetworkConnect) error) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	var q api.NetworkConnect
	if err := readJSON(r, &q); err != nil {
		return err
	}
	n, err := s.o.Store.FindNetwork(r.PathValue("id"))
	if err != nil {
		return err
	}
	if q.Container == "" {
		return &api.Error{Code: api.ErrInvalid, Message: "Say which container: {\"container\": \"…\"}."}
	}
	id, name := q.Container, q.Container
	c, err := s.o.Store.Find(q.Container)
	switch {
	case err == nil:
		id, name = c.ID, c.Name
	case !q.Force: // one that the engine has lost can still be let go of
		return err
	}
	if c != nil && c.Engine != n.Engine {
		return &api.Error{Code: api.ErrInvalid, Message: "The container and the network are of different engines."}
	}
	return s.perform(w, r, deed{
		thing: networkThing(n), action: action, options: q, details: map[string]string{"container": id, api.AttrContainerName: name},
		do: func(ctx context.Context, a ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, do(ctx, a, n, id, q)
		},
	})
}
