// Package terminal runs commands in containers for those who may, each with a
// terminal and a connection of its own: it admits, carries what is typed and what
// is drawn with flow control in both directions, and ends what nobody is at any
// more. docs/protocol.md has its messages. It says who opened what, when and how
// it ended, and nothing of what was typed or drawn.
//
// # Flow control
//
// Output is read from the engine only while less than api.ExecOutputWindow is on
// its way to the client unconfirmed. Otherwise it waits where it was written: in
// the engine's buffers, and then in the program, whose write blocks. So a program
// that floods its terminal costs a window here and one in the page, whoever reads
// slowly. Input goes another way than output, so that Ctrl-C is not behind it. A
// client that sends more than api.ExecInputWindow unconfirmed is closed.
//
// # Goroutines and locks
//
// The caller of Serve waits for the end, keeps the heartbeat and cleans up. Beside
// it there are, for each session: one that reads the connection, one that reads
// the engine and writes frames, one that types, one that resizes. Serve returns
// when all of them have ended.
//
// Terminals.mu guards the set of sessions; a session's credit and input each have
// a mutex of their own. Nothing is called and nothing waits under any of them.
package terminal
