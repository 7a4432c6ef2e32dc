package api

import (
	"encoding/json"
	"time"
)

// Preference is something that a user keeps on the server by name, such as a
// filter: GET /api/v1/preferences/{space} answers those of the user who asks.
type Preference struct {
	Name string `json:"name"`
	// Value is any JSON, MaxPreferenceBytes at most; the server does not look into it.
	Value     json.RawMessage `json:"value"`
	UpdatedAt time.Time       `json:"updatedAt"`
}

// Bounds of preferences.
const (
	MaxPreferenceBytes = 16 << 10
	MaxPreferences     = 200 // of a user in one space
	MaxPreferenceName  = 100 // characters
)
