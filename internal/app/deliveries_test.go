//go:build linux

package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestAlertsAreDelivered: a container that ends with an error is told by webhook,
// and so is its end, once each, with a restart of Quaywatch in between.
func TestAlertsAreDelivered(t *testing.T) {
	got := make(chan api.WebhookMessage, 20)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m api.WebhookMessage
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		if err != nil {
			t.Errorf("%v in %s", err, body)
		}
		got <- m
	}))
	defer receiver.Close()
	next := func() api.WebhookMessage {
		t.Helper()
		select {
		case m := <-got:
			return m
		case <-time.After(4 * time.Minute):
			t.Fatal("nothing was delivered")
			panic("unreachable")
		}
	}
	host := enginetest.Start(t)
	dir := t.TempDir()
	private := func(o *Options) { o.NotifyPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} }
	_, base, stop := serveIn(t, host.Host, dir, private)
	page := &tab{base, "tab-1"}
	page.ask(t, http.MethodPut, "/api/v1/deliveries/ops", api.Delivery{
		Kind: api.DeliveryWebhook, Enabled: true, URL: receiver.URL + "/hook", Resolved: true,
	}, &api.DeliveryStatus{})
	page.ask(t, http.MethodPut, "/api/v1/alert-rules/Ended", api.AlertRule{
		Name: "Ended", Enabled: true, Severity: api.SeverityCritical, On: api.AlertOnExited, Deliver: []string{"ops"},
	}, &api.AlertRuleStatus{})
	host.Run(t, "--name", "web", "--network", "none", enginetest.Image, "sh", "-c", "test -e /again && sleep 1000; touch /again; exit 3")
	first := next()
	if a := first.Data.Alerts; first.Type != api.WebhookAlerts || len(a) != 1 || a[0].Name != "web" || a[0].Rule != "Ended" || a[0].State != api.AlertFiring || a[0].Summary == "" {
		t.Fatalf("%+v", first)
	}
	stop()

	// It fires still, and was told.
	_, base, stop = serveIn(t, host.Host, dir, private)
	defer stop()
	page = &tab{base, "tab-1"}
	host.Docker(t, "start", "web")
	if end := next(); len(end.Data.Alerts) != 1 || end.Data.Alerts[0].ID != first.Data.Alerts[0].ID || end.Data.Alerts[0].State != api.AlertResolved {
		t.Errorf("%+v", end)
	}
	var log api.List[api.DeliveryAttempt]
	until(t, "both are in the delivery log", func() bool {
		page.get(t, "/api/v1/deliveries/log", &log)
		return len(log.Items) == 2
	})
	var audit api.List[api.Event]
	until(t, "both rows of the audit", func() bool {
		page.get(t, "/api/v1/events?kind=audit&action=set&text=ops", &audit)
		return len(audit.Items) >= 2
	})
	if len(audit.Items) != 2 || audit.Items[0].Detail != "done" || audit.Items[1].Detail != "asked" {
		t.Errorf("%+v", audit.Items)
	}
	if len(got) > 0 {
		t.Errorf("told once more: %+v", <-got)
	}
}
