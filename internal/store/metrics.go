package store

import (
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Metrics is the table of latest samples, in columns. For each cell it knows
// the tick at which the value changed last, so that what a client lacks can be
// told from the client's tick alone: nothing is kept for each client.
//
// Rows are registered by the store as containers come and go; samples for rows
// that are not registered are dropped.
type Metrics struct {
	mu   sync.Mutex
	tick uint64
	at   time.Time
	// slots maps a row to its place in the columns below; places of removed rows
	// are used again.
	slots   map[int]int32
	free    []int32
	rows    []int   // by slot; 0 is a free slot
	read    []int64 // by slot: when the row was read, Unix ns; 0 never or cleared
	cells   [api.NumColumns][]int64
	changed [api.NumColumns][]uint64
	subs    subscribers
}

// NewMetrics makes an empty table.
func NewMetrics() *Metrics { return &Metrics{slots: make(map[int]int32)} }

func (m *Metrics) register(row int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.slots[row]; ok {
		return
	}
	var slot int32
	if n := len(m.free); n > 0 {
		slot, m.free = m.free[n-1], m.free[:n-1]
	} else {
		slot = int32(len(m.rows))
		m.rows = append(m.rows, 0)
		m.read = append(m.read, 0)
		for c := range m.cells {
			m.cells[c] = append(m.cells[c], api.Unknown)
			m.changed[c] = append(m.changed[c], 0)
		}
	}
	m.slots[row] = slot
	m.rows[slot] = row
}

func (m *Metrics) forget(row int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slot, ok := m.slots[row]
	if !ok {
		return
	}
	delete(m.slots, row)
	m.rows[slot], m.read[slot] = 0, 0
	for c := range m.cells {
		m.cells[c][slot], m.changed[c][slot] = api.Unknown, 0
	}
	m.free = append(m.free, slot)
}

// Commit takes over a tick's samples and wakes the subscribers. The batch can
// be used again afterwards.
func (m *Metrics) Commit(b *api.Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick++
	m.at = time.Now()
	for i, row := range b.Rows {
		slot, ok := m.slots[row]
		if !ok {
			continue
		}
		m.read[slot] = b.Times[i]
		for c := range m.cells {
			if v := b.Values[c][i]; v != m.cells[c][slot] {
				m.cells[c][slot], m.changed[c][slot] = v, m.tick
			}
		}
	}
	m.subs.wakeLocked()
}

// Clear makes every cell of the rows Unknown: the containers have stopped.
func (m *Metrics) Clear(rows ...int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick++
	for _, row := range rows {
		slot, ok := m.slots[row]
		if !ok {
			continue
		}
		m.read[slot] = 0
		for c := range m.cells {
			if m.cells[c][slot] != api.Unknown {
				m.cells[c][slot], m.changed[c][slot] = api.Unknown, m.tick
			}
		}
	}
	m.subs.wakeLocked()
}

// Tick counts commits and clears.
func (m *Metrics) Tick() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tick
}

// Sample returns a row's cells and when they were read; false where the row was
// never read or has been cleared.
func (m *Metrics) Sample(row int) (cells [api.NumColumns]int64, at time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slot, ok := m.slots[row]
	if !ok || m.read[slot] == 0 {
		return cells, at, false
	}
	for c := range cells {
		cells[c] = m.cells[c][slot]
	}
	return cells, time.Unix(0, m.read[slot]), true
}

// Sheet is the latest cells of all rows, for who looks at all of them.
type Sheet struct {
	// Rows and Read are by position: the row, 0 for none, and when it was read,
	// Unix nanoseconds, 0 for never.
	Rows []int
	Read []int64
	// Cells are by column, then position; those that were not asked for are empty.
	Cells [api.NumColumns][]int64
}

// Copy copies the columns of a set into dst, whose memory is used again, and
// returns the tick that they are of.
func (m *Metrics) Copy(dst *Sheet, set ColumnSet) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	dst.Rows = append(dst.Rows[:0], m.rows...)
	dst.Read = append(dst.Read[:0], m.read...)
	for c := range m.cells {
		dst.Cells[c] = dst.Cells[c][:0]
		if set&(1<<c) != 0 {
			dst.Cells[c] = append(dst.Cells[c], m.cells[c]...)
		}
	}
	return m.tick
}

// Subscribe wakes the subscription after each tick. Close it when done.
func (m *Metrics) Subscribe() *Subscription {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.subs.addLocked(&m.mu)
}
