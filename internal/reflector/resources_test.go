package reflector

import (
	"slices"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// desk is a tracker with resources whose questions a test answers by hand.
type desk struct {
	*tracker
	t   *testing.T
	now time.Time
	ch  store.Change // what the last take gave
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{tracker: newTracker(store.New(store.Options{}).Container), t: t, now: time.Now()}
	d.res = newResources(d.tracker)
	d.begin("e")
	d.list()
	d.replace([]api.Container{{Engine: "e", ID: "c1", Name: "web", State: api.StateRunning}}, d.now)
	k, _ := d.pop(d.now, 8, 4)
	d.inspected(k, d.now, &api.Container{Engine: "e", ID: "c1", Name: "web", State: api.StateRunning}, nil)
	d.take()
	d.pass(time.Minute)
	return d
}

func (d *desk) take() store.Change {
	d.ch = d.batch.take()
	return d.ch
}

// pass lets time go by, and does what is due.
func (d *desk) pass(by time.Duration) {
	d.now = d.now.Add(by)
	d.run(d.now)
}

func (d *desk) event(kind, action, id string, attributes ...string) {
	d.now = d.now.Add(time.Microsecond)
	e := api.Event{Time: d.now, Engine: "e", Kind: kind, Action: action, ID: id, Attributes: map[string]string{}}
	if len(attributes) > 0 {
		e.Attributes[attrContainer] = attributes[0]
	}
	d.hear(&e, d.now)
}

// asks is the next question, which must be this one.
func (d *desk) asks(kind rkind, id string) *rkey {
	d.t.Helper()
	k, ok := d.res.pop(d.now, resourceWorkers)
	if !ok || k.kind != kind || k.id != id {
		d.t.Fatalf("asks %+v %v, want kind %d id %q", k, ok, kind, id)
	}
	return k
}

func (d *desk) idle() {
	d.t.Helper()
	if k, ok := d.res.pop(d.now, resourceWorkers); ok {
		d.t.Fatalf("asks for %+v, want nothing", k)
	}
}

func (d *desk) answer(k *rkey, after time.Duration, f rfound, err error) store.Change {
	d.pass(after)
	d.res.answered(k, d.now, &f, err)
	return d.take()
}

func said(ch *store.Change) []string {
	var out []string
	for _, e := range ch.Events {
		out = append(out, e.Action)
	}
	return out
}

var errFrozen = &api.Error{Code: api.ErrTimeout, Message: "The engine did not answer."}

func TestEventOfAVolumeComesWithIt(t *testing.T) {
	d := newDesk(t)
	d.event("volume", "create", "data")
	if ch := d.take(); !ch.Empty() {
		t.Errorf("the event did not wait: %+v", ch)
	}
	k := d.asks(kindVolumes, "data")
	ch := d.answer(k, time.Millisecond, rfound{volume: api.Volume{Engine: "e", Name: "data"}}, nil)
	if len(ch.Volumes) != 1 || !slices.Equal(said(&ch), []string{"create"}) {
		t.Errorf("the answer gave %+v", ch)
	}
	if len(d.res.keys[kindVolumes]) != 0 {
		t.Error("a volume at rest costs a key")
	}
	d.event("volume", "destroy", "data")
	if ch := d.take(); len(ch.DropVolumes) != 1 || !slices.Equal(said(&ch), []string{"destroy"}) {
		t.Errorf("a destroy is believed at once: %+v", ch)
	}
}

func TestDestroyedVolumeStaysGone(t *testing.T) {
	d := newDesk(t)
	d.event("volume", "create", "data")
	k := d.asks(kindVolumes, "data")
	d.event("volume", "destroy", "data")
	d.take()
	if ch := d.answer(k, time.Millisecond, rfound{volume: api.Volume{Engine: "e", Name: "data"}}, nil); !ch.Empty() {
		t.Errorf("an answer from before its end brought it back: %+v", ch)
	}
}

func TestOldListOfVolumesIsNotBelieved(t *testing.T) {
	d := newDesk(t)
	d.res.mark(d.res.key(kindVolumes, ""), d.now, queueBulk)
	list := d.asks(kindVolumes, "")
	d.event("volume", "create", "new")
	d.answer(d.asks(kindVolumes, "new"), time.Millisecond, rfound{volume: api.Volume{Engine: "e", Name: "new"}}, nil)
	d.event("volume", "destroy", "old")
	d.take()
	ch := d.answer(list, time.Millisecond, rfound{volumes: []api.Volume{{Engine: "e", Name: "old"}, {Engine: "e", Name: "other"}}}, nil)
	if len(ch.DropVolumes) != 0 || len(ch.Volumes) != 1 || ch.Volumes[0].Name != "other" {
		t.Errorf("the list gave %+v", ch)
	}
}

func TestHintsOfANetworkFold(t *testing.T) {
	d := newDesk(t)
	network := rfound{network: api.Network{Engine: "e", ID: "n"}}
	d.event("network", "connect", "n", "x1") // a container that is not known
	slow := d.asks(kindNetworks, "n")
	d.event("network", "connect", "n", "x2")
	d.idle()
	ch := d.answer(slow, 100*time.Millisecond, network, nil)
	if got := said(&ch); !slices.Equal(got, []string{"connect"}) {
		t.Errorf("said %v, want the event before the question only", got)
	}
	d.idle()
	d.pass(300 * time.Millisecond)
	d.idle() // an answer that took 100 ms is asked for again after 500
	d.pass(150 * time.Millisecond)
	ch = d.answer(d.asks(kindNetworks, "n"), time.Millisecond, network, nil)
	if got := said(&ch); !slices.Equal(got, []string{"connect"}) {
		t.Errorf("said %v", got)
	}
}

func TestImageEventIsHeldForASecondAtMost(t *testing.T) {
	d := newDesk(t)
	d.event("image", "tag", "sha256:1")
	k := d.asks(kindImages, "")
	d.pass(holdMax + time.Millisecond)
	if ch := d.take(); !slices.Equal(said(&ch), []string{"tag"}) {
		t.Errorf("after a second: %+v", ch)
	}
	ch := d.answer(k, 0, rfound{images: []api.Image{{Engine: "e", ID: "sha256:1"}}}, nil)
	if len(ch.Images) != 1 || len(ch.Events) != 0 {
		t.Errorf("the answer: %+v", ch)
	}
}

// Of what a prune of volumes takes, and of what a build without a name makes, no
// event tells.
func TestWhatHasNoEventOfItsOwnIsLookedFor(t *testing.T) {
	d := newDesk(t)
	d.event("volume", "create", "data")
	d.answer(d.asks(kindVolumes, "data"), 0, rfound{volume: api.Volume{Engine: "e", Name: "data"}}, nil)
	d.event("volume", "prune", "")
	ch := d.answer(d.asks(kindVolumes, ""), time.Millisecond, rfound{}, nil)
	if len(ch.DropVolumes) != 1 || !slices.Equal(said(&ch), []string{"prune"}) {
		t.Errorf("a prune: %+v", ch)
	}
	d.now = d.now.Add(time.Microsecond)
	d.hear(&api.Event{Time: d.now, Engine: "e", Kind: "container", Action: "destroy", ID: "b1", Attributes: map[string]string{"image": "sha256:aa"}}, d.now)
	ch = d.answer(d.asks(kindImages, ""), 0, rfound{images: []api.Image{{Engine: "e", ID: "sha256:bb"}}}, nil)
	if len(ch.Images) != 1 {
		t.Errorf("a build: %+v", ch)
	}
}

func TestFailedQuestionIsRepeated(t *testing.T) {
	d := newDesk(t)
	d.event("volume", "create", "data")
	ch := d.answer(d.asks(kindVolumes, "data"), time.Millisecond, rfound{}, errFrozen)
	if !slices.Equal(said(&ch), []string{"create"}) {
		t.Errorf("a failure lets the event go: %+v", ch)
	}
	d.idle()
	d.pass(retryBase)
	if ch := d.answer(d.asks(kindVolumes, "data"), time.Millisecond, rfound{volume: api.Volume{Engine: "e", Name: "data"}}, nil); len(ch.Volumes) != 1 {
		t.Errorf("the second try: %+v", ch)
	}
}

func TestConnectWaitsForTheNetworkToo(t *testing.T) {
	d := newDesk(t)
	connected := api.Container{Engine: "e", ID: "c1", Name: "web", State: api.StateRunning, Networks: []string{"n"}}
	inspect := func() *key {
		k, ok := d.pop(d.now, 8, 4)
		if !ok {
			t.Fatal("the container is not inspected")
		}
		return k
	}
	d.event("network", "connect", "n", "c1")
	d.event("container", "rename", "c1")
	n, c := d.asks(kindNetworks, "n"), inspect()
	d.inspected(c, d.now, &connected, nil)
	if ch := d.take(); len(ch.Put) != 1 || len(ch.Events) != 0 {
		t.Errorf("the container's state comes at once, the events wait: %+v", ch)
	}
	ch := d.answer(n, time.Millisecond, rfound{network: api.Network{Engine: "e", ID: "n"}}, nil)
	if got := said(&ch); len(ch.Networks) != 1 || !slices.Equal(got, []string{"connect", "rename"}) {
		t.Errorf("the network's answer: %+v", ch)
	}

	// While the network's hints fold, a container's events are not late for it.
	d.pass(time.Millisecond)
	d.event("network", "disconnect", "n", "c1")
	d.pass(foldWindow)
	d.inspected(inspect(), d.now, &connected, nil)
	d.take()
	d.asks(kindNetworks, "n")
	d.event("network", "connect", "n", "c1")
	d.pass(foldWindow)
	d.pass(holdMax)
	if ch := d.take(); !slices.Contains(said(&ch), "connect") {
		t.Errorf("an event waits for a network without end: %+v", ch)
	}
}

func TestMeasuredSizesGoToWhomTheyBelong(t *testing.T) {
	d := newDesk(t)
	d.event("volume", "create", "data")
	d.answer(d.asks(kindVolumes, "data"), 0, rfound{volume: api.Volume{Engine: "e", Name: "data"}}, nil)
	d.event("image", "pull", "nginx")
	d.answer(d.asks(kindImages, ""), 0, rfound{images: []api.Image{{Engine: "e", ID: "i1"}, {Engine: "e", ID: "i2"}}}, nil)
	if !d.res.stale {
		t.Error("a measurement is not due although something is new")
	}
	at := d.now
	d.res.measured(api.DiskMeasure{Usage: api.DiskUsage{MeasuredAt: &at}, Shared: map[string]int64{"i1": 7}, Volumes: map[string]int64{"data": 9}})
	ch := d.take()
	if len(ch.Volumes) != 1 || *ch.Volumes[0].SizeBytes != 9 || len(ch.Images) != 2 || *ch.Images[0].SharedBytes != 7 || ch.Images[1].SharedBytes != nil {
		t.Errorf("measured: %+v", ch)
	}
	// The engine's next word does not know the sizes; they stay.
	d.pass(time.Minute)
	d.event("image", "tag", "i1")
	ch = d.answer(d.asks(kindImages, ""), 0, rfound{images: []api.Image{{Engine: "e", ID: "i1", Tags: []string{"a:1"}}, {Engine: "e", ID: "i2"}}}, nil)
	if len(ch.Images) != 1 || *ch.Images[0].SharedBytes != 7 {
		t.Errorf("after a tag: %+v", ch.Images)
	}
}

func TestAnotherEngineTakesItsThingsWithIt(t *testing.T) {
	d := newDesk(t)
	d.event("volume", "create", "data")
	d.answer(d.asks(kindVolumes, "data"), 0, rfound{volume: api.Volume{Engine: "e", Name: "data"}}, nil)
	d.end()
	d.begin("other")
	if ch := d.take(); len(ch.DropVolumes) != 1 || ch.DropVolumes[0] != api.MakeKey("e", "data") {
		t.Errorf("another engine: %+v", ch)
	}
}

func TestEndLetsGoOfWhatWaits(t *testing.T) {
	d := newDesk(t)
	d.event("network", "create", "n")
	d.event("image", "pull", "x")
	d.end()
	if ch := d.take(); len(ch.Events) != 2 {
		t.Errorf("said %v", said(&ch))
	}
	if _, ok := d.res.pop(d.now, 2); ok {
		t.Error("work is left")
	}
}
