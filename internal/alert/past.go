package alert

import (
	"context"
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// Past answers a page of alerts, those that began last first: from the history,
// and of what that does not have, or not as it is now, from the topic. A disk that
// is full, or a history that can't be read, hides nothing that goes on.
func (k *Keeper) Past(ctx context.Context, q history.AlertQuery) (api.List[api.Alert], error) {
	var page history.AlertPage
	if k.o.History != nil {
		wait, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		if err := k.outbox.flushed(wait); err != nil {
			return api.List[api.Alert]{}, err
		}
		var err error
		page, err = k.o.History.Alerts(ctx, q)
		if err != nil && (api.CodeOf(err) != api.ErrUnreachable || q.Next != "") {
			return api.List[api.Alert]{}, err
		}
	}
	return api.List[api.Alert]{Items: present(page.Items, k.o.Store.Alerts(), &q), Next: page.Next}, nil
}

// present brings a page up to date with the alerts of the topic. What is not on
// disk is new: it belongs to the first page.
func present(page []api.Alert, topic []*api.Alert, q *history.AlertQuery) []api.Alert {
	out := make([]api.Alert, 0, len(page))
	now := make(map[string]*api.Alert, len(topic))
	for _, a := range topic {
		now[a.ID] = a
	}
	for i := range page {
		a := &page[i]
		if is := now[a.ID]; is != nil {
			delete(now, a.ID)
			a = is
		}
		if q.Matches(a) {
			out = append(out, *a)
		}
	}
	if q.Next != "" || q.Limit > 0 && len(page) >= q.Limit {
		return out
	}
	for _, a := range topic {
		if now[a.ID] != nil && q.Matches(a) {
			out = append(out, *a)
		}
	}
	slices.SortStableFunc(out, func(a, b api.Alert) int { return b.ActiveAt.Compare(a.ActiveAt) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out
}
