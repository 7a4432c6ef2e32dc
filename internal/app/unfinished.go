package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// lookAgain is how long is waited for a history that can't be read.
const lookAgain = 3 * time.Second

// tellUnfinished ends in the history what an earlier server has begun there and was
// killed before it could say how it ended: everything that was asked for has an end.
func (c *Core) tellUnfinished(ctx context.Context) error {
	for {
		page, err := c.begunBefore(ctx)
		if err == nil {
			if rows := unfinished(page, time.Now()); len(rows) > 0 {
				c.log.Warn("the server before ended in the middle of something", "rows", len(rows))
				c.o.History.Record(history.Record{Events: rows})
			}
			<-ctx.Done()
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookAgain):
		}
	}
}

// begunBefore are the last rows of actions and jobs of before this server, the
// newest first.
func (c *Core) begunBefore(ctx context.Context) ([]api.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, recallWithin)
	defer cancel()
	if err := c.o.History.Sync(ctx); err != nil {
		return nil, err
	}
	page, err := c.o.History.Events(ctx, history.Query{Kinds: []string{api.KindAudit, api.KindJob}, Until: c.started, Limit: history.MaxLimit})
	return page.Items, err
}

// notToldHow is what is known of what nobody saw end.
const notToldHow = "Quaywatch ended before it was known what became of it."

// unfinished are the rows that are missing behind these, which are the newest
// first: an end for each begin that has none.
func unfinished(rows []api.Event, now time.Time) []api.Event {
	ends := make(map[string]int)
	var out []api.Event
	for i := range rows {
		e := &rows[i]
		which := e.ID
		if e.Kind == api.KindAudit && e.Name != "" {
			which = e.Name // what is made gets its id in the end only
		}
		by := ""
		if e.By != nil {
			by = e.By.Name + "\x00" + e.By.Client
		}
		key := strings.Join([]string{e.Kind, e.Engine, e.Action, e.Attributes[api.AttrKind], e.Attributes["session"], which, by}, "\x00")
		end := map[string]string{"asked": "failed", "opened": "closed", string(api.JobRunning): string(api.JobFailed)}[e.Detail]
		if end == "" {
			ends[key]++
			continue
		}
		if ends[key] > 0 {
			ends[key]--
			continue
		}
		row := *e
		row.Time, row.Detail, row.Inferred, row.Seq = now.UTC(), end, true, 0
		row.Attributes = maps.Clone(e.Attributes)
		if row.Attributes == nil {
			row.Attributes = make(map[string]string)
		}
		switch {
		case end == "closed":
			row.Attributes[api.AttrReason], row.Attributes["left"] = notToldHow, "true"
		case e.Kind == api.KindJob:
			row.Attributes["message"] = notToldHow
		default:
			row.Attributes["code"], row.Attributes["error"] = string(api.ErrTimeout), notToldHow
		}
		out = append(out, row)
	}
	slices.Reverse(out)
	for i := range out {
		// Rows that agree in all but their attributes are told apart by their times.
		out[i].Time = out[i].Time.Add(time.Duration(i) * time.Microsecond)
	}
	return out
}
