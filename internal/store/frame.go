package store

import (
	"strconv"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// ColumnSet is a set of columns, one bit each.
type ColumnSet uint32

// AllColumns is every column.
const AllColumns ColumnSet = 1<<api.NumColumns - 1

// Columns makes a set.
func Columns(cols ...api.Column) ColumnSet {
	var s ColumnSet
	for _, c := range cols {
		s |= 1 << c
	}
	return s
}

// Query says which cells a client lacks.
type Query struct {
	// Rows are the rows looked at; All stands for every row.
	Rows []int
	All  bool
	Cols ColumnSet
	// Since is the tick the client has of Rows. Whole are those of Rows that it
	// has nothing of: they come with every cell that ever had a value.
	Since uint64
	Whole map[int]bool
	// Rest adds all other rows, of which the client has tick RestSince.
	Rest      bool
	RestSince uint64
	// Every and RestEvery are how often the rows are sampled: what is 2.5 times
	// older than that is reported as missed.
	Every, RestEvery time.Duration
}

// About what a value and a position take in a frame.
const (
	bytesAValue    = 7
	bytesAPosition = 3
)

const agesFrom = 250 * time.Millisecond

// frameRow is a row that is part of a frame.
type frameRow struct {
	slot  int32
	since uint64
	whole bool
}

func (r frameRow) has(changed uint64) bool {
	if r.whole {
		return changed > 0
	}
	return changed > r.since
}

// frameScratch is what AppendFrame needs while it runs.
type frameScratch struct {
	rows   []frameRow
	missed []int
	wanted map[int]bool
}

var scratches = sync.Pool{New: func() any { return &frameScratch{wanted: make(map[int]bool)} }} //nolint:gochecknoglobals // a pool

// AppendFrame appends the metrics message (api.MetricsFrame as JSON) that leads
// the client of q to the present, and returns it with the tick it leads to.
func (m *Metrics) AppendFrame(dst []byte, q *Query) ([]byte, uint64) {
	s := scratches.Get().(*frameScratch)
	defer scratches.Put(s)
	s.rows, s.missed = s.rows[:0], s.missed[:0]
	clear(s.wanted)

	m.mu.Lock()
	defer m.mu.Unlock()
	m.selectLocked(s, q)

	dst = append(dst, `{"type":"metrics","topic":"metrics","seq":`...)
	dst = strconv.AppendUint(dst, m.tick, 10)
	dst = append(dst, `,"at":`...)
	dst = strconv.AppendInt(dst, m.at.UnixMilli(), 10)
	if q.Rest {
		dst = append(dst, `,"rest":true`...)
	}
	if len(s.rows) > 0 {
		dst = append(dst, `,"rows":`...)
		dst = appendInts(dst, len(s.rows), func(i int) int { return m.rows[s.rows[i].slot] })
		dst = append(dst, `,"cols":{`...)
		for c, name := range api.ColumnNames() {
			if q.Cols&(1<<c) != 0 {
				dst = m.appendColumnLocked(dst, s.rows, c, name)
			}
		}
		if dst[len(dst)-1] == ',' {
			dst = dst[:len(dst)-1]
		}
		dst = append(dst, '}')
		dst = m.appendAgesLocked(dst, s.rows)
	}
	if len(s.missed) > 0 {
		dst = append(dst, `,"missed":`...)
		dst = appendInts(dst, len(s.missed), func(i int) int { return s.missed[i] })
	}
	return append(dst, '}'), m.tick
}

// selectLocked fills s with the rows that have a changed cell, and the missed.
func (m *Metrics) selectLocked(s *frameScratch, q *Query) {
	now := m.at.UnixNano()
	consider := func(row int, slot int32, since uint64, every time.Duration) {
		if at := m.read[slot]; at != 0 && every > 0 && now-at > int64(every)*5/2 {
			s.missed = append(s.missed, row)
		}
		r := frameRow{slot: slot, since: since, whole: q.Whole[row]}
		for c := range m.changed {
			if q.Cols&(1<<c) != 0 && r.has(m.changed[c][slot]) {
				s.rows = append(s.rows, r)
				return
			}
		}
	}
	if q.All {
		for slot, row := range m.rows {
			if row != 0 {
				consider(row, int32(slot), q.Since, q.Every)
			}
		}
		return
	}
	for _, row := range q.Rows {
		if slot, ok := m.slots[row]; ok {
			consider(row, slot, q.Since, q.Every)
		}
		if q.Rest {
			s.wanted[row] = true
		}
	}
	if q.Rest {
		for slot, row := range m.rows {
			if row != 0 && !s.wanted[row] {
				consider(row, int32(slot), q.RestSince, q.RestEvery)
			}
		}
	}
}

// appendColumnLocked writes `"name":{…},`, or nothing where no cell changed.
func (m *Metrics) appendColumnLocked(dst []byte, rows []frameRow, c int, name string) []byte {
	changed, cells := m.changed[c], m.cells[c]
	n := 0
	for _, r := range rows {
		if r.has(changed[r.slot]) {
			n++
		}
	}
	if n == 0 {
		return dst
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	dst = append(dst, `":{`...)
	// Where nearly all have changed, the few others' values take fewer bytes than
	// the list of who has; a value that has not changed does no harm.
	every := (len(rows)-n)*bytesAValue <= n*bytesAPosition
	if !every {
		dst = append(dst, `"i":[`...)
		for i, r := range rows {
			if r.has(changed[r.slot]) {
				dst = strconv.AppendInt(dst, int64(i), 10)
				dst = append(dst, ',')
			}
		}
		dst[len(dst)-1] = ']'
		dst = append(dst, ',')
	}
	dst = append(dst, `"v":[`...)
	for _, r := range rows {
		if !every && !r.has(changed[r.slot]) {
			continue
		}
		if v := cells[r.slot]; v == api.Unknown {
			dst = append(dst, "null,"...)
		} else {
			dst = append(strconv.AppendInt(dst, v, 10), ',')
		}
	}
	dst[len(dst)-1] = ']'
	return append(dst, '}', ',')
}

// appendAgesLocked writes the ages of the rows that were read a while ago.
func (m *Metrics) appendAgesLocked(dst []byte, rows []frameRow) []byte {
	now, open := m.at.UnixNano(), false
	for _, r := range rows {
		age := time.Duration(now - m.read[r.slot])
		if m.read[r.slot] == 0 || age <= agesFrom {
			continue
		}
		if open {
			dst = append(dst, ',')
		} else {
			dst, open = append(dst, `,"ages":{`...), true
		}
		dst = append(dst, '"')
		dst = strconv.AppendInt(dst, int64(m.rows[r.slot]), 10)
		dst = append(dst, '"', ':')
		dst = strconv.AppendInt(dst, age.Milliseconds(), 10)
	}
	if open {
		dst = append(dst, '}')
	}
	return dst
}

func appendInts(dst []byte, n int, at func(int) int) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, int64(at(i)), 10)
	}
	return append(dst, ']')
}
