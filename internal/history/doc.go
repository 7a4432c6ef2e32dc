// Package history remembers on disk what the engines did: it owns the file
// quaywatch.db in the data directory, and nobody else opens it to write.
//
// # What is kept
//
// Events are rows, each exactly once, whatever is told again: by an engine that
// replays, after a lost connection, or to a Quaywatch that has started anew. A
// row's id is its time in microseconds, or a little later where that is taken, so
// that the order of time is the order of the table and an event that is told
// again finds itself. Rows of Quaywatch's own (an action before and after, a job, a change
// of state, a stretch in which nobody listened) stand among them; api.Event's
// Kind tells them apart. What was last known of each container, and when each
// engine was last listened to, is written in the same transaction: from it the
// reflector recovers, after a restart, what nobody heard.
//
// # Durability
//
// The file is in WAL mode with synchronous=NORMAL. A transaction that was
// committed has been handed to the kernel, so whatever Sync or an answer has
// acknowledged is there after a kill -9 at any moment. When the machine loses
// its power, the last transactions (since the last checkpoint, at most) may be
// missing, but the file is whole: docs/adr/0007-history-in-sqlite.md.
//
// # When the disk fails
//
// Nothing waits for the disk but who asks for an answer. A disk that is full or
// read-only, or a file that can't be opened, pauses the history: Status says why
// and the writer tries again every few seconds. A file that is damaged is set
// aside under another name, and a new one is begun.
//
// # Goroutines and locks
//
// Run is the one writer. What is recorded waits in a bounded queue; when that is
// full, the newest is dropped and counted, and a row tells of the gap. Reads go
// through a small pool of connections of their own and never wait for the
// writer. History.mu guards the status and the pool, queue.mu the queue; no I/O
// is done under either.
package history
