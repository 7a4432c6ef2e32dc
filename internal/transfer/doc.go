// Package transfer makes progress of what an engine says while it pulls, pushes
// or saves an image: one bar that never runs backwards, the layers, a smoothed
// rate and the time that is left.
//
// What engines say is not made for that. Layers become known one by one, some
// are there already, a layer's current number may be above its total or begin
// again from 0, lines are left out, and a layer that two pulls share jumps to
// wherever the other one is. Meter takes all of that; its promises are those of
// api.JobProgress, and hold for any lines in any order (a property test).
//
// Pure: no goroutines, no locks, no clock; a Meter belongs to one goroutine.
package transfer
