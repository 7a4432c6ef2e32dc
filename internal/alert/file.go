package alert

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/quaywatch/quaywatch/internal/api"
)

// FileRule is a rule of a file, and where it stands.
type FileRule struct {
	Rule api.AlertRule
	Line int
}

// maxFile bounds a file of rules, in bytes, and maxFlaws what is told of one: a
// large file of something else is wrong in each line.
const (
	maxFile  = 4 << 20
	maxFlaws = 1000
)

// fileReader reads one file.
type fileReader struct {
	rules  []FileRule
	errors []api.AlertRuleError
	names  map[string]int // lines
	untold int            // errors beyond maxFlaws
}

// ReadRules reads rules in YAML. It finds all that is wrong, in the order of the
// lines; where anything is, the rules must not come into force.
func ReadRules(text []byte) ([]FileRule, []api.AlertRuleError) {
	r := &fileReader{names: make(map[string]int)}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		r.syntax(err, text)
		return nil, r.errors
	}
	r.document(&doc)
	r.onlyOne(text)
	slices.SortStableFunc(r.errors, func(a, b api.AlertRuleError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if r.untold > 0 {
		r.errors = append(r.errors, api.AlertRuleError{Line: r.errors[len(r.errors)-1].Line, Column: 1, Message: fmt.Sprintf("There are %d more errors.", r.untold)})
	}
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	return r.rules, nil
}

func (r *fileReader) bad(n *yaml.Node, format string, args ...any) {
	if len(r.errors) >= maxFlaws {
		r.untold++
		return
	}
	r.errors = append(r.errors, api.AlertRuleError{Line: max(n.Line, 1), Column: max(n.Column, 1), Message: fmt.Sprintf(format, args...)})
}

var ( //nolint:gochecknoglobals // never changed
	syntaxLine    = regexp.MustCompile(`^line (\d+): (.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntax takes the reader's own errors, which name a line in their text, or none.
func (r *fileReader) syntax(err error, text []byte) {
	words, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := syntaxLine.FindStringSubmatch(words); m != nil {
		line, _ = strconv.Atoi(m[1])
		words = m[2]
		if strings.HasPrefix(words, "did not find expected") {
			line++ // these it counts from 0
		}
	} else if m := unknownAnchor.FindStringSubmatch(words); m != nil {
		before, _, _ := strings.Cut(string(text), "*"+m[1])
		line = 1 + strings.Count(before, "\n")
	}
	r.errors = append(r.errors, api.AlertRuleError{Line: max(line, 1), Column: 1, Message: "This is no YAML: " + words + "."})
}

func (r *fileReader) document(doc *yaml.Node) {
	if doc.Kind == 0 || len(doc.Content) == 0 {
		return // an empty file has no rules
	}
	top := resolve(doc.Content[0])
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return
	}
	if top.Kind != yaml.MappingNode {
		r.bad(top, "A file of rules begins with `rules:` and a list under it.")
		return
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], resolve(top.Content[i+1])
		if key.Value != "rules" {
			r.bad(key, "There is no field %q here: a file of rules has `rules:`, and a list under it.", key.Value)
			continue
		}
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			continue
		}
		if value.Kind != yaml.SequenceNode {
			r.bad(value, "`rules:` is a list: each rule begins with a dash.")
			continue
		}
		if len(value.Content) > api.MaxRules {
			r.bad(value, "A file has at most %d rules.", api.MaxRules)
			continue
		}
		for _, item := range value.Content {
			r.rule(resolve(item))
		}
	}
}

// onlyOne refuses what stands after a second ---, which would be read by nobody.
func (r *fileReader) onlyOne(text []byte) {
	documents := yaml.NewDecoder(bytes.NewReader(text))
	for first := true; ; first = false {
		var doc yaml.Node
		switch err := documents.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			r.syntax(err, text)
			return
		case first || doc.Content[0].Tag == "!!null":
		default:
			r.bad(&doc, "A file of rules is one document: what follows this --- is not read.")
			return
		}
	}
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	for range 8 {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			return n
		}
		n = n.Alias
	}
	return n
}

func (r *fileReader) rule(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.bad(n, "A rule is a list of fields, such as `name: …` and `on: …`.")
		return
	}
	rule := api.AlertRule{Source: api.RuleFromFile, Enabled: true, Severity: api.SeverityWarning}
	at := make(map[string]*yaml.Node) // values, by the field's name on the wire
	unread := make(map[string]bool)   // fields whose value is none: of these nothing more is said
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], resolve(n.Content[i+1])
		field, ok := fieldNames()[key.Value]
		switch {
		case !ok:
			r.bad(key, "There is no field %q. Fields are %s.", key.Value, strings.Join(sortedKeys(fieldNames()), ", "))
			continue
		case at[field] != nil:
			r.bad(key, "The field %q stands here twice.", key.Value)
			continue
		}
		at[field] = value
		before := len(r.errors)
		r.field(&rule, field, value)
		unread[field] = len(r.errors) > before
	}
	for _, f := range Check(&rule) {
		if unread[f.Field] {
			continue
		}
		where := at[f.Field]
		if where == nil {
			where = n
		}
		r.bad(where, "%s", f.Message)
	}
	if line, twice := r.names[rule.Name]; twice {
		r.bad(cmp.Or(at["name"], n), "There is a rule of this name in line %d already.", line)
	} else if rule.Name != "" {
		r.names[rule.Name] = n.Line
	}
	r.rules = append(r.rules, FileRule{Rule: rule, Line: n.Line})
}

// fieldNames are the fields as a file may call them: as the API does, and without
// "Seconds", since a file may say 5m.
func fieldNames() map[string]string {
	return map[string]string{
		"name": "name", "description": "description", "enabled": "enabled", "severity": "severity", "on": "on", "match": "match", "of": "of",
		"above": "above", "clearBelow": "clearBelow", "times": "times", "within": "withinSeconds", "withinSeconds": "withinSeconds",
		"for": "forSeconds", "forSeconds": "forSeconds", "keep": "keepSeconds", "keepSeconds": "keepSeconds", "deliver": "deliver",
	}
}

// field reads one value into the rule.
func (r *fileReader) field(rule *api.AlertRule, field string, n *yaml.Node) {
	if field == "deliver" {
		r.deliver(rule, n)
		return
	}
	if n.Kind != yaml.ScalarNode {
		r.bad(n, "Here stands one value.")
		return
	}
	switch field {
	case "name":
		rule.Name = n.Value
	case "description":
		rule.Description = n.Value
	case "severity":
		rule.Severity = api.AlertSeverity(n.Value)
	case "on":
		rule.On = api.AlertCondition(n.Value)
	case "match":
		rule.Match = n.Value
	case "of":
		rule.Of = api.AlertBase(n.Value)
	case "enabled":
		v, err := strconv.ParseBool(n.Value)
		if err != nil {
			r.bad(n, "It is true or false, not %q.", n.Value)
		}
		rule.Enabled = v
	case "times":
		v, err := strconv.Atoi(n.Value)
		if err != nil {
			r.bad(n, "It is a whole number, not %q.", n.Value)
		}
		rule.Times = v
	case "above", "clearBelow":
		v, err := quantity(n.Value)
		if err != nil {
			r.bad(n, "%q is no figure. Write 95, 95%%, 512MiB or 10MB/s.", n.Value)
			return
		}
		if field == "above" {
			rule.Above = &v
		} else {
			rule.ClearBelow = &v
		}
	default:
		v, err := duration(n.Value)
		if err != nil {
			r.bad(n, "%q is no time. Write 90s, 5m, 1h or a number of seconds.", n.Value)
		}
		switch field {
		case "withinSeconds":
			rule.WithinSeconds = v
		case "forSeconds":
			rule.ForSeconds = v
		default:
			rule.KeepSeconds = v
		}
	}
}

func (r *fileReader) deliver(rule *api.AlertRule, n *yaml.Node) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, i := range items {
		if i = resolve(i); i.Kind != yaml.ScalarNode || i.Value == "" {
			r.bad(i, "Here stand names of deliveries.")
			continue
		}
		if len(rule.Deliver) > maxDeliver || r.untold > 0 {
			return // too many already: an alias can have many rules name the same
		}
		rule.Deliver = append(rule.Deliver, i.Value)
	}
}

// duration reads 90s, 5m, 1h30m or a number of seconds.
func duration(text string) (float64, error) {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, nil
	}
	d, err := time.ParseDuration(text)
	return d.Seconds(), err
}

// quantity reads a number with or without a unit.
func quantity(text string) (float64, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), "/s")
	factor := 1.0
	for _, u := range []struct {
		name string
		is   float64
	}{
		{"%", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
		{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
	} {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			text, factor = strings.TrimSpace(rest), u.is
			break
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	return v * factor, err
}

// ReadWatchedFile is ReadRulesFile for a file that is read again and again. It does
// not wait for a pipe's other end, nor take what can be read only once.
func ReadWatchedFile(path string) ([]FileRule, []api.AlertRuleError, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil, nil, &api.Error{Code: api.ErrInvalid, Message: "The file of rules " + path + " can't be read", Cause: errNoFile}
	}
	return ReadRulesFile(path)
}

var errNoFile = errors.New("it is a pipe or a device, and is to be read again whenever it has changed. Write the rules to a file") //nolint:gochecknoglobals // a sentinel

// ReadRulesFile reads a file. The error says why it can't be read at all.
func ReadRulesFile(path string) ([]FileRule, []api.AlertRuleError, error) {
	f, err := os.Open(path) //nolint:gosec // G304: the user's own
	if err != nil {
		return nil, nil, &api.Error{Code: api.ErrInvalid, Message: "The file of rules " + path + " can't be read", Cause: err}
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, nil, &api.Error{Code: api.ErrInvalid, Message: "The file of rules " + path + " can't be read", Cause: err}
	case len(text) > maxFile:
		return nil, nil, &api.Error{Code: api.ErrTooLarge, Message: fmt.Sprintf("The file of rules %s has more than %d bytes", path, maxFile)}
	}
	rules, flaws := ReadRules(text)
	return rules, flaws, nil
}

// watchEvery is how often the file is looked at. Its time and size are polled and
// nothing is watched: an editor puts another file in its place, Kubernetes turns a
// symbolic link, and what comes over a network or a bind mount tells nothing of
// changes; a look every two seconds sees all of that, costs next to nothing and
// needs no module.
const watchEvery = 2 * time.Second

// settleFor is how long a file must stay as it is before it is read: one that is
// written where it stands is empty at first, and without rules. After settleLooks
// it is read as it is.
const (
	settleFor   = 200 * time.Millisecond
	settleLooks = 25
)

// stamp is what tells one state of a file from the next.
type stamp struct {
	at   time.Time
	size int64
	err  string
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{err: err.Error()}
	}
	return stamp{at: info.ModTime(), size: info.Size()}
}

// watchFile has the rules read again whenever the file has changed.
func (k *Keeper) watchFile(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var last stamp
	for {
		if now := stampOf(k.o.File); now != last {
			last = k.settled(ctx, now)
			rules, flaws, err := ReadWatchedFile(k.o.File)
			if err := k.do(ctx, func(now time.Time) { k.takeFile(rules, flaws, err, now) }); err != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// settled waits until nobody writes the file any more.
func (k *Keeper) settled(ctx context.Context, was stamp) stamp {
	for range settleLooks {
		select {
		case <-ctx.Done():
			return was
		case <-time.After(settleFor):
		}
		now := stampOf(k.o.File)
		if now == was {
			return now
		}
		was = now
	}
	return was
}

// readFile reads the file at the start.
func (k *Keeper) readFile(now time.Time) {
	rules, flaws, err := ReadWatchedFile(k.o.File)
	k.takeFile(rules, flaws, err, now)
}

// takeFile puts the rules of the file in force, if they are right; if not, those
// of before stay.
func (k *Keeper) takeFile(rules []FileRule, flaws []api.AlertRuleError, err error, now time.Time) {
	f := api.AlertRuleFile{Path: k.o.File, Errors: []api.AlertRuleError{}}
	if k.file != nil {
		f.LoadedAt = k.file.LoadedAt
	}
	k.file = &f
	if err != nil {
		why := err.Error()
		if cause := errors.Unwrap(err); cause != nil {
			why = cause.Error()
		}
		f.Errors = append(f.Errors, api.AlertRuleError{Message: "The file can't be read: " + why})
		k.o.OnChange()
		k.log.Error("the file of rules can't be read, what was in it last stays in force", "file", k.o.File, "error", err)
		return
	}
	if len(flaws) > 0 {
		f.Errors = flaws
		k.o.OnChange()
		k.log.Error("the file of rules has errors, what was in it last stays in force", "file", k.o.File, "errors", len(flaws), "line", flaws[0].Line, "error", flaws[0].Message)
		return
	}
	f.LoadedAt = utc(now)
	k.rules.file = rules
	k.enforce(now)
	k.log.Info("rules were read", "file", k.o.File, "rules", len(rules))
}
