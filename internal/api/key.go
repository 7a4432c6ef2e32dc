package api

import "strings"

// Key names a resource across engines: the engine's id (EngineStatus.ID), a
// slash, and the resource's id within that engine.
type Key string

// MakeKey joins an engine's id and a resource's id.
func MakeKey(engine, id string) Key { return Key(engine + "/" + id) }

// Split returns the engine's id and the resource's id. A key without a slash
// has an empty engine.
func (k Key) Split() (engine, id string) {
	e, i, ok := strings.Cut(string(k), "/")
	if !ok {
		return "", string(k)
	}
	return e, i
}
