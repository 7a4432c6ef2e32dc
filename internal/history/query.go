package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Bounds of a page.
const (
	DefaultLimit = 200
	MaxLimit     = 2000
	// maxTerms is how many words the beginning of one is looked up as; of more, the
	// index is asked for all that begins so, which it gathers as a whole. scanMost is
	// how many rows are looked at one by one before that.
	maxTerms = 64
	scanMost = 3000
)

// AllKinds in Query.Kinds stands for every kind, KindExec for the events of
// commands that are run inside containers: health checks, mostly.
const (
	AllKinds = "all"
	KindExec = "exec"
)

func execActions() []string { return []string{"exec_create", "exec_start", "exec_die", "exec_detach"} }

// Query says which events are wanted. Empty fields don't restrict.
type Query struct {
	// Engines are those that are watched: events of others are left out; rows of
	// no engine never are.
	Engines []string
	// Since is inclusive, Until is not.
	Since, Until time.Time
	// Kinds and Actions: one of them. Without any kind, Quaywatch's own rows of
	// actions, jobs and states are left out: they tell what other rows tell, too.
	// KindExec stands for commands run inside containers.
	Kinds, Actions []string
	// NotActions are left out.
	NotActions []string
	// Containers are ids, or the beginnings of them with 12 digits, or names; one
	// of them, as of Projects.
	Containers, Projects []string
	// Actors are the names of who asked Quaywatch for it.
	Actors []string
	// Severities: one of them.
	Severities []Severity
	// Inferred, if it is not nil, asks for those that were inferred or for the others.
	Inferred *bool
	// Text is words; each must begin a word of the event.
	Text string
	// Gaps adds the rows that say what may be missing, whatever else is asked for
	// but time and engine: of engines that came and went, and of the history itself.
	Gaps bool
	// Limit is how many at most; 0 is DefaultLimit.
	Limit int
	// Next is Page.Next of the page before.
	Next string
	// Oldest asks for the oldest first.
	Oldest bool
}

// Page are events, in the order that was asked for.
type Page struct {
	Items []api.Event
	// Next continues behind the last; empty where there is no more.
	Next string
}

// Events returns a page of events.
func (h *History) Events(ctx context.Context, q Query) (Page, error) {
	s, err := newSearch(q)
	if err != nil {
		return Page{}, err
	}
	db, err := h.reader()
	if err != nil {
		return Page{}, err
	}
	if err := s.run(ctx, db); err != nil {
		return Page{}, h.readFailed(err)
	}
	p := Page{Items: s.found}
	if s.more {
		p.Next = strconv.FormatInt(s.last, 10)
	}
	return p, nil
}

// search is one query under way.
type search struct {
	q          Query
	containers []string   // folded
	words      []string   // of Text
	terms      [][]string // for each of them, those that begin so
	tags       [][]string // full-text expressions: one of each must be there
	doc        string     // a condition on the row itself, where no index helps
	// What is left to look at is from low to high, inclusive.
	low, high int64

	found []api.Event
	last  int64 // id of the last one found
	more  bool
}

func newSearch(q Query) (*search, error) {
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, MaxLimit)
	s := &search{q: q, high: math.MaxInt64, words: split([]string{q.Text}, maxSearchWords)}
	for i, w := range s.words {
		s.words[i] = cutID(w)
	}
	if !q.Since.IsZero() {
		s.low = q.Since.UnixMicro()
	}
	if !q.Until.IsZero() {
		s.high = q.Until.UnixMicro() - 1
	}
	if q.Next != "" {
		at, err := strconv.ParseInt(q.Next, 10, 64)
		if err != nil {
			return nil, &api.Error{Code: api.ErrInvalid, Message: "The parameter next is not one that this server gave. Take it from the page before."}
		}
		if q.Oldest {
			s.low = max(s.low, at+1)
		} else {
			s.high = min(s.high, at-1)
		}
	}
	s.index()
	return s, nil
}

