package server

import (
	"net/http"
	"strconv"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Costs are what Quaywatch costs, and how its queues and sources do. Nil and
// missing are not known.
type Costs struct {
	CPUPercent       *float64
	EngineCPUPercent *float64
	MemoryBytes      *int64
	// QueueDepths are by queue, Drops by what was dropped, Resyncs full relists
	// by engine.
	QueueDepths map[string]int
	Drops       map[string]uint64
}

// costs are what the app says, or else what the system item says.
func (s *Server) costs() Costs {
	if s.o.Costs != nil {
		return s.o.Costs()
	}
	st := s.system().Server
	return Costs{CPUPercent: st.CPUPercent, EngineCPUPercent: st.EngineCPUPercent, MemoryBytes: st.MemoryBytes}
}

// getMetrics answers Prometheus from counters as they are at this moment; there
// is nothing to keep up to date between two scrapes.
func (s *Server) getMetrics(w http.ResponseWriter, _ *http.Request) error {
	e := make(exposition)
	s.collect(e)
	w.Header().Set("Content-Type", expositionType)
	_, _ = w.Write(e.text()) // who has gone needs no answer
	return nil
}

// collect adds every metric.
func (s *Server) collect(e exposition) {
	s.collectOwn(e)
	s.collectHub(e)
	if h := s.system().Server.History; h != nil {
		for _, state := range []api.HistoryState{api.HistoryOpening, api.HistoryRecording, api.HistoryPaused} {
			e.gauge("quaywatch_history_state", "Whether the history is in this state.", boolean(h.State == state), "state", string(state))
		}
		e.gauge("quaywatch_history_bytes", "Size of the history's file.", float64(h.Bytes))
	}
	for _, en := range s.system().Engines {
		for _, state := range []string{"connecting", "connected", "unreachable"} {
			e.gauge("quaywatch_engine_state", "Whether the engine is in this state.", boolean(string(en.State) == state), "engine", en.ID, "state", state)
		}
		e.counter("quaywatch_engine_resyncs_total", "Full relists of the engine.", float64(en.Resyncs), "engine", en.ID)
		if en.RTTSeconds != nil {
			e.gauge("quaywatch_engine_round_trip_seconds", "Last round trip to the engine.", *en.RTTSeconds, "engine", en.ID)
		}
	}
	s.collectAlerts(e)
	states := map[string]int{}
	for _, ct := range s.o.Store.Containers() {
		states[string(ct.State)]++
	}
	for state, n := range states {
		e.gauge("quaywatch_containers", "Containers by state.", float64(n), "state", state)
	}
}

// collectAlerts adds what Prometheus itself would make of the rules: the same
// names and labels, so that its dashboards and rules find them.
func (s *Server) collectAlerts(e exposition) {
	for _, a := range s.o.Store.Alerts() {
		if a.State == api.AlertResolved {
			continue
		}
		container := a.Name
		if a.Container == "" { // the name is the engine's, or ours
			container = ""
		}
		labels := []string{
			"alertname", a.Rule, "severity", string(a.Severity), "condition", string(a.On), "engine", a.Engine,
			"container", container, "container_id", a.Container, "project", a.Project, "image", a.Image,
		}
		e.gauge("ALERTS", "Alerts that are pending or firing.", 1, append([]string{"alertstate", string(a.State)}, labels...)...)
		e.gauge("ALERTS_FOR_STATE", "Since when each holds, in Unix seconds.", float64(a.ActiveAt.UnixMilli())/1000, labels...)
	}
}

func (s *Server) collectOwn(e exposition) {
	costs := s.costs()
	if v := costs.CPUPercent; v != nil {
		e.gauge("quaywatch_cpu_percent", "Quaywatch's own CPU, percent of one core.", *v)
	}
	if v := costs.EngineCPUPercent; v != nil {
		e.gauge("quaywatch_engine_cpu_percent", "CPU that Quaywatch causes in the engine, percent of one core.", *v)
	}
	if v := costs.MemoryBytes; v != nil {
		e.gauge("quaywatch_memory_bytes", "Quaywatch's resident memory.", float64(*v))
	}
	for name, n := range costs.QueueDepths {
		e.gauge("quaywatch_queue_depth", "Things that wait in a queue.", float64(n), "queue", name)
	}
	for name, n := range costs.Drops {
		e.counter("quaywatch_drops_total", "Things that were dropped because a queue was full.", float64(n), "queue", name)
	}
}

func (s *Server) collectHub(e exposition) {
	h := s.o.Hub.Counters()
	e.gauge("quaywatch_clients", "Clients of the stream.", float64(h.Sessions))
	if s.o.Terminals != nil {
		e.gauge("quaywatch_terminals", "Terminals in containers that are open.", float64(s.o.Terminals.Count()))
	}
	e.gauge("quaywatch_clients_greeting", "Connections that have not said hello yet.", float64(h.Greeting))
	e.gauge("quaywatch_log_streams", "Containers' logs that are followed, over all clients.", float64(h.LogStreams))
	e.gauge("quaywatch_log_streams_max", "How many logs can be followed at once.", float64(h.MaxLogStreams))
	e.counter("quaywatch_stream_connections_total", "Connections accepted.", float64(h.Accepted))
	e.counter("quaywatch_stream_frames_total", "Frames by direction.", float64(h.FramesOut), "direction", "out")
	e.counter("quaywatch_stream_frames_total", "Frames by direction.", float64(h.FramesIn), "direction", "in")
	e.counter("quaywatch_stream_bytes_total", "Bytes of frames by direction.", float64(h.BytesOut), "direction", "out")
	e.counter("quaywatch_stream_bytes_total", "Bytes of frames by direction.", float64(h.BytesIn), "direction", "in")
	e.counter("quaywatch_stream_coalesced_total", "Changes that were merged into a later one's delta.", float64(h.Coalesced))
	e.counter("quaywatch_stream_skipped_ticks_total", "Metrics ticks that a client was not sent.", float64(h.SkippedTicks))
	e.counter("quaywatch_stream_encodings_total", "Messages that were encoded, or shared from another client's encoding.", float64(h.EncodedFrames), "from", "encoder")
	e.counter("quaywatch_stream_encodings_total", "Messages that were encoded, or shared from another client's encoding.", float64(h.SharedFrames), "from", "cache")
	for reason, n := range h.Resyncs {
		e.counter("quaywatch_stream_resyncs_total", "Topics that began anew with a snapshot, by reason.", float64(n), "reason", reason)
	}
	for code, n := range h.Closes {
		e.counter("quaywatch_stream_closes_total", "Connections that ended, by close code; 0 is the client's doing.", float64(n), "code", strconv.Itoa(int(code)))
	}
	e.histogram("quaywatch_stream_lag_seconds", "From the engine's time of an event to the end of the socket's write.", h.Lag.Bounds, h.Lag.Counts, h.Lag.Sum)
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
