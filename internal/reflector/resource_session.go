package reflector

import (
	"context"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// resourceWorkers is how many questions about images, volumes and networks are
// asked at a time: few, so that the containers' inspects are not held up in the
// engine.
const resourceWorkers = 2

// rjob is a question to ask. The worker must read nothing of the key but what
// never changes: its kind and its id.
type rjob struct{ key *rkey }

type ranswer struct {
	key   *rkey
	found rfound
	err   error
}

// askResources is a worker.
func (s *session) askResources(ctx context.Context) {
	for {
		select {
		case j := <-s.rjobs:
			found, err := s.ask(ctx, j.key.kind, j.key.id)
			s.ranswers <- ranswer{j.key, found, err}
		case <-ctx.Done():
			return
		}
	}
}

func (s *session) ask(ctx context.Context, kind rkind, id string) (f rfound, err error) {
	limit := inspectTimeout
	if id == "" {
		limit = listTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	e := s.r.resources
	switch {
	case kind == kindImages:
		f.images, err = e.Images(ctx)
	case kind == kindVolumes && id == "":
		f.volumes, err = e.Volumes(ctx)
	case kind == kindVolumes:
		f.volume, err = e.Volume(ctx, id)
	case id == "":
		f.networks, err = e.Networks(ctx)
	default:
		f.network, err = e.Network(ctx, id)
	}
	return f, err
}

// dispatchResources hands out what may be asked now.
func (s *session) dispatchResources(now time.Time) {
	if s.r.tracker.res == nil {
		return
	}
	for {
		k, ok := s.r.tracker.res.pop(now, resourceWorkers)
		if !ok {
			return
		}
		s.rjobs <- rjob{k} // has room: as many as there are workers
	}
}

func (s *session) resourceAnswered(a ranswer) {
	now := time.Now()
	if a.err == nil || api.CodeOf(a.err) == api.ErrNotFound {
		s.alive = now
	} else {
		s.r.log.Debug("asking for a resource failed", "kind", int(a.key.kind), "id", a.key.id, "error", a.err)
	}
	s.r.tracker.res.answered(a.key, now, &a.found, a.err)
	if s.r.disk.Engine == "" && s.r.tracker.res.known() {
		s.r.disk.Engine = s.status.ID // in the same change as the last list: from here on, what is not there is not there
	}
}
