// Package top is the live view in a terminal: the table of containers with
// filter, order, groups and sparklines, actions, logs and events, built on the
// stream and the reducer of package client.
//
// Model is the whole of it as a pure state machine: it is fed messages (keys, a
// window's size, batches of what the stream has told, ticks of a clock that it is
// given) and answers with commands and a screen. It has no goroutine, no lock,
// no I/O and reads no clock. The program's event loop is its one user.
//
// Run owns four goroutines and waits for them: the stream, whose handler merges
// each step into the feed; the pump, which hands what is in the feed to the
// program, at most twenty times a second; one that ends the program with the
// context; and the program's event loop, which is Run's own. feed.mu guards what
// waits between them, and is never held while anybody waits.
package top
