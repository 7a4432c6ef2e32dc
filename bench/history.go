package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

// memories measures what is remembered of events on disk, in this process: what
// is written, what that costs those who watch, the search in a million.
func memories(ctx context.Context, b *bench) error {
	for _, measure := range []func(context.Context, *bench) error{eventsWritten, eventsBeside, searched} {
		if err := measure(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// remember runs a history in a directory of its own until stop.
func remember(ctx context.Context, o history.Options) (h *history.History, stop func(), err error) {
	if o.Dir, err = os.MkdirTemp("", "quaywatch-bench-"); err != nil {
		return nil, nil, err
	}
	h = history.New(o)
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = h.Run(ctx) })
	return h, func() {
		cancel()
		wg.Wait()
		_ = os.RemoveAll(o.Dir)
	}, h.Sync(ctx)
}

// commonActions are what nearly all of them are.
func commonActions() []string {
	return []string{"create", "start", "die", "stop", "kill", "destroy", "health_status", "exec_start"}
}

// happening is the n-th event of a made-up engine with a thousand containers in
// a hundred projects.
func happening(n int, at time.Time) api.Event {
	actions := commonActions()
	c := rand.IntN(1000)
	name := fmt.Sprintf("shop%d-web-%d", c/10, c%10)
	return api.Event{
		Time: at, Engine: "0123456789ab", Kind: "container", Action: actions[n%len(actions)],
		ID: fmt.Sprintf("%012x%052x", c*7919+0xabcdef000000, c), Name: name,
		Attributes: map[string]string{
			"image": fmt.Sprintf("registry.example.com/shop%d/web:1.27", c/10), "name": name, "exitCode": "137",
			"com.docker.compose.project": fmt.Sprintf("shop%d", c/10), "com.docker.compose.service": "web",
			"com.docker.compose.config-hash": "3b9b5a0f6f0c4c8fb1c4f0e6a4b7c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6",
		},
	}
}

// eventsWritten records events as fast as they are written.
func eventsWritten(ctx context.Context, b *bench) error {
	h, stop, err := remember(ctx, history.Options{})
	if err != nil {
		return err
	}
	defer stop()
	began, before, n := time.Now(), cpu(os.Getpid()), 0
	at := began.Add(-24 * time.Hour)
	for time.Since(began) < b.window && ctx.Err() == nil {
		var r history.Record
		for range 4000 {
			r.Events = append(r.Events, happening(n, at))
			at = at.Add(200 * time.Microsecond) // as 5,000 a second come
			n++
		}
		h.Record(r)
		if err := h.Sync(ctx); err != nil {
			return err
		}
	}
	used, took := (cpu(os.Getpid()) - before).Seconds(), time.Since(began).Seconds()
	rate := float64(n) / used
	if dropped := h.Status().Dropped; dropped > 0 {
		return fmt.Errorf("%d events were dropped", dropped)
	}
	b.add("events written to history, sustained, a second of one core, with their words indexed", "≥ 5,000",
		fmt.Sprintf("%.0f (%.0f µs of CPU each)", rate, used/float64(n)*1e6),
		fmt.Sprintf("%.0f a second of this machine's time", float64(n)/took), rate >= 5000)
	return nil
}

// eventsBeside is the time from an event's entry into the store until a session
// has it, at 5,000 events a second, without a history and with one.
func eventsBeside(ctx context.Context, b *bench) error {
	bare, err := lagAt5000(ctx, b, nil)
	if err != nil {
		return err
	}
	h, stop, err := remember(ctx, history.Options{})
	if err != nil {
		return err
	}
	defer stop()
	with, err := lagAt5000(ctx, b, h)
	if err != nil {
		return err
	}
	more := quantile(with, 0.99) - quantile(bare, 0.99)
	b.add("event in the store → delta in a session's hand, at 5,000 events a second, all of them written", "p99 ≤ +2 ms",
		fmt.Sprintf("p99 %+.2f ms (p50 %.2f, p99 %.2f ms; %d dropped)", more, quantile(with, 0.5), quantile(with, 0.99), h.Status().Dropped),
		fmt.Sprintf("without a history: p50 %.2f, p99 %.2f ms", quantile(bare, 0.5), quantile(bare, 0.99)), more <= 2 && h.Status().Dropped == 0)
	return nil
}

func lagAt5000(ctx context.Context, b *bench, h *history.History) ([]float64, error) {
	st := store.New(store.Options{})
	ctx, cancel := context.WithTimeout(ctx, b.window)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	if h != nil {
		sub := st.Subscribe()
		wg.Go(func() { // as internal/app records
			defer sub.Close()
			var at store.Position
			for {
				news := st.Follow(at)
				at = news.At
				h.Record(history.Record{Events: news.Events, Lost: int(news.Lost)})
				select {
				case <-ctx.Done():
					return
				case <-sub.C():
				}
			}
		})
	}
	sub := st.Subscribe()
	defer sub.Close()
	wg.Go(func() { // ten events each two milliseconds
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n += 10 {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			var ch store.Change
			for i := range 10 {
				ch.Events = append(ch.Events, happening(n+i, time.Now()))
			}
			st.Apply(ch)
		}
	})
	var lags []float64
	var seq uint64
	for {
		select {
		case <-ctx.Done():
			return lags, nil
		case <-sub.C():
		}
		u, ok := st.Since(api.TopicEvents, seq)
		if !ok {
			return nil, fmt.Errorf("a session fell out of the ring")
		}
		if seq = u.Delta.Seq; !u.Cause.IsZero() {
			lags = append(lags, float64(time.Since(u.Cause).Microseconds())/1e3)
		}
	}
}

// searched fills a million events in and looks for a few things.
func searched(ctx context.Context, b *bench) error {
	const events = 1_000_000
	h, stop, err := remember(ctx, history.Options{EventBytes: 4 << 30})
	if err != nil {
		return err
	}
	defer stop()
	begin := time.Now().Add(-30 * 24 * time.Hour)
	for n := 0; n < events && ctx.Err() == nil; {
		var r history.Record
		for range 8000 {
			e := happening(n, begin.Add(time.Duration(n)*30*24*time.Hour/events))
			if n%50_000 == 7 {
				e.Action, e.Detail = "oom", "needle"
			}
			r.Events = append(r.Events, e)
			n++
		}
		h.Record(r)
		if err := h.Sync(ctx); err != nil {
			return err
		}
	}
	half := begin.Add(15 * 24 * time.Hour)
	inferred := true
	worst, what := time.Duration(0), ""
	var all []string
	for _, c := range []struct {
		what string
		q    history.Query
	}{
		{"everything", history.Query{}},
		{"a common word", history.Query{Text: "registry"}},
		{"a rare word", history.Query{Text: "needle"}},
		{"a word that is nowhere", history.Query{Text: "nowhere"}},
		{"the beginning of an id", history.Query{Text: fmt.Sprintf("%012x", 77*7919+0xabcdef000000)[:8]}},
		{"one container", history.Query{Containers: []string{"shop7-web-3"}}},
		{"a project's deaths, two weeks ago", history.Query{Projects: []string{"shop42"}, Actions: []string{"die"}, Until: half}},
		{"a container and a word", history.Query{Containers: []string{"shop7-web-3"}, Text: "shop7 heal"}},
		{"an action and a common word", history.Query{Actions: []string{"oom"}, Text: "regist"}},
		{"what was inferred", history.Query{Inferred: &inferred, Gaps: true}},
		{"all but what nearly all are", history.Query{NotActions: commonActions(), Gaps: true}},
		{"all but a rare action", history.Query{NotActions: []string{"oom"}, Kinds: []string{"container"}, Gaps: true}},
		{"a project and a word that it lacks", history.Query{Projects: []string{"shop42"}, Text: "shop7"}},
	} {
		began := time.Now()
		if _, err := h.Events(ctx, c.q); err != nil {
			return err
		}
		took := time.Since(began)
		all = append(all, fmt.Sprintf("%s %.1f", c.what, float64(took.Microseconds())/1e3))
		if took > worst {
			worst, what = took, c.what
		}
	}
	b.add("search in 1,000,000 events, first page of 200, the slowest of thirteen searches", "≤ 100 ms",
		fmt.Sprintf("%.1f ms (%s)", float64(worst.Microseconds())/1e3, what), "ms: "+strings.Join(all, ", "), worst <= 100*time.Millisecond)
	return nil
}

// rollups measures the same of metrics.
func rollups(ctx context.Context, b *bench) error {
	if err := metricsOfADay(ctx, b); err != nil {
		return err
	}
	return chart(ctx, b)
}

// metricsOfADay gives a fifth of a thousand containers a day of samples, one in
// ten seconds, at once.
func metricsOfADay(ctx context.Context, b *bench) error {
	const containers, ticks = 200, 8640
	h, stop, err := remember(ctx, history.Options{})
	if err != nil {
		return err
	}
	defer stop()
	key := func(row int) api.Key { return api.MakeKey("0123456789ab", fmt.Sprintf("%064x", row)) }
	rollup := h.NewRollup(func(row int) (api.Key, bool) { return key(row), true })
	empty, err := os.Stat(filepath.Join(h.Dir(), history.FileName))
	if err != nil {
		return err
	}
	world := newMadeUp(containers)
	begin := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
	var batch api.Batch
	var used time.Duration
	for tick := range ticks {
		world.tick(&batch, begin.Add(time.Duration(tick)*10*time.Second))
		before := cpu(os.Getpid())
		rollup.Commit(&batch)
		if tick%12 == 11 {
			if err := h.SyncMetrics(ctx); err != nil {
				return err
			}
		}
		used += cpu(os.Getpid()) - before
	}
	if err := h.Tidy(ctx); err != nil {
		return err
	}
	share := 100 * used.Seconds() / 86400 * 1000 / containers
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.Dir(), history.FileName)+"?mode=ro")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var fine, minutes, tens, pages float64
	for resolution, to := range []*float64{&fine, &minutes, &tens} {
		ask := fmt.Sprintf("SELECT ifnull(sum(length(data)), 0) + (SELECT ifnull(sum(length(data)), 0) FROM metric_open WHERE resolution = %d) FROM metric_full_%d", resolution, resolution)
		if err := db.QueryRowContext(ctx, ask).Scan(to); err != nil {
			return err
		}
	}
	if err := db.QueryRowContext(ctx, "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size").Scan(&pages); err != nil {
		return err
	}
	scale := 1000.0 / containers
	pages -= float64(empty.Size())
	day := pages * scale / 1e6
	month := (fine + 7*minutes + 30*tens) * pages / (fine + minutes + tens) * scale
	b.add("1,000 containers' metric history, one sample in ten seconds: CPU", "≤ 0.5 % of a core", fmt.Sprintf("%.2f %%", share),
		fmt.Sprintf("a day of %d containers at once, a tenth of them busy, three tenths lightly", containers), share <= 0.5)
	b.add("the same: disk a day", "≤ 40 MB", fmt.Sprintf("%.1f MB", day), fmt.Sprintf("10 s: %.1f, minutes: %.1f, ten minutes: %.1f MB", fine*scale/1e6, minutes*scale/1e6, tens*scale/1e6), day <= 40)
	b.add("the same: 30 days (10 s for one, minutes for seven)", "≤ 1 GiB", fmt.Sprintf("%.0f MB", month/1e6), "", month <= 1<<30)
	return nil
}

