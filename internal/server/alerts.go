package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/history"
)

// alertRoutes are those of alerts and their rules. A server that is read-only has
// them all: nothing of the engine is changed by them.
func (s *Server) alertRoutes() []route {
	return []route{
		{"GET", "/api/v1/alerts", auth.RoleViewer, s.getAlerts},
		{"PUT", "/api/v1/alerts/{id}/acknowledgement", auth.RoleOperator, s.acknowledge(false)},
		{"DELETE", "/api/v1/alerts/{id}/acknowledgement", auth.RoleOperator, s.acknowledge(true)},
		{"PUT", "/api/v1/alerts/{id}/snooze", auth.RoleOperator, s.snooze(false)},
		{"DELETE", "/api/v1/alerts/{id}/snooze", auth.RoleOperator, s.snooze(true)},
		{"GET", "/api/v1/alert-rules", auth.RoleViewer, s.getAlertRules},
		{"PUT", "/api/v1/alert-rules/{name}", auth.RoleAdmin, s.putAlertRule},
		{"POST", "/api/v1/alert-rules/preview", auth.RoleViewer, s.previewAlertRule},
		{"DELETE", "/api/v1/alert-rules/{name}", auth.RoleAdmin, s.deleteAlertRule},
	}
}

func (s *Server) mayAlert() error {
	if s.o.Alerts == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server has no alerts."}
	}
	return nil
}

func (s *Server) getAlerts(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayAlert(); err != nil {
		return err
	}
	q, err := alertQuery(r, time.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), searchTimeout)
	defer cancel()
	page, err := s.o.Alerts.Past(ctx, q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, page)
}

func alertQuery(r *http.Request, now time.Time) (history.AlertQuery, error) {
	in := r.URL.Query()
	q := history.AlertQuery{Rule: in.Get("rule"), Container: in.Get("container"), Next: in.Get("before")}
	known := []api.AlertState{api.AlertPending, api.AlertFiring, api.AlertResolved}
	for _, name := range list(in, "state") {
		state := api.AlertState(name)
		if !slices.Contains(known, state) {
			return q, &api.Error{Code: api.ErrInvalid, Message: "The parameter state takes pending, firing and resolved, with commas between them."}
		}
		q.States = append(q.States, state)
	}
	var err error
	for name, to := range map[string]*time.Time{"since": &q.Since, "until": &q.Until} {
		if *to, err = history.ParseTime(in.Get(name), now); err != nil {
			return q, &api.Error{Code: api.ErrInvalid, Message: "The parameter " + name + " " + err.Error() + "."}
		}
	}
	if v := in.Get("limit"); v != "" {
		if q.Limit, err = strconv.Atoi(v); err != nil || q.Limit < 1 || q.Limit > history.MaxLimit {
			return q, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The parameter limit must be a number from 1 to %d.", history.MaxLimit)}
		}
	}
	return q, nil
}

func (s *Server) acknowledge(off bool) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.mayAlert(); err != nil {
			return err
		}
		var body struct {
			Note string `json:"note"`
		}
		if !off {
			if err := readJSON(r, &body); err != nil {
				return err
			}
		}
		by, err := actorOf(r)
		if err != nil {
			return err
		}
		ctx, cancel := asked(r.Context())
		defer cancel()
		a, err := s.o.Alerts.Acknowledge(ctx, by, r.PathValue("id"), body.Note, off)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, a)
	}
}

func (s *Server) snooze(off bool) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.mayAlert(); err != nil {
			return err
		}
		var body struct {
			Seconds float64 `json:"seconds"`
		}
		if !off {
			if err := readJSON(r, &body); err != nil {
				return err
			}
			if body.Seconds < 1 {
				return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("Say for how long: {\"seconds\": …}, from 1 to %d.", api.MaxSnoozeSeconds)}
			}
		}
		by, err := actorOf(r)
		if err != nil {
			return err
		}
		ctx, cancel := asked(r.Context())
		defer cancel()
		a, err := s.o.Alerts.Snooze(ctx, by, r.PathValue("id"), body.Seconds)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, a)
	}
}

func (s *Server) getAlertRules(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayAlert(); err != nil {
		return err
	}
	ctx, cancel := asked(r.Context())
	defer cancel()
	rules, err := s.o.Alerts.Rules(ctx)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, rules)
}

// putAlertRule answers when the rule is on disk and in force.
func (s *Server) putAlertRule(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayAlert(); err != nil {
		return err
	}
	var rule api.AlertRule
	if err := readJSON(r, &rule); err != nil {
		return err
	}
	name := r.PathValue("name")
	if rule.Name != "" && rule.Name != name {
		return &api.Error{Code: api.ErrInvalid, Message: "A rule's name can't be changed: make one with the other name, and delete this one."}
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	ctx, cancel := asked(r.Context())
	defer cancel()
	status, err := s.o.Alerts.PutRule(ctx, by, strings.TrimSpace(name), rule)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, status)
}

func (s *Server) deleteAlertRule(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayAlert(); err != nil {
		return err
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	ctx, cancel := asked(r.Context())
	defer cancel()
	if err := s.o.Alerts.DeleteRule(ctx, by, r.PathValue("name")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// previewAlertRule answers what a rule would have found.
func (s *Server) previewAlertRule(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayAlert(); err != nil {
		return err
	}
	var q api.AlertPreviewRequest
	if err := readJSON(r, &q); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), previewTimeout)
	defer cancel()
	p, err := s.o.Alerts.Preview(ctx, q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, p)
}

// previewTimeout bounds a preview, and the wait for another one that is under way.
const previewTimeout = 30 * time.Second
