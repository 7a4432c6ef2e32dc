package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// TestImagesAndRegistriesInTheTerminal: an image's history, and what a registry
// finds, without a server and with one.
func TestImagesAndRegistriesInTheTerminal(t *testing.T) {
	e := enginetest.Start(t)
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	e.Docker(t, "run", "--name", "made", enginetest.Image, "sh", "-c", "dd if=/dev/zero of=/x bs=1024 count=2000")
	e.Docker(t, "commit", "--change", "ENV SECRET=hunter2", "made", "shop/web:1")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/_ping", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") })
	mux.HandleFunc("GET /v1/search", func(w http.ResponseWriter, r *http.Request) {
		results := []map[string]any{{"name": "team/web", "description": "serves pages of " + r.FormValue("n"), "star_count": 7, "is_official": true}}
		if strings.Contains(r.FormValue("q"), "none") {
			results = results[:0]
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"query": r.FormValue("q"), "num_results": len(results), "results": results})
	})
	found := httptest.NewServer(mux)
	defer found.Close()
	address := strings.TrimPrefix(found.URL, "http://")
	modern := enginetest.StartRegistry(t, false).Address
	for i, by := range []string{"this process", "a server"} {
		if i == 1 {
			_, _ = p.serve(t)
			eventually(t, "the server's images", func() error {
				if got := p.ok(t, "__complete", "image", "history", "shop"); !strings.HasPrefix(got, "shop/web:1\n") {
					return fmt.Errorf("%q", got)
				}
				return nil
			})
		}
		layers := decodeLines[api.ImageLayer](t, p.ok(t, "image", "history", "shop/web:1", "--json"))
		if len(layers) < 2 || layers[0].SizeBytes < 2000<<10 || layers[0].CreatedAt == nil {
			t.Errorf("%s: the history is %+v", by, layers)
		}
		out := p.ok(t, "image", "history", "shop/web:1")
		if lines := strings.Split(out, "\n"); len(lines) != len(layers)+2 || !strings.HasPrefix(lines[0], "CREATED") || !strings.Contains(lines[1], "1.9") || !strings.Contains(lines[1], "dd if=/dev/zero") || strings.Contains(out, "hunter2") {
			t.Errorf("%s: the history:\n%s", by, out)
		}
		if out := p.ok(t, "search", address+"/web", "--limit", "5"); !strings.Contains(out, address+"/team/web") || !strings.Contains(out, "official") || !strings.Contains(out, "serves pages of 5") {
			t.Errorf("%s: found\n%s", by, out)
		}
		if got := decodeLines[api.SearchResult](t, p.ok(t, "search", address+"/web", "--json")); len(got) != 1 || got[0].Stars != 7 {
			t.Errorf("%s: found %+v", by, got)
		}
		if r := p.run(t, "search", address+"/none"); r.code != 0 || r.out != "" || !strings.Contains(r.err, "Nothing is called "+address+"/none") {
			t.Errorf("%s: nothing to find: %+v", by, r)
		}
		for _, wrong := range []struct {
			code int
			says string
			args []string
		}{
			{exitNotFound, "nope", []string{"image", "history", "nope"}},
			{exitUsage, "image history", []string{"image", "history"}},
			{exitFailure, "can't be searched", []string{"search", modern + "/web"}},
			{exitUnreachable, "127.0.0.1:1", []string{"search", "127.0.0.1:1/web"}},
			{exitUsage, "--limit", []string{"search", "web", "--limit", "101"}},
		} {
			if r := p.run(t, wrong.args...); r.code != wrong.code || !strings.Contains(r.err, wrong.says) || r.out != "" {
				t.Errorf("%s: %v: %+v", by, wrong.args, r)
			}
		}
	}
	// On a terminal a step is cut, unless all of it is wanted.
	v := p.terminal(t, 40, 24, nil, "image", "history", "shop/web:1")
	v.sees("sh -c dd i")
	v.restored(exitOK)
	if strings.Contains(v.written(), "count=2000") {
		t.Errorf("40 wide:\n%s", v.written())
	}
	v = p.terminal(t, 40, 24, nil, "image", "history", "--no-trunc", "shop/web:1")
	v.sees("count=2000")
	v.restored(exitOK)
}

func TestStepsAsInTheDockerfile(t *testing.T) {
	for by, want := range map[string]string{
		`/bin/sh -c #(nop)  CMD ["sh"]`:                  `CMD ["sh"]`,
		"/bin/sh -c apk add\tcurl":                       "RUN apk add curl",
		"RUN /bin/sh -c apk add \\\n    curl # buildkit": `RUN apk add \ curl`,
		"COPY /out /usr/local/bin # buildkit":            "COPY /out /usr/local/bin",
		"ENV PATH=••••":                                  "ENV PATH=••••",
		"":                                               "imported",
	} {
		if got := stepText(&api.ImageLayer{CreatedBy: by, Comment: "imported"}); got != want {
			t.Errorf("%q: %q, want %q", by, got, want)
		}
	}
}
