package reflector_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/enginetest"
	"github.com/quaywatch/quaywatch/internal/reflector"
	"github.com/quaywatch/quaywatch/internal/store"
)

// things is a reflector on a real engine with its images, volumes and networks.
type things struct {
	*live
}

func followThings(t *testing.T, host *enginetest.Engine) *things {
	t.Helper()
	return followThingsAt(t, host, host.Host)
}

func followThingsAt(t *testing.T, host *enginetest.Engine, address string) *things {
	t.Helper()
	e, err := engine.New(engine.Endpoint{Host: address, Origin: "flag", Timeout: 3 * time.Minute}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &things{live: &live{t: t, host: host, store: store.New(store.Options{})}}
	w.r = reflector.New(reflector.Options{Engine: e, Resources: e, Store: w.store, Initial: api.EngineStatus{ID: e.ID()}})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := w.r.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	w.until("the first view", func() bool {
		return w.state() == api.EngineConnected && len(w.store.Images()) > 0 &&
			w.network("bridge") != nil && !slices.ContainsFunc(w.store.Networks(), func(n *api.Network) bool { return n.Partial })
	})
	return w
}

func (w *things) network(name string) *api.Network {
	for _, n := range w.store.Networks() {
		if n.Name == name {
			return n
		}
	}
	return nil
}

func (w *things) volume(name string) *api.Volume {
	for _, v := range w.store.Volumes() {
		if v.Name == name {
			return v
		}
	}
	return nil
}

func (w *things) tagged(tag string) *api.Image {
	for _, i := range w.store.Images() {
		if slices.Contains(i.Tags, tag) {
			return i
		}
	}
	return nil
}

// attached is a container's endpoint in a network.
func (w *things) attached(network, container string) *api.Endpoint {
	n := w.network(network)
	if n == nil {
		return nil
	}
	for i := range n.Endpoints {
		if n.Endpoints[i].Container == container {
			return &n.Endpoints[i]
		}
	}
	return nil
}

// watchFor reads the store as a client does: when an event is there, the state
// that it caused must be there too.
func (w *things) watchFor(kind, action, name string, state func() bool) {
	w.t.Helper()
	var seen, fits bool
	sub := w.store.Subscribe()
	seq := w.store.Seq(api.TopicEvents)
	done := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(done)
		for {
			u, ok := w.store.Since(api.TopicEvents, seq)
			if !ok {
				return
			}
			seq = u.Delta.Seq
			for _, raw := range u.Delta.Added {
				var e api.Event
				if json.Unmarshal(raw, &e) == nil && e.Kind == kind && e.Action == action && (e.Name == name || e.ID == name) {
					seen, fits = true, state()
					return
				}
			}
			select {
			case <-sub.C():
			case <-stop:
				return
			}
		}
	}()
	w.t.Cleanup(func() {
		close(stop)
		<-done
		sub.Close()
		if !seen || !fits {
			w.t.Errorf("%s %s of %s: heard %v, with its state %v", kind, action, name, seen, fits)
		}
	})
	w.t.Cleanup(func() { // first: what was done may still be on its way
		select {
		case <-done:
		case <-time.After(patience):
		}
	})
}

func TestOtherTerminalChangesResources(t *testing.T) {
	host := enginetest.Start(t)
	id := host.Run(t, "--name", "web", enginetest.Image, "sleep", "300")
	w := followThings(t, host)

	t.Run("volume", func(t *testing.T) {
		w := &things{live: &live{t: t, host: host, store: w.store, r: w.r}}
		w.watchFor("volume", "create", "data", func() bool { return w.volume("data") != nil })
		host.Docker(t, "volume", "create", "--label", "com.docker.compose.project=shop", "data")
		w.until("the volume", func() bool { return w.volume("data") != nil })
		if v := w.volume("data"); v.Driver != "local" || v.Project != "shop" || v.CreatedAt == nil || !strings.HasSuffix(v.Mountpoint, "/data/_data") {
			t.Errorf("volume %+v", v)
		}
		host.Docker(t, "volume", "rm", "data")
		w.until("the volume's end", func() bool { return w.volume("data") == nil })
	})

	t.Run("network", func(t *testing.T) {
		w := &things{live: &live{t: t, host: host, store: w.store, r: w.r}}
		w.watchFor("network", "connect", "shop", func() bool { return w.attached("shop", id) != nil })
		host.Docker(t, "network", "create", "--subnet", "10.99.0.0/24", "--gateway", "10.99.0.1", "--internal", "--label", "a=b", "shop")
		w.until("the network", func() bool { return w.network("shop") != nil })
		if n := w.network("shop"); !n.Internal || n.Driver != "bridge" || n.Labels["a"] != "b" ||
			!slices.Equal(n.Subnets, []api.Subnet{{Subnet: "10.99.0.0/24", Gateway: "10.99.0.1"}}) {
			t.Errorf("network %+v", n)
		}
		host.Docker(t, "network", "connect", "--ip", "10.99.0.7", "shop", "web")
		w.until("the endpoint", func() bool { return w.attached("shop", id) != nil })
		if e := w.attached("shop", id); e.Name != "web" || e.IPv4 != "10.99.0.7/24" || e.MAC == "" {
			t.Errorf("endpoint %+v", e)
		}
		host.Docker(t, "network", "disconnect", "shop", "web")
		w.until("the endpoint's end", func() bool { return w.attached("shop", id) == nil })
		host.Docker(t, "network", "rm", "shop")
		w.until("the network's end", func() bool { return w.network("shop") == nil })
	})

	t.Run("a container's end", func(t *testing.T) {
		w := &things{live: &live{t: t, host: host, store: w.store, r: w.r}}
		w.until("the bridge's endpoint", func() bool { return w.attached("bridge", id) != nil })
		host.Docker(t, "stop", "-t", "0", "web")
		w.until("its end", func() bool { return w.attached("bridge", id) == nil })
	})

	t.Run("image", func(t *testing.T) {
		w := &things{live: &live{t: t, host: host, store: w.store, r: w.r}}
		w.watchFor("image", "tag", w.tagged(enginetest.Image).ID, func() bool { return w.tagged("shop/web:9") != nil })
		host.Docker(t, "tag", enginetest.Image, "shop/web:9")
		w.until("the tag", func() bool { return w.tagged("shop/web:9") != nil })
		if i := w.tagged("shop/web:9"); !slices.Contains(i.Tags, enginetest.Image) || i.SizeBytes == 0 || i.CreatedAt == nil {
			t.Errorf("image %+v", i)
		}
		// The tag moves: no event tells of the image that loses it.
		host.Docker(t, "tag", "web:1.0", "shop/web:9")
		w.until("the moved tag", func() bool {
			return slices.Contains(w.tagged("shop/web:9").Tags, "web:1.0") && !slices.Contains(w.tagged(enginetest.Image).Tags, "shop/web:9")
		})
		host.Docker(t, "rmi", "shop/web:9")
		w.until("the tag's end", func() bool { return w.tagged("shop/web:9") == nil })
		host.Docker(t, "rmi", "-f", "db:2.1")
		w.until("the image's end", func() bool { return w.tagged("db:2.1") == nil })
	})
}

