package history

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Labels that say where a container belongs.
const (
	labelProject = "com.docker.compose.project"
	labelService = "com.docker.compose.service"
)

// shortID is how much of an id is a word: what engines print, and what people
// type.
const shortID = 12

// maxWords bounds the words of an event and of a search.
const (
	maxWords       = 64
	maxSearchWords = 8
)

// identity is what names an event: told twice, it is the same one. Two that
// agree in all of this are one to the reflector already.
func identity(e *api.Event) int64 {
	h := fnv.New64a()
	for _, s := range []string{e.Engine, e.Kind, e.Action, e.ID, e.Detail, e.Attributes["container"]} {
		_, _ = h.Write([]byte(s))
		_, _ = h.Write([]byte{0})
	}
	_, _ = fmt.Fprint(h, e.Time.UnixNano())
	return int64(h.Sum64()) //nolint:gosec // G115: a hash
}

// tag is a word that stands for a field's value: nothing else has that form.
func tag(field byte, value string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.ToLower(value)))
	return fmt.Sprintf("%c%s%016x", field, tagMark, h.Sum64())
}

// isTag tells a tag from other words that begin so.
func isTag(word string) bool {
	return len(word) == 18 && word[1:2] == tagMark && isHex(word[2:])
}

// tagMark follows a tag's field.
const tagMark = "q"

// The fields that have tags.
const (
	tagKind      = 'k'
	tagAction    = 'a'
	tagContainer = 'c'
	tagProject   = 'p'
)

// containerRefs are what an event's container is called: ids, cut, and names.
func containerRefs(e *api.Event) []string {
	var refs []string
	add := func(s string) {
		if s = strings.ToLower(strings.TrimPrefix(s, "/")); s != "" {
			refs = append(refs, s)
		}
	}
	about := e.Attributes[api.AttrKind] // of an audit row: empty is a container
	if e.Kind == "container" || e.Kind == api.KindAudit && (about == "" || about == "container") || e.Kind == api.KindState {
		add(cutID(e.ID))
		add(e.Name)
	}
	add(cutID(e.Attributes["container"]))
	add(e.Attributes[api.AttrContainerName])
	add(e.Attributes["oldName"])
	return refs
}

func cutID(id string) string {
	if len(id) > shortID && isHex(id) {
		return id[:shortID]
	}
	return id
}

func isHex(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') && (r < 'A' || r > 'F') }) < 0
}

// project is the Compose project that the event is about.
func project(e *api.Event) string {
	if e.Kind == api.KindJob {
		return e.Attributes["project"]
	}
	return e.Attributes[labelProject]
}

// texts are what a search looks through.
func texts(e *api.Event) []string {
	out := []string{e.Name, cutID(e.ID), e.Kind, e.Action}
	if e.By != nil {
		out = append(out, e.By.Name) // before what may be long: a search by actor needs it
	}
	out = append(out, e.Detail)
	for _, name := range []string{"image", "container", api.AttrContainerName, "reference", "type", "reason", "message", "error", "signal", "exitCode", "oldName", "project", labelProject, labelService} {
		if v := e.Attributes[name]; v != "" {
			out = append(out, cutID(v))
		}
	}
	return out
}

// split cuts texts into lower-case words of letters and digits, each once.
func split(texts []string, most int) []string {
	var out []string
	for _, t := range texts {
		for w := range strings.FieldsFuncSeq(strings.ToLower(t), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
			if len(out) >= most {
				return out
			}
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// tagsOf are the tags that an event is found by.
func tagsOf(e *api.Event) []string {
	tags := []string{tag(tagKind, e.Kind), tag(tagAction, e.Action)}
	for _, ref := range containerRefs(e) {
		if t := tag(tagContainer, ref); !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	if p := project(e); p != "" {
		tags = append(tags, tag(tagProject, p))
	}
	return tags
}

// book writes down which words there are, and when each was last in an event.
type book struct {
	// days are by word, as they stand in the file.
	days map[string]int64
}

// maxBook bounds the words that are remembered in memory; beyond it, all are
// forgotten, and written once more as they come.
const maxBook = 20_000

// note writes down the words of an event of that day, those that are new on it.
func (b *book) note(ctx context.Context, put *sql.Stmt, words []string, day int64) error {
	if b.days == nil || len(b.days) > maxBook {
		b.days = make(map[string]int64)
	}
	for _, w := range words {
		if known, ok := b.days[w]; ok && known >= day {
			continue
		}
		if _, err := put.ExecContext(ctx, w, day); err != nil {
			return err
		}
		b.days[w] = day
	}
	return nil
}
