package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// page serves the built page. Files under assets/ carry a hash of their content
// in their name and may be kept for ever; everything else is asked for again,
// and answered with 304 while it is the same. Paths that are no file are the
// page's own routes.
//
// Text is there compressed, as name.gz, and is sent so to whoever takes it; it is
// unpacked for others. Nothing of it is kept.
type page struct{ files fs.FS }

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
	f, err := p.open(name)
	// A volume may be called data.old: what has a page of its own is no file.
	if dir := path.Dir(name); err != nil && path.Ext(name) != "" && (dir == "." || dir == "assets") {
		WriteProblem(w, &api.Error{Code: api.ErrNotFound, Message: "There is no file " + quoteShort(r.URL.Path) + "."})
		return
	}
	if err != nil { // one of the page's own routes
		name = "index.html"
		if f, err = p.open(name); err != nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(notBuilt))
			return
		}
	}
	defer func() { _ = f.Close() }()
	tag, err := f.ready(takesGzip(r))
	if err != nil {
		WriteProblem(w, &api.Error{Code: api.ErrInternal, Message: "This file of the page can't be read.", Cause: err})
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		h.Set("Content-Type", t)
	}
	if f.packed {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r) {
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, name, time.Time{}, f)
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

// pageFile is a file of the page.
type pageFile struct {
	io.ReadSeeker
	io.Closer
	packed bool
}

// ready unpacks the file for who does not take it as it is, and tells its content
// from any other.
func (f *pageFile) ready(takesGzip bool) (tag string, err error) {
	if f.packed && !takesGzip {
		z, err := gzip.NewReader(f)
		if err != nil {
			return "", err
		}
		content, err := io.ReadAll(z)
		if err != nil {
			return "", err
		}
		f.ReadSeeker = bytes.NewReader(content)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	_, err = f.Seek(0, io.SeekStart)
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}

var errNoFile = errors.New("no such file")

func (p *page) open(name string) (*pageFile, error) {
	if p.files == nil || name == "" || strings.HasPrefix(path.Base(name), ".") {
		return nil, errNoFile
	}
	f, err := p.files.Open(name + ".gz")
	packed := err == nil
	if !packed {
		f, err = p.files.Open(name)
	}
	if err != nil {
		return nil, err
	}
	content, ok := f.(io.ReadSeeker)
	if info, err := f.Stat(); !ok || err != nil || info.IsDir() {
		_ = f.Close()
		return nil, errNoFile
	}
	return &pageFile{content, f, packed}, nil
}
