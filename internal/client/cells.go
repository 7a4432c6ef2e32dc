package client

import (
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Cells are the latest metrics of one row.
type Cells struct {
	Values [api.NumColumns]int64
	// At is when they were read last, by the server's clock. It is right for rows
	// of the subscription; others are confirmed without being carried.
	At time.Time
}

// Known reports whether any cell has a value.
func (c *Cells) Known() bool {
	for _, v := range c.Values {
		if v != api.Unknown {
			return true
		}
	}
	return false
}

// metrics are the cells by row. A row's number means nothing in another epoch.
type metrics struct {
	rows map[int]*Cells
}

func newMetrics() *metrics { return &metrics{rows: make(map[int]*Cells)} }

// maxRow bounds the rows a frame may name, so that garbage can't fill memory.
const maxRow = 1 << 31

// frame applies a metrics frame. Nothing changes when it returns an error.
func (m *metrics) frame(f *api.MetricsFrame) error {
	for _, row := range f.Rows {
		if row <= 0 || row >= maxRow {
			return fmt.Errorf("metrics for row %d", row)
		}
	}
	for name, col := range f.Cols {
		if col.I == nil && len(col.V) != len(f.Rows) || col.I != nil && len(col.V) != len(col.I) {
			return fmt.Errorf("metrics column %q has %d values", name, len(col.V))
		}
		for _, i := range col.I {
			if i < 0 || i >= len(f.Rows) {
				return fmt.Errorf("metrics column %q names position %d of %d", name, i, len(f.Rows))
			}
		}
	}
	at := time.UnixMilli(f.At)
	missed := make(map[int]bool, len(f.Missed))
	for _, row := range f.Missed {
		missed[row] = true
	}
	for _, row := range f.Rows {
		if m.rows[row] == nil {
			c := &Cells{}
			for i := range c.Values {
				c.Values[i] = api.Unknown
			}
			m.rows[row] = c
		}
	}
	for name, col := range f.Cols {
		c, ok := api.ColumnByName(name)
		if !ok {
			continue // a newer server's
		}
		for n, v := range col.V {
			i := n
			if col.I != nil {
				i = col.I[n]
			}
			cell := &m.rows[f.Rows[i]].Values[c]
			if v == nil {
				*cell = api.Unknown
			} else {
				*cell = *v
			}
		}
	}
	for row, c := range m.rows {
		if !missed[row] {
			c.At = at
		}
	}
	for row, age := range f.Ages {
		c := m.rows[row]
		if c == nil {
			continue
		}
		// A missed row with an age was read then, and its values are of that
		// reading: it may be the first we have of it, or one we have already.
		if read := at.Add(-time.Duration(age) * time.Millisecond); !missed[row] || read.After(c.At) {
			c.At = read
		}
	}
	return nil
}

// forget drops the row of a container that is gone.
func (m *metrics) forget(row int) { delete(m.rows, row) }
