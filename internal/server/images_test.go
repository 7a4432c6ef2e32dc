package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Prune removes nothing: what engines remove is tested there.
func (a *actor) Prune(_ context.Context, kind api.PruneKind, _ bool, _ []api.PruneItem) (api.Pruned, error) {
	return api.Pruned{Kind: kind, Count: 1, Bytes: 7}, nil
}

// Save does what the image's name says.
func (a *actor) Save(_ context.Context, names []string, w io.Writer, expect func(int64)) error {
	expect(10)
	if names[0] == "gone:latest" {
		return &api.Error{Code: api.ErrNotFound, Message: "The engine has no such image."}
	}
	if _, err := io.WriteString(w, "0123456789"); err != nil {
		return err //nolint:wrapcheck // the server's own writer
	}
	if names[0] == "torn:latest" {
		return &api.Error{Code: api.ErrUnreachable, Message: "The engine went away.", Cause: errors.New("EOF")}
	}
	return nil
}

func withImages(r *rig) {
	connected := api.EngineStatus{ID: "e1", State: api.EngineConnected}
	r.store.Apply(store.Change{
		System: []api.SystemItem{{Key: "e1", Engine: &connected}},
		Images: []*api.Image{
			{Engine: "e1", ID: "sha256:0a", Tags: []string{"r.example:5000/shop/web:1.2"}, SizeBytes: 10},
			{Engine: "e1", ID: "sha256:torn", Tags: []string{"torn:latest"}}, {Engine: "e1", ID: "sha256:gone", Tags: []string{"gone:latest"}},
		},
	})
}

func TestAnImageIsSaved(t *testing.T) {
	r := newRig(t, acting(t, &actor{}))
	withImages(r)
	got := r.ask(t, "GET", "/api/v1/images/r.example:5000%2Fshop%2Fweb:1.2/save", "", "X-Quaywatch-Client", "tab-1")
	if got.StatusCode != http.StatusOK || got.text != "0123456789" || got.Header.Get("Content-Type") != "application/x-tar" || !strings.Contains(got.Header.Get("Content-Disposition"), "r.example-5000-shop-web-1.2.tar") {
		t.Errorf("saved: %s %q %v", got.Status, got.text, got.Header)
	}
	j := untilEnded(t, r, got.Header.Get("X-Quaywatch-Job"))
	if j.Kind != api.JobSave || j.State != api.JobDone || *j.Result.Bytes != 10 || j.Subject != "r.example:5000/shop/web:1.2" || j.By.Client != "tab-1" || *j.Progress.TotalBytes != 10 {
		t.Errorf("the job: %+v", j)
	}
	wantProblem(t, "an error before the first byte", r.ask(t, "GET", "/api/v1/images/gone/save", ""), api.ErrNotFound)
	wantProblem(t, "no such image", r.ask(t, "GET", "/api/v1/images/nosuch/save", ""), api.ErrNotFound)

	before := len(r.store.Jobs())
	if head := r.ask(t, "HEAD", "/api/v1/images/torn/save", ""); head.StatusCode != http.StatusOK || len(r.store.Jobs()) != before {
		t.Errorf("HEAD: %s, and %d jobs", head.Status, len(r.store.Jobs())-before)
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.url+"/api/v1/images/torn/save", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := r.http.Do(req)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("an answer that was broken off looks whole")
	}
	if j := r.store.Jobs()[before]; untilEnded(t, r, j.ID).State != api.JobFailed {
		t.Errorf("its job: %+v", j)
	}
}

func TestReadOnlySavesAndChangesNothing(t *testing.T) {
	r := newRig(t, acting(t, &actor{}), func(o *Options) { o.Actor = nil })
	withImages(r)
	if got := r.ask(t, "GET", "/api/v1/images/0a/save", ""); got.text != "0123456789" {
		t.Errorf("saved: %s %q", got.Status, got.text)
	}
	var plan api.PrunePlan
	decodeInto(t, r.ask(t, "GET", "/api/v1/prune?kind=images&allImages=true", ""), http.StatusOK, &plan)
	if len(plan.Items) != 3 {
		t.Errorf("would go: %+v", plan)
	}
	for _, body := range []string{`{"kind":"pull","subject":"a"}`, `{"kind":"push","subject":"a"}`, `{"kind":"prune","prune":{"kinds":["images"]}}`} {
		wantProblem(t, body, r.ask(t, "POST", "/api/v1/jobs", body), api.ErrForbidden)
	}
}

func TestToPruneIsTheAdmins(t *testing.T) {
	r := newRig(t, acting(t, &actor{}))
	withImages(r)
	secret, _, err := auth.OpenTokens(r.dir).Create("op", auth.RoleOperator, 0)
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"kind":"prune","prune":{"kinds":["images","networks"]}}`
	wantProblem(t, "an operator", r.ask(t, "POST", "/api/v1/jobs", body, "Authorization", "Bearer "+secret), api.ErrForbidden)
	var j api.Job
	decodeInto(t, r.ask(t, "POST", "/api/v1/jobs", body), http.StatusAccepted, &j)
	j = untilEnded(t, r, j.ID)
	if j.State != api.JobDone || *j.Result.Bytes != 14 || j.Result.Message != "Removed 1 network and 1 image." || j.Subject != "networks, images" {
		t.Errorf("pruned: %+v, %+v", j, j.Result)
	}
	wantProblem(t, "nothing", r.ask(t, "POST", "/api/v1/jobs", `{"kind":"prune"}`), api.ErrInvalid)
	wantProblem(t, "no such kind", r.ask(t, "GET", "/api/v1/prune?kind=cats", ""), api.ErrInvalid)
	wantProblem(t, "maybe", r.ask(t, "GET", "/api/v1/prune?kind=images&allImages=maybe", ""), api.ErrInvalid)
}

var _ interface {
	jobs.Pruner
	jobs.Saver
} = (*actor)(nil)
