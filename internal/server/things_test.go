package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/jobs"
	"github.com/quaywatch/quaywatch/internal/store"
)

// things records what it was asked. It stands for an engine whose answers the
// test decides.
type things struct {
	mu    sync.Mutex
	calls []string
	err   error
}

func (f *things) call(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
	return f.err
}

func (f *things) last() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		return ""
	}
	return f.calls[len(f.calls)-1]
}

func (f *things) TagImage(_ context.Context, id, ref string) error {
	return f.call("tag %s %s", id, ref)
}

func (f *things) RemoveImage(_ context.Context, id string, force bool) (untagged, deleted []string, err error) {
	return []string{id}, nil, f.call("rmi %s %v", id, force)
}

func (f *things) CreateVolume(_ context.Context, v api.VolumeCreate) (string, error) {
	return "made-" + v.Name, f.call("volume %s %s", v.Name, v.Driver)
}

func (f *things) RemoveVolume(_ context.Context, name string, force bool) error {
	return f.call("volume rm %s %v", name, force)
}

func (f *things) CreateNetwork(_ context.Context, n api.NetworkCreate) (id, warning string, err error) {
	return "n9", "a warning", f.call("network %s %s", n.Name, n.Subnet)
}

func (f *things) Connect(_ context.Context, id, container string, n api.NetworkConnect) error {
	return f.call("connect %s %s %s", id, container, n.IPv4)
}

func (f *things) Disconnect(_ context.Context, id, container string, force bool) error {
	return f.call("disconnect %s %s %v", id, container, force)
}

func (f *things) RemoveNetwork(_ context.Context, id string) error {
	return f.call("network rm %s", id)
}

func (f *things) ImageRaw(_ context.Context, id string) (map[string]any, error) {
	env := map[string]any{"Env": []any{"PASSWORD=secret"}}
	return map[string]any{"Id": id, "Config": env, "ContainerConfig": env}, f.call("inspect %s", id)
}

func (f *things) ImageHistory(context.Context, string) ([]api.ImageLayer, error) {
	return []api.ImageLayer{{CreatedBy: "COPY"}}, nil
}

func (f *things) VolumeRaw(_ context.Context, name string) (map[string]any, error) {
	return map[string]any{"Name": name}, nil
}

func (f *things) NetworkRaw(_ context.Context, id string) (map[string]any, error) {
	return map[string]any{"Id": id}, nil
}

func (f *things) Search(_ context.Context, term string, limit int) ([]api.SearchResult, error) {
	return []api.SearchResult{{Name: term}}, f.call("search %s %d", term, limit)
}

func (f *things) Info(context.Context) (api.EngineInfo, error) {
	return api.EngineInfo{Engine: "e1", Warnings: []string{"no swap limit"}}, nil
}

// withThings is a server with one engine, which has one of each.
func withThings(t *testing.T, f *things, notes *[]api.Event, set ...func(*Options)) *rig {
	t.Helper()
	var mu sync.Mutex
	r := newRig(t, append([]func(*Options){acting(t, &actor{}), func(o *Options) {
		o.Actor = jobs.NewActor(jobs.ActorOptions{Engine: &actor{}, Store: o.Store, Note: func(e api.Event) {
			mu.Lock()
			defer mu.Unlock()
			if notes != nil {
				*notes = append(*notes, e)
			}
		}})
		o.Things, o.ThingActor = f, f
	}}, set...)...)
	r.store.Apply(store.Change{
		Put:      []*api.Container{running("a")},
		Images:   []*api.Image{{Engine: "e1", ID: "sha256:aa", Tags: []string{"shop/web:1", "web:latest"}}},
		Volumes:  []*api.Volume{{Engine: "e1", Name: "data"}},
		Networks: []*api.Network{{Engine: "e1", ID: "n1", Name: "shop"}},
		System:   []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineConnected}}, {Key: "e1/disk", DiskUsage: &api.DiskUsage{Engine: "e1", Seconds: 2}}},
	})
	return r
}

