package engine

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/moby/moby/api/types/events"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestEventAttributesAreBounded(t *testing.T) {
	attributes := map[string]string{"name": "x", "exitCode": "1", "image": "i", "signal": "9", "big": strings.Repeat("é", 5000)}
	for i := range 200 {
		attributes["a.label."+strconv.Itoa(i)] = "v"
	}
	m := &events.Message{Type: "container", Action: "die", Actor: events.Actor{ID: "a", Attributes: attributes}, TimeNano: 1}
	first := fromMessage("e", m, time.Now())
	if len(first.Attributes) != api.MaxEventAttributes {
		t.Errorf("%d attributes", len(first.Attributes))
	}
	for _, k := range []string{"name", "exitCode", "image", "signal"} {
		if first.Attributes[k] != attributes[k] {
			t.Errorf("%s is lost: labels are the first to go", k)
		}
	}
	second := fromMessage("e", m, time.Now())
	for k, v := range first.Attributes {
		if second.Attributes[k] != v {
			t.Errorf("another choice the second time: %s", k)
		}
		if len(v) > maxEventText+len("…") || !utf8.ValidString(v) {
			t.Errorf("%s: %d bytes", k, len(v))
		}
	}
}

func TestEventShapes(t *testing.T) {
	now := time.Unix(1700000000, 0)
	for name, c := range map[string]struct {
		line string
		want api.Event
	}{
		"volume":         {`{"Type":"volume","Action":"create","Actor":{"ID":"data","Attributes":{"driver":"local"}},"timeNano":5}`, api.Event{Kind: "volume", Action: "create", ID: "data", Name: "data", Time: time.Unix(0, 5)}},
		"network":        {`{"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"container":"c","name":"net","type":"bridge"}},"time":7}`, api.Event{Kind: "network", Action: "connect", ID: "n", Name: "net", Time: time.Unix(7, 0)}},
		"image":          {`{"Type":"image","Action":"tag","Actor":{"ID":"sha256:1","Attributes":{"name":"web:1.0"}},"timeNano":5}`, api.Event{Kind: "image", Action: "tag", ID: "sha256:1", Name: "web:1.0", Time: time.Unix(0, 5)}},
		"daemon":         {`{"Type":"daemon","Action":"reload","Actor":{"ID":"d","Attributes":null}}`, api.Event{Kind: "daemon", Action: "reload", ID: "d", Time: now}},
		"podman removal": {`{"Type":"container","Action":"remove","Actor":{"ID":"c","Attributes":{"name":"x"}},"timeNano":5}`, api.Event{Kind: "container", Action: "destroy", ID: "c", Name: "x", Time: time.Unix(0, 5)}},
		"volume removal": {`{"Type":"volume","Action":"remove","Actor":{"ID":"v"},"timeNano":5}`, api.Event{Kind: "volume", Action: "destroy", ID: "v", Name: "v", Time: time.Unix(0, 5)}},
		"podman health":  {`{"Type":"container","Action":"health_status","Actor":{"ID":"c","Attributes":{"health_status":"healthy"}},"timeNano":5}`, api.Event{Kind: "container", Action: "health_status", Detail: "healthy", ID: "c", Time: time.Unix(0, 5)}},
		"colons":         {`{"Type":"container","Action":"exec_start: sh -c 'echo a: b'","Actor":{"ID":"c"},"timeNano":5}`, api.Event{Kind: "container", Action: "exec_start", Detail: "sh -c 'echo a: b'", ID: "c", Time: time.Unix(0, 5)}},
	} {
		t.Run(name, func(t *testing.T) {
			var m events.Message
			if err := json.Unmarshal([]byte(c.line), &m); err != nil {
				t.Fatal(err)
			}
			got := fromMessage("e", &m, now)
			if got.Kind != c.want.Kind || got.Action != c.want.Action || got.Detail != c.want.Detail || got.ID != c.want.ID ||
				got.Name != c.want.Name || !got.Time.Equal(c.want.Time) || got.Time.Location() != time.UTC || got.Engine != "e" {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestStatusTexts(t *testing.T) {
	for status, want := range map[string]struct {
		health api.Health
		code   int // -1 is none
	}{
		"Up 2 minutes":                    {api.HealthNone, -1},
		"Up 2 minutes (healthy)":          {api.HealthHealthy, -1},
		"Up About an hour (unhealthy)":    {api.HealthUnhealthy, -1},
		"Up 1 second (health: starting)":  {api.HealthStarting, -1},
		"Up 3 hours (Paused)":             {api.HealthNone, -1},
		"Exited (0) 3 weeks ago":          {api.HealthNone, 0},
		"Exited (137) Less than a second": {api.HealthNone, 137},
		"Exited (-1) 5 seconds ago":       {api.HealthNone, -1},
		"Restarting (255) 2 seconds ago":  {api.HealthNone, 255},
		"Created":                         {api.HealthNone, -1},
		"Removal In Progress":             {api.HealthNone, -1},
		"Exited (":                        {api.HealthNone, -1},
		"":                                {api.HealthNone, -1},
	} {
		if got := healthOfStatus(status); got != want.health {
			t.Errorf("%q: health %s", status, got)
		}
		code := exitCodeOfStatus(status)
		if status == "Exited (-1) 5 seconds ago" {
			if code == nil || *code != -1 {
				t.Errorf("%q: %v", status, code)
			}
			continue
		}
		if (code == nil) != (want.code < 0) || code != nil && *code != want.code {
			t.Errorf("%q: exit code %v", status, code)
		}
	}
}

func TestClockOffset(t *testing.T) {
	asked := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	if got := clockOffset("2026-11-23T15:00:03.05+01:00", asked, asked.Add(100*time.Millisecond)); got == nil || *got < 2.999 || *got > 3.001 {
		t.Errorf("3 s ahead at the middle: %v", got)
	}
	if got := clockOffset("2026-11-23T14:00:00Z", asked, asked.Add(3*time.Second)); got != nil {
		t.Errorf("an answer after 3 s says nothing: %v", *got)
	}
	if got := clockOffset("yesterday", asked, asked); got != nil {
		t.Errorf("no time: %v", *got)
	}
}

func TestCPULimit(t *testing.T) {
	for _, c := range []struct {
		nano, quota, period int64
		want                float64
	}{{0, 0, 0, 0}, {500_000_000, 0, 0, 0.5}, {0, 150_000, 100_000, 1.5}, {0, 50_000, 0, 0.5}, {0, -1, 100_000, 0}} {
		if got := cpuLimit(c.nano, c.quota, c.period); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// Whatever an engine sends as one event gives a bounded one, or is refused.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"Type":"container","Action":"health_status: healthy","Actor":{"ID":"a","Attributes":{"name":"x"}},"time":1,"timeNano":2}`))
	f.Add([]byte(`{"Type":"volume","Action":":","timeNano":-9223372036854775808,"time":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var m events.Message
		if json.Unmarshal(line, &m) != nil {
			return
		}
		ev := fromMessage("e", &m, time.Unix(1, 0))
		if ev.Attributes == nil || len(ev.Attributes) > api.MaxEventAttributes+1 || ev.Time.IsZero() || len(ev.Detail) > maxEventText+len("…") {
			t.Errorf("unbounded: %+v", ev)
		}
		if _, err := json.Marshal(ev); err != nil {
			t.Errorf("can't be sent on: %v", err)
		}
	})
}

// Nothing an engine sends as statistics makes a reading out of none.
func FuzzStats(f *testing.F) {
	for _, name := range []string{"stats-cgroup1.json", "stats-cgroup2.json", "stats-podman.json", "stats-hostnet.json"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s statsJSON
		if json.Unmarshal(b, &s) != nil {
			return
		}
		r := s.raw("c1")
		if r.ID == "" || r.Read.IsZero() && (r.CPUNanoseconds != nil || r.MemoryUsage != nil || r.ReadBytes != nil || r.RxBytes != nil) {
			t.Errorf("a reading out of none: %+v", r)
		}
	})
}
