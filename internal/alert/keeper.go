package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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
	file  *api.AlertRuleFile
	at    store.Position
	seq   uint64 // of topic system
	tick  uint64 // of the metrics
	sheet store.Sheet
	// rowsAt is when OnRows was looked after last, rowsTold what it was told.
	rowsAt   time.Time
	rowsTold []int
}

// New prepares a keeper.
func New(o Options) *Keeper {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
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

// remembered is what the history has of before.
type remembered struct {
	rules []history.Document
	open  []Restored
}

// recall begins with the rules and alerts of before; false says that the history
// can't be read yet.
func (k *Keeper) recall(ctx context.Context) bool {
	past, ok := remembered{}, true
	if k.o.History != nil {
		wait, cancel := context.WithTimeout(ctx, recallWithin)
		defer cancel()
		// What an earlier life has left is there as soon as the file is open, or it is
		// said that it can't be opened.
		if err := k.o.History.Sync(wait); err != nil {
			k.log.Warn("the history of alerts can't be asked for yet", "error", err)
		}
		var err error
		if past, err = k.remember(wait); err != nil {
			k.log.Warn("alerts and rules of before can't be read yet, the built-in rules are in force", "error", err)
			ok = false
		}
	}
	now := time.Now()
	if k.o.File != "" {
		k.readFile(now)
	}
	k.takeBack(past, now)
	k.publish()
	return ok
}

// recallLater takes over what could not be read at the start, once it can.
func (k *Keeper) recallLater(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
		wait, cancel := context.WithTimeout(ctx, recallWithin)
		past, err := k.remember(wait)
		cancel()
		if err != nil {
			continue
		}
		_ = k.do(ctx, func(now time.Time) { k.takeBack(past, now) }) // unless it ends
		return
	}
}

// remember reads what the history has.
func (k *Keeper) remember(ctx context.Context) (remembered, error) {
	var out remembered
	var err error
	if out.rules, err = k.o.History.Documents(ctx, ruleSpace, ""); err != nil {
		return out, err
	}
	kept, err := k.o.History.OpenAlerts(ctx, api.MaxResolvedAlerts)
	for i := range kept {
		out.open = append(out.open, Restored{&kept[i].Alert, kept[i].Written})
	}
	return out, err
}

// takeBack puts in force what was before.
func (k *Keeper) takeBack(past remembered, now time.Time) {
	for _, d := range past.rules {
		if err := k.rules.load(d.Name, d.Value); err != nil {
			k.log.Warn("a rule can't be read, it is left out", "rule", d.Name, "error", err)
		}
	}
	rules, _, _ := k.rules.all()
	k.eval.SetRules(rules, now)
	k.eval.Restore(past.open, now)
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

// Rules are the rules with how they do.
func (k *Keeper) Rules(ctx context.Context) (api.AlertRules, error) {
	var out api.AlertRules
	return out, k.do(ctx, func(time.Time) {
		rules, changed, lines := k.rules.all()
		engines := k.o.Store.Engines()
		out.Items = make([]api.AlertRuleStatus, 0, len(rules))
		for _, r := range rules {
			out.Items = append(out.Items, k.status(r, changed[r.Name], lines[r.Name], engines))
		}
		if k.file != nil {
			f := *k.file
			out.File = &f
		}
	})
}

func (k *Keeper) status(r api.AlertRule, changed bool, line int, engines []api.EngineStatus) api.AlertRuleStatus {
	pending, firing, refused := k.eval.Active(r.Name)
	return api.AlertRuleStatus{AlertRule: r, Changed: changed, Line: line, Pending: pending, Firing: firing, Problem: problem(&r, engines, refused)}
}

// PutRule makes a rule, or changes one, and returns when that is on disk.
func (k *Keeper) PutRule(ctx context.Context, by api.Actor, name string, r api.AlertRule) (api.AlertRuleStatus, error) {
	r.Name, r.Source = name, api.RuleFromPage
	if _, ok := builtIn(name); ok {
		r.Source = api.RuleBuiltIn
	}
	if err := invalid(Check(&r)); err != nil {
		return api.AlertRuleStatus{}, err
	}
	var status api.AlertRuleStatus
	err := k.change(ctx, by, name, "rule-put", &r, func(ctx context.Context) error {
		doc, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("encode the rule: %w", err)
		}
		_, err = k.o.History.Keep(ctx, ruleSpace, "", name, doc, api.MaxRules)
		return err
	}, func(now time.Time) {
		k.rules.kept[name] = r
		rules, changed, lines := k.rules.all()
		k.eval.SetRules(rules, now)
		status = k.status(r, changed[name], lines[name], k.o.Store.Engines())
	})
	return status, err
}

// DeleteRule removes a rule of the page, or makes a built-in one as it came.
func (k *Keeper) DeleteRule(ctx context.Context, by api.Actor, name string) error {
	var known bool
	if err := k.do(ctx, func(time.Time) { _, known = k.rules.kept[name] }); err != nil {
		return err
	}
	if _, built := builtIn(name); built && !known {
		return nil // it is as it came
	}
	return k.change(ctx, by, name, "rule-delete", nil, func(ctx context.Context) error {
		if !known {
			return &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no rule %q.", name)}
		}
		return k.o.History.Forget(ctx, ruleSpace, "", name)
	}, func(now time.Time) {
		delete(k.rules.kept, name)
		rules, _, _ := k.rules.all()
		k.eval.SetRules(rules, now)
	})
}

