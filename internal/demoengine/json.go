package demoengine

import (
	"encoding/json"
	"strconv"
	"time"
)

// doc is a JSON text being written. The documents here are large, their shape
// is fixed and there are up to 10,000 of them in one answer, so they are
// appended field by field and not marshalled. Commas come by themselves: a
// value needs one unless it stands first.
type doc []byte

func (d *doc) comma() {
	if n := len(*d); n > 0 {
		switch (*d)[n-1] {
		case '{', '[', ':', ',':
		default:
			*d = append(*d, ',')
		}
	}
}

// key begins a member; k must need no escaping.
func (d *doc) key(k string) {
	d.comma()
	*d = append(*d, '"')
	*d = append(*d, k...)
	*d = append(*d, '"', ':')
}

func (d *doc) open(b byte)  { d.comma(); *d = append(*d, b) }
func (d *doc) close(b byte) { *d = append(*d, b) }

// object and array begin a member that close ends.
func (d *doc) object(k string) { d.key(k); *d = append(*d, '{') }
func (d *doc) array(k string)  { d.key(k); *d = append(*d, '[') }

func (d *doc) str(k, v string) { d.key(k); d.quote(v) }

func (d *doc) num(k string, v int64) { d.key(k); *d = strconv.AppendInt(*d, v, 10) }

func (d *doc) count(k string, v uint64) { d.key(k); *d = strconv.AppendUint(*d, v, 10) }

func (d *doc) yes(k string, v bool) { d.key(k); *d = strconv.AppendBool(*d, v) }

// time writes v as the engine does: RFC 3339 with nanoseconds in UTC, and the
// year 1 for never.
func (d *doc) time(k string, v time.Time) {
	d.key(k)
	*d = append(*d, '"')
	*d = v.UTC().AppendFormat(*d, time.RFC3339Nano)
	*d = append(*d, '"')
}

// raw writes members or an element that are JSON already.
func (d *doc) raw(text string) { d.comma(); *d = append(*d, text...) }

func (d *doc) strs(k string, v []string) {
	d.array(k)
	for _, s := range v {
		d.comma()
		d.quote(s)
	}
	d.close(']')
}

func (d *doc) labels(k string, v []label) {
	d.object(k)
	for _, l := range v {
		d.comma()
		d.quote(l.key)
		*d = append(*d, ':')
		d.quote(l.value)
	}
	d.close('}')
}

// quote appends v as a JSON string.
func (d *doc) quote(v string) {
	for i := range len(v) {
		if b := v[i]; b < ' ' || b == '"' || b == '\\' || b >= 0x7f {
			text, err := json.Marshal(v)
			if err != nil { // A string always has a JSON form.
				text = []byte(`""`)
			}
			*d = append(*d, text...)
			return
		}
	}
	*d = append(*d, '"')
	*d = append(*d, v...)
	*d = append(*d, '"')
}
