package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
)

// public is the role of routes that anybody may ask. A route without a role is
// refused to everybody.
const public auth.Role = "public"

// route is one operation. Its handler returns the error that it did not answer.
type route struct {
	method, path string
	role         auth.Role
	handle       func(w http.ResponseWriter, r *http.Request) error
}

// allRoutes is the whole of the server's surface; api/openapi.yaml describes it
// and a test compares the two.
func (s *Server) allRoutes() []route {
	routes := []route{
		{"GET", "/healthz", public, s.getHealth},
		{"GET", "/readyz", public, s.getReady},
		{"GET", "/metrics", auth.RoleViewer, s.getMetrics},
		{"GET", "/api/v1/stream", public, s.getStream}, // authenticated by its hello
		{"GET", "/api/v1/sync", auth.RoleViewer, s.getSync},
		{"GET", "/api/v1/session", auth.RoleViewer, s.getSession},
		{"POST", "/api/v1/session", public, s.postSession},
		{"DELETE", "/api/v1/session", public, s.deleteSession},
		{"POST", "/api/v1/ticket", auth.RoleViewer, s.postTicket},
		{"POST", "/api/v1/launch", auth.RoleAdmin, s.postLaunch},
		{"GET", "/api/v1/system", auth.RoleViewer, s.getSystem},
		{"GET", "/api/v1/containers", auth.RoleViewer, s.getContainers},
		{"GET", "/api/v1/containers/{id}", auth.RoleViewer, s.getContainer},
		{"DELETE", "/api/v1/containers/{id}", auth.RoleAdmin, s.act(api.ActionRemove)},
		{"GET", "/api/v1/containers/{id}/series", auth.RoleViewer, s.getSeries},
		{"GET", "/api/v1/containers/{id}/env", auth.RoleOperator, s.getEnv},
		{"GET", "/api/v1/containers/{id}/logs", auth.RoleViewer, s.getLogs},
		{"GET", "/api/v1/containers/{id}/exec", public, s.getExec}, // authenticated by its open
		{"GET", "/api/v1/jobs", auth.RoleViewer, s.getJobs},
		{"POST", "/api/v1/jobs", auth.RoleOperator, s.postJob},
		{"GET", "/api/v1/jobs/{id}", auth.RoleViewer, s.getJob},
		{"DELETE", "/api/v1/jobs/{id}", auth.RoleOperator, s.cancelJob},
		{"GET", "/api/v1/prune", auth.RoleOperator, s.getPrune},
		{"GET", "/api/v1/images/{id}/save", auth.RoleOperator, s.getSavedImage},
		{"GET", "/api/v1/events", auth.RoleViewer, s.getEvents},
		{"GET", "/api/v1/events/export", auth.RoleViewer, s.exportEvents},
		{"GET", "/api/v1/preferences/{space}", auth.RoleViewer, s.getPreferences},
		{"PUT", "/api/v1/preferences/{space}/{name}", auth.RoleViewer, s.putPreference},
		{"DELETE", "/api/v1/preferences/{space}/{name}", auth.RoleViewer, s.deletePreference},
		{"GET", "/api/v1/deliveries", auth.RoleViewer, s.getDeliveries},
		{"GET", "/api/v1/deliveries/log", auth.RoleOperator, s.getDeliveryLog},
		{"PUT", "/api/v1/deliveries/{name}", auth.RoleAdmin, s.putDelivery},
		{"DELETE", "/api/v1/deliveries/{name}", auth.RoleAdmin, s.deleteDelivery},
		{"POST", "/api/v1/deliveries/{name}/test", auth.RoleAdmin, s.testDelivery},
		{"GET", "/api/v1/stats", auth.RoleViewer, s.getStats},
	}
	routes = append(routes, s.thingRoutes()...)
	routes = append(routes, s.alertRoutes()...)
	for _, a := range []api.Action{
		api.ActionStart, api.ActionStop, api.ActionRestart, api.ActionPause, api.ActionUnpause, api.ActionKill, api.ActionRename,
	} {
		routes = append(routes, route{"POST", "/api/v1/containers/{id}/" + string(a), auth.RoleOperator, s.act(a)})
	}
	return routes
}

func (s *Server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	methods := make(map[string][]string)
	for _, rt := range s.routes {
		mux.Handle(rt.method+" "+rt.path, s.guard(rt))
		methods[rt.path] = append(methods[rt.path], rt.method)
	}
	for path, allowed := range methods {
		if covered(path, methods) {
			continue // the mux would not know which of the two to ask
		}
		if slices.Contains(allowed, http.MethodGet) {
			allowed = append(allowed, http.MethodHead) // the mux gives it to GET
		}
		answers := strings.Join(allowed, ", ")
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { refuseMethod(w, answers) })
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		WriteProblem(w, &api.Error{Code: api.ErrNotFound, Message: "There is nothing at " + r.URL.Path + ". The API is described in api/openapi.yaml."})
	})
	mux.Handle("/", s.page)
	return mux
}

// covered reports whether a path is also one that a wildcard at its end stands for.
func covered(path string, methods map[string][]string) bool {
	dir, last := path[:strings.LastIndex(path, "/")+1], path[strings.LastIndex(path, "/")+1:]
	if strings.HasPrefix(last, "{") {
		return false
	}
	for _, wildcard := range []string{"{name}", "{id}"} {
		if _, ok := methods[dir+wildcard]; ok {
			return true
		}
	}
	return false
}

// guard lets through who may, and answers the handler's error.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.authenticate(r)
		if rt.role != public {
			if err != nil {
				WriteProblem(w, err)
				return
			}
			if !who.Role.Allows(rt.role) {
				WriteProblem(w, &api.Error{Code: api.ErrForbidden, Message: "This needs the role " + string(rt.role) + "; you are signed in as " + string(who.Role) + "."})
				return
			}
		}
		if err == nil {
			r = r.WithContext(context.WithValue(r.Context(), identityKey{}, who))
		}
		if err := rt.handle(w, r); err != nil {
			if p := problem(err); p.Status >= http.StatusInternalServerError {
				s.log.Warn("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
			}
			WriteProblem(w, err)
		}
	})
}

type identityKey struct{}

// identity is who asks; false where nobody signed in.
func identity(r *http.Request) (auth.Identity, bool) {
	who, ok := r.Context().Value(identityKey{}).(auth.Identity)
	return who, ok
}
