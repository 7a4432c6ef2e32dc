//go:build unix

package app

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestListsOfRESTAreRevised: whoever follows topic system learns that the rules or
// the deliveries are others, and nothing of what they are.
func TestListsOfRESTAreRevised(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules: []\n")
	_, base, stop := serveIn(t, "", t.TempDir(), func(o *Options) {
		o.Engine, o.RulesFile = EngineOptions{Demo: true, DemoContainers: 3}, file
		o.NotifyPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	defer stop()
	page := &tab{base, "tab-1"}
	told := func() api.Revisions {
		t.Helper()
		var answer api.SyncResponse
		page.get(t, "/api/v1/sync?topic=system", &answer)
		for _, m := range answer.Messages {
			var snap api.Snap
			if err := json.Unmarshal(m, &snap); err != nil {
				t.Fatal(err)
			}
			for _, i := range snap.Items {
				var item api.SystemItem
				if err := json.Unmarshal(i, &item); err != nil {
					t.Fatal(err)
				}
				if item.Server != nil {
					return item.Server.Revisions
				}
			}
		}
		t.Fatalf("topic system says nothing of the server: %s", answer.Messages)
		return api.Revisions{}
	}
	revised := func(what string, change func(), of func(api.Revisions) uint64) {
		t.Helper()
		was := of(told())
		change()
		until(t, what, func() bool { return of(told()) > was })
	}
	rules := func(r api.Revisions) uint64 { return r.AlertRules }
	deliveries := func(r api.Revisions) uint64 { return r.Deliveries }
	delivery := api.Delivery{Kind: api.DeliveryWebhook, Enabled: true, URL: "http://127.0.0.1:9/hook"}
	revised("a delivery is put", func() {
		page.ask(t, http.MethodPut, "/api/v1/deliveries/ops", delivery, &api.DeliveryStatus{})
	}, deliveries)
	revised("a message is tried", func() {
		page.ask(t, http.MethodPost, "/api/v1/deliveries/ops/test", nil, &api.DeliveryAttempt{})
	}, deliveries)
	revised("a delivery is removed", func() { page.try(t, http.MethodDelete, "/api/v1/deliveries/ops", nil) }, deliveries)
	rule := api.AlertRule{Enabled: true, Severity: api.SeverityInfo, On: api.AlertOnPaused, ForSeconds: 3600}
	revised("a rule is put", func() {
		page.ask(t, http.MethodPut, "/api/v1/alert-rules/mine", rule, &api.AlertRuleStatus{})
	}, rules)
	revised("a rule is removed", func() { page.try(t, http.MethodDelete, "/api/v1/alert-rules/mine", nil) }, rules)
	revised("the file is read", func() { write("rules:\n  - {name: theirs, on: paused}\n") }, rules)
}
