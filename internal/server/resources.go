package server

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// engineTimeout bounds a question to the engine.
const engineTimeout = 10 * time.Second

func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
	return nil
}

func (s *Server) getReady(w http.ResponseWriter, r *http.Request) error {
	if s.o.Ready != nil {
		if err := s.o.Ready(); err != nil {
			return &api.Error{Code: api.ErrUnreachable, Message: "Not ready: " + err.Error()}
		}
	}
	return s.getHealth(w, r)
}

func (s *Server) system() api.System {
	out := api.System{Engines: []api.EngineStatus{}}
	for _, i := range s.o.Store.System() {
		switch {
		case i.Server != nil:
			out.Server = *i.Server
		case i.Engine != nil:
			out.Engines = append(out.Engines, *i.Engine)
		}
	}
	return out
}

func (s *Server) getSystem(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, s.system())
}

func (s *Server) getContainers(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, api.List[*api.Container]{Items: s.o.Store.Containers()})
}

func (s *Server) getContainer(w http.ResponseWriter, r *http.Request) error {
	c, err := s.o.Store.Find(r.PathValue("id"))
	if err != nil {
		return err
	}
	out := api.ContainerDetail{Container: *c}
	if s.o.Inspector != nil {
		ctx, cancel := deadline(r)
		defer cancel()
		if out.Inspect, err = s.o.Inspector.InspectRaw(ctx, c.ID); err != nil {
			return err
		}
		maskEnv(out.Inspect)
	}
	return writeJSON(w, http.StatusOK, out)
}

// getEnv answers a container's environment unmasked, for who may act on it. It
// is asked of the engine each time, and kept nowhere: not in the log either.
func (s *Server) getEnv(w http.ResponseWriter, r *http.Request) error {
	c, err := s.o.Store.Find(r.PathValue("id"))
	if err != nil {
		return err
	}
	if s.o.Inspector == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server can't ask the engine for a container's environment."}
	}
	ctx, cancel := deadline(r)
	defer cancel()
	env, err := s.o.Inspector.Env(ctx, c.ID)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, api.List[string]{Items: env})
}

// masked stands for the value of an environment variable: passwords live there.
const masked = "••••"

// maskEnv masks every value of Config.Env. The engine's adapter does so too;
// this is the last gate, and masking twice changes nothing.
func maskEnv(inspect map[string]any) { maskPart(inspect, "Config") }

func maskPart(inspect map[string]any, part string) {
	config, ok := inspect[part].(map[string]any)
	if !ok {
		return
	}
	switch env := config["Env"].(type) {
	case []any:
		out := make([]any, len(env))
		for i, e := range env {
			out[i] = maskOne(fmt.Sprint(e))
		}
		config["Env"] = out
	case []string:
		out := make([]string, len(env))
		for i, e := range env {
			out[i] = maskOne(e)
		}
		config["Env"] = out
	case nil:
	default:
		delete(config, "Env") // not a shape we know how to mask
	}
}

func maskOne(e string) string {
	name, _, ok := strings.Cut(e, "=")
	if !ok {
		return name
	}
	return name + "=" + masked
}

// getStats answers the latest sample of each container that has one.
func (s *Server) getStats(w http.ResponseWriter, _ *http.Request) error {
	items := []api.Sample{}
	for _, c := range s.o.Store.Containers() {
		if cells, at, ok := s.o.Store.Metrics().Sample(c.Row); ok {
			items = append(items, api.MakeSample(c.Engine, c.ID, c.Name, at, &cells))
		}
	}
	return writeJSON(w, http.StatusOK, api.List[api.Sample]{Items: items})
}
