package alert

import "github.com/quaywatch/quaywatch/internal/api"

// BuiltIn are the rules that come with Quaywatch, as they come.
func BuiltIn() []api.AlertRule {
	rules := []api.AlertRule{
		{
			Name: "Crash loop", Enabled: true, Severity: api.SeverityCritical, On: api.AlertOnCrashLoop, Times: 3, WithinSeconds: 300, KeepSeconds: 60,
			Description: "A container has ended three times within five minutes, and nobody asked for it.",
		},
		{
			Name: "Out of memory", Enabled: true, Severity: api.SeverityCritical, On: api.AlertOnOOM, KeepSeconds: 300,
			Description: "The kernel has killed a process of a container because it wanted more memory than there is for it.",
		},
		{
			Name: "Unhealthy", Enabled: true, Severity: api.SeverityWarning, On: api.AlertOnUnhealthy, KeepSeconds: 10,
			Description: "A container's health check says that it does not do its work.",
		},
		{
			Name: "Engine gone", Enabled: true, Severity: api.SeverityCritical, On: api.AlertOnEngineDown, ForSeconds: 10,
			Description: "The engine does not answer: what is shown of it is as it last was.",
		},
		{
			Name: "Memory limit nearly reached", Enabled: true, Severity: api.SeverityWarning, On: api.AlertOnMemory, Of: api.AlertOfLimit,
			Above: new(95.0), ClearBelow: new(90.0), ForSeconds: 60, KeepSeconds: 30,
			Description: "A container has used more than 95 % of its memory limit for a minute: it is about to be killed.",
		},
		{
			Name: "Exited with an error", Severity: api.SeverityWarning, On: api.AlertOnExited, ForSeconds: 5,
			Description: "A container has ended with another exit code than 0, nobody asked for it, and it does not run again.",
		},
		{
			Name: "Not running", Severity: api.SeverityCritical, On: api.AlertOnMissing, ForSeconds: 60,
			Description: "A container that its restart policy should keep running does not run.",
		},
		{
			Name: "Paused", Severity: api.SeverityInfo, On: api.AlertOnPaused, ForSeconds: 900,
			Description: "A container has been paused for a quarter of an hour: perhaps somebody forgot it.",
		},
		{
			Name: "CPU limit reached", Severity: api.SeverityWarning, On: api.AlertOnCPU, Of: api.AlertOfLimit,
			Above: new(95.0), ClearBelow: new(85.0), ForSeconds: 300, KeepSeconds: 60,
			Description: "A container has used more than 95 % of its CPU limit for five minutes.",
		},
		{
			Name: "Throttled", Severity: api.SeverityInfo, On: api.AlertOnThrottled, Above: new(50.0), ClearBelow: new(30.0), ForSeconds: 300, KeepSeconds: 60,
			Description: "A container had to wait for CPU in more than half of its periods, for five minutes.",
		},
		{
			Name: "Memory pressure", Severity: api.SeverityWarning, On: api.AlertOnMemoryPressure, Above: new(20.0), ClearBelow: new(10.0), ForSeconds: 120, KeepSeconds: 60,
			Description: "A container's processes have waited for memory a fifth of the time, for two minutes (PSI, cgroup v2).",
		},
		{
			Name: "Engine disk", Severity: api.SeverityWarning, On: api.AlertOnEngineDisk, Above: new(100e9), ClearBelow: new(90e9),
			Description: "Images, containers, volumes and build cache take more than 100 GB.",
		},
		{
			Name: "Quaywatch CPU", Severity: api.SeverityInfo, On: api.AlertOnOwnCPU, Above: new(25.0), ClearBelow: new(15.0), ForSeconds: 300, KeepSeconds: 60,
			Description: "Quaywatch, and the engine's work for it, take more than a quarter of a core for five minutes.",
		},
		{
			Name: "Quaywatch memory", Severity: api.SeverityInfo, On: api.AlertOnOwnMemory, Above: new(256.0 * (1 << 20)), ClearBelow: new(200.0 * (1 << 20)), ForSeconds: 300, KeepSeconds: 60,
			Description: "Quaywatch has had more than 256 MiB resident for five minutes.",
		},
	}
	for i := range rules {
		rules[i].Source = api.RuleBuiltIn
	}
	return rules
}

// authorsWords are a rule's description, but for what a built-in rule says of
// itself: an alert's summary says that already.
func authorsWords(r *api.AlertRule) string {
	for _, b := range BuiltIn() {
		if b.Name == r.Name && b.Description == r.Description {
			return ""
		}
	}
	return r.Description
}
