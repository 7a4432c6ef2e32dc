package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// page serves the built page. Files under assets/ carry a hash of their content
// in their name and may be kept for ever; everything else is asked for again,
// and answered with 304 while it is the same. Paths that are no file are the
// page's own routes.
type page struct{ files fs.FS }

func newPage(files fs.FS) *page { return &page{files} }

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Quaywatch</title>
<h1>The page is not in this binary</h1>
<p>It was built without <code>web/dist</code>. Run <code>make build</code>, which builds the page and then <code>bin/quaywatch</code> with it.
The API and the command line work without it.</p>
`

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, &api.Error{Code: api.ErrInvalid, Message: "This address answers GET only."})
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	content, err := p.read(name)
	if err != nil && path.Ext(name) != "" {
		writeProblem(w, &api.Error{Code: api.ErrNotFound, Message: "There is no file " + quoteShort(r.URL.Path) + "."})
		return
	}
	if err != nil { // one of the page's own routes
		name = "index.html"
		if content, err = p.read(name); err != nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(notBuilt))
			return
		}
	}
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		cache = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cache-Control", cache)
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		w.Header().Set("Content-Type", t)
	}
	sum := sha256.Sum256(content)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

var errNoFile = errors.New("no such file")

func (p *page) read(name string) ([]byte, error) {
	if p.files == nil || name == "" || strings.HasPrefix(path.Base(name), ".") {
		return nil, errNoFile
	}
	return fs.ReadFile(p.files, name)
}
