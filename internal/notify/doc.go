// Package notify tells the outside of alerts: by webhook, by the chat and push
// services that people use, and by mail.
//
// # What is told
//
// Notifier.Tell takes an alert when it fires and when it has resolved, and once
// more whenever something about it has changed: what a delivery knows already it
// is not told again, so to tell it twice does no harm. Each delivery has a lane:
// what is to be told there waits GroupSeconds for more, becomes one message, and
// is sent until it has arrived or is given up. While one message is tried, what
// comes next gathers for the one after it, so that a lane never holds more than
// its alerts, however slow the receiver is and however fast they change.
//
// # At least once
//
// What is to be told, and what was, is written to the history's file as it
// changes, so that a restart neither forgets a message nor tells an alert twice.
// A message that was sent and whose answer never came is sent again with the same
// id; so receivers tell repetitions by that id, or by an alert's id and state.
//
// # What is guarded
//
// Every connection, of HTTP and of SMTP alike, is opened by one guarded dialer
// (guard.go), which looks at the address that the name has resolved to, at the
// moment of the connect. Secrets stand in deliveries.json in the data directory,
// readable by its owner only, and nowhere else: answers carry masks, and whatever
// a failure says goes through redact before it is kept or logged.
//
// # Goroutines and locks
//
// Run owns all lanes, one goroutine that keeps them on disk (keeper.go), and one
// for each message under way; it waits for all of them. Tell puts into a bounded
// queue: when that is full the alert is dropped, counted, and told of in the log
// and in the delivery log. book.mu guards the deliveries, Notifier.mu what Run
// shows of them and what waits for the disk; no I/O is done under either.
package notify
