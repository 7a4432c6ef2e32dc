package alert

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
	"github.com/quaywatch/quaywatch/internal/store"
)

// Teller tells others of an alert: package notify. It never blocks. It hears of
// an alert when it fires, when it has happened again, when its marks change, and
// when it has resolved; to are the deliveries that the rule names, none is all.
type Teller interface {
	Tell(a api.Alert, to []string)
}

// Times of the keeper.
const (
	// tickEvery is how often the rules on figures are looked at, and how exactly
	// "for" and "keep" are held.
	tickEvery = time.Second
	// recallWithin is how long the first look waits for the disk.
	recallWithin = 5 * time.Second
	// rowsEvery is how often it is looked whose figures have to be known each second.
	rowsEvery = 5 * time.Second
	// keepWithin bounds a write that somebody waits for.
	keepWithin = 10 * time.Second
)

// Options configure a Keeper. Store is required.
type Options struct {
	Store *store.Store
	// History keeps rules and alerts; nil forgets them with the process.
	History *history.History
	// Teller is told of alerts; nil is nobody.
	Teller Teller
	// OnRows is told which containers' figures have to be known each second, by
	// their rows, sorted; nil is nobody. It must not block.
	OnRows func(rows []int)
	// OnChange is told when Rules answers something else than before: at once of a
	// change of the rules or their file, within a second of how they do; nil is
	// nobody. It must not block.
	OnChange func()
	// File is a file of rules; empty is none.
	File string
	Log  *slog.Logger
}

// Keeper keeps the alerts of a server: see the package's comment.
type Keeper struct {
	o        Options
	log      *slog.Logger
	asks     chan func(now time.Time)
	over     chan struct{} // closed when Run ends
	changing chan struct{} // one slot: who changes the rules on disk
	// previewing has one slot, for who goes through the past.
	previewing chan struct{}
	outbox     *outbox

	// What follows is Run's.
	eval  *Evaluator
	rules ruleSet
	// inForce are all rules, and standings how they did when it was told last; spare
	// is the room for the next look at it.
	inForce          []api.AlertRule
	standings, spare []standing
	file             *api.AlertRuleFile
	at               store.Position
	seq              uint64 // of topic system
	tick             uint64 // of the metrics
	sheet            store.Sheet
	// rowsAt is when OnRows was looked after last, rowsTold what it was told.
	rowsAt   time.Time
	rowsTold []int
}

// New prepares a keeper.
func New(o Options) *Keeper {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	k := &Keeper{
		o: o, log: o.Log, asks: make(chan func(time.Time)), over: make(chan struct{}), changing: make(chan struct{}, 1), previewing: make(chan struct{}, 1),
		outbox: newOutbox(o.History), eval: NewEvaluator(), rules: ruleSet{kept: make(map[string]api.AlertRule)},
	}
	metrics := o.Store.Metrics()
	k.eval.SetMetrics(func(row int, column api.Column) int64 {
		cells, _, ok := metrics.Sample(row)
		if !ok {
			return api.Unknown
		}
		return cells[column]
	})
	return k
}

// Run keeps the alerts until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	defer close(k.over)
	recalled := k.recall(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	written, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	beside.Go(func() { k.outbox.run(written) })
	if !recalled {
		beside.Go(func() { k.recallLater(ctx) })
	}
	if k.o.File != "" {
		beside.Go(func() { k.watchFile(ctx) })
	}
	sub := k.o.Store.Subscribe()
	defer sub.Close()
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	k.follow(time.Now())
	for {
		select {
		case <-ctx.Done():
			k.follow(time.Now())
			return nil
		case <-sub.C():
			k.follow(time.Now())
		case <-tick.C:
			k.look(time.Now())
		case ask := <-k.asks:
			ask(time.Now())
			k.publish()
		}
	}
}

// follow takes what is new in the store.
func (k *Keeper) follow(now time.Time) {
	news := k.o.Store.Follow(k.at)
	k.at = news.At
	k.system(now)
	if news.Whole {
		k.missing(news.Put, now)
	}
	for _, c := range news.Put {
		k.eval.SetContainer(c, now)
	}
	for i := range news.Events {
		k.eval.Hear(&news.Events[i], now)
	}
	k.eval.Settle(now)
	for _, key := range news.Removed {
		k.eval.RemoveContainer(key, now)
	}
	k.eval.Settle(now)
	k.publish()
}

// missing removes what is no longer there, where the store could not tell what
// has changed.
func (k *Keeper) missing(all []*api.Container, now time.Time) {
	there := make(map[api.Key]bool, len(all))
	for _, c := range all {
		there[c.Key()] = true
	}
	for key := range k.eval.subjects {
		if !there[key] {
			k.eval.RemoveContainer(key, now)
		}
	}
}

func (k *Keeper) system(now time.Time) {
	if seq := k.o.Store.Seq(api.TopicSystem); seq != k.seq {
		k.seq = seq
		k.eval.SetEngines(k.o.Store.System(), now)
	}
}

// look lets time pass, with the metrics' last tick.
func (k *Keeper) look(now time.Time) {
	var sheet *store.Sheet
	metrics := k.o.Store.Metrics()
	if set := k.eval.Columns(); set != 0 && metrics.Tick() != k.tick {
		k.tick = metrics.Copy(&k.sheet, set)
		sheet = &k.sheet
	}
	k.eval.Tick(sheet, now)
	k.publish()
	k.tellStandings()
	if k.o.OnRows != nil && now.Sub(k.rowsAt) >= rowsEvery {
		k.rowsAt = now
		if rows := k.eval.Rows(); !slices.Equal(rows, k.rowsTold) {
			k.rowsTold = rows
			k.o.OnRows(slices.Clone(rows))
		}
	}
}

// publish hands on what has changed: to the store, the history, and whoever
// tells others.
func (k *Keeper) publish() {
	out := k.eval.Take()
	if len(out.Put)+len(out.Drop) > 0 {
		k.o.Store.Apply(store.Change{DropAlerts: out.Drop, Alerts: out.Put})
		k.outbox.add(out.Put, out.Forgotten)
	}
	if k.o.Teller != nil {
		for _, t := range out.Told {
			k.o.Teller.Tell(*t.Alert, t.To)
		}
	}
}

// do has Run do something, and returns when it is done.
func (k *Keeper) do(ctx context.Context, f func(now time.Time)) error {
	done := make(chan struct{})
	select {
	case k.asks <- func(now time.Time) { f(now); close(done) }:
		<-done
		return nil
	case <-k.over:
		return &api.Error{Code: api.ErrUnreachable, Message: "Quaywatch is shutting down."}
	case <-ctx.Done():
		return ctx.Err()
	}
}
