package demoengine

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// handle answers one request, or returns a refusal to be answered.
type handle func(w http.ResponseWriter, r *http.Request) error

// routes is the API. A path may begin with a version.
func (e *Engine) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handle{
		"GET /_ping":                       e.ping,
		"GET /version":                     e.version,
		"GET /info":                        e.info,
		"GET /events":                      e.eventStream,
		"GET /system/df":                   e.diskUsage,
		"GET /containers/json":             e.list,
		"GET /containers/{name}/json":      e.inspect,
		"GET /containers/{name}/stats":     e.stats,
		"GET /containers/{name}/top":       e.top,
		"GET /containers/{name}/logs":      e.logs,
		"POST /containers/{name}/start":    e.start,
		"POST /containers/{name}/stop":     e.stop,
		"POST /containers/{name}/kill":     e.kill,
		"POST /containers/{name}/pause":    e.pause,
		"POST /containers/{name}/rename":   e.rename,
		"DELETE /containers/{name}":        e.remove,
		"POST /containers/{name}/restart":  e.restart,
		"POST /containers/{name}/unpause":  e.unpause,
		"GET /images/json":                 e.images,
		"GET /images/{name...}":            e.imageInspect,
		"GET /images/search":               e.imageSearch,
		"GET /images/get":                  e.imageSave,
		"POST /images/create":              e.imageCreate,
		"POST /images/prune":               e.imagesPrune,
		"POST /containers/prune":           e.containersPrune,
		"POST /networks/prune":             e.networksPrune,
		"POST /build/prune":                e.buildPrune,
		"POST /images/{name...}":           e.imagePost,
		"DELETE /images/{name...}":         e.imageRemove,
		"POST /volumes/create":             e.volumeCreate,
		"DELETE /volumes/{name}":           e.volumeRemove,
		"POST /networks/create":            e.networkCreate,
		"POST /networks/{name}/connect":    e.networkConnect,
		"POST /networks/{name}/disconnect": e.networkDisconnect,
		"DELETE /networks/{name}":          e.networkRemove,
		"GET /volumes":                     e.volumes,
		"GET /volumes/{name}":              e.volumeInspect,
		"GET /networks":                    e.networks,
		"GET /networks/{name}":             e.networkInspect,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				e.fail(w, r, err)
			}
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			e.fail(w, r, refuse(404, "page not found"))
			return
		}
		e.fail(w, r, refuse(501, "the Quaywatch demo engine cannot do this (%s %s): nothing in it is real, it only starts, stops, pauses, kills, renames and removes the containers it made up, tags, creates, connects and removes what they hang on, and pulls and pushes images that it makes up", r.Method, r.URL.Path))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Api-Version"] = []string{apiVersion}
		h["Docker-Experimental"] = []string{"false"}
		h["Ostype"] = []string{"linux"}
		h["Server"] = []string{"Docker/" + engineVersion + " (linux)"}
		if v, rest, ok := versioned(r.URL.Path); ok {
			if err := supported(v); err != nil {
				e.fail(w, r, err)
				return
			}
			r2 := *r
			r2.URL = &url.URL{Path: rest, RawQuery: r.URL.RawQuery}
			r = &r2
		}
		mux.ServeHTTP(w, r)
	})
}

// versioned takes "/v1.41" off a path.
func versioned(path string) (version, rest string, ok bool) {
	if !strings.HasPrefix(path, "/v") || len(path) < 3 || path[2] < '0' || path[2] > '9' {
		return "", "", false
	}
	version, rest, ok = strings.Cut(path[2:], "/")
	return version, "/" + rest, ok
}

// supported refuses a version that is not spoken, in the engine's words.
func supported(v string) error {
	minor := func(s string) int {
		major, m, _ := strings.Cut(s, ".")
		x, errX := strconv.Atoi(major)
		y, errY := strconv.Atoi(m)
		if errX != nil || errY != nil {
			return 0
		}
		return x*1000 + y
	}
	switch n := minor(v); {
	case n > minor(apiVersion):
		return refuse(400, "client version %s is too new. Maximum supported API version is %s", v, apiVersion)
	case n < minor(minAPIVersion):
		return refuse(400, "client version %s is too old. Minimum supported API version is %s, please upgrade your client to a newer version", v, minAPIVersion)
	}
	return nil
}

// fail answers an error as the engine does.
func (e *Engine) fail(w http.ResponseWriter, r *http.Request, err error) {
	no, ok := errors.AsType[*refusal](err)
	if !ok {
		if r.Context().Err() != nil {
			return // The client is gone.
		}
		e.log.Debug("demo engine: answer failed", "path", r.URL.Path, "err", err)
		no = &refusal{status: 500, message: err.Error()}
	}
	if no.status == http.StatusNotModified {
		w.WriteHeader(no.status)
		return
	}
	body, err := json.Marshal(map[string]string{"message": no.message})
	if err != nil { // A map of strings always has a JSON form.
		body = []byte(`{"message":""}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(no.status)
	_, _ = w.Write(append(body, '\n'))
}

func isUnchanged(err error) bool {
	no, ok := errors.AsType[*refusal](err)
	return ok && no.status == http.StatusNotModified
}

// send writes one document. The buffer goes back to the pool, unless it has
// grown with a list.
func (e *Engine) send(w http.ResponseWriter, write func(*doc)) error {
	d, ok := e.buffers.Get().(*doc)
	if !ok {
		d = &doc{}
	}
	*d = (*d)[:0]
	write(d)
	*d = append(*d, '\n')
	w.Header()["Content-Type"] = []string{"application/json"}
	_, err := w.Write(*d)
	if cap(*d) <= 1<<16 {
		e.buffers.Put(d)
	}
	return err
}

// truth reads a flag as the engine does.
func truth(v string) bool {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "", "0", "no", "false", "none":
		return false
	}
	return true
}

// timestamp reads "seconds" or "seconds.nanoseconds"; empty is the zero time.
func timestamp(v string) (time.Time, error) {
	if v == "" {
		return time.Time{}, nil
	}
	whole, frac, _ := strings.Cut(v, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, refuse(400, "%v", err)
	}
	var nano int64
	if frac != "" {
		frac = (frac + "000000000")[:9]
		if nano, err = strconv.ParseInt(frac, 10, 64); err != nil {
			return time.Time{}, refuse(400, "%v", err)
		}
	}
	return time.Unix(sec, nano), nil
}

// flusher pushes what was written to the client; a writer without a buffer of
// its own has nothing to push.
func flusher(w http.ResponseWriter) func() error { return http.NewResponseController(w).Flush }
