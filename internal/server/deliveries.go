package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Deliveries are where alerts are told.
type Deliveries interface {
	List() []api.DeliveryStatus
	Put(ctx context.Context, by api.Actor, d api.Delivery) (api.DeliveryStatus, error)
	Delete(ctx context.Context, by api.Actor, name string) error
	Test(ctx context.Context, by api.Actor, name string) (api.DeliveryAttempt, error)
	// Log returns a page, and the id before which to go on; 0 for no more.
	Log(ctx context.Context, before int64, limit int) ([]api.DeliveryAttempt, int64, error)
}

// maxDeliveryLog is the largest page of the delivery log.
const maxDeliveryLog = 500

func (s *Server) deliveries() (Deliveries, error) {
	if s.o.Deliveries == nil {
		return nil, &api.Error{Code: api.ErrUnsupported, Message: "This server delivers no alerts."}
	}
	return s.o.Deliveries, nil
}

func (s *Server) getDeliveries(w http.ResponseWriter, _ *http.Request) error {
	d, err := s.deliveries()
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, api.List[api.DeliveryStatus]{Items: d.List()})
}

// putDelivery answers when the delivery is on disk. A server that is read-only
// lets it: nothing of the engine is changed by it.
func (s *Server) putDelivery(w http.ResponseWriter, r *http.Request) error {
	all, err := s.deliveries()
	if err != nil {
		return err
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	// What GET answers may be sent back as it is.
	var body api.DeliveryStatus
	if err := readJSON(r, &body); err != nil {
		return err
	}
	d, name := body.Delivery, r.PathValue("name")
	if d.Name != "" && d.Name != name {
		return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The address names the delivery %s and the body %s. They must be the same: a delivery is not renamed; make another one and delete this.", quoteShort(name), quoteShort(d.Name))}
	}
	d.Name = name
	status, err := all.Put(r.Context(), by, d)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, status)
}

func (s *Server) deleteDelivery(w http.ResponseWriter, r *http.Request) error {
	all, err := s.deliveries()
	if err != nil {
		return err
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	if err := all.Delete(r.Context(), by, r.PathValue("name")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// testDelivery answers with what became of the test, which may have failed: the
// request itself has not.
func (s *Server) testDelivery(w http.ResponseWriter, r *http.Request) error {
	all, err := s.deliveries()
	if err != nil {
		return err
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	attempt, err := all.Test(r.Context(), by, r.PathValue("name"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, attempt)
}

func (s *Server) getDeliveryLog(w http.ResponseWriter, r *http.Request) error {
	all, err := s.deliveries()
	if err != nil {
		return err
	}
	q := r.URL.Query()
	var before int64
	if v := q.Get("before"); v != "" {
		if before, err = strconv.ParseInt(v, 10, 64); err != nil || before < 1 {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter before must be the id of a line of the log, such as next of the page before."}
		}
	}
	limit := 0
	if v := q.Get("limit"); v != "" {
		if limit, err = strconv.Atoi(v); err != nil || limit < 1 || limit > maxDeliveryLog {
			return &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The parameter limit must be a number from 1 to %d.", maxDeliveryLog)}
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), searchTimeout)
	defer cancel()
	items, next, err := all.Log(ctx, before, limit)
	if err != nil {
		return err
	}
	out := api.List[api.DeliveryAttempt]{Items: items}
	if out.Items == nil {
		out.Items = []api.DeliveryAttempt{}
	}
	if next > 0 {
		out.Next = strconv.FormatInt(next, 10)
	}
	return writeJSON(w, http.StatusOK, out)
}