func TestThingsAreRead(t *testing.T) {
	f := &things{}
	measured := 0
	r := withThings(t, f, nil, func(o *Options) {
		o.Measure = func() { measured++ }
		o.Contexts = func() ([]api.Context, error) {
			return []api.Context{{Name: "far", Host: "ssh://me:pass@far.example"}}, nil
		}
	})
	for _, kind := range []string{"images", "volumes", "networks"} {
		var list api.List[map[string]any]
		decodeInto(t, r.ask(t, "GET", "/api/v1/"+kind, ""), http.StatusOK, &list)
		if len(list.Items) != 1 || list.Items[0]["engine"] != "e1" {
			t.Errorf("%s = %+v", kind, list)
		}
		wantProblem(t, kind, r.ask(t, "GET", "/api/v1/"+kind+"/none", ""), api.ErrNotFound)
	}
	resp := r.ask(t, "GET", "/api/v1/images/"+url.PathEscape("shop/web:1"), "")
	var image api.ImageDetail
	decodeInto(t, resp, http.StatusOK, &image)
	if image.Image.ID != "sha256:aa" || len(image.History) != 1 || strings.Contains(resp.text, "secret") {
		t.Errorf("image %s", resp.text)
	}
	var volume api.VolumeDetail
	decodeInto(t, r.ask(t, "GET", "/api/v1/volumes/data", ""), http.StatusOK, &volume)
	var network api.NetworkDetail
	decodeInto(t, r.ask(t, "GET", "/api/v1/networks/shop", ""), http.StatusOK, &network)
	if volume.Inspect["Name"] != "data" || network.Inspect["Id"] != "n1" {
		t.Errorf("details %+v %+v", volume, network)
	}
	var found api.List[api.SearchResult]
	decodeInto(t, r.ask(t, "GET", "/api/v1/registry/search?term=nginx&limit=3", ""), http.StatusOK, &found)
	if f.last() != "search nginx 3" || found.Items[0].Name != "nginx" {
		t.Errorf("search %+v after %s", found, f.last())
	}
	wantProblem(t, "limit", r.ask(t, "GET", "/api/v1/registry/search?term=x&limit=0", ""), api.ErrInvalid)
	var info api.List[api.EngineInfo]
	decodeInto(t, r.ask(t, "GET", "/api/v1/system/info", ""), http.StatusOK, &info)
	if info.Items[0].Warnings[0] != "no swap limit" {
		t.Errorf("info %+v", info)
	}
	var contexts api.List[api.Context]
	decodeInto(t, r.ask(t, "GET", "/api/v1/system/contexts", ""), http.StatusOK, &contexts)
	if contexts.Items[0].Host != "ssh://far.example" {
		t.Errorf("contexts %+v", contexts)
	}
	var disk api.List[api.DiskUsage]
	decodeInto(t, r.ask(t, "POST", "/api/v1/system/disk-usage", ""), http.StatusAccepted, &disk)
	if measured != 1 || disk.Items[0].Seconds != 2 {
		t.Errorf("measured %d times, %+v", measured, disk)
	}
}

