package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Remover removes networks, volumes and images.
type Remover interface {
	RemoveNetwork(ctx context.Context, id string) error
	RemoveVolume(ctx context.Context, name string, force bool) error
	RemoveImage(ctx context.Context, id string, force bool) (untagged, deleted []string, err error)
}

// removal is a network, a volume or an image that a job removes.
type removal struct {
	thing Thing
	// names are what is removed, one after the other: the tags of an image, which
	// goes with its last one.
	names   []string
	project string
}

func (r removal) key() api.Key { return api.MakeKey(r.thing.Engine, r.thing.ID) }

// do removes it. What an image's last tags are called is known from when the job
// began: one that it was given since keeps it.
func (r removal) do(ctx context.Context, from Remover, force bool) error {
	switch r.thing.Kind {
	case api.TopicNetworks:
		return from.RemoveNetwork(ctx, r.thing.ID)
	case api.TopicVolumes:
		return from.RemoveVolume(ctx, r.thing.ID, false)
	default:
		var gone error
		removed := false
		for _, name := range r.names {
			switch _, _, err := from.RemoveImage(ctx, name, force); {
			case err == nil:
				removed = true
			case api.CodeOf(err) == api.ErrNotFound:
				gone = err
			default:
				return err
			}
		}
		if removed {
			return nil
		}
		return gone
	}
}

// planRemove makes a job of the removal of things: containers first, then what
// they use. Images go from the newest, because none goes before those that were
// made from it.
func (r *Runner) planRemove(by api.Actor, q api.JobRequest) (*job, error) {
	if r.o.Remover == nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: "Quaywatch is read-only here and removes nothing."}
	}
	switch {
	case len(q.Things) == 0:
		return nil, invalid("Say what is to be removed: {\"things\": [{\"kind\": \"images\", \"id\": \"…\"}]}.")
	case len(q.Things) > api.MaxJobItems:
		return nil, tooMany(len(q.Things))
	case q.Project != "" || len(q.Containers) > 0 || q.Options.Networks:
		return nil, invalid("Name what is removed as things alone. A project is removed with {\"action\": \"remove\", \"project\": \"…\"}.")
	}
	options := api.ActionOptions{Force: q.Options.Force, Volumes: q.Options.Volumes}
	if q.Options != options {
		return nil, invalid("Of the options, force and volumes are those of a removal.")
	}
	refs := make(map[api.Topic][]string)
	for _, t := range q.Things {
		refs[t.Kind] = append(refs[t.Kind], t.ID)
	}
	j := newJob(api.JobRemove, by)
	j.state.Action, j.state.Options = api.ActionRemove, options
	if ids := refs[api.TopicContainers]; len(ids) > 0 {
		groups, err := chosen(r.o.Store, r.o.Store.Containers(), ids, true)
		if err != nil {
			return nil, err
		}
		if of := groups[0]; sameProject(of) {
			groups = waves(of, dependenciesLast)
		}
		j.addContainers(groups, false, api.ActionRemove)
	}
	counts := []string{counted(api.TopicContainers, len(j.containers))}
	for _, kind := range []api.Topic{api.TopicNetworks, api.TopicVolumes, api.TopicImages} {
		things, err := r.removals(kind, refs[kind], q.Options.Force)
		if err != nil {
			return nil, err
		}
		j.addThings(things)
		counts = append(counts, counted(kind, len(things)))
		delete(refs, kind)
	}
	delete(refs, api.TopicContainers)
	for kind := range refs {
		return nil, invalid(fmt.Sprintf("Things of kind %q can't be removed: there are containers, networks, volumes and images.", kind))
	}
	j.state.Subject = strings.Join(slices.DeleteFunc(counts, func(s string) bool { return s == "" }), ", ")
	return j, nil
}

