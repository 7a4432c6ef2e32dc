package server

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

const (
	// searchTimeout bounds one page of a search.
	searchTimeout = 10 * time.Second
	// exportPage is how many events an export reads at a time, exportWrite how
	// long the client may take to take them.
	exportPage  = history.MaxLimit
	exportWrite = 30 * time.Second
)

// getEvents answers from the history where anything is asked of it, and
// otherwise with the last events in memory, as topic events has them.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	query, err := s.eventQuery(q, time.Now())
	if err != nil {
		return err
	}
	if len(q) == 0 || q.Has("last") {
		return s.getLastEvents(w, q)
	}
	if s.o.History == nil {
		return noHistory()
	}
	ctx, cancel := context.WithTimeout(r.Context(), searchTimeout)
	defer cancel()
	page, err := s.o.History.Events(ctx, query)
	if err != nil {
		return err
	}
	if page.Items == nil {
		page.Items = []api.Event{}
	}
	return writeJSON(w, http.StatusOK, api.List[api.Event]{Items: page.Items, Next: page.Next})
}

func noHistory() error {
	return &api.Error{Code: api.ErrUnsupported, Message: "This server keeps no history."}
}

func (s *Server) getLastEvents(w http.ResponseWriter, q url.Values) error {
	last := -1
	if q := q.Get("last"); q != "" {
		n, err := strconv.Atoi(q)
		if err != nil || n < 0 {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter last must be a number of events, 0 or more."}
		}
		last = n
	}
	return writeJSON(w, http.StatusOK, api.List[api.Event]{Items: s.o.Store.Events(last)})
}

// eventQuery reads the parameters.
func (s *Server) eventQuery(q url.Values, now time.Time) (history.Query, error) {
	out := history.Query{
		Kinds: list(q, "kind"), Actions: list(q, "action"), NotActions: list(q, "notAction"),
		Containers: list(q, "container"), Projects: list(q, "project"), Actors: list(q, "actor"),
		Text: q.Get("text"), Next: q.Get("next"),
	}
	err := history.CheckKinds(out.Kinds)
	if err != nil {
		return out, &api.Error{Code: api.ErrInvalid, Message: "The parameter kind " + err.Error() + "."}
	}
	if err = readMarks(q, &out); err != nil {
		return out, err
	}
	for name, to := range map[string]*time.Time{"since": &out.Since, "until": &out.Until} {
		if *to, err = history.ParseTime(q.Get(name), now); err != nil {
			return out, &api.Error{Code: api.ErrInvalid, Message: "The parameter " + name + " " + err.Error() + "."}
		}
	}
	if v := q.Get("limit"); v != "" {
		if out.Limit, err = strconv.Atoi(v); err != nil || out.Limit < 1 || out.Limit > history.MaxLimit {
			return out, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("The parameter limit must be a number from 1 to %d.", history.MaxLimit)}
		}
	}
	switch q.Get("order") {
	case "", "newest":
	case "oldest":
		out.Oldest = true
	default:
		return out, &api.Error{Code: api.ErrInvalid, Message: "The parameter order must be newest or oldest."}
	}
	switch engine := q.Get("engine"); engine {
	case "":
		// What another engine did, at the same address or of a demo, is no part of
		// what is watched now.
		for _, e := range s.o.Store.Engines() {
			out.Engines = append(out.Engines, e.ID)
		}
	case history.AllKinds:
	default:
		out.Engines = []string{engine}
	}
	return out, nil
}

// readMarks reads the parameters that take one of a few words.
func readMarks(q url.Values, out *history.Query) error {
	for _, v := range list(q, "severity") {
		s := history.Severity(v)
		if !slices.Contains(history.Severities(), s) {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter severity must be bad, warn, good or plain."}
		}
		out.Severities = append(out.Severities, s)
	}
	for name, to := range map[string]func(bool){
		"inferred": func(v bool) { out.Inferred = &v },
		"gaps":     func(v bool) { out.Gaps = v },
	} {
		switch q.Get(name) {
		case "":
		case "true":
			to(true)
		case "false":
			to(false)
		default:
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter " + name + " must be true or false."}
		}
	}
	return nil
}

