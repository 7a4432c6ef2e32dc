package api

import "time"

// AlertSeverity is how bad what a rule finds is.
type AlertSeverity string

// The severities, from the least.
const (
	SeverityInfo     AlertSeverity = "info"
	SeverityWarning  AlertSeverity = "warning"
	SeverityCritical AlertSeverity = "critical"
)

// AlertState is how far an alert is, as Prometheus has it. What is inactive is
// not an alert at all.
type AlertState string

// An alert is pending while its condition has not held for long enough, then
// firing, and resolved at the end.
const (
	AlertPending  AlertState = "pending"
	AlertFiring   AlertState = "firing"
	AlertResolved AlertState = "resolved"
)

// AlertCondition is what a rule looks for.
type AlertCondition string

// The conditions. What a user stopped on purpose, here or by another client of
// the engine, is none of exited, crash-loop and missing.
const (
	AlertOnExited    AlertCondition = "exited"     // ended with another exit code than 0
	AlertOnUnhealthy AlertCondition = "unhealthy"  // its health check says so
	AlertOnCrashLoop AlertCondition = "crash-loop" // ended Times times within WithinSeconds
	AlertOnOOM       AlertCondition = "oom"        // the kernel killed a process of it for want of memory
	AlertOnPaused    AlertCondition = "paused"
	AlertOnMissing   AlertCondition = "missing" // should run (its restart policy or this rule says so) and does not, or is gone

	AlertOnCPU             AlertCondition = "cpu"              // percent of one core, or of its limit (Of)
	AlertOnMemory          AlertCondition = "memory"           // bytes, or percent of its limit (Of)
	AlertOnDiskRead        AlertCondition = "disk-read"        // bytes a second
	AlertOnDiskWrite       AlertCondition = "disk-write"       // bytes a second
	AlertOnNetworkReceive  AlertCondition = "network-receive"  // bytes a second
	AlertOnNetworkTransmit AlertCondition = "network-transmit" // bytes a second
	AlertOnThrottled       AlertCondition = "throttled"        // percent of its CPU periods
	AlertOnCPUPressure     AlertCondition = "cpu-pressure"     // percent, PSI some avg10 (cgroup v2)
	AlertOnMemoryPressure  AlertCondition = "memory-pressure"  // percent, PSI some avg10 (cgroup v2)
	AlertOnIOPressure      AlertCondition = "io-pressure"      // percent, PSI some avg10 (cgroup v2)

	AlertOnEngineDown AlertCondition = "engine-down" // unreachable
	AlertOnEngineDisk AlertCondition = "engine-disk" // bytes that images, containers, volumes and build cache take

	AlertOnOwnCPU    AlertCondition = "own-cpu"    // percent of one core that Quaywatch and the engine's work for it take
	AlertOnOwnMemory AlertCondition = "own-memory" // bytes that Quaywatch has resident
)

// AlertBase is what a metric is compared with.
type AlertBase string

// The bases of cpu (core, limit) and memory (bytes, limit).
const (
	AlertOfLimit AlertBase = "limit" // percent of the container's limit; one without a limit never matches
	AlertOfCore  AlertBase = "core"  // percent of one core
	AlertOfBytes AlertBase = "bytes"
)

// AlertRuleSource is where a rule comes from.
type AlertRuleSource string

// Built-in rules can be changed and switched off in the page but not removed,
// a file's only in the file.
const (
	RuleBuiltIn  AlertRuleSource = "builtin"
	RuleFromPage AlertRuleSource = "page"
	RuleFromFile AlertRuleSource = "file"
)

// AlertRule says what is to be told, of what, and from when on.
type AlertRule struct {
	// Name is unique: letters, digits, "-", "_", "." and spaces, MaxRuleName at most.
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Source      AlertRuleSource `json:"source"`
	Enabled     bool            `json:"enabled"`
	Severity    AlertSeverity   `json:"severity"`
	On          AlertCondition  `json:"on"`
	// Match chooses containers in the page's filter language (label:app=web
	// project:shop name:~^api image:nginx); empty is all of them. Rules on the
	// engine and on Quaywatch have none.
	Match string `json:"match,omitempty"`
	// Of is what cpu and memory are compared with, empty for the others.
	Of AlertBase `json:"of,omitempty"`
	// Above is the figure over which the condition holds, in the condition's unit;
	// null for conditions without a figure.
	Above *float64 `json:"above,omitempty"`
	// ClearBelow is the figure under which it no longer holds once it held
	// (hysteresis); null is Above.
	ClearBelow *float64 `json:"clearBelow,omitempty"`
	// Times within WithinSeconds make a crash loop.
	Times         int     `json:"times,omitempty"`
	WithinSeconds float64 `json:"withinSeconds,omitempty"`
	// ForSeconds is how long the condition holds before the alert fires.
	ForSeconds float64 `json:"forSeconds"`
	// KeepSeconds is how long it must not hold before the alert resolves.
	KeepSeconds float64 `json:"keepSeconds"`
	// Deliver are the deliveries that are told, by name; empty is all of them.
	Deliver []string `json:"deliver,omitempty"`
}

