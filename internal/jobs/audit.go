package jobs

import (
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// audit is the row before an action: who asks for what.
func audit(by api.Actor, c *api.Container, action api.Action, o api.ActionOptions, at time.Time) api.Event {
	e := api.Event{
		Time: at.UTC(), Engine: c.Engine, Kind: api.KindAudit, Action: string(action), Detail: "asked", ID: c.ID, Name: c.Name, By: &by,
		Attributes: map[string]string{"image": c.Image},
	}
	set := func(name, value string) {
		if value != "" {
			e.Attributes[name] = value
		}
	}
	set("com.docker.compose.project", c.Project)
	set("signal", o.Signal)
	set("newName", o.Name)
	if o.TimeoutSeconds != nil {
		set("timeoutSeconds", strconv.Itoa(*o.TimeoutSeconds))
	}
	if o.Force {
		set("force", "true")
	}
	if o.Volumes {
		set("volumes", "true")
	}
	return e
}

// audited is the row after it: what the engine answered.
func audited(by api.Actor, c *api.Container, action api.Action, o api.ActionOptions, at time.Time, took time.Duration, err error) api.Event {
	e := audit(by, c, action, o, at)
	e.Detail = "done"
	e.Attributes["seconds"] = strconv.FormatFloat(took.Seconds(), 'f', 3, 64)
	if err != nil {
		e.Detail = "failed"
		e.Attributes["code"], e.Attributes["error"] = string(api.CodeOf(err)), err.Error()
	}
	return e
}

// jobAudit is a row before or after a job of one thing.
func jobAudit(j *api.Job, detail string, at time.Time) api.Event {
	by := j.By
	e := api.Event{
		Time: at.UTC(), Engine: j.Engine, Kind: api.KindAudit, Action: string(j.Kind), Detail: detail, ID: j.ID, Name: j.Subject, By: &by,
		Attributes: map[string]string{},
	}
	if j.Error != nil {
		e.Attributes["code"], e.Attributes["error"] = string(j.Error.Code), j.Error.Message
	}
	if j.EndedAt != nil {
		e.Attributes["seconds"] = strconv.FormatFloat(j.EndedAt.Sub(j.StartedAt).Seconds(), 'f', 3, 64)
	}
	return e
}