// index says by which words the index finds candidates.
func (s *search) index() {
	q := &s.q
	oneOf := func(or []string) {
		if len(or) > 0 {
			s.tags = append(s.tags, or)
		}
	}
	if !slices.Contains(q.Kinds, AllKinds) {
		oneOf(kindTags(q.Kinds))
	}
	oneOf(tags(tagAction, q.Actions))
	for _, ref := range q.Containers {
		ref = strings.TrimPrefix(ref, "/")
		if _, id := api.Key(ref).Split(); strings.Contains(ref, "/") {
			ref = id
		}
		s.containers = append(s.containers, strings.ToLower(cutID(ref)))
	}
	oneOf(tags(tagContainer, s.containers))
	oneOf(tags(tagProject, q.Projects))
	oneOf(actorWords(q.Actors))
	oneOf(severityTags(q.Severities))
	if q.Inferred != nil && *q.Inferred {
		// Text within a document has its quotes escaped: only the field looks like this.
		// The index events_inferred has the same words, and serves both.
		s.doc = ` AND instr(doc, '"inferred":true')`
		if q.Gaps {
			s.doc = ` AND (instr(doc, '"inferred":true') OR instr(doc, '"kind":"engine"') OR instr(doc, '"kind":"history"'))`
		}
	}
}

func tags(field byte, values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, tag(field, v))
	}
	return out
}

func kindTags(kinds []string) []string {
	var out []string
	for _, k := range kinds {
		if k == KindExec {
			out = append(out, tags(tagAction, execActions())...)
		} else {
			out = append(out, tag(tagKind, k))
		}
	}
	return out
}

// actorWords are what is indexed of who asked.
func actorWords(names []string) []string {
	var out []string
	for _, name := range names {
		words := split([]string{name}, maxSearchWords)
		if len(words) == 0 {
			return nil // a name without a letter: the index knows nothing of it
		}
		out = append(out, `("`+strings.Join(words, `" AND "`)+`")`)
	}
	return out
}

// Filter returns what of the query an event must have, but for its time; for
// those that come live.
func Filter(q Query) (func(*api.Event) bool, error) {
	s, err := newSearch(q)
	if err != nil {
		return nil, err
	}
	return s.matches, nil
}

// matches is the whole of the query but for the time: the index only finds
// candidates.
func (s *search) matches(e *api.Event) bool {
	q := &s.q
	if len(q.Engines) > 0 && e.Engine != "" && !slices.Contains(q.Engines, e.Engine) {
		return false
	}
	if q.Gaps && isGap(e) {
		return true
	}
	switch {
	case !kindMatches(e, q.Kinds),
		len(q.Actions) > 0 && !slices.Contains(q.Actions, e.Action),
		slices.Contains(q.NotActions, e.Action),
		q.Inferred != nil && *q.Inferred != e.Inferred,
		len(q.Severities) > 0 && !slices.Contains(q.Severities, SeverityOf(e)),
		len(q.Actors) > 0 && (e.By == nil || !containsFold(q.Actors, e.By.Name)),
		len(q.Projects) > 0 && !containsFold(q.Projects, project(e)),
		len(s.containers) > 0 && !slices.ContainsFunc(containerRefs(e), func(ref string) bool { return slices.Contains(s.containers, ref) }):
		return false
	}
	return s.hasWords(e)
}

// kindMatches: without kinds, Quaywatch's own rows tell what others tell, too.
func kindMatches(e *api.Event, kinds []string) bool {
	switch {
	case len(kinds) == 0:
		return e.Kind != api.KindAudit && e.Kind != api.KindJob && e.Kind != api.KindState
	case slices.Contains(kinds, AllKinds), slices.Contains(kinds, e.Kind):
		return true
	}
	return slices.Contains(kinds, KindExec) && e.Kind == "container" && slices.Contains(execActions(), e.Action)
}

// isGap tells rows that say what may be missing.
func isGap(e *api.Event) bool { return e.Kind == api.KindEngine || e.Kind == api.KindHistory }

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, s) })
}

// hasWords: each word of the text begins one of the event's.
func (s *search) hasWords(e *api.Event) bool {
	if len(s.words) == 0 {
		return true
	}
	has := split(texts(e), maxWords)
	return !slices.ContainsFunc(s.words, func(w string) bool {
		return !slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, w) })
	})
}

// run looks at candidates: those of the index that have the tags and the words.
func (s *search) run(ctx context.Context, db *sql.DB) error {
	many, none, err := s.expand(ctx, db)
	if err != nil {
		return err
	}
	if len(s.q.NotActions) > 0 {
		rest, err := actionsBut(ctx, db, s.q.NotActions)
		if err != nil {
			return err
		}
		s.tags, none = append(s.tags, rest), none || len(rest) == 0
	}
	if none {
		if s.q.Gaps {
			return s.scan(ctx, db, gapTags(), -1)
		}
		return nil
	}
	if many {
		// What so many words begin with, most rows have: a look at the newest finds
		// them sooner than the index.
		if err := s.scan(ctx, db, s.expression(false), scanMost); err != nil || s.more || s.high < s.low {
			return err
		}
	}
	return s.scan(ctx, db, s.expression(true), -1)
}

