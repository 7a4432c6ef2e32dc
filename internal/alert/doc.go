// Package alert says when something is wrong: rules are held against what the
// store says of containers and engines, against the metrics at each tick, and
// against the events, and what they find is an alert that is pending, firing and
// at last resolved.
//
// # Parts
//
// Evaluator is the rules' whole logic and pure: it is fed containers, events,
// engines, figures and the time, and gives the alerts that changed. Progress is
// how one alert gets on, also in Preview, which feeds both from the history.
// Keeper is what lives: it follows the store, publishes topic "alerts" (its only
// writer), keeps rules and alerts in the history, reads the file of rules, and
// answers the server.
//
// # Intent
//
// What somebody stopped on purpose is no failure. The engine tells a kill before
// the end that it causes, whoever asked for it, and the ledger adds who did where
// it was asked of Quaywatch: see life.
//
// # Goroutines and locks
//
// Keeper.Run owns the evaluator: what others want of it is a question that Run
// answers. Beside it, one goroutine writes to the history and one looks at the
// file of rules; Run waits for both. outbox.mu guards what is not written yet; no
// I/O is done under it.
package alert
