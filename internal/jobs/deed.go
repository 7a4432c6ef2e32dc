package jobs

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// ThingActor is the engine that images, volumes and networks are changed in.
type ThingActor interface {
	Remover
	TagImage(ctx context.Context, id, reference string) error
	CreateVolume(ctx context.Context, v api.VolumeCreate) (string, error)
	CreateNetwork(ctx context.Context, n api.NetworkCreate) (id, warning string, err error)
	Connect(ctx context.Context, id, container string, n api.NetworkConnect) error
	Disconnect(ctx context.Context, id, container string, force bool) error
}

// Deed is what Actor.Act is to do to a thing, made of what somebody has asked
// for: by a request, or by a command in whose process the core is.
type Deed struct {
	Thing   Thing
	Action  api.ResourceAction
	Details map[string]string // for the audit row
	Do      func(context.Context, ThingActor) (api.ResourceResult, error)
}

// TagImage gives the image that ref names one more name.
func TagImage(st *store.Store, ref string, q api.ImageTag) (Deed, error) {
	if q.Reference == "" {
		return Deed{}, invalid("Say the new name: {\"reference\": \"shop/web:1.2\"}.")
	}
	i, err := st.FindImage(ref)
	if err != nil {
		return Deed{}, err
	}
	return Deed{
		Thing: ImageThing(i), Action: api.ResourceTag, Details: map[string]string{"reference": q.Reference},
		Do: func(ctx context.Context, a ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, a.TagImage(ctx, i.ID, q.Reference)
		},
	}, nil
}

// CreateVolume makes a volume.
func CreateVolume(st *store.Store, q api.VolumeCreate) (Deed, error) {
	engine, err := engineNamed(st, q.Engine)
	return Deed{
		Thing: Thing{Engine: engine, Kind: api.TopicVolumes, Name: q.Name}, Action: api.ResourceCreate,
		Details: map[string]string{"driver": q.Driver, "labels": labelled(q.Labels)},
		Do: func(ctx context.Context, a ThingActor) (res api.ResourceResult, err error) {
			res.ID, err = a.CreateVolume(ctx, q)
			return res, err
		},
	}, err
}

// CreateNetwork makes a network.
func CreateNetwork(st *store.Store, q api.NetworkCreate) (Deed, error) {
	if q.Name == "" {
		return Deed{}, invalid("Say the network's name: {\"name\": \"…\"}.")
	}
	engine, err := engineNamed(st, q.Engine)
	return Deed{
		Thing: Thing{Engine: engine, Kind: api.TopicNetworks, Name: q.Name}, Action: api.ResourceCreate,
		Details: map[string]string{"driver": q.Driver, "subnet": q.Subnet, "labels": labelled(q.Labels)},
		Do: func(ctx context.Context, a ThingActor) (res api.ResourceResult, err error) {
			res.ID, res.Warning, err = a.CreateNetwork(ctx, q)
			return res, err
		},
	}, err
}

// Connect attaches a container to the network that ref names.
func Connect(st *store.Store, ref string, q api.NetworkConnect) (Deed, error) {
	return attach(st, ref, q, api.ResourceConnect, func(ctx context.Context, a ThingActor, network, container string) error {
		return a.Connect(ctx, network, container, q)
	})
}

// Disconnect takes a container from the network that ref names.
func Disconnect(st *store.Store, ref string, q api.NetworkConnect) (Deed, error) {
	return attach(st, ref, q, api.ResourceDisconnect, func(ctx context.Context, a ThingActor, network, container string) error {
		return a.Disconnect(ctx, network, container, q.Force)
	})
}

func attach(st *store.Store, ref string, q api.NetworkConnect, action api.ResourceAction, do func(ctx context.Context, a ThingActor, network, container string) error) (Deed, error) {
	n, err := st.FindNetwork(ref)
	if err != nil {
		return Deed{}, err
	}
	if q.Container == "" {
		return Deed{}, invalid("Say which container: {\"container\": \"…\"}.")
	}
	id, name := q.Container, q.Container
	c, err := st.Find(q.Container)
	switch {
	case err == nil:
		id, name = c.ID, c.Name
	case !q.Force: // one that the engine has lost can still be let go of
		return Deed{}, err
	}
	if c != nil && c.Engine != n.Engine {
		return Deed{}, invalid("The container and the network are of different engines.")
	}
	return Deed{
		Thing: NetworkThing(n), Action: action, Details: map[string]string{"container": id, api.AttrContainerName: name},
		Do: func(ctx context.Context, a ThingActor) (api.ResourceResult, error) {
			return api.ResourceResult{}, do(ctx, a, n.ID, id)
		},
	}, nil
}

// ImageThing is an image by the first of its names.
func ImageThing(i *api.Image) Thing {
	t := Thing{Engine: i.Engine, Kind: api.TopicImages, ID: i.ID, Name: i.ID}
	if len(i.Tags) > 0 {
		t.Name = i.Tags[0]
	}
	return t
}

// NetworkThing is a network.
func NetworkThing(n *api.Network) Thing {
	return Thing{Engine: n.Engine, Kind: api.TopicNetworks, ID: n.ID, Name: n.Name}
}

// engineNamed is the engine of an id; of none the only one there is.
func engineNamed(st *store.Store, id string) (string, error) {
	engines := st.Engines()
	for _, e := range engines {
		if e.ID == id || id == "" && len(engines) == 1 {
			return e.ID, nil
		}
	}
	if id == "" {
		return "", &api.Error{Code: api.ErrUnreachable, Message: "The Docker engine has not answered yet. Try again when it has."}
	}
	return "", &api.Error{Code: api.ErrNotFound, Message: "There is no engine " + strconv.Quote(id) + " here."}
}

// labelled are labels as a detail of an audit row: their names only.
func labelled(labels map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(labels)), ", ")
}