// change changes a rule on disk and then in force, one change after the other,
// with a row of the audit before and after.
func (k *Keeper) change(ctx context.Context, by api.Actor, name, action string, r *api.AlertRule, write func(context.Context) error, apply func(now time.Time)) error {
	if k.o.History == nil {
		return &api.Error{Code: api.ErrUnsupported, Message: "This server keeps no history, and so no rules either. Give it a data directory, or rules in a file with --rules."}
	}
	select {
	case k.changing <- struct{}{}:
		defer func() { <-k.changing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var inFile bool
	if err := k.do(ctx, func(time.Time) {
		_, _, lines := k.rules.all()
		_, inFile = lines[name]
	}); err != nil {
		return err
	}
	if inFile {
		return &api.Error{Code: api.ErrConflict, Message: fmt.Sprintf("The rule %q stands in the file %s: change it there.", name, k.o.File)}
	}
	details := map[string]string{}
	if r != nil {
		details["on"], details["match"], details["enabled"] = string(r.On), r.Match, strconv.FormatBool(r.Enabled)
	}
	return k.audited(by, "rule", action, "", "", name, details, func() error {
		wait, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		if err := write(wait); err != nil {
			return err
		}
		// It is on disk: now it comes into force, whoever has gone away meanwhile.
		return k.do(context.WithoutCancel(ctx), apply)
	})
}

// Acknowledge says that somebody looks after an alert; off takes that back.
func (k *Keeper) Acknowledge(ctx context.Context, by api.Actor, id, note string, off bool) (api.Alert, error) {
	if utf8.RuneCountInString(note) > api.MaxAlertNote {
		return api.Alert{}, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("A note takes at most %d characters.", api.MaxAlertNote)}
	}
	action := "alert-acknowledge"
	if off {
		action = "alert-unacknowledge"
	}
	return k.mark(ctx, by, id, action, note, func(a *api.Alert, now time.Time) {
		a.Acknowledged = nil
		if !off {
			a.Acknowledged = &api.AlertMark{By: by, At: now.UTC(), Note: strings.TrimSpace(note)}
		}
	})
}

// Snooze has nobody told of an alert for so long; 0 takes that back.
func (k *Keeper) Snooze(ctx context.Context, by api.Actor, id string, length float64) (api.Alert, error) {
	if math.IsNaN(length) || length < 0 || length > api.MaxSnoozeSeconds {
		return api.Alert{}, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("A snooze takes from 1 to %d seconds.", api.MaxSnoozeSeconds)}
	}
	action := "alert-snooze"
	if length == 0 {
		action = "alert-unsnooze"
	}
	return k.mark(ctx, by, id, action, "", func(a *api.Alert, now time.Time) {
		a.Snoozed = nil
		if length > 0 {
			until := now.Add(seconds(length)).UTC()
			a.Snoozed = &api.AlertMark{By: by, At: now.UTC(), Until: &until}
		}
	})
}

// mark changes an alert and returns when that was written, or could not be: a
// history that is paused says so itself, and takes it when it goes on.
func (k *Keeper) mark(ctx context.Context, by api.Actor, id, action, note string, change func(a *api.Alert, now time.Time)) (api.Alert, error) {
	var out api.Alert
	details := map[string]string{}
	if note != "" {
		details["note"] = note
	}
	var old api.Alert
	for _, a := range k.o.Store.Alerts() {
		if a.ID == id {
			old = *a
			details["rule"] = a.Rule
		}
	}
	err := k.audited(by, "alert", action, old.Engine, id, old.Name, details, func() error {
		var err error
		if derr := k.do(ctx, func(now time.Time) {
			out, err = k.eval.Mark(id, func(a *api.Alert) { change(a, now) }, now)
		}); derr != nil {
			return derr
		}
		if err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		return k.outbox.flushed(wait)
	})
	return out, err
}

// audited has a row written before and after something that somebody asks for.
func (k *Keeper) audited(by api.Actor, kind, action, engine, id, name string, details map[string]string, do func() error) error {
	row := func(detail string, more map[string]string) {
		if k.o.History == nil {
			return
		}
		e := api.Event{
			Time: time.Now().UTC(), Engine: engine, Kind: api.KindAudit, Action: action, Detail: detail, ID: id, Name: name, By: &by,
			Attributes: map[string]string{api.AttrKind: kind},
		}
		for _, from := range []map[string]string{details, more} {
			for key, v := range from {
				if v != "" {
					e.Attributes[key] = v
				}
			}
		}
		k.o.History.Record(history.Record{Events: []api.Event{e}})
	}
	began := time.Now()
	row("asked", nil)
	err := do()
	took := strconv.FormatFloat(time.Since(began).Seconds(), 'f', 3, 64)
	if err != nil {
		row("failed", map[string]string{"seconds": took, "code": string(api.CodeOf(err)), "error": err.Error()})
		return err
	}
	row("done", map[string]string{"seconds": took})
	return nil
}
