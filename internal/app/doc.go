// Package app puts the parts together: engine → reflector → store → sampler →
// hub, and, for a server, auth and HTTP in front. Nothing else wires.
//
// Core is the part that watches; App is a Core with a server. Both are run by
// one blocking Run, which starts the parts in order, waits for ctx or for one
// of them to fail, and ends them in the reverse order, each within a bounded
// time (stages.go).
//
// Goroutines: one for each stage, owned and awaited by Run; one for each
// session that Core.Dial has opened within the process, awaited by Core.Run;
// the sampler's, owned by the sampling stage.
//
// Locks: statusBox.mu guards the engine's latest status, sampling.mu the
// current sampler and what it has been told, Core.mu the set of sessions. None
// is held during a call into another part that could wait.
package app
