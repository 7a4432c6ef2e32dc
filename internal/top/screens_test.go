package top

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/quaywatch/quaywatch/internal/api"
)

// town is a view with something of everything.
func town(t *testing.T, width, height int, change ...func(*Setup)) *rig {
	t.Helper()
	r := newRig(t, width, height, change...)
	limit := int64(512 << 20)
	sick := func(c *api.Container) { c.Health = api.HealthUnhealthy }
	r.connect(
		running("shop-web-1", 1, inProject("shop"), sick, func(c *api.Container) {
			c.Ports = []api.Port{{IP: "0.0.0.0", Public: 8080, Private: 80, Proto: "tcp"}, {IP: "::", Public: 8080, Private: 80, Proto: "tcp"}}
			c.MemoryLimitBytes = &limit
			c.Labels = map[string]string{"com.docker.compose.project": "shop", "team": "front"}
			c.Networks = []string{"shop_default"}
			c.RestartPolicy = "unless-stopped"
		}),
		running("shop-db-1", 2, inProject("shop"), func(c *api.Container) { c.Image = "postgres:17" }),
		running("shop-migrate-1", 3, inProject("shop"), exited(0, r0())),
		running("mail-1", 4, inProject("mail"), exited(137, r0()), func(c *api.Container) { c.OOMKilled = true }),
		running("batch", 5, func(c *api.Container) { c.State = api.StatePaused }),
		running("flaky", 6, func(c *api.Container) { c.State = api.StateRestarting }),
	)
	for i := range 13 {
		r.measure(map[int]map[api.Column]int64{
			1: {api.ColCPU: int64(100 * (i + 1)), api.ColMemory: 300 << 20, api.ColRxRate: 12_345, api.ColTxRate: 2_000_000, api.ColReadRate: 0, api.ColWriteRate: 8_190, api.ColPids: 21},
			2: {api.ColCPU: int64(100 * (i % 3)), api.ColMemory: 90 << 20, api.ColMemoryLimit: 16 << 30, api.ColRxRate: 999, api.ColTxRate: 0, api.ColPids: 7},
			5: {api.ColCPU: 0, api.ColMemory: 5 << 20},
		})
		if i < 12 {
			r.pass(10 * time.Second)
		}
	}
	r.hear(batch{events: []api.Event{
		{Time: r.now.Add(-9 * time.Second), Kind: "container", Action: "oom", Name: "mail-1", ID: "4"},
		{Time: r.now.Add(-9 * time.Second), Kind: "container", Action: "die", Name: "mail-1", ID: "4", Attributes: map[string]string{"exitCode": "137"}},
		{Time: r.now.Add(-2 * time.Second), Kind: "container", Action: "health_status", Detail: "unhealthy", Name: "shop-web-1", ID: "1"},
		{Time: r.now, Kind: "network", Action: "connect", Name: "shop_default", Attributes: map[string]string{api.AttrContainerName: "shop-db-1"}, By: &api.Actor{Name: "launch"}},
	}})
	return r
}

// TestScreens keeps what is seen in files, which are looked at when they change.
func TestScreens(t *testing.T) {
	t.Run("table 80x24", func(t *testing.T) { town(t, 80, 24).golden("table-80x24") })
	t.Run("table 200x16", func(t *testing.T) { town(t, 200, 16).golden("table-200x16") })
	t.Run("table 40x10", func(t *testing.T) { town(t, 40, 10).golden("table-40x10") })
	t.Run("table ascii", func(t *testing.T) { town(t, 80, 16, func(o *Setup) { o.ASCII = true }).golden("table-ascii") })
	t.Run("groups", func(t *testing.T) { town(t, 110, 16, func(o *Setup) { o.Group = true }).golden("groups-110x16") })
	t.Run("too small", func(t *testing.T) { town(t, 30, 6).golden("too-small") })
	t.Run("container", func(t *testing.T) {
		r := town(t, 80, 24)
		r.press("G", "enter")
		r.golden("container-80x24")
	})
	t.Run("events", func(t *testing.T) {
		r := town(t, 80, 12)
		r.press("g", "e")
		r.golden("events-80x12")
	})
	t.Run("question", func(t *testing.T) {
		r := town(t, 80, 20)
		r.press("*", "D")
		r.golden("question-80x20")
	})
	t.Run("actions", func(t *testing.T) {
		r := town(t, 80, 20)
		r.press("a")
		r.golden("actions-80x20")
	})
	t.Run("help", func(t *testing.T) {
		r := town(t, 80, 40)
		r.press("?")
		r.golden("help-80x40")
	})
	t.Run("logs", func(t *testing.T) {
		r := town(t, 80, 12)
		r.press("G", "l")
		r.logs(1, "GET / 200", "\x1b[31mERROR\x1b[0m no such thing, and a line that is a good deal longer than the window is wide", "GET /basket 200")
		r.press("/")
		r.typing("get")
		r.golden("logs-80x12")
	})
}

// logs tells lines of the first container of the log that is shown.
func (r *rig) logs(n uint64, lines ...string) {
	f := &api.LogsFrame{ID: 1, N: n, Text: lines, States: []api.LogState{{Phase: api.LogFollowing}}}
	for i := range lines {
		f.At = append(f.At, r.now.Add(time.Duration(i)*time.Second).UnixMicro())
	}
	f.Err = []int{1}
	r.hear(batch{logs: []*api.LogsFrame{f}})
}

// TestColours: the same screen is drawn in every palette, and only its colours
// differ.
func TestColours(t *testing.T) {
	r := town(t, 120, 20)
	want := r.screen()
	seen := make(map[string]bool)
	for _, bg := range []background{unknownBackground, darkBackground, lightBackground} {
		for _, profile := range profiles() {
			r.m.bg = bg
			r.m.Update(tea.ColorProfileMsg{Profile: profile})
			if got := r.screen(); got != want {
				t.Errorf("background %d, profile %v: another text:\n%s", bg, profile, got)
			}
			seen[r.m.View().Content] = true
		}
	}
	// Sixteen colours on dark and on anything else; many on dark, light and unknown.
	if len(seen) != 5 {
		t.Errorf("%d ways to colour the screen, want 5", len(seen))
	}
}
