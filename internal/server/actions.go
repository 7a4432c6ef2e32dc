package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// act answers when the engine has answered, and does not touch the store: what
// became of the container comes the way of every other change.
func (s *Server) act(action api.Action) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.o.Actor == nil {
			return &api.Error{Code: api.ErrForbidden, Message: "This server is read-only: it was started with --read-only and can't change anything."}
		}
		o, err := actionOptions(r, action)
		if err != nil {
			return err
		}
		c, err := s.o.Store.Find(r.PathValue("id"))
		if err != nil {
			return err
		}
		who, _ := identity(r)
		do := func(ctx context.Context) (api.ActionResult, error) {
			if err := s.reachable(c.Engine); err != nil {
				return api.ActionResult{}, &notTried{err}
			}
			// The engine goes on whether or not the client waits, so the first
			// answer must be had for whoever repeats the key.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), actionTimeout+stopTime(action, o))
			defer cancel()
			started := time.Now()
			err := s.o.Actor.Do(ctx, c.ID, action, o)
			took := time.Since(started)
			s.log.Info("action", "action", string(action), "container", c.Name, "id", c.ID, "by", who.Name, "seconds", took.Seconds(), "error", err)
			return api.ActionResult{Engine: c.Engine, ID: c.ID, Action: action, Seconds: took.Seconds()}, err
		}
		result, err := s.results.do(r.Context(), requestKey{
			who: who.Key, key: r.Header.Get("Idempotency-Key"), what: string(action) + " " + string(c.Key()), options: fingerprint(o),
		}, do)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, result)
	}
}

// actionOptions reads the body, or for DELETE the query.
func actionOptions(r *http.Request, action api.Action) (api.ActionOptions, error) {
	var o api.ActionOptions
	if err := readJSON(r, &o); err != nil {
		return o, err
	}
	if action == api.ActionRemove {
		for name, field := range map[string]*bool{"force": &o.Force, "volumes": &o.Volumes} {
			q := r.URL.Query().Get(name)
			if q == "" {
				continue
			}
			v, err := strconv.ParseBool(q)
			if err != nil {
				return o, &api.Error{Code: api.ErrInvalid, Message: "The option " + name + " must be true or false."}
			}
			*field = v
		}
	}
	if action == api.ActionRename && o.Name == "" {
		return o, &api.Error{Code: api.ErrInvalid, Message: "Say the new name: {\"name\": \"…\"}."}
	}
	const maxStop = 3600
	if t := o.TimeoutSeconds; t != nil && (*t < 0 || *t > maxStop) {
		return o, &api.Error{Code: api.ErrInvalid, Message: "The option timeoutSeconds must be from 0 to 3600."}
	}
	return o, nil
}

// reachable refuses what an engine that doesn't answer would do later, when it
// answers again and nobody expects it any more.
func (s *Server) reachable(engine string) error {
	for _, e := range s.o.Store.Engines() {
		if e.ID != engine || e.State == api.EngineConnected {
			continue
		}
		why := e.Error
		if why == "" {
			why = "The Docker engine has not answered yet."
		}
		return &api.Error{Code: api.ErrUnreachable, Message: why + " Nothing was done: try again when the engine answers."}
	}
	return nil
}

// stopTime is how long the container may take before it is killed; 10 s is
// Docker's own.
func stopTime(action api.Action, o api.ActionOptions) time.Duration {
	switch {
	case action != api.ActionStop && action != api.ActionRestart:
		return 0
	case o.TimeoutSeconds == nil:
		return 10 * time.Second
	default:
		return time.Duration(*o.TimeoutSeconds) * time.Second
	}
}
