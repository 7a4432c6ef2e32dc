package server

import (
	"context"
	"net/http"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// postJob begins what takes its time and answers at once; the job's progress
// comes on topic jobs.
func (s *Server) postJob(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChange(); err != nil {
		return err
	}
	var q api.JobRequest
	if err := readJSON(r, &q); err != nil {
		return err
	}
	who, _ := identity(r)
	if what := adminsJob(q); what != "" && !who.Role.Allows(auth.RoleAdmin) {
		return &api.Error{Code: api.ErrForbidden, Message: "To " + what + " needs the role admin; you are signed in as " + string(who.Role) + "."}
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	same := q
	same.Credentials = nil // nothing is kept of them, not even a sum
	key := requestKey{who: who.Key, key: r.Header.Get("Idempotency-Key"), what: "job", options: fingerprint(same)}
	job, replayed, err := once(r.Context(), s.results, key, func(ctx context.Context) (api.Job, error) {
		ctx, cancel := asked(ctx)
		defer cancel()
		job, err := s.o.Jobs.Start(ctx, by, q)
		if err != nil {
			return job, &jobs.NotTried{Err: err} // nothing was begun: the same key may try again
		}
		return job, nil
	})
	if err == nil && replayed {
		job, err = jobs.Find(s.o.Store, job.ID)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/jobs/"+job.ID)
	return writeJSON(w, http.StatusAccepted, job)
}

// adminsJob is what of a job only admins may do; empty for nothing. What may be
// done to one container may be done to many, and to remove is the admins'.
func adminsJob(q api.JobRequest) string {
	switch {
	case q.Kind == api.JobPrune:
		return "prune"
	case q.Kind == api.JobRemove:
		return "remove things"
	case q.Action == api.ActionRemove:
		return "remove containers"
	}
	return ""
}

func (s *Server) getJobs(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, api.List[api.Job]{Items: s.o.Store.Jobs()})
}

func (s *Server) getJob(w http.ResponseWriter, r *http.Request) error {
	job, err := jobs.Find(s.o.Store, r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, job)
}

func (s *Server) cancelJob(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayChange(); err != nil {
		return err
	}
	ctx, cancel := asked(r.Context())
	defer cancel()
	job, err := s.o.Jobs.Cancel(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, job)
}

// asked is the time that a request takes effect in, also when its page was
// closed the moment it was sent.
func asked(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), engineTimeout)
}
