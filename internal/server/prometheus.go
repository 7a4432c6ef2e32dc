package server

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

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
func (s *Server) getMetrics(w http.ResponseWriter, r *http.Request) error {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{s})
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(w, r)
	return nil
}

type collector struct{ s *Server }

// Describe sends nothing: the set of metrics depends on what is known.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every metric.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	e := exposition{ch}
	c.collectOwn(e)
	c.collectHub(e)
	if h := c.s.system().Server.History; h != nil {
		for _, state := range []api.HistoryState{api.HistoryOpening, api.HistoryRecording, api.HistoryPaused} {
			e.gauge("quaywatch_history_state", "Whether the history is in this state.", boolean(h.State == state), "state", string(state))
		}
		e.gauge("quaywatch_history_bytes", "Size of the history's file.", float64(h.Bytes))
	}
	for _, en := range c.s.system().Engines {
		for _, state := range []string{"connecting", "connected", "unreachable"} {
			e.gauge("quaywatch_engine_state", "Whether the engine is in this state.", boolean(string(en.State) == state), "engine", en.ID, "state", state)
		}
		e.counter("quaywatch_engine_resyncs_total", "Full relists of the engine.", float64(en.Resyncs), "engine", en.ID)
		if en.RTTSeconds != nil {
			e.gauge("quaywatch_engine_round_trip_seconds", "Last round trip to the engine.", *en.RTTSeconds, "engine", en.ID)
		}
	}
	c.collectAlerts(e)
	states := map[string]int{}
	for _, ct := range c.s.o.Store.Containers() {
		states[string(ct.State)]++
	}
	for state, n := range states {
		e.gauge("quaywatch_containers", "Containers by state.", float64(n), "state", state)
	}
}

// collectAlerts sends what Prometheus itself would make of the rules: the same
// names and labels, so that its dashboards and rules find them.
func (c *collector) collectAlerts(e exposition) {
	for _, a := range c.s.o.Store.Alerts() {
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

func (c *collector) collectOwn(e exposition) {
	costs := c.s.costs()
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

func (c *collector) collectHub(e exposition) {
	h := c.s.o.Hub.Counters()
	e.gauge("quaywatch_clients", "Clients of the stream.", float64(h.Sessions))
	if c.s.o.Terminals != nil {
		e.gauge("quaywatch_terminals", "Terminals in containers that are open.", float64(c.s.o.Terminals.Count()))
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
	buckets := make(map[float64]uint64, len(h.Lag.Bounds))
	var total uint64
	for i, n := range h.Lag.Counts {
		total += n
		if i < len(h.Lag.Bounds) {
			buckets[h.Lag.Bounds[i]] = total
		}
	}
	e.ch <- prometheus.MustNewConstHistogram(
		prometheus.NewDesc("quaywatch_stream_lag_seconds", "From the engine's time of an event to the end of the socket's write.", nil, nil),
		total, h.Lag.Sum, buckets)
}

// exposition sends metrics; labels are pairs of name and value.
type exposition struct{ ch chan<- prometheus.Metric }

func (e exposition) gauge(name, help string, v float64, labels ...string) {
	e.send(prometheus.GaugeValue, name, help, v, labels)
}

func (e exposition) counter(name, help string, v float64, labels ...string) {
	e.send(prometheus.CounterValue, name, help, v, labels)
}

func (e exposition) send(t prometheus.ValueType, name, help string, v float64, labels []string) {
	var names, values []string
	for i := 0; i < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	e.ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), t, v, values...)
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
