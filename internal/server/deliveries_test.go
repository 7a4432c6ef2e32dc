package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/notify"
)

// delivering is a server with a notifier that runs, and the rows of its audit.
func delivering(t *testing.T) (*rig, func() []api.Event) {
	t.Helper()
	private, err := notify.ParsePrivate([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var rows []api.Event
	n, err := notify.New(notify.Options{Dir: t.TempDir(), Private: private, Note: func(e api.Event) {
		mu.Lock()
		defer mu.Unlock()
		rows = append(rows, e)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := n.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return newRig(t, func(o *Options) { o.Deliveries = n }), func() []api.Event {
		mu.Lock()
		defer mu.Unlock()
		return append([]api.Event(nil), rows...)
	}
}

func TestDeliveriesAreSetTestedAndRemoved(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	defer receiver.Close()
	r, rows := delivering(t)
	const path = "/api/v1/deliveries/"
	var all api.List[api.DeliveryStatus]
	decodeInto(t, r.ask(t, "GET", "/api/v1/deliveries", ""), http.StatusOK, &all)
	if all.Items == nil || len(all.Items) > 0 {
		t.Errorf("%+v", all)
	}
	body := `{"kind":"webhook","enabled":true,"url":"` + receiver.URL + `/k3y0815","secret":"0123456789abcdef","mail":null,"minSeverity":"warning","resolved":true,"groupSeconds":10,"repeatSeconds":3600}`
	var got api.DeliveryStatus
	resp := r.ask(t, "PUT", path+"on%20call", body)
	decodeInto(t, resp, http.StatusOK, &got)
	if got.Name != "on call" || !got.SecretSet || got.URL != receiver.URL+"/••••" || strings.Contains(resp.text, "k3y0815") || strings.Contains(resp.text, "0123456789abcdef") {
		t.Errorf("%s", resp.text)
	}
	// What was answered may be sent back.
	decodeInto(t, r.ask(t, "PUT", path+"on%20call", resp.text), http.StatusOK, &got)
	if !got.SecretSet || got.GroupSeconds != 10 {
		t.Errorf("%+v", got)
	}
	p := wantProblem(t, "another name", r.ask(t, "PUT", path+"other", resp.text), api.ErrInvalid)
	if !strings.Contains(p.Detail, `"on call"`) {
		t.Errorf("%+v", p)
	}
	p = wantProblem(t, "a wrong kind", r.ask(t, "PUT", path+"x", `{"kind":"pager"}`), api.ErrInvalid)
	if !strings.Contains(p.Detail, "webhook, slack") {
		t.Errorf("%+v", p)
	}
	var attempt api.DeliveryAttempt
	decodeInto(t, r.ask(t, "POST", path+"on%20call/test", ""), http.StatusOK, &attempt)
	if attempt.Outcome != api.DeliverySent || attempt.Status != http.StatusAccepted || !attempt.Test {
		t.Errorf("%+v", attempt)
	}
	decodeInto(t, r.ask(t, "POST", path+"on%20call/test", ""), http.StatusOK, &attempt)
	var log api.List[api.DeliveryAttempt]
	decodeInto(t, r.ask(t, "GET", path+"log?limit=1", ""), http.StatusOK, &log)
	if len(log.Items) != 1 || log.Items[0].ID != attempt.ID || log.Next == "" {
		t.Errorf("%+v", log)
	}
	next := log.Next
	log = api.List[api.DeliveryAttempt]{}
	decodeInto(t, r.ask(t, "GET", path+"log?limit=1&before="+next, ""), http.StatusOK, &log)
	if len(log.Items) != 1 || log.Items[0].ID >= attempt.ID || log.Next != "" {
		t.Errorf("%+v", log)
	}
	for _, q := range []string{"limit=0", "limit=501", "before=x", "before=0"} {
		wantProblem(t, q, r.ask(t, "GET", path+"log?"+q, ""), api.ErrInvalid)
	}
	if resp := r.ask(t, "DELETE", path+"on%20call", ""); resp.StatusCode != http.StatusNoContent {
		t.Errorf("%s", resp.Status)
	}
	wantProblem(t, "deleted twice", r.ask(t, "DELETE", path+"on%20call", ""), api.ErrNotFound)
	wantProblem(t, "tested after that", r.ask(t, "POST", path+"on%20call/test", ""), api.ErrNotFound)
	var said []string
	for _, e := range rows() {
		if e.Kind != api.KindAudit || e.Attributes[api.AttrKind] != "delivery" || e.By == nil || e.By.Name == "" {
			t.Errorf("%+v", e)
		}
		if e.Name == "on call" {
			said = append(said, e.Action+" "+e.Detail)
		}
	}
	if got := strings.Join(said, ", "); got != "set asked, set done, set asked, set done, test asked, test done, test asked, test done, remove asked, remove done" {
		t.Errorf("%s", got)
	}
}

func TestDeliveriesAreForTheirRoles(t *testing.T) {
	r, _ := delivering(t)
	tokens := make(map[auth.Role]string)
	for _, role := range []auth.Role{auth.RoleViewer, auth.RoleOperator, auth.RoleAdmin} {
		secret, _, err := auth.OpenTokens(r.dir).Create("a-"+string(role), role, 0)
		if err != nil {
			t.Fatal(err)
		}
		tokens[role] = secret
	}
	for _, c := range []struct {
		method, path string
		least        auth.Role
	}{
		{"GET", "", auth.RoleViewer}, {"GET", "/log", auth.RoleOperator}, {"PUT", "/x", auth.RoleAdmin}, {"DELETE", "/x", auth.RoleAdmin}, {"POST", "/x/test", auth.RoleAdmin},
	} {
		for role, token := range tokens {
			resp := r.ask(t, c.method, "/api/v1/deliveries"+c.path, "{}", "Authorization", "Bearer "+token)
			if refused := resp.StatusCode == http.StatusForbidden; refused == role.Allows(c.least) {
				t.Errorf("%s %s as %s: %s", c.method, c.path, role, resp.Status)
			}
		}
	}
	// A server without says so.
	wantProblem(t, "no deliveries", newRig(t).ask(t, "GET", "/api/v1/deliveries", ""), api.ErrUnsupported)
}
