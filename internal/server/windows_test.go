package server

import (
	"net/http"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestTheDesktopWindowReadsAnswersWithATokenOnly(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Windows = DesktopOrigins() })
	launch := r.auth.NewLaunch(0)
	cookie := r.ask(t, "POST", "/api/v1/session", `{"token":"`+launch+`"}`, "Authorization", "", "Origin", r.url).Header.Get("Set-Cookie")
	if cookie == "" {
		t.Fatal("no cookie to try")
	}
	for _, origin := range DesktopOrigins() {
		ask := r.ask(t, "OPTIONS", "/api/v1/containers/a/stop", "", "Authorization", "", "Origin", origin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
		if ask.StatusCode != http.StatusNoContent || ask.Header.Get("Access-Control-Allow-Origin") != origin ||
			ask.Header.Get("Access-Control-Allow-Methods") != windowMethods || ask.Header.Get("Access-Control-Allow-Headers") != windowHeaders {
			t.Errorf("%s asks first: %s %v", origin, ask.Status, ask.Header)
		}
		got := r.ask(t, "GET", "/api/v1/system", "", "Origin", origin)
		if got.StatusCode != http.StatusOK || got.Header.Get("Access-Control-Allow-Origin") != origin || got.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s with the token: %s %v", origin, got.Status, got.Header)
		}
		wantProblem(t, origin+" with a cookie", r.ask(t, "GET", "/api/v1/system", "", "Authorization", "", "Cookie", cookie, "Origin", origin), api.ErrUnauthorized)
	}
	// Nobody else is let in beside them.
	for _, origin := range []string{"https://evil.example", "null", "tauri://localhost.evil.example", "https://tauri.localhost", "tauri://localhost/"} {
		resp := r.ask(t, "GET", "/api/v1/system", "", "Origin", origin)
		wantProblem(t, origin, resp, api.ErrForbidden)
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s may read: %q", origin, got)
		}
	}
}

func TestWithoutTheDesktopAppItsOriginsAreForeign(t *testing.T) {
	r := newRig(t)
	for _, origin := range DesktopOrigins() {
		resp := r.ask(t, "GET", "/api/v1/system", "", "Origin", origin)
		wantProblem(t, origin, resp, api.ErrForbidden)
	}
}