func TestDiskUseIsMeasured(t *testing.T) {
	host := enginetest.Start(t)
	host.Docker(t, "run", "--rm", "-v", "data:/data", enginetest.Image, "sh", "-c", "dd if=/dev/zero of=/data/f bs=1024 count=2048")
	w := followThings(t, host)
	disk := func() *api.DiskUsage {
		for _, i := range w.store.System() {
			if i.DiskUsage != nil {
				return i.DiskUsage
			}
		}
		return nil
	}
	w.r.Measure()
	w.until("the volume's size", func() bool {
		v := w.volume("data")
		return v != nil && v.SizeBytes != nil && *v.SizeBytes >= 2048<<10 && v.SizedAt != nil
	})
	w.until("disk use", func() bool { d := disk(); return d != nil && d.MeasuredAt != nil && !d.Measuring })
	d := disk()
	if d.Volumes.Count != 1 || *d.Volumes.TotalBytes < 2048<<10 || *d.Volumes.ReclaimableBytes < 2048<<10 || d.Images.Count == 0 || *d.Images.TotalBytes == 0 || d.Error != "" {
		t.Errorf("disk use %+v", d)
	}
	for _, i := range w.store.Images() {
		if i.SharedBytes == nil || i.SharedAt == nil {
			t.Errorf("image %v has no shared size", i.Tags)
		}
	}
	before := *d.MeasuredAt
	w.r.Measure()
	w.until("a second measurement", func() bool { d := disk(); return !d.Measuring && d.MeasuredAt.After(before) })
}

// What nobody could hear, because the stream was cut and the engine has lost its
// memory since, is told as inferred, once.
func TestThingsThatNobodyHeardAreInferred(t *testing.T) {
	host := enginetest.Start(t)
	host.Docker(t, "volume", "create", "old")
	line := startProxy(t, strings.TrimPrefix(host.Host, "unix://"))
	w := followThingsAt(t, host, "unix://"+line.path)
	w.until("the volume", func() bool { return w.volume("old") != nil })
	line.away.Store(true)
	line.hangUp()
	w.until("the engine is missed", func() bool { return w.state() == api.EngineUnreachable })
	host.Docker(t, "volume", "rm", "old")
	host.Docker(t, "volume", "create", "new")
	host.Docker(t, "network", "create", "shop")
	host.Docker(t, "tag", enginetest.Image, "shop/web:9")
	host.LoadImage(t, []enginetest.Layer{{Seed: 5, Size: 1 << 10}}, "shop/new:1")
	host.Kill(t)
	host.Restart(t)
	line.away.Store(false)
	told := func() []string {
		var out []string
		for _, e := range w.store.Events(-1) {
			if e.Inferred && (e.Kind == "volume" || e.Kind == "network" || e.Kind == "image") {
				out = append(out, e.Kind+" "+e.Action+" "+e.Name)
			}
		}
		slices.Sort(out)
		return out
	}
	want := []string{"image create shop/new:1", "network create shop", "volume create new", "volume destroy old"}
	w.until("what happened meanwhile", func() bool { return len(told()) >= len(want) })
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("said %q, want %q", got, want)
	}
}

// What happens while the engine is away is there when it is back.
func TestResourcesAfterTheEngineWasAway(t *testing.T) {
	host := enginetest.Start(t)
	host.Docker(t, "volume", "create", "old")
	w := followThings(t, host)
	w.until("the volume", func() bool { return w.volume("old") != nil })
	host.Kill(t)
	w.until("the engine is missed", func() bool { return w.state() == api.EngineUnreachable })
	if w.volume("old") == nil {
		t.Error("what was known last has gone")
	}
	host.Restart(t)
	host.Docker(t, "volume", "rm", "old")
	host.Docker(t, "network", "create", "new")
	w.until("what happened meanwhile", func() bool { return w.volume("old") == nil && w.network("new") != nil })
}
