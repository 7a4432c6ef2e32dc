// Package web holds the built page. It is empty, but for a placeholder, in a
// clone where the page was not built: Go builds need no Node.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist is what `make build` left in web/dist. Without index.html.gz in it the page
// was not built.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: dist is not embedded: " + err.Error()) // can't be: the directive above names it
	}
	return sub
}
