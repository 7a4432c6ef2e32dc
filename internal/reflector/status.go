package reflector

import (
	"errors"
	"math"
	"reflect"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// rttEvery is how often the shown round trip may change, so that the system
// topic doesn't move with every ping.
const rttEvery = 5 * time.Second

// connected shows what the engine said of itself.
func (r *Reflector) connected(s api.EngineStatus) {
	s.State, s.Since = api.EngineConnected, r.status.Since
	if r.status.State != api.EngineConnected || r.status.ID != s.ID {
		s.Since = time.Now().UTC()
	}
	if r.status.State == api.EngineUnreachable && r.status.ID == s.ID {
		r.tracker.batch.event(ofEngine(&s, api.ActionConnected, s.Since))
	}
	if s.Host == "" {
		s.Host = r.status.Host
	}
	if s.Origin == "" {
		s.Origin = r.status.Origin
	}
	s.Error, s.ErrorCode = "", ""
	r.status = s
}

// unreachable shows why the engine can't be reached. Its rows stay as they are.
func (r *Reflector) unreachable(err error) {
	var ch store.Change
	if r.status.State != api.EngineUnreachable {
		r.log.Warn("engine unreachable", "engine", r.status.Name, "host", r.status.Host, "error", err)
		known := r.status.State == api.EngineConnected
		r.status.State, r.status.Since = api.EngineUnreachable, time.Now().UTC()
		if known {
			ch.Events = append(ch.Events, ofEngine(&r.status, api.ActionUnreachable, r.status.Since))
		}
	}
	r.status.Error, r.status.ErrorCode = sentence(err), api.CodeOf(err)
	r.status.RTTSeconds = nil
	r.publish(ch)
}

// ofEngine is an event of an engine that was lost or is back. With those of its
// containers it tells that they ended because the engine did.
func ofEngine(s *api.EngineStatus, action string, at time.Time) api.Event {
	return api.Event{
		Time: at, Engine: s.ID, Kind: api.KindEngine, Action: action, ID: s.ID, Name: s.Name,
		Attributes: map[string]string{}, Inferred: true,
	}
}

// sentence is what a person is told of the error.
func sentence(err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e.Message
	}
	return "The engine can't be followed: " + err.Error() + ". Quaywatch keeps trying."
}

// roundTrip shows a ping's round trip, to a tenth of a millisecond, when the
// one that is shown is old and was another.
func (r *Reflector) roundTrip(rtt time.Duration, now time.Time) {
	if now.Sub(r.rttAt) < rttEvery && r.status.RTTSeconds != nil {
		return
	}
	v := rtt.Round(100 * time.Microsecond).Seconds()
	if old := r.status.RTTSeconds; old != nil && math.Abs(*old-v) < max(*old/5, 0.0002) {
		return
	}
	r.status.RTTSeconds, r.rttAt = &v, now
}

// publish applies the change, with the status in it if that is not what is
// shown.
func (r *Reflector) publish(ch store.Change) {
	r.mu.Lock()
	r.status.MetricsSource, r.status.MetricsReason = r.metricsSource, r.metricsCause
	r.mu.Unlock()
	r.status.Resyncs = r.counters.relists.Load()
	fresh := r.status.ID != "" && (r.published == nil || !reflect.DeepEqual(*r.published, r.status))
	if fresh {
		if r.published != nil && r.published.ID != r.status.ID {
			ch.DropSystem = append(ch.DropSystem, r.published.ID)
		}
		shown := r.status
		r.published = &shown
		ch.System = append(ch.System, api.SystemItem{Key: shown.ID, Engine: &shown})
	}
	r.publishDisk(&ch)
	if ch.Empty() {
		return
	}
	r.store.Apply(ch)
	if fresh && r.onStatus != nil {
		r.onStatus(r.status)
	}
}
