package reflector

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// shelf is a fake engine with images, volumes and networks as well.
type shelf struct {
	world
	images   map[string][]string            // tags by id
	volumes  map[string]int                 // by name, when they were made
	networks map[string]map[string]struct{} // containers by id
	made     int
	told     int // events of things
}

func newShelf() *shelf {
	return &shelf{world: world{fake: newFake()}, images: map[string][]string{}, volumes: map[string]int{}, networks: map[string]map[string]struct{}{}}
}

// look is one answer: what there is at one moment, told a while later.
func look[T any](ctx context.Context, s *shelf, id string, see func() (T, error)) (T, error) {
	var none T
	if err := s.gate(ctx); err != nil {
		return none, err
	}
	s.mu.Lock()
	v, err := see()
	delay, wait := s.inspectIn, s.listDelay
	s.mu.Unlock()
	if id != "" {
		wait = 0
		if delay != nil {
			var broken error
			if wait, broken = delay(id); broken != nil {
				return none, broken
			}
		}
	}
	if perr := pause(ctx, wait); perr != nil {
		return none, perr
	}
	return v, err
}

func (s *shelf) imageLocked(id string) api.Image {
	return api.Image{Engine: s.fake.id, ID: id, Tags: append([]string{}, s.images[id]...), Digests: []string{}, Labels: map[string]string{}}
}

func (s *shelf) volumeLocked(name string) api.Volume {
	return api.Volume{Engine: s.fake.id, Name: name, Mountpoint: fmt.Sprint(s.volumes[name])}
}

func (s *shelf) networkLocked(id string) api.Network {
	n := api.Network{Engine: s.fake.id, ID: id, Name: id, Endpoints: []api.Endpoint{}}
	for _, c := range slices.Sorted(maps.Keys(s.networks[id])) {
		n.Endpoints = append(n.Endpoints, api.Endpoint{Container: c})
	}
	return n
}

func (s *shelf) Images(ctx context.Context) ([]api.Image, error) {
	return look(ctx, s, "", func() (out []api.Image, _ error) {
		for _, id := range slices.Sorted(maps.Keys(s.images)) {
			out = append(out, s.imageLocked(id))
		}
		return out, s.listErr
	})
}

func (s *shelf) Volumes(ctx context.Context) ([]api.Volume, error) {
	return look(ctx, s, "", func() (out []api.Volume, _ error) {
		for _, name := range slices.Sorted(maps.Keys(s.volumes)) {
			out = append(out, s.volumeLocked(name))
		}
		return out, s.listErr
	})
}

func (s *shelf) Networks(ctx context.Context) ([]api.Network, error) {
	return look(ctx, s, "", func() (out []api.Network, _ error) {
		for _, id := range slices.Sorted(maps.Keys(s.networks)) {
			n := s.networkLocked(id)
			n.Endpoints, n.Partial = []api.Endpoint{}, true
			out = append(out, n)
		}
		return out, s.listErr
	})
}

var errNone = &api.Error{Code: api.ErrNotFound, Message: "There is no such thing."}

func (s *shelf) Volume(ctx context.Context, name string) (api.Volume, error) {
	return look(ctx, s, name, func() (api.Volume, error) {
		if _, ok := s.volumes[name]; !ok {
			return api.Volume{}, errNone
		}
		return s.volumeLocked(name), nil
	})
}

func (s *shelf) Network(ctx context.Context, id string) (api.Network, error) {
	return look(ctx, s, id, func() (api.Network, error) {
		if _, ok := s.networks[id]; !ok {
			return api.Network{}, errNone
		}
		return s.networkLocked(id), nil
	})
}

func (s *shelf) DiskUsage(ctx context.Context) (api.DiskMeasure, error) {
	return look(ctx, s, "disk", func() (api.DiskMeasure, error) { return api.DiskMeasure{}, nil })
}

// sayLocked tells of a thing.
func (s *shelf) sayLocked(kind, action, id, container string) {
	attributes := map[string]string{}
	if container != "" {
		attributes[attrContainer] = container
	}
	if !s.mute {
		s.told++
	}
	s.emitLocked(api.Event{Engine: s.fake.id, Kind: kind, Action: action, ID: id, Time: s.nowLocked(), Attributes: attributes})
}

// do is what may happen to things; the rest is the world's.
func (s *shelf) do(st step) {
	thing := fmt.Sprintf("t%d", st.ID)
	container := s.id((st.ID + 1) % len(s.lives))
	s.mu.Lock()
	unlock := s.mu.Unlock
	defer func() { unlock() }()
	s.made++
	switch st.What {
	case "make volume":
		if _, ok := s.volumes[thing]; !ok {
			s.volumes[thing] = s.made // not the one that had the name before
			s.sayLocked(kindVolume, "create", thing, "")
		}
	case "drop volume":
		if _, ok := s.volumes[thing]; ok {
			delete(s.volumes, thing)
			s.sayLocked(kindVolume, "destroy", thing, "")
		}
	case "mount":
		s.sayLocked(kindVolume, "mount", thing, container)
	case "make network":
		if _, ok := s.networks[thing]; !ok {
			s.networks[thing] = map[string]struct{}{}
			s.sayLocked(kindNetwork, "create", thing, "")
		}
	case "drop network":
		if _, ok := s.networks[thing]; ok {
			delete(s.networks, thing)
			s.sayLocked(kindNetwork, "destroy", thing, "")
		}
	case "connect":
		if n, ok := s.networks[thing]; ok {
			n[container] = struct{}{}
			s.sayLocked(kindNetwork, "connect", thing, container)
		}
	case "disconnect":
		if n, ok := s.networks[thing]; ok {
			delete(n, container)
			s.sayLocked(kindNetwork, "disconnect", thing, container)
		}
	case "tag": // the tag moves to this image
		for id, tags := range s.images {
			s.images[id] = slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return t == "x:1" })
		}
		s.images[thing] = append(s.images[thing], "x:1")
		s.sayLocked(kindImage, "tag", thing, "")
	case "delete image":
		if _, ok := s.images[thing]; ok {
			delete(s.images, thing)
			s.sayLocked(kindImage, "delete", thing, "")
		}
	default:
		unlock = func() {}
		s.mu.Unlock()
		s.step(st)
	}
}

