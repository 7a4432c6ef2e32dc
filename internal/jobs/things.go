package jobs

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Thing is an image, a volume or a network that something is done to.
type Thing struct {
	Engine string
	Kind   api.Topic
	// ID is empty for one that is only to be made; Name is what people call it.
	ID, Name string
}

// kinds are the engine's words for the kinds of things.
func (t Thing) kind() string {
	switch t.Kind {
	case api.TopicImages:
		return "image"
	case api.TopicVolumes:
		return "volume"
	case api.TopicNetworks:
		return "network"
	default:
		return string(t.Kind)
	}
}

// thingTimeout bounds an action on a thing; the engine adapter's own deadline
// comes before it, with a better sentence.
const thingTimeout = 30 * time.Second

// Act has do do something to a thing, in somebody's name: it refuses an engine
// that does not answer, writes down who asked, before and after, and says how
// long it took. details stand in the audit row.
func (a *Actor) Act(ctx context.Context, by api.Actor, t Thing, action api.ResourceAction, details map[string]string, do func(context.Context) (api.ResourceResult, error)) (api.ResourceResult, error) {
	if err := reachable(a.o.Store, t.Engine); err != nil {
		return api.ResourceResult{}, &NotTried{err}
	}
	ctx, cancel := context.WithTimeout(ctx, thingTimeout+a.o.Allowance)
	defer cancel()
	end := func(error) {}
	if a.o.Ledger != nil {
		end = a.o.Ledger.BeginThing(by, t.Engine, t.kind(), t.ID, t.Name, action)
	}
	began := time.Now()
	row := api.Event{
		Time: began.UTC(), Engine: t.Engine, Kind: api.KindAudit, Action: string(action), Detail: "asked", ID: t.ID, Name: t.Name, By: &by,
		Attributes: map[string]string{api.AttrKind: t.kind()},
	}
	maps.Copy(row.Attributes, details)
	a.o.Note(row)
	result, err := do(ctx)
	took := time.Since(began)
	end(err)
	if result.ID == "" {
		result.ID = t.ID
	}
	result.Engine, result.Kind, result.Action, result.Seconds = t.Engine, t.Kind, action, took.Seconds()
	row.Time, row.Detail, row.ID = began.Add(took).UTC(), "done", result.ID
	row.Attributes = maps.Clone(row.Attributes) // the first row is somebody else's by now
	row.Attributes["seconds"] = strconv.FormatFloat(took.Seconds(), 'f', 3, 64)
	if err != nil {
		row.Detail = "failed"
		row.Attributes["code"], row.Attributes["error"] = string(api.CodeOf(err)), err.Error()
	}
	a.o.Note(row)
	a.o.Log.InfoContext(ctx, "action", "action", string(action), "kind", t.kind(), "name", t.Name, "id", result.ID, "by", by.Name, "client", by.Client, "seconds", took.Seconds(), "error", err)
	return result, err
}
