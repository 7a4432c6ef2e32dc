// Package jobs has the engine do what users ask for: one action, for a request
// that waits for it, or what takes its time as a job, which goes on whoever
// watches: an action on several containers, or one thing that moves bytes, such
// as a pull.
//
// Actor does single actions: it refuses an engine that does not answer, sets the
// deadline, and writes down who asked. Runner works through jobs, each with
// bounded concurrency and, for a Compose project, in the order of its services; a
// job of one thing has a meter, and ends also where its engine says nothing more.
// A job is published on topic "jobs" when it begins and ends, and at a bounded
// pace in between. What became of the containers comes the way of every other
// change.
//
// Goroutines: Runner.Run owns all of them, one for each running job and one for
// each of its items under way, or for its one thing, and returns when they have
// ended. A job's own state belongs to its goroutine; the set of jobs to Run.
//
// Locks: none.
package jobs
