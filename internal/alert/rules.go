package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

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

// standing is how a rule does, as Rules tells it.
type standing struct {
	pending, firing int
	problem         string
}

// enforce puts the rules as they are now in force, and tells what ruleSet.all does.
func (k *Keeper) enforce(now time.Time) (changed map[string]bool, lines map[string]int) {
	k.inForce, changed, lines = k.rules.all()
	k.eval.SetRules(k.inForce, now)
	k.standings = k.stand(k.standings)
	k.o.OnChange()
	return changed, lines
}

// stand says how the rules do now, in the room of a slice.
func (k *Keeper) stand(room []standing) []standing {
	engines := k.o.Store.Engines()
	room = room[:0]
	for i := range k.inForce {
		pending, firing, refused := k.eval.Active(k.inForce[i].Name)
		room = append(room, standing{pending, firing, problem(&k.inForce[i], engines, refused)})
	}
	return room
}

// tellStandings tells when how the rules do has changed. It is asked once a
// second, so that a storm of alerts has nobody read the rules more often.
func (k *Keeper) tellStandings() {
	k.spare = k.stand(k.spare)
	if !slices.Equal(k.spare, k.standings) {
		k.spare, k.standings = k.standings, k.spare
		k.o.OnChange()
	}
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
		changed, lines := k.enforce(now)
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
		k.enforce(now)
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
