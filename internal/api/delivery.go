package api

import "time"

// DeliveryKind is what a delivery speaks.
type DeliveryKind string

// The kinds. A webhook is the generic one: signed JSON.
const (
	DeliveryWebhook DeliveryKind = "webhook"
	DeliverySlack   DeliveryKind = "slack"
	DeliveryDiscord DeliveryKind = "discord"
	DeliveryTeams   DeliveryKind = "teams"
	DeliveryNtfy    DeliveryKind = "ntfy"
	DeliveryGotify  DeliveryKind = "gotify"
	DeliveryMail    DeliveryKind = "mail"
)

// Delivery is somewhere that alerts are told.
type Delivery struct {
	// Name is unique, in the characters of a rule's.
	Name    string       `json:"name"`
	Kind    DeliveryKind `json:"kind"`
	Enabled bool         `json:"enabled"`
	// URL is where it goes, for all but mail. What of it is secret (the path of a
	// Slack, Discord or Teams hook, a password) comes back as "••••"; sent back so,
	// it stays what it was.
	URL string `json:"url"`
	// Secret signs a webhook, or is the token of ntfy and Gotify, or the mail
	// server's password. It is write-only: absent leaves it, empty removes it.
	Secret *string `json:"secret,omitempty"`
	// SecretSet says whether there is one.
	SecretSet bool                `json:"secretSet"`
	Mail      *DeliveryMailServer `json:"mail"` // of kind mail
	// MinSeverity is the least that is told here.
	MinSeverity AlertSeverity `json:"minSeverity"`
	// Resolved says that it is told as well when an alert has resolved.
	Resolved bool `json:"resolved"`
	// GroupSeconds is how long is waited for more to put into one message.
	GroupSeconds float64 `json:"groupSeconds"`
	// RepeatSeconds is after how long what still fires is told again, 0 for never.
	RepeatSeconds float64 `json:"repeatSeconds"`
}

// DeliveryMailServer is how mail is sent.
type DeliveryMailServer struct {
	Host string `json:"host"`
	Port int    `json:"port"`
	// TLS is "starttls" (the default), "tls" or "none".
	TLS  string   `json:"tls"`
	User string   `json:"user"`
	From string   `json:"from"`
	To   []string `json:"to"`
}

// DeliveryStatus is a delivery with how it does.
type DeliveryStatus struct {
	Delivery
	LastSentAt *time.Time `json:"lastSentAt"`
	// LastError is empty if the last message arrived.
	LastError string `json:"lastError"`
	Waiting   int    `json:"waiting"` // messages
}

// DeliveryOutcome is what became of a try to send a message.
type DeliveryOutcome string

// The outcomes.
const (
	DeliverySent     DeliveryOutcome = "sent"
	DeliveryRetrying DeliveryOutcome = "retrying" // failed, is tried again at NextAt
	DeliveryFailed   DeliveryOutcome = "failed"   // given up
	DeliveryDropped  DeliveryOutcome = "dropped"  // over the rate, or the queue was full
)

// DeliveryAttempt is a line of the delivery log.
type DeliveryAttempt struct {
	ID       int64           `json:"id"`
	At       time.Time       `json:"at"`
	Delivery string          `json:"delivery"`
	Title    string          `json:"title"`
	Alerts   []string        `json:"alerts"` // ids
	Outcome  DeliveryOutcome `json:"outcome"`
	Attempt  int             `json:"attempt"` // 1 is the first
	Status   int             `json:"status"`  // of HTTP or SMTP, 0 where there was no answer
	// Error has no secret in it.
	Error  string     `json:"error"`
	NextAt *time.Time `json:"nextAt"`
	Test   bool       `json:"test"` // by the test button
}

// MaxDeliveries is how many there may be.
const MaxDeliveries = 50