// AlertRuleStatus is a rule with what it is about now.
type AlertRuleStatus struct {
	AlertRule
	// Changed says that a built-in rule is not as it came.
	Changed bool `json:"changed"`
	Pending int  `json:"pending"`
	Firing  int  `json:"firing"`
	// Problem says why a rule can't work here, such as PSI on cgroup v1; empty if it can.
	Problem string `json:"problem"`
	// Line is where it stands in the file, 0 for others.
	Line int `json:"line,omitempty"`
}

// AlertRules is what GET /api/v1/alert-rules answers.
type AlertRules struct {
	Items []AlertRuleStatus `json:"items"`
	File  *AlertRuleFile    `json:"file"` // null where none was given
}

// AlertRuleFile is how the file of rules is.
type AlertRuleFile struct {
	Path     string     `json:"path"`
	LoadedAt *time.Time `json:"loadedAt"` // null where it could never be read
	// Errors are why the file as it is now is not in force; the last one that was good is.
	Errors []AlertRuleError `json:"errors"`
}

// AlertRuleError is what is wrong in a file of rules.
type AlertRuleError struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// Alert is something that a rule found. Topic "alerts" carries those that are
// pending and firing and the last MaxResolvedAlerts resolved ones;
// GET /api/v1/alerts those before.
type Alert struct {
	// Engine is the engine's id, empty for Quaywatch itself; EngineName is what it
	// calls itself, as last seen. For Quaywatch itself that is the engine which it
	// watches: whoever is told of several machines learns whose it is.
	Engine     string `json:"engine"`
	EngineName string `json:"engineName,omitempty"`
	// ID is unique for all time: one alert from pending to resolved.
	ID       string         `json:"id"`
	Rule     string         `json:"rule"`
	On       AlertCondition `json:"on"`
	Severity AlertSeverity  `json:"severity"`
	State    AlertState     `json:"state"`
	// Container is its id, with Name, Project and Image as they were last seen;
	// empty for alerts on the engine and on Quaywatch, whose Name is the engine's, and
	// "Quaywatch".
	Container string `json:"container"`
	Name      string `json:"name"`
	Project   string `json:"project"`
	Image     string `json:"image"`
	// Summary is a sentence: "shop-web-1 uses 97 % of its memory limit."
	Summary string `json:"summary"`
	// Description is what the rule's author has to say to whoever gets the alert. What
	// a built-in rule says of itself is not repeated: the summary says it better.
	Description string `json:"description,omitempty"`
	// Value is the figure last seen, in the condition's unit; null where there is none.
	Value *float64 `json:"value"`
	// Count is how often it happened in this alert (deaths of a crash loop, OOM kills).
	Count int `json:"count"`
	// ActiveAt is since when the condition holds, FiredAt and ResolvedAt are null until then.
	ActiveAt   time.Time  `json:"activeAt"`
	FiredAt    *time.Time `json:"firedAt"`
	ResolvedAt *time.Time `json:"resolvedAt"`
	// Acknowledged says that somebody looks after it: it is not repeated.
	Acknowledged *AlertMark `json:"acknowledged"`
	// Snoozed says until when nobody is told of it; null if it is not.
	Snoozed *AlertMark `json:"snoozed"`
}

// Key names the alert across engines; Quaywatch's own have an empty engine.
func (a *Alert) Key() Key { return MakeKey(a.Engine, a.ID) }

// AlertMark is who acknowledged or snoozed, and when.
type AlertMark struct {
	By    Actor      `json:"by"`
	At    time.Time  `json:"at"`
	Until *time.Time `json:"until"` // of a snooze
	Note  string     `json:"note,omitempty"`
}

// AlertPreviewRequest asks what a rule would have found.
type AlertPreviewRequest struct {
	Rule AlertRule `json:"rule"`
	Days int       `json:"days"` // 1 to 90, 7 by default
}

// AlertPreview is what a rule would have found in what is remembered.
type AlertPreview struct {
	// From is the beginning of the days that were asked for, or of what is
	// remembered where that is later.
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Unknown says that nothing is remembered of what the rule looks at, so that
	// a Total of 0 means nothing.
	Unknown bool `json:"unknown,omitempty"`
	// Total is how often it would have fired, Items the newest of those, at most 100.
	Total int                `json:"total"`
	Items []AlertPreviewItem `json:"items"`
	// Matching is how many containers of now the rule looks at.
	Matching int `json:"matching"`
	// Note says what the figure does not know: gaps, or coarser samples; empty if nothing.
	Note string `json:"note"`
}

// AlertPreviewItem is one alert that would have been.
type AlertPreviewItem struct {
	Name  string     `json:"name"`
	At    time.Time  `json:"at"`
	Until *time.Time `json:"until"` // null if it would still fire
}

// Bounds of alerts.
const (
	MaxRuleName       = 64
	MaxRules          = 1000
	MaxResolvedAlerts = 100
	MaxSnoozeSeconds  = 30 * 24 * 3600
	MaxAlertNote      = 500
)
