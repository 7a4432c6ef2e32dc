// Package client is the Go client of Quaywatch: the stream with its reducer,
// reconnecting and watchdog, and the REST calls. The command line uses it
// against a server over WebSocket and against a hub in the same process over a
// Pipe, with the same code on both sides of that seam.
//
// State is the reducer: a plain value without clock, network or locks, used by
// one goroutine. That is the one that calls Stream.Run, which owns two more for
// each connection, one that reads and one that writes and pings, and waits for
// both before it opens the next connection or returns. Handlers are called by Run's goroutine
// and may read the State while they run, not later.
//
// Stream.mu guards the wanted subscriptions, which any goroutine may change; it
// is never held during I/O.
package client
