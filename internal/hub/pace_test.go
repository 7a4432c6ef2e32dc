package hub

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// pacing is a client that looks at rows 1 and 2 of a large engine.
type pacing struct {
	world
	st *store.Store
	c  *client
	n  int
}

func paced(t *testing.T, containers int, filter *api.Filter, f func(*pacing)) {
	t.Helper()
	st := withRows(containers)
	bubble(t, Options{Store: st, Heartbeat: time.Hour}, func(w world) {
		p := &pacing{world: w, st: st, c: connect(w.ctx, w.h, Identity{Key: "k"})}
		tick(st, containers, 0)
		p.c.send(helloAs("a"), sub(1, api.TopicEvents), sub(2, api.TopicContainers), sub(3, api.TopicSystem), sub(4, api.TopicJobs))
		for range 4 {
			p.c.until(w.t, api.TypeSnapEnd)
		}
		if filter != nil {
			p.c.send(subMetrics(5, *filter))
			p.c.until(w.t, api.TypeMetrics)
		}
		f(p)
		if err := p.c.leave(); err != nil {
			w.t.Error(err)
		}
	})
}

var looking = api.Filter{Rows: []int{1, 2}, Cols: []string{"cpu"}, Paced: true} //nolint:gochecknoglobals // of these tests, never changed

// change restarts the container of a row, and says so.
func (p *pacing) change(row int) {
	p.n++
	id := fmt.Sprint("c", row)
	c := container(id, api.StateRunning)
	c.RestartCount = p.n
	p.st.Apply(store.Change{Put: []*api.Container{c}, Events: []api.Event{{Time: time.Now(), Engine: "e", Kind: "container", Action: "restart", ID: id}}})
}

// rushes makes enough changes for a rush, one each 50 ms, the first of which the
// client is told of one by one.
func (p *pacing) rushes() {
	p.t.Helper()
	for i := range rushChanges - 1 {
		p.change(100 + i)
		if took := p.awaits("delta containers", "delta events"); took != 0 {
			p.t.Fatalf("change %d took %v: there is no rush yet", i+1, took)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// awaits takes the next frame, which must be of these messages, and tells how
// long it took to come.
func (p *pacing) awaits(want ...string) time.Duration {
	p.t.Helper()
	began := time.Now()
	msgs := p.c.frame()
	if got := types(msgs); !slices.Equal(got, want) {
		p.t.Fatalf("frame of %v, want %v", got, want)
	}
	return time.Since(began)
}

// quiet fails if a frame comes within so long.
func (p *pacing) quiet(d time.Duration) {
	p.t.Helper()
	select {
	case b := <-p.c.out:
		p.t.Fatalf("came too early: %s", b)
	case <-time.After(d):
	}
}

func TestInARushTheRestTravelsWithTheSamples(t *testing.T) {
	paced(t, crowd, &looking, func(p *pacing) {
		p.rushes()
		for i := range 5 {
			p.change(200 + i)
			p.quiet(50 * time.Millisecond)
		}
		tick(p.st, crowd, 10)
		// 400 ms of the rush and 250 of the quiet are over since the last frame of samples.
		took := p.awaits("delta containers", "delta events", "metrics metrics")
		if took > 500*time.Millisecond {
			p.t.Errorf("took %v, want the time to the next frame of samples", took)
		}
		synctest.Wait()
		if n := p.h.Counters().Coalesced; n != 2*4 {
			p.t.Errorf("%d changes came merged into others, want those of four containers and their events", n)
		}
	})
}

func TestWhatIsLookedAtComesAtOnceAlsoInARush(t *testing.T) {
	paced(t, crowd, &looking, func(p *pacing) {
		p.rushes()
		p.change(300)
		p.quiet(50 * time.Millisecond)
		p.change(2)
		if took := p.awaits("delta containers", "delta events"); took != 0 {
			p.t.Errorf("took %v", took)
		}
		p.change(301)
		p.quiet(50 * time.Millisecond)
		p.st.Apply(store.Change{Remove: []api.Key{api.MakeKey("e", "c1")}})
		if took := p.awaits("delta containers", "delta events"); took != 0 {
			p.t.Errorf("that it went took %v", took)
		}
	})
}

func TestNobodyWaitsForAJobInARush(t *testing.T) {
	paced(t, crowd, &looking, func(p *pacing) {
		p.rushes()
		p.change(300)
		p.quiet(50 * time.Millisecond)
		p.st.Apply(store.Change{Jobs: []api.Job{{ID: "j"}}})
		if took := p.awaits("delta containers", "delta jobs", "delta events"); took != 0 {
			p.t.Errorf("took %v", took)
		}
	})
}

func TestAChangeWaitsForOneSecondAtMost(t *testing.T) {
	paced(t, crowd, &looking, func(p *pacing) {
		p.rushes()
		p.change(300)
		// No tick comes.
		if took := p.awaits("delta containers", "delta events"); took != holdMost {
			p.t.Errorf("took %v, want %v", took, holdMost)
		}
		time.Sleep(rushWithin)
		p.change(301)
		if took := p.awaits("delta containers", "delta events"); took != 0 {
			p.t.Errorf("took %v when the rush was over", took)
		}
	})
}

func TestABurstDoesNotWait(t *testing.T) {
	paced(t, crowd, &looking, func(p *pacing) {
		p.rushes()
		var burst store.Change
		for i := range holdChanges + 1 {
			c := container(fmt.Sprint("c", 300+i), api.StateExited)
			burst.Put = append(burst.Put, c)
		}
		p.st.Apply(burst)
		if took := p.awaits("delta containers"); took != 0 {
			p.t.Errorf("took %v", took)
		}
	})
}

func TestNothingWaitsForWhoDidNotAskForIt(t *testing.T) {
	for _, c := range []struct {
		name       string
		containers int
		filter     *api.Filter
	}{
		{"a small engine", crowd - 1, &looking},
		{"no samples", crowd, nil},
		{"not asked for", crowd, &api.Filter{Rows: []int{1, 2}, Cols: []string{"cpu"}}},
		{"all rows", crowd, &api.Filter{All: true, Cols: []string{"cpu"}, Paced: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			paced(t, c.containers, c.filter, func(p *pacing) {
				for i := range 3 * rushChanges {
					p.change(100 + i)
					if took := p.awaits("delta containers", "delta events"); took != 0 {
						p.t.Fatalf("change %d took %v", i+1, took)
					}
					time.Sleep(20 * time.Millisecond)
				}
			})
		})
	}
}
