package alert

import (
	"context"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

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
	k.enforce(now)
	k.eval.Restore(past.open, now)
}