// list reads a parameter that may be given several times, or with commas.
func list(q url.Values, name string) []string {
	var out []string
	for _, v := range q[name] {
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				out = append(out, item)
			}
		}
	}
	return out
}

// exportEvents streams everything that a query finds, the oldest first unless
// asked otherwise.
func (s *Server) exportEvents(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	format := q.Get("format")
	if format == "" {
		format = "ndjson"
	}
	if format != "ndjson" && format != "csv" {
		return &api.Error{Code: api.ErrInvalid, Message: "The parameter format must be ndjson or csv."}
	}
	if !q.Has("order") {
		q.Set("order", "oldest")
	}
	query, err := s.eventQuery(q, time.Now())
	if err != nil {
		return err
	}
	if s.o.History == nil {
		return noHistory()
	}
	left := -1 // no bound
	if query.Limit > 0 {
		left = query.Limit
	}
	if query.Until.IsZero() {
		query.Until = time.Now() // what comes meanwhile is not waited for
	}
	query.Limit = exportPage
	out := newExport(w, format)
	for {
		ctx, cancel := context.WithTimeout(r.Context(), searchTimeout)
		page, err := s.o.History.Events(ctx, query)
		cancel()
		if err != nil {
			if out.began {
				// The status is out; an end without the last chunk is what says that
				// something is missing.
				panic(http.ErrAbortHandler)
			}
			return err
		}
		if left >= 0 && len(page.Items) > left {
			page.Items, page.Next = page.Items[:left], ""
		}
		left -= len(page.Items)
		if err := out.write(page.Items); err != nil {
			return nil //nolint:nilerr // the client is gone
		}
		if page.Next == "" {
			return nil
		}
		query.Next = page.Next
	}
}

// export writes events in a format, page by page.
type export struct {
	w      http.ResponseWriter
	format string
	began  bool
}

func newExport(w http.ResponseWriter, format string) *export { return &export{w: w, format: format} }

func (x *export) write(events []api.Event) error {
	_ = http.NewResponseController(x.w).SetWriteDeadline(time.Now().Add(exportWrite))
	if !x.began {
		x.began = true
		kind := "application/x-ndjson"
		if x.format == "csv" {
			kind = "text/csv; charset=utf-8"
		}
		h := x.w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="quaywatch-events.`+x.format+`"`)
		h.Set("Cache-Control", "no-store")
		x.w.WriteHeader(http.StatusOK)
		if x.format == "csv" {
			if err := x.csv([]string{"time", "engine", "kind", "action", "detail", "id", "name", "by", "inferred", "attributes"}); err != nil {
				return err
			}
		}
	}
	if x.format == "csv" {
		rows := make([][]string, len(events))
		for i := range events {
			rows[i] = csvRow(&events[i])
		}
		return x.csv(rows...)
	}
	enc := json.NewEncoder(x.w)
	for i := range events {
		if err := enc.Encode(&events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (x *export) csv(rows ...[]string) error {
	return csv.NewWriter(x.w).WriteAll(rows)
}

func csvRow(e *api.Event) []string {
	by := ""
	if e.By != nil {
		by = e.By.Name
	}
	attributes, err := json.Marshal(e.Attributes)
	if err != nil {
		attributes = nil // a map of strings can be encoded
	}
	row := []string{e.Time.UTC().Format(time.RFC3339Nano), e.Engine, e.Kind, e.Action, e.Detail, e.ID, e.Name, by, strconv.FormatBool(e.Inferred), string(attributes)}
	for i, cell := range row {
		// A spreadsheet takes such a cell for a formula, in some languages also one
		// that begins with the wide signs, and names come from containers.
		if strings.IndexAny(cell, "=+-@\t\r\n＝＋－＠") == 0 {
			row[i] = "'" + cell
		}
	}
	return row
}
