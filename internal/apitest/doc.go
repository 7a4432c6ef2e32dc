// Package apitest holds a running server against its own descriptions: what it
// answers against api/openapi.yaml, what it sends on the stream against
// api/asyncapi.yaml, both with the schemas of api/schema.json. It also makes
// requests up from the description, good ones and bad ones.
//
// The world of the schemas is closed here: an object that says its properties
// has no others. So a field that the server sends and nobody described is found,
// as well as one that is described and not sent.
//
// Goroutines: none. Locks: a Description's guards its compiled schemas; it may be
// used by several tests at once.
package apitest
