package server

import (
	"net/http"
	"slices"
)

// DesktopOrigins are the origins of the desktop app's window: the first on macOS
// and Linux, the second on Windows.
func DesktopOrigins() []string {
	return []string{"tauri://localhost", "http://tauri.localhost"}
}

// What the window's page sends, and reads, besides what CORS always allows.
const (
	windowMethods = "GET, POST, PUT, DELETE"
	windowHeaders = "Authorization, Content-Type, Idempotency-Key, X-Quaywatch-Client"
	windowReads   = "Retry-After"
)

// Windows lets the desktop app's window, whose page has one of the origins, read
// the answers. Its page comes with the app and not from here, so to a browser it
// is another site. A cookie says nothing of who it is: other pages of the same
// web view could have got it.
func Windows(allowed []string, next http.Handler) http.Handler {
	if len(allowed) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		origins := r.Header.Values("Origin")
		if len(origins) != 1 || !slices.Contains(allowed, origins[0]) {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Cookie")
		h.Set("Access-Control-Allow-Origin", origins[0])
		h.Set("Access-Control-Expose-Headers", windowReads)
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		// The browser asks first what the page may send.
		h.Set("Access-Control-Allow-Methods", windowMethods)
		h.Set("Access-Control-Allow-Headers", windowHeaders)
		h.Set("Access-Control-Max-Age", "600")
		if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
			h.Set("Access-Control-Allow-Private-Network", "true")
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
