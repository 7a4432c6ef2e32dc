package demoengine

import (
	"archive/tar"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// imageCreate is POST /images/create: a pull from a registry that is made up.
func (e *Engine) imageCreate(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	name, tag := familiar(q.Get("fromImage")), q.Get("tag")
	if name == "" {
		return refuse(501, "the Quaywatch demo engine cannot import: nothing in it is real")
	}
	if tag == "" {
		tag = "latest"
	}
	ref := name + ":" + tag
	if strings.HasPrefix(tag, "sha256:") {
		ref = name + "@" + tag
	}
	im, err := e.world.published(ref, r.Header.Get("X-Registry-Auth"))
	if err != nil {
		return err
	}
	_, missing := e.world.goods().image(ref)
	say := talk(w)
	if err := say(line{Status: "Pulling from " + name, ID: tag}); err != nil {
		return err
	}
	if err := e.move(r, newMove(im, true, missing == nil), say); err != nil {
		return err
	}
	e.world.pulled(im)
	status := "Status: Downloaded newer image for " + ref
	if missing == nil {
		status = "Status: Image is up to date for " + ref
	}
	return say(line{Status: "Digest: " + im.id}, line{Status: status})
}

// imagePush is POST /images/{name}/push.
func (e *Engine) imagePush(w http.ResponseWriter, r *http.Request, name string) error {
	tag := r.URL.Query().Get("tag")
	if tag == "" {
		tag = "latest"
	}
	ref := familiar(name) + ":" + tag
	im, err := e.world.goods().image(ref)
	if err != nil {
		return refuse(404, "An image does not exist locally with the tag: %s", name)
	}
	if _, err := e.world.published(ref, r.Header.Get("X-Registry-Auth")); err != nil {
		return err
	}
	say := talk(w)
	if err := say(line{Status: "The push refers to repository [" + name + "]"}); err != nil {
		return err
	}
	if err := e.move(r, newMove(im, false, false), say); err != nil {
		return err
	}
	aux := struct {
		Tag, Digest string
		Size        int
	}{tag, im.id, 1567}
	return say(line{Status: tag + ": digest: " + im.id + " size: 1567"}, line{Progress: &lineProgress{}, Aux: aux})
}

// move takes the time that it takes; it ends when the client leaves.
func (e *Engine) move(r *http.Request, m *move, say func(...line) error) error {
	if err := say(m.begin()...); err != nil {
		return err
	}
	tick := time.NewTicker(transferTick)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return r.Context().Err()
		}
		said, done := m.step(transferTick)
		if err := say(said...); err != nil || done {
			return err
		}
	}
}

// talk writes a stream of JSON objects, each lot at once.
func talk(w http.ResponseWriter) func(...line) error {
	w.Header()["Content-Type"] = []string{"application/json"}
	enc, flush := json.NewEncoder(w), flusher(w)
	return func(lines ...line) error {
		for _, l := range lines {
			if err := enc.Encode(l); err != nil {
				return err //nolint:wrapcheck // the client is gone
			}
		}
		return flush()
	}
}

// named reports whether a registry's credentials have a user in them.
func named(header string) bool {
	b, err := base64.URLEncoding.DecodeString(header)
	var auth struct{ Username, IdentityToken string }
	return err == nil && json.Unmarshal(b, &auth) == nil && auth.Username+auth.IdentityToken != ""
}

// savePiece is what an image's file grows by at a time, savePace how often.
const (
	savePiece = 4 << 20
	savePace  = 25 * time.Millisecond
)

// imageSave is GET /images/get: a tar of as many zeros as the image is large.
func (e *Engine) imageSave(w http.ResponseWriter, r *http.Request) error {
	im, err := e.world.goods().image(r.URL.Query().Get("names"))
	if err != nil {
		return err
	}
	w.Header()["Content-Type"] = []string{"application/x-tar"}
	out := tar.NewWriter(w)
	if err := out.WriteHeader(&tar.Header{Name: "made-up/layer.tar", Mode: 0o644, Size: im.size}); err != nil {
		return err //nolint:wrapcheck // the client is gone
	}
	tick := time.NewTicker(savePace)
	defer tick.Stop()
	for left := im.size; left > 0; left -= savePiece {
		if _, err := io.CopyN(out, zeros{}, min(left, savePiece)); err != nil {
			return err //nolint:wrapcheck // the client is gone
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	return out.Close() //nolint:wrapcheck // the client is gone
}

// zeros reads without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
