package server

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/jobs"
)

// getPrune answers what a prune with these options would remove.
func (s *Server) getPrune(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	o, err := pruneOptions(q)
	if err != nil {
		return err
	}
	plan, err := jobs.Preview(s.o.Store, q.Get("engine"), o)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, plan)
}

func pruneOptions(q url.Values) (api.PruneOptions, error) {
	var o api.PruneOptions
	for _, k := range q["kind"] {
		o.Kinds = append(o.Kinds, api.PruneKind(k))
	}
	for name, field := range map[string]*bool{"allImages": &o.AllImages, "allVolumes": &o.AllVolumes, "allCache": &o.AllCache} {
		if q.Get(name) == "" {
			continue
		}
		v, err := strconv.ParseBool(q.Get(name))
		if err != nil {
			return o, &api.Error{Code: api.ErrInvalid, Message: "The parameter " + name + " must be true or false."}
		}
		*field = v
	}
	return o, nil
}

// getSavedImage answers an image as docker save writes it, as a job that
// everybody sees. What goes wrong once it has begun breaks the answer off.
func (s *Server) getSavedImage(w http.ResponseWriter, r *http.Request) error {
	asked := r.PathValue("id")
	image, err := s.o.Store.FindImage(asked)
	if err != nil {
		return err
	}
	if s.o.Jobs == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server can't save images."}
	}
	by, err := actorOf(r)
	if err != nil {
		return err
	}
	to := &savedImage{stalling: stalling{w: w, control: http.NewResponseController(w)}, name: fileName(image, asked)}
	if r.Method == http.MethodHead {
		to.begin()
		return nil
	}
	err = s.o.Jobs.Save(r.Context(), by, image, asked, to, func(j api.Job) { to.job = j.ID })
	if err == nil || !to.begun {
		return err
	}
	s.log.Debug("image broken off", "image", image.ID, "error", err)
	panic(http.ErrAbortHandler)
}

// savedImage is the answer, which begins with its first byte: until then there
// may be an error to answer.
type savedImage struct {
	stalling
	name, job string
	begun     bool
}

func (a *savedImage) begin() {
	h := a.w.Header()
	h.Set("Content-Type", "application/x-tar")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.name}))
	if a.job != "" {
		h.Set("X-Quaywatch-Job", a.job)
	}
	a.w.WriteHeader(http.StatusOK)
	a.begun = true
}

func (a *savedImage) Write(p []byte) (int, error) {
	if !a.begun {
		a.begin()
	}
	n, err := a.stalling.Write(p)
	if err != nil {
		err = errors.Join(errGone, err)
	}
	return n, err
}

// errGone is an answer that nobody takes.
var errGone = errors.New("whoever asked takes no more") //nolint:gochecknoglobals // a sentinel

// fileName is an image's name as a file's: "shop-web-1.2.tar".
func fileName(i *api.Image, asked string) string {
	_, name := jobs.SavedNames(i, asked)
	return strings.NewReplacer("/", "-", ":", "-", "@", "-").Replace(name) + ".tar"
}
