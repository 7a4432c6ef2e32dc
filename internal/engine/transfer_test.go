package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// lines collects what an engine says.
type lines []api.TransferLine

func (l *lines) take(t api.TransferLine) { *l = append(*l, t) }

func (l *lines) has(status string) bool {
	return slices.ContainsFunc(*l, func(t api.TransferLine) bool { return strings.HasPrefix(t.Status, status) })
}

func TestPullAndPush(t *testing.T) {
	e, real := shared(t)
	actor := engine.NewActor(e)
	at := enginetest.StartRegistry(t, false).Address
	name := at + "/team/app:1.2"
	sampled := real.ContainerdImages(t) // it tells progress each 100 ms, and says nothing of what was quicker
	real.LoadImage(t, []enginetest.Layer{{Seed: 1, Size: 300_000}, {Seed: 2, Size: 3_000_000}}, name)

	var said lines
	pushed, err := actor.Push(t.Context(), api.Transfer{Image: name}, said.take)
	if err != nil || !strings.HasPrefix(pushed.Digest, "sha256:") || !said.has("Pushing") && !sampled || !said.has("Pushed") {
		t.Fatalf("pushed %+v, %v: %+v", pushed, err, said)
	}
	said = nil
	if _, err := actor.Push(t.Context(), api.Transfer{Image: name}, said.take); err != nil || !said.has("Layer already exists") {
		t.Errorf("pushed again: %v, %+v", err, said)
	}

	real.Docker(t, "rmi", name)
	said = nil
	pulled, err := actor.Pull(t.Context(), api.Transfer{Image: name, Platform: "linux/amd64"}, said.take)
	if err != nil || pulled.Digest != pushed.Digest || pulled.Message != "Downloaded newer image for "+name+"." || !said.has("Downloading") && !sampled || !said.has("Pull complete") {
		t.Fatalf("pulled %+v, %v: %+v", pulled, err, said)
	}
	if pulled, err = actor.Pull(t.Context(), api.Transfer{Image: name}, said.take); err != nil || pulled.Message != "Image is up to date for "+name+"." {
		t.Errorf("pulled again: %+v, %v", pulled, err)
	}
	byDigest := at + "/team/app@" + pushed.Digest
	if pulled, err = actor.Pull(t.Context(), api.Transfer{Image: byDigest}, said.take); err != nil || pulled.Digest != pushed.Digest {
		t.Errorf("pulled by digest: %+v, %v", pulled, err)
	}

	var tar bytes.Buffer
	about := int64(0)
	if err := e.Save(t.Context(), []string{name}, &tar, func(n int64) { about = n }); err != nil || int64(tar.Len()) < about || about < 3_300_000 {
		t.Errorf("saved %d bytes of about %d: %v", tar.Len(), about, err)
	}
}

func TestRefusedTransfers(t *testing.T) {
	e, real := shared(t)
	actor := engine.NewActor(e)
	open, closed := enginetest.StartRegistry(t, false).Address, enginetest.StartRegistry(t, true).Address
	mine := closed + "/team/app:1"
	real.LoadImage(t, []enginetest.Layer{{Seed: 3, Size: 1000}}, mine)
	pull := func(image string, auth api.RegistryAuth) error {
		_, err := actor.Pull(t.Context(), api.Transfer{Image: image, Auth: auth}, func(api.TransferLine) {})
		return err
	}
	push := func(image string, auth api.RegistryAuth) error {
		_, err := actor.Push(t.Context(), api.Transfer{Image: image, Auth: auth}, func(api.TransferLine) {})
		return err
	}
	right := api.RegistryAuth{Username: enginetest.User, Password: enginetest.Password, Server: closed}
	wrong := api.RegistryAuth{Username: enginetest.User, Password: "wrong one", Server: closed}
	for _, auth := range []api.RegistryAuth{{}, wrong} {
		for what, err := range map[string]error{"pull": pull(mine, auth), "push": push(mine, auth)} {
			got := wantError(t, err, api.ErrForbidden)
			if !strings.Contains(got.Message, closed) || !strings.Contains(got.Message, "docker login") || got.Cause == "" || strings.Contains(got.Message+got.Cause, "wrong one") {
				t.Errorf("%s: %+v", what, got)
			}
		}
	}
	if err := push(mine, right); err != nil {
		t.Error(err)
	}
	if err := pull(mine, right); err != nil {
		t.Error(err)
	}
	got := wantError(t, pull(open+"/no/such:1", api.RegistryAuth{}), api.ErrNotFound)
	if !strings.Contains(got.Message, "no/such:1") || !strings.Contains(got.Cause, "manifest unknown") && !strings.Contains(got.Cause, "no/such:1: not found") {
		t.Errorf("of what is not there: %+v", got)
	}
	got = wantError(t, push(open+"/not/here:1", api.RegistryAuth{}), api.ErrNotFound)
	if !strings.Contains(got.Message, "the engine has no such image") {
		t.Errorf("of what is not here: %+v", got)
	}
	got = wantError(t, pull("127.0.0.1:1/no/registry:1", api.RegistryAuth{}), api.ErrUnreachable)
	if !strings.Contains(got.Message, "127.0.0.1:1") || !strings.Contains(got.Cause, "connection refused") {
		t.Errorf("without a registry: %+v", got)
	}
	wantError(t, pull("team/UPPER", api.RegistryAuth{}), api.ErrInvalid)
	for _, bad := range []string{"", "a b", "x@sha256:12", "../../containers/x"} {
		wantError(t, pull(bad, api.RegistryAuth{}), api.ErrInvalid)
		wantError(t, e.Save(t.Context(), []string{bad}, &bytes.Buffer{}, func(int64) {}), api.ErrInvalid)
	}
	wantError(t, e.Save(t.Context(), []string{"no/such:1"}, &bytes.Buffer{}, func(int64) {}), api.ErrNotFound)
	_, err := actor.Pull(t.Context(), api.Transfer{Image: mine, Platform: "linux"}, func(api.TransferLine) {})
	wantError(t, err, api.ErrInvalid)
}

