package hub

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// SyncRequest is a poll.
type SyncRequest struct {
	// Epoch is that of the positions; it is not looked at where there are none.
	Epoch  string
	Topics []SyncTopic
	// Filter is that of topics events (last) and metrics (rows, all, cols).
	Filter api.Filter
}

// SyncTopic is a topic and the position to continue it from; nil asks for a
// snapshot.
type SyncTopic struct {
	Topic api.Topic
	Seq   *uint64
}

// Sync answers a poll with the messages that a stream would have carried, from
// the same ring: state before events. A position that can't be continued is an
// *api.Error with code gone.
func (h *Hub) Sync(r SyncRequest) (api.SyncResponse, error) {
	out := api.SyncResponse{Epoch: h.store.Epoch(), Time: time.Now().UTC(), Messages: []json.RawMessage{}}
	asked := make(map[api.Topic]*uint64, len(r.Topics))
	for _, t := range r.Topics {
		if _, twice := asked[t.Topic]; twice {
			return out, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("Topic %q is asked for twice.", t.Topic)}
		}
		switch t.Topic {
		case api.TopicContainers, api.TopicImages, api.TopicVolumes, api.TopicNetworks,
			api.TopicSystem, api.TopicJobs, api.TopicAlerts, api.TopicEvents, api.TopicMetrics:
		case api.TopicLogs:
			return out, &api.Error{Code: api.ErrInvalid, Message: "Logs are not polled here: ask GET /api/v1/containers/{id}/logs."}
		default:
			return out, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("Unknown topic %q; topics are alerts, containers, events, images, jobs, metrics, networks, system and volumes.", t.Topic)}
		}
		if t.Seq != nil && r.Epoch != out.Epoch {
			return out, gone("The position is of another life of the server's state.")
		}
		asked[t.Topic] = t.Seq
	}
	answers, err := h.syncState(asked, r.Filter.Last)
	if err != nil {
		return out, err
	}
	out.Messages = append(out.Messages, answers...)
	if seq, ok := asked[api.TopicMetrics]; ok {
		m, err := h.syncMetrics(seq, &r.Filter)
		if err != nil {
			return out, err
		}
		out.Messages = append(out.Messages, m)
	}
	return out, nil
}

// syncState answers for the state topics and the events, as of one moment
// unless the store changes all the while. Events are read first, so that they
// are never ahead of the state.
func (h *Hub) syncState(asked map[api.Topic]*uint64, last *int) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for range 3 {
		revision := h.store.Revision()
		var events []json.RawMessage
		out = nil
		for _, topic := range [...]api.Topic{
			api.TopicEvents, api.TopicContainers, api.TopicImages, api.TopicVolumes, api.TopicNetworks, api.TopicSystem, api.TopicJobs,
			api.TopicAlerts,
		} {
			seq, ok := asked[topic]
			if !ok {
				continue
			}
			p, err := h.syncTopic(topic, seq, last)
			if err != nil {
				return nil, err
			}
			if topic == api.TopicEvents {
				events = p
				continue
			}
			out = append(out, p...)
		}
		out = append(out, events...)
		if h.store.Revision() == revision {
			break
		}
	}
	return out, nil
}

func (h *Hub) syncTopic(topic api.Topic, seq *uint64, last *int) ([]json.RawMessage, error) {
	if seq != nil {
		u, ok := h.update(topic, *seq)
		switch {
		case !ok:
			return nil, gone("The position is no longer kept.")
		case u == nil:
			return []json.RawMessage{encode(api.Mark{Type: api.TypeMark, Topic: topic, Seq: *seq})}, nil
		}
		return []json.RawMessage{u.msg}, nil
	}
	keep := -1
	if last != nil {
		keep = max(0, *last)
	}
	p := pages{snap: h.store.Snapshot(topic, keep)}
	var out []json.RawMessage
	for p.next < len(p.snap.Items) {
		out = append(out, p.cut(topic, MaxFrame))
	}
	return append(out, encode(api.SnapEnd{Type: api.TypeSnapEnd, Topic: topic, Seq: p.snap.Seq, Count: len(p.snap.Items)})), nil
}

func (h *Hub) syncMetrics(seq *uint64, f *api.Filter) (json.RawMessage, error) {
	filter, err := parseFilter(f)
	if err != nil {
		return nil, &api.Error{Code: api.ErrInvalid, Message: err.Error()}
	}
	h.polled(&filter, time.Now())
	q := store.Query{Rows: filter.rows, All: filter.all, Cols: filter.cols, Every: filter.every}
	if seq != nil {
		if *seq > h.metrics.Tick() {
			return nil, gone("The position is ahead of the server's.")
		}
		q.Since = *seq
	}
	frame, _ := h.metricsFrame(&q, filter.rowsKey)
	return frame, nil
}

func gone(why string) error {
	return &api.Error{Code: api.ErrGone, Message: why + " Ask again without a position."}
}