// chart reads seven days of a container that is busy.
func chart(ctx context.Context, b *bench) error {
	h, stop, err := remember(ctx, history.Options{})
	if err != nil {
		return err
	}
	defer stop()
	key := api.MakeKey("0123456789ab", "busy")
	rollup := h.NewRollup(func(int) (api.Key, bool) { return key, true })
	world := newMadeUp(1)
	begin := time.Now().Add(-7 * 24 * time.Hour).Truncate(time.Hour)
	var batch api.Batch
	for tick := range 7 * 8640 {
		world.tick(&batch, begin.Add(time.Duration(tick)*10*time.Second))
		rollup.Commit(&batch)
		if tick%24 == 23 {
			if err := h.SyncMetrics(ctx); err != nil {
				return err
			}
		}
	}
	cols := make([]api.Column, api.NumColumns)
	for i := range cols {
		cols[i] = api.Column(i)
	}
	var took [2]time.Duration
	var points [2]int
	for i, resolution := range []int{2, 1} {
		began := time.Now()
		p, err := h.Metrics(ctx, key, begin, time.Now(), resolution, cols)
		if err != nil {
			return err
		}
		took[i], points[i] = time.Since(began), len(p.At)
	}
	b.add("chart of one container over 7 days, all columns", "≤ 50 ms", fmt.Sprintf("%.1f ms (%d points of ten minutes)", float64(took[0].Microseconds())/1e3, points[0]),
		fmt.Sprintf("in minutes: %.1f ms, %d points", float64(took[1].Microseconds())/1e3, points[1]), took[0] <= 50*time.Millisecond && points[0] > 900)
	return nil
}