func TestACutLine(t *testing.T) {
	e, real := shared(t)
	actor := engine.NewActor(e)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	direct, slow := registry.Address+"/cut:1", line.Address+"/cut:1"
	real.LoadImage(t, []enginetest.Layer{{Seed: 4, Size: 4_000_000}}, direct)
	if _, err := actor.Push(t.Context(), api.Transfer{Image: direct}, func(api.TransferLine) {}); err != nil {
		t.Fatal(err)
	}
	real.Docker(t, "rmi", direct)
	line.Throttle(1_000_000)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said lines
	_, err := actor.Pull(ctx, api.Transfer{Image: slow}, func(l api.TransferLine) {
		said.take(l)
		if l.Status == "Downloading" {
			cancel()
		}
	})
	if err == nil || ctx.Err() == nil {
		t.Errorf("cancelled: %v", err)
	}
	// The engine stops too, and takes nothing more.
	var before int64
	eventually(t, "nothing more comes", func() bool {
		now := line.Passed()
		defer func() { before = now }()
		return now == before && now > 0
	})

	line.Throttle(1_000_000)
	said = nil
	cut := false
	_, err = actor.Pull(t.Context(), api.Transfer{Image: slow}, func(l api.TransferLine) {
		said.take(l)
		if l.Status == "Downloading" && !cut {
			cut = true
			line.Cut(false) // and the next one comes through
			line.Throttle(0)
		}
	})
	// An engine that keeps images in containerd says nothing of trying again.
	if err != nil || !cut || !said.has("Retrying in") && !real.ContainerdImages(t) || !said.has("Pull complete") {
		t.Errorf("cut and mended: %v, after %+v", err, said)
	}
}

func TestReferences(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("a", 64)
	for text, want := range map[string]api.ImageReference{
		"alpine":                             {Name: "alpine:latest", Registry: "docker.io"},
		" alpine:3.20 ":                      {Name: "alpine:3.20", Registry: "docker.io"},
		"docker.io/library/alpine":           {Name: "alpine:latest", Registry: "docker.io"},
		"team/app:1" + digest:                {Name: "team/app" + digest, Registry: "docker.io"},
		"registry.example:5000/a/b" + digest: {Name: "registry.example:5000/a/b" + digest, Registry: "registry.example:5000"},
		"localhost/x":                        {Name: "localhost/x:latest", Registry: "localhost"},
	} {
		if got, err := engine.ParseReference(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestPlatforms(t *testing.T) {
	actor := engine.NewActor(nil)
	for _, good := range []string{"", "linux/arm64", "linux/arm/v7", "Linux/AMD64", "windows/amd64"} {
		if err := actor.CheckPlatform(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"foo", "linux/", "/amd64", "linux//v7", "linux/arm/v7/x", "linux/arm 64", " "} {
		if err := actor.CheckPlatform(bad); api.CodeOf(err) != api.ErrInvalid || !strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), "such as linux/arm64") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestWords are what engines and registries say, and what becomes of it.
func TestWords(t *testing.T) {
	for words, want := range map[string]api.ErrorCode{
		`failed to register layer: Error processing tar file(exit status 1): write /file: no space left on device`:                                         api.ErrInternal,
		`toomanyrequests: You have reached your pull rate limit.`:                                                                                          api.ErrTooMany,
		`no matching manifest for linux/s390x in the manifest list entries`:                                                                                api.ErrNotFound,
		`image with reference x was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64`:                              api.ErrNotFound,
		`pull access denied for nosuch, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`:       api.ErrForbidden,
		`Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client`:                                                                     api.ErrUnreachable,
		`Get "https://r.example/v2/": x509: certificate signed by unknown authority`:                                                                       api.ErrUnreachable,
		`Get "https://r.example/v2/": dial tcp: lookup r.example: no such host`:                                                                            api.ErrUnreachable,
		`Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`: api.ErrUnreachable,
		`something nobody has heard of`: api.ErrInternal,
	} {
		t.Run(words, func(t *testing.T) {
			e := fakeEngine(t, map[string]http.HandlerFunc{"/images/create": serve(fmt.Sprintf(`{"status":"Pulling from x","id":"1"}`+"\n"+`{"errorDetail":{"message":%q},"error":%q}`+"\n", words, words))})
			_, err := engine.NewActor(e).Pull(t.Context(), api.Transfer{Image: "r.example/x:1"}, func(api.TransferLine) {})
			if got := wantError(t, err, want); got.Cause != words {
				t.Errorf("not the engine's words: %+v", got)
			}
		})
	}
}
