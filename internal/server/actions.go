package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// mayChange refuses everything that changes something where Quaywatch is
// read-only.
func (s *Server) mayChange() error {
	if s.o.Actor == nil {
		return &api.Error{Code: api.ErrForbidden, Message: "This server is read-only: it was started with --read-only and can't change anything."}
	}
	return nil
}

// maxClient bounds the client's id in a request.
const maxClient = 64

// actorOf is in whose name a request acts. The client's id is the one that the
// same page says in its stream's hello, so that it knows its own doing again.
func actorOf(r *http.Request) (api.Actor, error) {
	who, _ := identity(r)
	client := r.Header.Get("X-Quaywatch-Client")
	if utf8.RuneCountInString(client) > maxClient || strings.ContainsFunc(client, func(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) }) {
		return api.Actor{}, &api.Error{Code: api.ErrInvalid, Message: "The header X-Quaywatch-Client takes at most 64 printable characters."}
	}
	return api.Actor{Name: who.Name, Client: client}, nil
}

// act answers when the engine has answered, and does not touch the store: what
// became of the container comes the way of every other change.
func (s *Server) act(action api.Action) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.mayChange(); err != nil {
			return err
		}
		o, err := actionOptions(r, action)
		if err != nil {
			return err
		}
		by, err := actorOf(r)
		if err != nil {
			return err
		}
		c, err := s.o.Store.Find(r.PathValue("id"))
		if err != nil {
			return err
		}
		who, _ := identity(r)
		key := requestKey{
			who: who.Key, key: r.Header.Get("Idempotency-Key"), what: string(action) + " " + string(c.Key()), options: fingerprint(o),
		}
		result, replayed, err := once(r.Context(), s.results, key, func(ctx context.Context) (api.ActionResult, error) {
			// The engine goes on whether or not the client waits, so the first
			// answer must be had for whoever repeats the key.
			took, err := s.o.Actor.Do(context.WithoutCancel(ctx), by, c, action, o)
			return api.ActionResult{Engine: c.Engine, ID: c.ID, Action: action, Seconds: took.Seconds()}, err
		})
		if err != nil {
			return err
		}
		result.Replayed = replayed
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
	if o.Networks {
		return o, &api.Error{Code: api.ErrInvalid, Message: "The option networks is for a job that removes a project: POST /api/v1/jobs."}
	}
	if action == api.ActionRename && o.Name == "" {
		return o, &api.Error{Code: api.ErrInvalid, Message: "Say the new name: {\"name\": \"…\"}."}
	}
	if t := o.TimeoutSeconds; t != nil && (*t < 0 || *t > jobs.MaxStopSeconds) {
		return o, &api.Error{Code: api.ErrInvalid, Message: "The option timeoutSeconds must be from 0 to 3600."}
	}
	return o, nil
}
