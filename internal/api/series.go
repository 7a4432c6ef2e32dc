package api

// Series is the past of one container's metrics, as GET
// /api/v1/containers/{id}/series answers. Its values are those of the metrics
// frames, in the same units.
type Series struct {
	Engine string `json:"engine"`
	ID     string `json:"id"`
	// At are the samples' times, Unix milliseconds, ascending. Where nobody
	// watched, samples are SampleRestSeconds apart; a longer distance is a gap.
	At []int64 `json:"at"`
	// Cols hold one value for each time; nil is not known.
	Cols map[string][]*int64 `json:"cols"`
	// From is how far back anything is kept at all, Unix milliseconds.
	From int64 `json:"from"`
}