func drawThingStep(t *rapid.T) step {
	st := drawStep(t)
	if rapid.IntRange(0, 2).Draw(t, "thing") > 0 {
		st.What = rapid.SampledFrom([]string{
			"make volume", "make volume", "drop volume", "mount", "make network", "make network", "drop network", "connect", "connect", "disconnect", "tag", "tag", "delete image",
		}).Draw(t, "what is done")
	}
	return st
}

// Whatever happens, in the end the store has the engine's images, volumes and
// networks with who is attached, and each event was told once at most; each was
// told where none was lost.
func TestThingsEqualTheEnginesInTheEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawThingStep), 1, 80).Draw(rt, "steps")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = runThings(t.Context(), steps) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

func runThings(ctx context.Context, steps []step) string {
	w := newShelf()
	for n := range w.lives {
		w.do(step{What: "create", ID: n})
		w.do(step{What: "start", ID: n})
		w.do(step{What: "make network", ID: n})
	}
	time.Sleep(2 * time.Hour)
	w.told = 0
	s := store.New(store.Options{})
	r := New(Options{Engine: w.fake, Resources: w, Store: s, Queue: 32, Workers: 2, Initial: api.EngineStatus{ID: "addr", Host: "unix:///fake"}})
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	for i, st := range steps {
		w.do(st)
		if i == 0 {
			go func() { done <- r.Run(ctx) }()
			synctest.Wait()
			w.muted = w.muted || len(w.sinces) == 0
		}
		time.Sleep(st.Wait)
	}
	for _, what := range []string{"unmute", "up", "thaw", "quick"} {
		w.do(step{What: what})
	}
	// Where nothing was lost it is right without waiting for the next list, once
	// the last failure has been tried again.
	time.Sleep(25 * time.Second)
	synctest.Wait()
	wrong := ""
	if !w.muted && r.Counters().Drops == 0 {
		wrong = w.differs(s)
	}
	if wrong == "" {
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		wrong = w.differs(s)
	}
	cancel()
	if err := <-done; err != nil {
		return err.Error()
	}
	if wrong == "" {
		wrong = w.judge(s.Events(-1), !w.muted && r.Counters().Drops == 0)
	}
	if wrong != "" {
		return wrong + "\nlog: " + fmt.Sprint(s.Events(-1))
	}
	return ""
}

func (s *shelf) differs(st *store.Store) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	images, volumes, networks := map[string]api.Image{}, map[string]api.Volume{}, map[string]api.Network{}
	for _, i := range st.Images() {
		images[i.ID] = *i
	}
	for _, v := range st.Volumes() {
		v := *v
		v.SizedAt = nil
		volumes[v.Name] = v
	}
	for _, n := range st.Networks() {
		networks[n.ID] = *n
	}
	wantImages, wantVolumes, wantNetworks := map[string]api.Image{}, map[string]api.Volume{}, map[string]api.Network{}
	for id := range s.images {
		wantImages[id] = s.imageLocked(id)
	}
	for name := range s.volumes {
		wantVolumes[name] = s.volumeLocked(name)
	}
	for id := range s.networks {
		wantNetworks[id] = s.networkLocked(id)
	}
	switch {
	case !reflect.DeepEqual(images, wantImages):
		return fmt.Sprintf("images %v, the engine has %v", images, wantImages)
	case !reflect.DeepEqual(volumes, wantVolumes):
		return fmt.Sprintf("volumes %v, the engine has %v", volumes, wantVolumes)
	case !reflect.DeepEqual(networks, wantNetworks):
		return fmt.Sprintf("networks %v, the engine has %v", networks, wantNetworks)
	}
	return ""
}

// judge looks through the log: nothing twice, a volume's and an image's events in
// their order, those that name a container with that container's, and all of
// them where none was lost.
func (s *shelf) judge(log []api.Event, lossless bool) string {
	told, last, heard := map[string]bool{}, map[string]time.Time{}, 0
	for _, e := range log {
		if e.Kind != kindImage && e.Kind != kindVolume && e.Kind != kindNetwork {
			continue
		}
		name := fmt.Sprint(e.Kind, e.Action, e.ID, e.Attributes[attrContainer], e.Time.UnixNano())
		if told[name] {
			return "told twice: " + name
		}
		told[name] = true
		heard++
		if e.Kind == kindVolume || e.Kind == kindImage {
			thing := e.Kind + e.ID + e.Attributes[attrContainer]
			if e.Time.Before(last[thing]) {
				return fmt.Sprintf("%s of %s is out of order", e.Action, thing)
			}
			last[thing] = e.Time
		}
	}
	if lossless && heard < s.told {
		return fmt.Sprintf("%d events of things in the log, the engine sent %d", heard, s.told)
	}
	return ""
}