func TestThingsAreChanged(t *testing.T) {
	f := &things{}
	var notes []api.Event
	r := withThings(t, f, &notes)
	before := r.store.Revision()
	for _, c := range []struct{ method, path, body, call string }{
		{"POST", "images/sha256:aa/tag", `{"reference":"shop/web:2"}`, "tag sha256:aa shop/web:2"},
		{"DELETE", "images/" + url.PathEscape("shop/web:1"), "", "rmi shop/web:1 false"},
		{"DELETE", "images/web", "", "rmi web:latest false"},
		{"DELETE", "images/sha256:aa?force=true", "", "rmi sha256:aa true"},
		{"POST", "volumes", `{"name":"v","driver":"local"}`, "volume v local"},
		{"DELETE", "volumes/data", "", "volume rm data false"},
		{"POST", "networks", `{"name":"n","subnet":"10.1.0.0/24"}`, "network n 10.1.0.0/24"},
		{"POST", "networks/shop/connect", `{"container":"n-a","ipv4":"10.1.0.2"}`, "connect n1 a 10.1.0.2"},
		{"POST", "networks/n1/disconnect", `{"container":"a"}`, "disconnect n1 a false"},
		{"POST", "networks/n1/disconnect", `{"container":"lost","force":true}`, "disconnect n1 lost true"},
		{"DELETE", "networks/n1", "", "network rm n1"},
	} {
		var got api.ResourceResult
		want := http.StatusOK
		if c.path == "volumes" || c.path == "networks" {
			want = http.StatusCreated
		}
		decodeInto(t, r.ask(t, c.method, "/api/v1/"+c.path, c.body), want, &got)
		if f.last() != c.call || got.Engine != "e1" || got.ID == "" || got.Action == "" {
			t.Errorf("%s %s: %s, %+v", c.method, c.path, f.last(), got)
		}
	}
	if r.store.Revision() != before {
		t.Error("an action wrote the store")
	}
	if len(notes) != 22 || notes[0].Detail != "asked" || notes[1].Detail != "done" || notes[0].Attributes[api.AttrKind] != "image" || notes[0].By == nil {
		t.Errorf("%d audit rows: %+v", len(notes), notes[:2])
	}
	for _, c := range []struct {
		method, path, body string
		code               api.ErrorCode
	}{
		{"POST", "images/sha256:aa/tag", "{}", api.ErrInvalid},
		{"POST", "images/none/tag", `{"reference":"a:1"}`, api.ErrNotFound},
		{"DELETE", "volumes/data?force=x", "", api.ErrInvalid},
		{"POST", "volumes", `{"engine":"e9"}`, api.ErrNotFound},
		{"POST", "networks", "{}", api.ErrInvalid},
		{"POST", "networks/n1/connect", "{}", api.ErrInvalid},
		{"POST", "networks/n1/connect", `{"container":"zzz"}`, api.ErrNotFound},
		{"POST", "networks/n1/connect", `{"containers":"a"}`, api.ErrInvalid},
	} {
		wantProblem(t, c.method+" "+c.path+" "+c.body, r.ask(t, c.method, "/api/v1/"+c.path, c.body), c.code)
	}
	f.err = &api.Error{Code: api.ErrConflict, Message: "The volume is in use.", Cause: errors.New("remove data: volume is in use - [a]")}
	if p := wantProblem(t, "in use", r.ask(t, "DELETE", "/api/v1/volumes/data", ""), api.ErrConflict); p.Engine != "remove data: volume is in use - [a]" {
		t.Errorf("the engine's words: %+v", p)
	}
	if last := notes[len(notes)-1]; last.Detail != "failed" || last.Attributes["code"] != string(api.ErrConflict) {
		t.Errorf("the audit row of a failure: %+v", last)
	}
}

func TestThingsOnceForAKey(t *testing.T) {
	f := &things{}
	r := withThings(t, f, nil)
	for n := range 2 {
		var got api.ResourceResult
		decodeInto(t, r.ask(t, "POST", "/api/v1/volumes", `{"name":"v"}`, "Idempotency-Key", "k"), http.StatusCreated, &got)
		if got.Replayed != (n == 1) || got.ID != "made-v" {
			t.Errorf("try %d: %+v", n, got)
		}
	}
	if len(f.calls) != 1 {
		t.Errorf("calls %v", f.calls)
	}
	wantProblem(t, "the key for something else", r.ask(t, "POST", "/api/v1/volumes", `{"name":"w"}`, "Idempotency-Key", "k"), api.ErrConflict)
}

func TestThingsWhereNothingMayBeChanged(t *testing.T) {
	f := &things{}
	r := withThings(t, f, nil, func(o *Options) { o.ThingActor = nil })
	wantProblem(t, "read-only", r.ask(t, "DELETE", "/api/v1/volumes/data", ""), api.ErrForbidden)
	wantProblem(t, "read-only", r.ask(t, "POST", "/api/v1/networks", `{"name":"n"}`), api.ErrForbidden)
	r = withThings(t, f, nil)
	for role, allowed := range map[auth.Role]map[string]bool{
		auth.RoleViewer:   {"GET volumes": true, "POST volumes": false, "DELETE volumes/data": false},
		auth.RoleOperator: {"POST volumes": true, "DELETE volumes/data": false, "DELETE images/web": false, "DELETE networks/n1": false},
	} {
		secret, _, err := auth.OpenTokens(r.dir).Create(string(role), role, 0)
		if err != nil {
			t.Fatal(err)
		}
		for what, ok := range allowed {
			method, path, _ := strings.Cut(what, " ")
			resp := r.ask(t, method, "/api/v1/"+path, "", "Authorization", "Bearer "+secret)
			if (resp.StatusCode < 300) != ok {
				t.Errorf("%s as %s: %s", what, role, resp.Status)
			}
		}
	}
	r.store.Apply(store.Change{System: []api.SystemItem{{Key: "e1", Engine: &api.EngineStatus{ID: "e1", State: api.EngineUnreachable, Error: "It is gone."}}}})
	calls := len(f.calls)
	wantProblem(t, "an engine that is away", r.ask(t, "DELETE", "/api/v1/volumes/data", ""), api.ErrUnreachable)
	if len(f.calls) != calls {
		t.Error("the engine was asked")
	}
}
