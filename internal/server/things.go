package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
)

// ThingReader asks the engine for what the store does not hold of images,
// volumes, networks and of itself.
type ThingReader interface {
	ImageRaw(ctx context.Context, id string) (map[string]any, error)
	ImageHistory(ctx context.Context, id string) ([]api.ImageLayer, error)
	VolumeRaw(ctx context.Context, name string) (map[string]any, error)
	NetworkRaw(ctx context.Context, id string) (map[string]any, error)
	Search(ctx context.Context, term string, limit int) ([]api.SearchResult, error)
	Info(ctx context.Context) (api.EngineInfo, error)
}

// thingRoutes are those of images, volumes and networks, and of the page about
// the system.
func (s *Server) thingRoutes() []route {
	return []route{
		{"GET", "/api/v1/images", auth.RoleViewer, s.getImages},
		{"GET", "/api/v1/images/{id}", auth.RoleViewer, s.getImage},
		{"DELETE", "/api/v1/images/{id}", auth.RoleAdmin, s.removeImage},
		{"POST", "/api/v1/images/{id}/tag", auth.RoleOperator, s.tagImage},
		{"GET", "/api/v1/volumes", auth.RoleViewer, s.getVolumes},
		{"POST", "/api/v1/volumes", auth.RoleOperator, s.createVolume},
		{"GET", "/api/v1/volumes/{id}", auth.RoleViewer, s.getVolume},
		{"DELETE", "/api/v1/volumes/{id}", auth.RoleAdmin, s.removeVolume},
		{"GET", "/api/v1/networks", auth.RoleViewer, s.getNetworks},
		{"POST", "/api/v1/networks", auth.RoleOperator, s.createNetwork},
		{"GET", "/api/v1/networks/{id}", auth.RoleViewer, s.getNetwork},
		{"DELETE", "/api/v1/networks/{id}", auth.RoleAdmin, s.removeNetwork},
		{"POST", "/api/v1/networks/{id}/connect", auth.RoleOperator, s.connectNetwork},
		{"POST", "/api/v1/networks/{id}/disconnect", auth.RoleOperator, s.disconnectNetwork},
		{"GET", "/api/v1/registry/search", auth.RoleOperator, s.searchRegistry},
		{"GET", "/api/v1/system/info", auth.RoleViewer, s.getInfo},
		{"GET", "/api/v1/system/contexts", auth.RoleViewer, s.getContexts},
		{"GET", "/api/v1/system/disk-usage", auth.RoleViewer, s.getDiskUsage},
		{"POST", "/api/v1/system/disk-usage", auth.RoleOperator, s.measureDisk},
	}
}

func (s *Server) getImages(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, api.List[*api.Image]{Items: s.o.Store.Images()})
}

func (s *Server) getVolumes(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, api.List[*api.Volume]{Items: s.o.Store.Volumes()})
}

func (s *Server) getNetworks(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, api.List[*api.Network]{Items: s.o.Store.Networks()})
}

func (s *Server) getImage(w http.ResponseWriter, r *http.Request) error {
	i, err := s.o.Store.FindImage(r.PathValue("id"))
	if err != nil {
		return err
	}
	out := api.ImageDetail{Image: *i, History: []api.ImageLayer{}}
	if s.o.Things != nil {
		ctx, cancel := deadline(r)
		defer cancel()
		if out.Inspect, err = s.o.Things.ImageRaw(ctx, i.ID); err != nil {
			return err
		}
		for _, part := range []string{"Config", "ContainerConfig"} { // the second one of engines before 25
			maskPart(out.Inspect, part)
		}
		if out.History, err = s.o.Things.ImageHistory(ctx, i.ID); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *Server) getVolume(w http.ResponseWriter, r *http.Request) error {
	v, err := s.o.Store.FindVolume(r.PathValue("id"))
	if err != nil {
		return err
	}
	out := api.VolumeDetail{Volume: *v}
	if s.o.Things != nil {
		ctx, cancel := deadline(r)
		defer cancel()
		if out.Inspect, err = s.o.Things.VolumeRaw(ctx, v.Name); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *Server) getNetwork(w http.ResponseWriter, r *http.Request) error {
	n, err := s.o.Store.FindNetwork(r.PathValue("id"))
	if err != nil {
		return err
	}
	out := api.NetworkDetail{Network: *n}
	if s.o.Things != nil {
		ctx, cancel := deadline(r)
		defer cancel()
		if out.Inspect, err = s.o.Things.NetworkRaw(ctx, n.ID); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, out)
}

// searchRegistry has the engine search: it may have a way to a registry that
// Quaywatch has not.
func (s *Server) searchRegistry(w http.ResponseWriter, r *http.Request) error {
	things, err := s.things()
	if err != nil {
		return err
	}
	limit := 25
	if q := r.URL.Query().Get("limit"); q != "" {
		if limit, err = strconv.Atoi(q); err != nil || limit < 1 || limit > 100 {
			return &api.Error{Code: api.ErrInvalid, Message: "The parameter limit must be from 1 to 100."}
		}
	}
	found, err := things.Search(r.Context(), r.URL.Query().Get("term"), limit)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, api.List[api.SearchResult]{Items: found})
}

func (s *Server) things() (ThingReader, error) {
	if s.o.Things == nil {
		return nil, &api.Error{Code: api.ErrUnsupported, Message: "This server can't ask the engine for that."}
	}
	return s.o.Things, nil
}

func (s *Server) getInfo(w http.ResponseWriter, r *http.Request) error {
	things, err := s.things()
	if err != nil {
		return err
	}
	ctx, cancel := deadline(r)
	defer cancel()
	info, err := things.Info(ctx)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, api.List[api.EngineInfo]{Items: []api.EngineInfo{info}})
}

// getContexts answers the engines that the docker command of this server's user
// knows. Their addresses may name who signs in there; that stays here.
func (s *Server) getContexts(w http.ResponseWriter, _ *http.Request) error {
	items := []api.Context{}
	if s.o.Contexts != nil {
		found, err := s.o.Contexts()
		if err != nil {
			return err
		}
		for _, c := range found {
			if scheme, rest, ok := strings.Cut(c.Host, "://"); ok {
				if _, host, ok := strings.Cut(rest, "@"); ok {
					c.Host = scheme + "://" + host
				}
			}
			items = append(items, c)
		}
	}
	return writeJSON(w, http.StatusOK, api.List[api.Context]{Items: items})
}

func (s *Server) diskUsage() api.List[api.DiskUsage] {
	items := []api.DiskUsage{}
	for _, i := range s.o.Store.System() {
		if i.DiskUsage != nil {
			items = append(items, *i.DiskUsage)
		}
	}
	return api.List[api.DiskUsage]{Items: items}
}

func (s *Server) getDiskUsage(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, s.diskUsage())
}

// measureDisk begins a measurement, unless one is under way, and answers what
// was known before: the new figures come on topic system.
func (s *Server) measureDisk(w http.ResponseWriter, _ *http.Request) error {
	if s.o.Measure == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server can't measure disk use."}
	}
	s.o.Measure()
	return writeJSON(w, http.StatusAccepted, s.diskUsage())
}

// flag reads an option of the query.
func flag(r *http.Request, name string) (bool, error) {
	q := r.URL.Query().Get(name)
	if q == "" {
		return false, nil
	}
	v, err := strconv.ParseBool(q)
	if err != nil {
		return false, &api.Error{Code: api.ErrInvalid, Message: "The option " + name + " must be true or false."}
	}
	return v, nil
}
