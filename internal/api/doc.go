// Package api holds the resource and wire types of Quaywatch: what REST
// answers, what the stream carries and what the command line prints. It is the
// only source of the page's TypeScript types (see internal/api/gen).
//
// Conventions that hold for every type here:
//
//   - Times are RFC 3339 with nanoseconds in UTC; a nil time is not known.
//   - Sizes are bytes, rates are bytes a second, durations are seconds.
//   - CPU is percent of one core: 250 means two and a half cores.
//   - A nil number is "not known", which is never the same as 0.
//   - A key is "ENGINE/ID": the engine's id and the resource's id in it.
//
// The package imports the standard library only, starts no goroutine and holds
// no lock. Values handed to the store are immutable from then on.
package api
