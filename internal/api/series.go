package api

// Series is the past of one container's metrics, as GET
// /api/v1/containers/{id}/series answers. Its values are those of the metrics
// frames, in the same units.
type Series struct {
	Engine string `json:"engine"`
	ID     string `json:"id"`
	// StepSeconds is 1 for samples: where nobody watched, those are
	// SampleRestSeconds apart, and a longer distance is a gap. Otherwise each time is
	// the beginning of a stretch of so many seconds, and a distance of more than two
	// of them is a gap.
	StepSeconds int `json:"stepSeconds"`
	// At are the times, Unix milliseconds, ascending.
	At []int64 `json:"at"`
	// Cols hold one value for each time, of a stretch the average; nil is not known.
	// Of a counter it is the last.
	Cols map[string][]*int64 `json:"cols"`
	// Min, Max and Last are of each stretch, where they were asked for.
	Min  map[string][]*int64 `json:"min,omitempty"`
	Max  map[string][]*int64 `json:"max,omitempty"`
	Last map[string][]*int64 `json:"last,omitempty"`
	// From is how far back anything is kept at all, Unix milliseconds.
	From int64 `json:"from"`
}