// madeUp are containers of which a tenth is busy, three tenths work lightly, and
// the rest idles, as on a server with many of them.
type madeUp struct{ rx, tx, write []int64 }

func newMadeUp(n int) *madeUp {
	return &madeUp{make([]int64, n), make([]int64, n), make([]int64, n)}
}

func (m *madeUp) tick(b *api.Batch, at time.Time) {
	b.Reset()
	for row := range m.rx {
		i := b.Add(row+1, at.UnixNano())
		set := func(c api.Column, v int64) { b.Values[c][i] = v }
		var cpu, memory, rx, tx, write int64
		switch {
		case row%10 == 0: // busy: everything moves
			cpu, memory = 2000+rand.Int64N(1500), 512<<20+rand.Int64N(32<<20)
			rx, tx, write = 400_000+rand.Int64N(300_000), 900_000+rand.Int64N(600_000), rand.Int64N(8)*65536
		case row%10 < 4: // a request now and then
			cpu, memory = 40+rand.Int64N(60), 96<<20+rand.Int64N(8)*4096
			if rand.IntN(3) == 0 {
				rx, tx = rand.Int64N(3000), rand.Int64N(9000)
			}
		default:
			cpu, memory = rand.Int64N(3), 24<<20
			if rand.IntN(30) == 0 {
				rx = 90
			}
		}
		m.rx[row] += rx
		m.tx[row] += tx
		m.write[row] += write
		set(api.ColCPU, cpu)
		set(api.ColMemory, memory)
		set(api.ColMemoryLimit, 16<<30)
		set(api.ColRx, m.rx[row])
		set(api.ColTx, m.tx[row])
		set(api.ColWrite, m.write[row])
		set(api.ColRead, 1<<20)
		set(api.ColRxRate, rx/10)
		set(api.ColTxRate, tx/10)
		set(api.ColWriteRate, write/10)
		set(api.ColReadRate, 0)
		set(api.ColPids, int64(3+row%9))
	}
}
