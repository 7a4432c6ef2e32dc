package alert

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

// past is a history with a keeper over it.
func past(t *testing.T, containers ...*api.Container) (*history.History, *Keeper) {
	t.Helper()
	h, _ := remember(t, t.TempDir())
	st := store.New(store.Options{})
	up := engineUp()
	up.Put = containers
	st.Apply(up)
	k, _ := start(t, Options{Store: st, History: h})
	return h, k
}

func previewed(t *testing.T, k *Keeper, r api.AlertRule) api.AlertPreview {
	t.Helper()
	p, err := k.Preview(t.Context(), api.AlertPreviewRequest{Rule: r, Days: 7})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPreviewOfStates(t *testing.T) {
	h, k := past(t, container("web", nil))
	at := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	var events []api.Event
	tell := func(after time.Duration, name, action, attribute, value string) {
		at = at.Add(after)
		e := api.Event{Time: at, Engine: "e1", Kind: "container", Action: action, ID: "id-" + name, Name: name, Attributes: map[string]string{"image": "nginx:1.27"}}
		if action == "health_status" {
			e.Detail = value
		} else if attribute != "" {
			e.Attributes[attribute] = value
		}
		events = append(events, e)
	}
	for range 3 { // three nights
		tell(time.Hour, "web", "health_status", "", "unhealthy")
		tell(10*time.Minute, "web", "health_status", "", "healthy")
	}
	tell(time.Hour, "web", "health_status", "", "unhealthy")
	tell(10*time.Second, "web", "health_status", "", "healthy")
	// One that is gone by now went round in circles, and was then stopped.
	tell(time.Hour, "old", "create", "", "")
	first := at
	for i := range 5 {
		tell(time.Second, "old", "start", "", "")
		tell(time.Second, "old", "die", "exitCode", strconv.Itoa(1+i%2))
	}
	tell(time.Second, "old", "start", "", "")
	tell(time.Hour, "old", "kill", "signal", "15")
	tell(time.Second, "old", "die", "exitCode", "143")
	tell(time.Second, "old", "destroy", "", "")
	h.Record(history.Record{Events: events})
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := previewed(t, k, api.AlertRule{On: api.AlertOnUnhealthy, ForSeconds: 60, Match: "name:web"})
	if p.Total != 3 || len(p.Items) != 3 || p.Matching != 1 || p.Note != "" || p.Unknown {
		t.Fatalf("%+v", p)
	}
	if !p.From.Equal(events[0].Time) {
		t.Errorf("it looks from %s on, and the history begins at %s", p.From, events[0].Time)
	}
	if i := p.Items[0]; i.Name != "web" || i.Until == nil || i.Until.Sub(i.At) < 8*time.Minute || i.Until.Sub(i.At) > 10*time.Minute || p.Items[1].At.After(i.At) {
		t.Errorf("%+v", i)
	}
	p = previewed(t, k, api.AlertRule{On: api.AlertOnCrashLoop, Times: 3, WithinSeconds: 60})
	if p.Total != 1 || p.Items[0].Name != "old" || p.Items[0].Until == nil || p.Items[0].At.Sub(first) > 10*time.Second || p.Items[0].Until.Sub(first) > 5*time.Minute {
		t.Errorf("%+v", p)
	}
	if p = previewed(t, k, api.AlertRule{On: api.AlertOnExited, ForSeconds: 30}); p.Total != 0 {
		t.Errorf("what was stopped on purpose: %+v", p)
	}
	if p = previewed(t, k, api.AlertRule{On: api.AlertOnOwnCPU, Above: new(1.0)}); p.Total != 0 || !p.Unknown || p.Note == "" || p.Matching != 0 {
		t.Errorf("%+v", p)
	}
}

func TestPreviewOfFigures(t *testing.T) {
	limit := int64(1000)
	web := container("web", func(c *api.Container) { c.MemoryLimitBytes = &limit })
	h, k := past(t, web, container("free", nil))
	rollup := h.NewRollup(func(row int) (api.Key, bool) { return web.Key(), row == 1 })
	// Two hours ago it was at its limit for ten minutes, and an hour ago for one.
	now := time.Now().Truncate(10 * time.Minute)
	for at := now.Add(-3 * time.Hour); at.Before(now); at = at.Add(10 * time.Second) {
		var b api.Batch
		i := b.Add(1, at.UnixNano())
		v := int64(500)
		if back := now.Sub(at); back <= 2*time.Hour && back > 110*time.Minute || back <= time.Hour && back > 59*time.Minute {
			v = 990
		}
		b.Values[api.ColMemory][i] = v
		rollup.Commit(&b)
		if err := h.SyncMetrics(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rule := api.AlertRule{On: api.AlertOnMemory, Of: api.AlertOfLimit, Above: new(95.0), ForSeconds: 120}
	p, err := k.Preview(t.Context(), api.AlertPreviewRequest{Rule: rule, Days: 1})
	if err != nil || p.Total != 1 || p.Items[0].Name != "web" || p.Items[0].Until == nil || p.Matching != 2 || !strings.Contains(p.Note, "a minute") {
		t.Fatalf("%+v %v", p, err)
	}
	if took := p.Items[0].Until.Sub(p.Items[0].At); took < 7*time.Minute || took > 10*time.Minute {
		t.Errorf("it fires for %s", took)
	}
	rule.ForSeconds = 0
	if p, err = k.Preview(t.Context(), api.AlertPreviewRequest{Rule: rule, Days: 1}); err != nil || p.Total != 2 {
		t.Errorf("%+v %v", p, err)
	}
	if p.Unknown {
		t.Errorf("%+v", p)
	}
	// Where cgroup v1 is there is no pressure, and 0 would be a claim.
	p = previewed(t, k, api.AlertRule{On: api.AlertOnCPUPressure, Above: new(10.0)})
	if !p.Unknown || p.Note != "Of this figure nothing is remembered." || p.Matching != 2 {
		t.Errorf("%+v", p)
	}
	for _, bad := range []api.AlertPreviewRequest{{Rule: rule, Days: 91}, {Rule: api.AlertRule{On: "x"}}} {
		if _, err := k.Preview(t.Context(), bad); api.CodeOf(err) != api.ErrInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestPreviewOfAnEngine(t *testing.T) {
	h, k := past(t)
	at := time.Now().Add(-time.Hour)
	var events []api.Event
	for i, action := range []string{api.ActionUnreachable, api.ActionConnected, api.ActionUnreachable, api.ActionConnected} {
		events = append(events, api.Event{Time: at.Add(time.Duration(i*i) * 10 * time.Second), Engine: "e1", Kind: api.KindEngine, Action: action, ID: "e1", Inferred: true, Attributes: map[string]string{}})
	}
	h.Record(history.Record{Events: events})
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Away for 10 s, and for 50.
	for seconds, want := range map[float64]int{5: 2, 30: 1, 300: 0} {
		if p := previewed(t, k, api.AlertRule{On: api.AlertOnEngineDown, ForSeconds: seconds}); p.Total != want || want > 0 && p.Items[0].Name != "laptop" {
			t.Errorf("%s: %+v", fmt.Sprint(seconds), p)
		}
	}
}
