package server

import (
	"context"
	"net/http"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// perform does a deed once for each Idempotency-Key, which must ask for the same
// options again, and answers when the engine has. It does not touch the store:
// what became of the thing comes the way of every other change.
func (s *Server) perform(w http.ResponseWriter, r *http.Request, d jobs.Deed, options any) error {
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	who, _ := identity(r)
	key := requestKey{
		who: who.Key, key: r.Header.Get("Idempotency-Key"), options: fingerprint(options),
		what: string(d.Action) + " " + string(d.Thing.Kind) + " " + string(api.MakeKey(d.Thing.Engine, d.Thing.ID)),
	}
	result, replayed, err := once(r.Context(), s.results, key, func(ctx context.Context) (api.ResourceResult, error) {
		return s.o.Actor.Act(context.WithoutCancel(ctx), by, d.Thing, d.Action, d.Details, func(ctx context.Context) (api.ResourceResult, error) {
			return d.Do(ctx, s.o.ThingActor)
		})
	})
	if err != nil {
		return err
	}
	result.Replayed = replayed
	status := http.StatusOK
	if d.Action == api.ResourceCreate {
		status = http.StatusCreated
	}
	return writeJSON(w, status, result)
}

// mayChangeThings refuses where Quaywatch is read-only.
func (s *Server) mayChangeThings() error {
	if s.o.ThingActor == nil {
		return &api.Error{Code: api.ErrForbidden, Message: "This server is read-only: it was started with --read-only and can't change anything."}
	}
	return s.mayChange()
}

// ask reads what a request asks for and performs the deed that plan makes of it.
func ask[Q any](s *Server, w http.ResponseWriter, r *http.Request, plan func(Q) (jobs.Deed, error)) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	var q Q
	if err := readJSON(r, &q); err != nil {
		return err
	}
	d, err := plan(q)
	if err != nil {
		return err
	}
	return s.perform(w, r, d, q)
}

func (s *Server) tagImage(w http.ResponseWriter, r *http.Request) error {
	return ask(s, w, r, func(q api.ImageTag) (jobs.Deed, error) { return jobs.TagImage(s.o.Store, r.PathValue("id"), q) })
}

func (s *Server) createVolume(w http.ResponseWriter, r *http.Request) error {
	return ask(s, w, r, func(q api.VolumeCreate) (jobs.Deed, error) { return jobs.CreateVolume(s.o.Store, q) })
}

func (s *Server) createNetwork(w http.ResponseWriter, r *http.Request) error {
	return ask(s, w, r, func(q api.NetworkCreate) (jobs.Deed, error) { return jobs.CreateNetwork(s.o.Store, q) })
}

func (s *Server) connectNetwork(w http.ResponseWriter, r *http.Request) error {
	return ask(s, w, r, func(q api.NetworkConnect) (jobs.Deed, error) { return jobs.Connect(s.o.Store, r.PathValue("id"), q) })
}

func (s *Server) disconnectNetwork(w http.ResponseWriter, r *http.Request) error {
	return ask(s, w, r, func(q api.NetworkConnect) (jobs.Deed, error) { return jobs.Disconnect(s.o.Store, r.PathValue("id"), q) })
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
	thing := jobs.ImageThing(i)
	if what != i.ID {
		thing.Name = what
	}
	return s.perform(w, r, jobs.Deed{
		Thing: thing, Action: api.ResourceRemove, Details: forced(force),
		Do: func(ctx context.Context, a jobs.ThingActor) (res api.ResourceResult, err error) {
			res.Untagged, res.Deleted, err = a.RemoveImage(ctx, what, force)
			return res, err
		},
	}, []any{what, force})
}

func forced(force bool) map[string]string {
	if force {
		return map[string]string{"force": "true"}
	}
	return nil
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
	return s.perform(w, r, jobs.Deed{
		Thing: jobs.Thing{Engine: v.Engine, Kind: api.TopicVolumes, ID: v.Name, Name: v.Name}, Action: api.ResourceRemove, Details: forced(force),
		Do: func(ctx context.Context, a jobs.ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, a.RemoveVolume(ctx, v.Name, force)
		},
	}, force)
}

func (s *Server) removeNetwork(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChangeThings(); err != nil {
		return err
	}
	n, err := s.o.Store.FindNetwork(r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.perform(w, r, jobs.Deed{
		Thing: jobs.NetworkThing(n), Action: api.ResourceRemove,
		Do: func(ctx context.Context, a jobs.ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, a.RemoveNetwork(ctx, n.ID)
		},
	}, nil)
}
