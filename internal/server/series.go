package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Past remembers the metrics of the last hour; series.Recorder does.
type Past interface {
	// Series returns a row's samples from a time on, in Unix milliseconds.
	Series(row int, from int64, cols []api.Column) (at []int64, values [][]*int64)
	// Oldest is the time of the row's oldest sample; false where there is none.
	Oldest(row int) (int64, bool)
}

// maxSeries bounds the time asked for, in seconds: nothing is kept for longer.
const maxSeries = 24 * 60 * 60

// getSeries answers the past of one container's metrics.
func (s *Server) getSeries(w http.ResponseWriter, r *http.Request) error {
	c, err := s.o.Store.Find(r.PathValue("id"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	seconds := 3600
	if v := q.Get("seconds"); v != "" {
		if seconds, err = strconv.Atoi(v); err != nil || seconds < 1 || seconds > maxSeries {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter seconds must be a number from 1 to 86400."}
		}
	}
	cols, err := seriesColumns(q.Get("cols"))
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	out := api.Series{Engine: c.Engine, ID: c.ID, At: []int64{}, Cols: make(map[string][]*int64, len(cols)), From: now}
	if s.o.Past == nil {
		return writeJSON(w, http.StatusOK, out)
	}
	if oldest, ok := s.o.Past.Oldest(c.Row); ok {
		out.From = oldest
	}
	at, values := s.o.Past.Series(c.Row, now-int64(seconds)*1000, cols)
	out.At = append(out.At, at...)
	names := api.ColumnNames()
	for i, col := range cols {
		out.Cols[names[col]] = append([]*int64{}, values[i]...)
	}
	return writeJSON(w, http.StatusOK, out)
}

// seriesColumns reads a list of column names; none is all.
func seriesColumns(list string) ([]api.Column, error) {
	names := api.ColumnNames()
	var cols []api.Column
	for name := range strings.SplitSeq(list, ",") {
		if name == "" {
			continue
		}
		col, ok := api.ColumnByName(name)
		if !ok {
			return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("Unknown column %q; columns are %s.", name, strings.Join(names[:], ", "))}
		}
		if !slices.Contains(cols, col) {
			cols = append(cols, col)
		}
	}
	if cols == nil {
		for i := range names {
			cols = append(cols, api.Column(i))
		}
	}
	return cols, nil
}