// actionsBut are the tags of all other actions that there are. They are asked for
// by name, as to leave something out the index goes through all of it.
func actionsBut(ctx context.Context, db *sql.DB, not []string) ([]string, error) {
	const begin = string(tagAction) + tagMark
	words, err := wordsFrom(ctx, db, begin, -1)
	out := tags(tagAction, not)
	return slices.DeleteFunc(words, func(quoted string) bool {
		w := strings.Trim(quoted, `"`)
		return !isTag(w) || slices.Contains(out, w)
	}), err
}

// expand looks up which words begin as those that are searched. many says that
// for one of them there are too many to be named; none, that for one there is
// nothing.
func (s *search) expand(ctx context.Context, db *sql.DB) (many, none bool, err error) {
	s.terms = make([][]string, len(s.words))
	for i, w := range s.words {
		if s.terms[i], err = wordsFrom(ctx, db, w, maxTerms+1); err != nil {
			return false, false, err
		}
		if len(s.terms[i]) > maxTerms {
			many, s.terms[i] = true, []string{`"` + w + `"*`}
		}
		none = none || len(s.terms[i]) == 0
	}
	return many, none, nil
}

// wordsFrom returns the words of the index that begin so, in quotes; at most
// limit of them, if it is not negative.
func wordsFrom(ctx context.Context, db *sql.DB, begin string, limit int) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT word FROM search_words WHERE word >= ? AND word < ? LIMIT ?", begin, begin+"\U0010ffff", limit)
	if err != nil {
		return nil, err
	}
	var words []string
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			_ = rows.Close()
			return nil, err
		}
		words = append(words, `"`+word+`"`)
	}
	return words, errors.Join(rows.Err(), rows.Close())
}

// expression is a full-text query; empty asks for everything.
func (s *search) expression(words bool) string {
	var and []string
	for _, or := range s.tags {
		and = append(and, "("+strings.Join(or, " OR ")+")")
	}
	if words {
		for _, or := range s.terms { // letters and digits only, see split
			and = append(and, "("+strings.Join(or, " OR ")+")")
		}
	}
	match := strings.Join(and, " AND ")
	if match == "" {
		return ""
	}
	if s.q.Gaps {
		match = "(" + match + ") OR " + gapTags()
	}
	return match
}

func gapTags() string {
	return tag(tagKind, api.KindEngine) + " OR " + tag(tagKind, api.KindHistory)
}

// The candidates: all, or those that the index finds.
const (
	byTable = "SELECT id, doc FROM events WHERE id BETWEEN ? AND ? /* doc */ ORDER BY id DESC LIMIT ?"
	byWords = `SELECT e.id, e.doc FROM events_words w CROSS JOIN events e ON e.id = w.rowid
		WHERE w.events_words MATCH ? AND w.rowid BETWEEN ? AND ? /* doc */ ORDER BY w.rowid DESC LIMIT ?`
)

// scan looks at candidates until the page is full, and one more is known of.
// At most limit are looked at; negative is no limit. What was looked at is
// taken off the range.
func (s *search) scan(ctx context.Context, db *sql.DB, match string, limit int) error {
	ask, args := byTable, []any{s.low, s.high, limit}
	if match != "" {
		ask, args = byWords, []any{match, s.low, s.high, limit}
	}
	if s.q.Oldest {
		ask = strings.Replace(ask, "DESC", "ASC", 1)
	}
	ask = strings.Replace(ask, "/* doc */", s.doc, 1)
	rows, err := db.QueryContext(ctx, ask, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	seen := 0
	for rows.Next() {
		var id int64
		var doc sql.RawBytes
		if err := rows.Scan(&id, &doc); err != nil {
			return err
		}
		seen++
		var e api.Event
		if err := json.Unmarshal(doc, &e); err != nil {
			return fmt.Errorf("decode the event %d: %w", id, err)
		}
		if s.q.Oldest {
			s.low = id + 1
		} else {
			s.high = id - 1
		}
		if !s.matches(&e) {
			continue
		}
		if len(s.found) == s.q.Limit {
			s.more = true
			return nil
		}
		s.found = append(s.found, e)
		s.last = id
	}
	if limit < 0 || seen < limit {
		s.high = s.low - 1 // there is no more
	}
	return rows.Err()
}
