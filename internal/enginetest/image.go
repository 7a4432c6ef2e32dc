package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Layer is a layer of an image for tests: Size bytes that can't be compressed.
// The same seed and size are the same layer.
type Layer struct {
	Seed uint64
	Size int
}

// LoadImage makes an image of layers and loads it into the engine under names.
func (e *Engine) LoadImage(tb testing.TB, layers []Layer, names ...string) {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "image.tar")
	if err := os.WriteFile(file, imageTar(tb, layers, names), 0o600); err != nil {
		tb.Fatal(err)
	}
	e.Docker(tb, "load", "-q", "-i", file)
	if err := os.Remove(file); err != nil {
		tb.Fatal(err)
	}
	if !e.shared {
		return
	}
	tb.Cleanup(func() {
		for _, name := range names {
			_, _ = e.docker(context.WithoutCancel(tb.Context()), "rmi", "-f", name) // it may be gone
		}
	})
}

// imageTar is an image as docker save writes it.
func imageTar(tb testing.TB, layers []Layer, names []string) []byte {
	tb.Helper()
	var config struct {
		Architecture string `json:"architecture"`
		OS           string `json:"os"`
		Config       struct {
			Cmd []string
		} `json:"config"`
		RootFS struct {
			Type    string   `json:"type"`
			DiffIDs []string `json:"diff_ids"`
		} `json:"rootfs"`
	}
	config.Architecture, config.OS, config.RootFS.Type, config.Config.Cmd = "amd64", "linux", "layers", []string{"sh"}
	var manifest struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	manifest.RepoTags = names
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	add := func(w *tar.Writer, name string, content []byte) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			tb.Fatal(err)
		}
	}
	for _, l := range layers {
		content := make([]byte, l.Size)
		r := rand.New(rand.NewPCG(l.Seed, uint64(l.Size))) //nolint:gosec // the same bytes for the same seed
		for i := range content {
			content[i] = byte(r.Uint32())
		}
		var layer bytes.Buffer
		lw := tar.NewWriter(&layer)
		add(lw, "file-"+hex.EncodeToString([]byte{byte(l.Seed)}), content)
		if err := lw.Close(); err != nil {
			tb.Fatal(err)
		}
		sum := sha256.Sum256(layer.Bytes())
		id := hex.EncodeToString(sum[:])
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, "sha256:"+id)
		manifest.Layers = append(manifest.Layers, id+"/layer.tar")
		add(w, id+"/layer.tar", layer.Bytes())
	}
	text, err := json.Marshal(config)
	if err != nil {
		tb.Fatal(err)
	}
	sum := sha256.Sum256(text)
	manifest.Config = hex.EncodeToString(sum[:]) + ".json"
	add(w, manifest.Config, text)
	list, err := json.Marshal([]any{manifest})
	if err != nil {
		tb.Fatal(err)
	}
	add(w, "manifest.json", list)
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// ContainerdImages reports whether the engine keeps its images in containerd, as
// it does by default from 29 on, and so tells of transfers in other words.
func (e *Engine) ContainerdImages(tb testing.TB) bool {
	tb.Helper()
	return strings.Contains(e.Docker(tb, "info", "-f", "{{.DriverStatus}}"), "io.containerd.snapshotter")
}
