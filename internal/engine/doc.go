// Package engine is the adapter to the Docker Engine API, 1.40 and later: it
// finds the engine, negotiates, lists, inspects, follows events and statistics,
// and acts. It alone knows the moby client and the quirks of engines (podman
// among them); everyone else sees the types of package api.
//
// Every error is an *api.Error: its Message says what is wrong and what to do,
// its Cause is the engine's or the system's own words.
//
// Every call has a deadline (Endpoint.Timeout), because an engine that is
// frozen or stuck gives no error at all. Only an event stream that has begun
// may be silent for ever: whoever follows it pings besides.
//
// Goroutines: none of its own outlives a call. Events and StatsStream run the
// callbacks in the goroutine that called them. Locks: none; the negotiated
// client and the engine's identity are swapped atomically.
package engine
