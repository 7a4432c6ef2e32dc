package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/hub"
)

// getSync answers a poll: topic and seq may be repeated, pairwise.
func (s *Server) getSync(w http.ResponseWriter, r *http.Request) error {
	req, err := syncRequest(r.URL.Query())
	if err != nil {
		return err
	}
	out, err := s.o.Hub.Sync(req)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

func syncRequest(q url.Values) (hub.SyncRequest, error) {
	bad := func(message string) (hub.SyncRequest, error) {
		return hub.SyncRequest{}, &api.Error{Code: api.ErrInvalid, Message: message}
	}
	req := hub.SyncRequest{Epoch: q.Get("epoch")}
	topics, seqs := q["topic"], q["seq"]
	if len(topics) == 0 {
		return bad("Say which topic: containers, events, metrics or system.")
	}
	if len(seqs) != 0 && len(seqs) != len(topics) {
		return bad("Give each topic a seq, in the same order, or none. An empty seq asks for a snapshot.")
	}
	for i, t := range topics {
		st := hub.SyncTopic{Topic: api.Topic(t)}
		if len(seqs) > 0 && seqs[i] != "" {
			n, err := strconv.ParseUint(seqs[i], 10, 64)
			if err != nil {
				return bad("The parameter seq must be a number.")
			}
			st.Seq = &n
		}
		req.Topics = append(req.Topics, st)
	}
	if last := q.Get("last"); last != "" {
		n, err := strconv.Atoi(last)
		if err != nil || n < 0 {
			return bad("The parameter last must be a number of events, 0 or more.")
		}
		req.Filter.Last = &n
	}
	switch rows := q.Get("rows"); rows {
	case "":
	case "all":
		req.Filter.All = true
	default:
		for f := range strings.SplitSeq(rows, ",") {
			n, err := strconv.Atoi(f)
			if err != nil {
				return bad("The parameter rows must be all, or row numbers with commas between.")
			}
			req.Filter.Rows = append(req.Filter.Rows, n)
		}
	}
	if cols := q.Get("cols"); cols != "" {
		req.Filter.Cols = strings.Split(cols, ",")
	}
	return req, nil
}
