// Package filter reads the page's filter language (docs/guide/filter.md) in Go:
// words that must all match, each free text, field:value or metric>figure, with
// a minus in front to exclude. It is the same language as
// web/src/components/filter, and api/filter-cases.json, which
// the tests of both read, keeps the two together. The one difference: a regular
// expression is Go's, which has no look-around and takes no time for ever.
//
// A Filter is immutable and has no goroutines and no locks; it may be used by
// several goroutines at once as far as their Sight may.
package filter