// removals finds things of a kind, each once.
func (r *Runner) removals(kind api.Topic, refs []string, force bool) ([]removal, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	st := r.o.Store
	switch kind {
	case api.TopicNetworks:
		found, err := lookUp(st, refs, st.Networks(), st.FindNetwork, func(engine, id string) *api.Network {
			return &api.Network{Engine: engine, ID: id, Name: id[:min(12, len(id))]}
		})
		return each(found, func(n *api.Network, _ []string) removal { return networkRemoval(n) }), err
	case api.TopicVolumes:
		found, err := lookUp(st, refs, st.Volumes(), st.FindVolume, func(engine, id string) *api.Volume {
			return &api.Volume{Engine: engine, Name: id}
		})
		return each(found, func(v *api.Volume, _ []string) removal {
			return removal{thing: Thing{Engine: v.Engine, Kind: kind, ID: v.Name, Name: v.Name}, project: v.Project}
		}), err
	default:
		found, err := lookUp(st, refs, st.Images(), st.FindImage, func(engine, id string) *api.Image {
			return &api.Image{Engine: engine, ID: id}
		})
		slices.SortStableFunc(found, func(a, b named[*api.Image]) int { return created(b.thing).Compare(created(a.thing)) })
		return each(found, func(i *api.Image, refs []string) removal { return imageRemoval(i, refs, force) }), err
	}
}

// named is a thing with all it was named by.
type named[T any] struct {
	thing T
	refs  []string
}

// lookUp finds things, each once. Most are named by their keys, and the store's
// own search goes through all of them for each. One that is not there any more
// and is named by its key is made up by gone: the engine will say so.
func lookUp[T interface{ Key() api.Key }](st *store.Store, refs []string, all []T, find func(string) (T, error), gone func(engine, id string) T) ([]named[T], error) {
	byKey := make(map[api.Key]T, len(all))
	for _, v := range all {
		byKey[v.Key()] = v
	}
	var out []named[T]
	at := make(map[api.Key]int, len(refs))
	for _, ref := range refs {
		v, ok := byKey[api.Key(ref)]
		if !ok {
			var err error
			if v, err = find(ref); err != nil {
				engine, id, ok := goneKey(st, ref, err)
				if !ok {
					return nil, err // it says which, and why
				}
				v = gone(engine, id)
			}
		}
		i, again := at[v.Key()]
		if !again {
			i = len(out)
			at[v.Key()] = i
			out = append(out, named[T]{thing: v})
		}
		out[i].refs = append(out[i].refs, ref)
	}
	return out, nil
}

func each[T any](found []named[T], make func(T, []string) removal) []removal {
	var out []removal
	for _, f := range found {
		out = append(out, make(f.thing, f.refs))
	}
	return out
}

func created(i *api.Image) time.Time {
	if i.CreatedAt == nil {
		return time.Time{}
	}
	return *i.CreatedAt
}

// imageRemoval is what is removed of an image that was named like this: tags, or
// all of it. Of all of it, and not by force, the tags go one by one: the engine
// refuses an id with several, and to force it would take it from stopped
// containers too.
func imageRemoval(i *api.Image, refs []string, force bool) removal {
	one := removal{thing: Thing{Engine: i.Engine, Kind: api.TopicImages, ID: i.ID, Name: i.ID}}
	for _, ref := range refs {
		at := slices.IndexFunc(i.Tags, func(tag string) bool { return tag == ref || tag == ref+":latest" })
		if at < 0 { // by its id
			one.names = nil
			break
		}
		if tag := i.Tags[at]; !slices.Contains(one.names, tag) {
			one.names = append(one.names, tag)
		}
	}
	switch {
	case len(one.names) > 0:
	case force || len(i.Tags) == 0:
		one.names = []string{i.ID}
	default:
		one.names = slices.Clone(i.Tags)
	}
	if len(i.Tags) > 0 {
		one.thing.Name = i.Tags[0]
	}
	if len(one.names) == 1 && one.names[0] != i.ID {
		one.thing.Name = one.names[0]
	}
	return one
}

func networkRemoval(n *api.Network) removal {
	return removal{thing: NetworkThing(n), project: n.Project}
}

// networksOf are the networks of a project, on the engines of its containers.
func (r *Runner) networksOf(project string, containers []*api.Container) []removal {
	var of []removal
	for _, n := range r.o.Store.Networks() {
		there := slices.ContainsFunc(containers, func(c *api.Container) bool { return c.Engine == n.Engine })
		if n.Project == project && there {
			of = append(of, networkRemoval(n))
		}
	}
	return of
}

// sameProject reports whether all are of one Compose project of one engine, so
// that the names of their services mean the same.
func sameProject(all []*api.Container) bool {
	return !slices.ContainsFunc(all, func(c *api.Container) bool {
		return c.Project == "" || c.Project != all[0].Project || c.Engine != all[0].Engine
	})
}

// counted is "1 image", "3 images", and empty for none.
func counted(kind api.Topic, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + strings.TrimSuffix(string(kind), "s")
	default:
		return fmt.Sprintf("%d %s", n, kind)
	}
}
