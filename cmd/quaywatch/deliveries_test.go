package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestDeliveriesInTheTerminal: what the page sets up is listed and tested here.
func TestDeliveriesInTheTerminal(t *testing.T) {
	var broken atomic.Bool
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer receiver.Close()
	p := newPlace(t, "QUAYWATCH_NOTIFY_PRIVATE=127.0.0.0/8")
	if r := p.run(t, "deliveries", "--host", "unix:///nowhere.sock"); r.code != exitUnreachable || !strings.Contains(r.err, "deliveries are a server's") {
		t.Errorf("without a server: %+v", r)
	}
	_, base := p.serve(t, "--demo", "--demo-containers", "3")
	p.env = append(p.env, "QUAYWATCH_URL="+base)
	if out := p.ok(t, "deliveries"); out != "" {
		t.Errorf("%s", out)
	}
	body := `{"kind":"webhook","enabled":true,"url":"` + receiver.URL + `/k3y0815","minSeverity":"warning"}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, base+"/api/v1/deliveries/on%20call", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token(t))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	if out := p.ok(t, "deliveries", "test", "on call"); !strings.Contains(out, "was delivered to on call (status 200)") {
		t.Errorf("%s", out)
	}
	all := decodeLines[api.DeliveryStatus](t, p.ok(t, "deliveries", "--json"))
	if len(all) != 1 || all[0].Name != "on call" || all[0].LastSentAt == nil || strings.Contains(all[0].URL, "k3y0815") {
		t.Errorf("%+v", all)
	}
	broken.Store(true)
	if r := p.run(t, "deliveries", "test", "on call"); r.code != exitFailure || !strings.Contains(r.err, "did not arrive: It answered 410 Gone.") {
		t.Errorf("%+v", r)
	}
	r := p.run(t, "deliveries", "test", "--json", "on call")
	if lines := decodeLines[api.DeliveryAttempt](t, r.out); r.code != exitFailure || len(lines) != 1 || lines[0].Outcome != api.DeliveryFailed || lines[0].Status != http.StatusGone {
		t.Errorf("%+v", r)
	}
	if out := p.ok(t, "deliveries"); !strings.Contains(out, "failed: It answered 410 Gone.") || !strings.Contains(out, "on call") || strings.Contains(out, "k3y0815") {
		t.Errorf("%s", out)
	}
	if r := p.run(t, "deliveries", "test", "nobody"); r.code != exitNotFound {
		t.Errorf("%+v", r)
	}
	if r := p.run(t, "deliveries", "test"); r.code != exitUsage {
		t.Errorf("%+v", r)
	}
}
