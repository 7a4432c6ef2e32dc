package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// page serves the built page. Files under assets/ carry a hash of their content
// in their name and may be kept for ever; everything else is asked for again,
// and answered with 304 while it is the same. Paths that are no file are the
// page's own routes.
//
// Text is sent compressed to whoever takes it; each file is compressed once,
// when it is first asked for, and kept (the whole page is about 200 KB so).
type page struct {
	files fs.FS

	mu         sync.Mutex // guards compressed; held while a file is compressed
	compressed map[string][]byte
}

func newPage(files fs.FS) *page { return &page{files: files, compressed: make(map[string][]byte)} }

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Quaywatch</title>
<h1>The page is not in this binary</h1>
<p>It was built without <code>web/dist</code>. Run <code>make build</code>, which builds the page and then <code>bin/quaywatch</code> with it.
The API and the command line work without it.</p>
`

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		WriteProblem(w, &api.Error{Code: api.ErrInvalid, Message: "This address answers GET only."})
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	content, err := p.read(name)
	// A volume may be called data.old: what has a page of its own is no file.
	if dir := path.Dir(name); err != nil && path.Ext(name) != "" && (dir == "." || dir == "assets") {
		WriteProblem(w, &api.Error{Code: api.ErrNotFound, Message: "There is no file " + quoteShort(r.URL.Path) + "."})
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
	tag := hex.EncodeToString(sum[:8])
	if compressible(name) {
		w.Header().Set("Vary", "Accept-Encoding")
		if takesGzip(r) {
			w.Header().Set("Content-Encoding", "gzip")
			content, tag = p.gzip(name, content), tag+"-gzip"
		}
	}
	w.Header().Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

func compressible(name string) bool {
	switch path.Ext(name) {
	case ".html", ".js", ".css", ".svg", ".json", ".webmanifest":
		return true
	default:
		return false
	}
}

// takesGzip reads Accept-Encoding as browsers write it: a list of names, of
// which one may be refused by a weight of zero.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}

func (p *page) gzip(name string, content []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b, ok := p.compressed[name]; ok {
		return b
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(content) // a buffer takes everything
	_ = z.Close()
	p.compressed[name] = b.Bytes()
	return b.Bytes()
}

var errNoFile = errors.New("no such file")

func (p *page) read(name string) ([]byte, error) {
	if p.files == nil || name == "" || strings.HasPrefix(path.Base(name), ".") {
		return nil, errNoFile
	}
	return fs.ReadFile(p.files, name)
}
