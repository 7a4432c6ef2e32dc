package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// keepTimeout bounds a write that somebody waits for.
const keepTimeout = 10 * time.Second

var spaceName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`) //nolint:gochecknoglobals // never changed

// preferences are whose, and in which space, a request is about.
func (s *Server) preferences(r *http.Request) (space, owner string, err error) {
	if s.o.History == nil {
		return "", "", noHistory()
	}
	space = r.PathValue("space")
	if !spaceName.MatchString(space) {
		return "", "", &api.Error{Code: api.ErrInvalid, Message: "A space of preferences is named by at most 32 small letters, digits and dashes."}
	}
	who, _ := identity(r)
	return "preferences/" + space, who.User, nil
}

func preferenceName(r *http.Request) (string, error) {
	name := r.PathValue("name")
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > api.MaxPreferenceName || strings.ContainsFunc(name, func(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) }) {
		return "", &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("A preference's name takes 1 to %d printable characters.", api.MaxPreferenceName)}
	}
	return name, nil
}

func preference(d history.Document) api.Preference {
	return api.Preference{Name: d.Name, Value: d.Value, UpdatedAt: d.Updated}
}

func (s *Server) getPreferences(w http.ResponseWriter, r *http.Request) error {
	space, owner, err := s.preferences(r)
	if err != nil {
		return err
	}
	docs, err := s.o.History.Documents(r.Context(), space, owner)
	if err != nil {
		return err
	}
	out := api.List[api.Preference]{Items: make([]api.Preference, len(docs))}
	for i, d := range docs {
		out.Items[i] = preference(d)
	}
	return writeJSON(w, http.StatusOK, out)
}

// putPreference answers when the value is on disk. Also a viewer, and a server
// that is read-only, may keep what is a user's own: nothing of the engine is
// changed by it.
func (s *Server) putPreference(w http.ResponseWriter, r *http.Request) error {
	space, owner, err := s.preferences(r)
	if err != nil {
		return err
	}
	name, err := preferenceName(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, api.MaxPreferenceBytes+1))
	switch {
	case err != nil:
		return &api.Error{Code: api.ErrInvalid, Message: "The request's body could not be read.", Cause: err}
	case len(body) > api.MaxPreferenceBytes:
		return &api.Error{Code: api.ErrTooLarge, Message: fmt.Sprintf("A preference takes at most %d bytes.", api.MaxPreferenceBytes)}
	case !json.Valid(body):
		return &api.Error{Code: api.ErrInvalid, Message: "The request's body must be JSON."}
	}
	ctx, cancel := context.WithTimeout(r.Context(), keepTimeout)
	defer cancel()
	d, err := s.o.History.Keep(ctx, space, owner, name, body, api.MaxPreferences)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, preference(d))
}

func (s *Server) deletePreference(w http.ResponseWriter, r *http.Request) error {
	space, owner, err := s.preferences(r)
	if err != nil {
		return err
	}
	name, err := preferenceName(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), keepTimeout)
	defer cancel()
	if err := s.o.History.Forget(ctx, space, owner, name); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
