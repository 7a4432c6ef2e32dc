// Package stats samples the metrics of running containers: it finds the best
// source there is, asks it a whole tick at a time, and commits columns of cells
// to a Sink.
//
// A Source is one rung of a ladder: cgroup files read directly, one-shot engine
// calls, engine streams. Choose picks the best rung that works here and says why
// not a better one; a Sampler runs it, falls to the next rung when it fails and
// tries the better one again later. formula.go has the arithmetic, with units
// and origins; docs/metrics.md says how old each value can be.
//
// Goroutines: Sampler.Run is the only one that touches the current Source and
// the Sink. Run also owns one goroutine at a time that chooses a source and one
// that compares the source with the engine's own answer; both hand their result
// back over a channel and end before Run returns. The one-shot source starts at
// most eight goroutines a tick and waits for them; the stream source keeps one a
// watched container and waits for them in Close.
//
// Locks: Sampler.mu guards what SetTargets, SetWatched and Costs exchange with
// Run; streamSource.mu guards the latest answer of each stream. Nothing is read,
// called back or sent under either.
package stats
