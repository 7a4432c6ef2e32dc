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
	// URL is where it goes, for all but mail. What of it is secret (a user and a
	// password, and for all but Gotify the path, which is a hook's key or a topic's
	// name) comes back as "••••"; sent back so, it stays what it was.
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

// WebhookType says what a webhook tells.
type WebhookType string

// The types of a webhook's message. Others may come.
const (
	WebhookAlerts WebhookType = "alerts"
	WebhookTest   WebhookType = "test" // the test button; there are no alerts in it
)

// WebhookMessage is the body that a delivery of kind webhook posts. Its headers
// are those of Standard Webhooks: webhook-id, the same whenever this message is
// sent again; webhook-timestamp, in Unix seconds; and, where there is a secret,
// webhook-signature.
type WebhookMessage struct {
	Type WebhookType `json:"type"`
	// Timestamp is when the message was made; it is the same when it is sent again.
	Timestamp time.Time   `json:"timestamp"`
	Data      WebhookData `json:"data"`
}

// WebhookData is what a webhook's message is about.
type WebhookData struct {
	// Delivery is its name, Title the message in a few words.
	Delivery string `json:"delivery"`
	Title    string `json:"title"`
	// Firing and Resolved count those in Alerts.
	Firing   int `json:"firing"`
	Resolved int `json:"resolved"`
	// Alerts are at most 100, the worst first and those that have resolved last; More
	// is how many others there are. An alert's id and state are the same however often
	// it is told.
	Alerts []Alert `json:"alerts"`
	More   int     `json:"more"`
	// Repeated are ids of those that were told before and fire still.
	Repeated []string `json:"repeated"`
}
