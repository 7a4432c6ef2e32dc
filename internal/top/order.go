package top

import (
	"cmp"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// columnID names a column, and what can be sorted by.
type columnID string

const (
	colName     columnID = "name"
	colProject  columnID = "project"
	colImage    columnID = "image"
	colState    columnID = "state"
	colHealth   columnID = "health"
	colUptime   columnID = "uptime"
	colCPU      columnID = "cpu"
	colTrend    columnID = "trend"
	colMemory   columnID = "mem"
	colRx       columnID = "rx"
	colTx       columnID = "tx"
	colRead     columnID = "read"
	colWrite    columnID = "write"
	colPids     columnID = "pids"
	colRestarts columnID = "restarts"
	colPorts    columnID = "ports"
)

// metricOf is the metric behind a column.
func metricOf(id columnID) (api.Column, bool) {
	switch id {
	case colCPU, colTrend:
		return api.ColCPU, true
	case colMemory:
		return api.ColMemory, true
	case colRx:
		return api.ColRxRate, true
	case colTx:
		return api.ColTxRate, true
	case colRead:
		return api.ColReadRate, true
	case colWrite:
		return api.ColWriteRate, true
	case colPids:
		return api.ColPids, true
	default:
		return 0, false
	}
}

// order is what the table is sorted by.
type order struct {
	by   columnID
	desc bool
}

// live tells whether the order changes with the metrics.
func (o order) live() bool {
	_, ok := metricOf(o.by)
	return ok
}

func byName(a, b *entry) int {
	return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(string(a.key), string(b.key)))
}

// sort puts the list into order. What is empty or not known comes last in either
// direction, and equal ones stand by name.
func (o order) sort(list []*entry) {
	if metric, ok := metricOf(o.by); ok {
		slices.SortFunc(list, byNumber(o.desc, func(e *entry) (float64, bool) {
			v := e.cells.Values[metric]
			return float64(v), e.alive() && v != api.Unknown
		}))
		return
	}
	switch o.by {
	case colProject:
		slices.SortFunc(list, byText(o.desc, func(e *entry) string { return e.c.Project }))
	case colImage:
		slices.SortFunc(list, byText(o.desc, func(e *entry) string { return e.c.Image }))
	case colState:
		slices.SortFunc(list, byNumber(o.desc, func(e *entry) (float64, bool) { return float64(stateRank(e.c)), true }))
	case colHealth:
		slices.SortFunc(list, byNumber(o.desc, func(e *entry) (float64, bool) { return float64(healthRank(e.c)), true }))
	case colRestarts:
		slices.SortFunc(list, byNumber(o.desc, func(e *entry) (float64, bool) { return float64(e.c.RestartCount), true }))
	case colPorts:
		slices.SortFunc(list, byNumber(o.desc, func(e *entry) (float64, bool) { return firstPort(e.c) }))
	case colUptime:
		// The living first in either direction: their number means another thing.
		within := byNumber(o.desc, func(e *entry) (float64, bool) {
			at := e.c.FinishedAt
			if e.alive() {
				at = e.c.StartedAt
			}
			if at == nil {
				return 0, false
			}
			return -float64(at.UnixMilli()), true
		})
		slices.SortFunc(list, func(a, b *entry) int {
			if a.alive() != b.alive() {
				if a.alive() {
					return -1
				}
				return 1
			}
			return within(a, b)
		})
	default:
		slices.SortFunc(list, func(a, b *entry) int {
			if o.desc {
				return byName(b, a)
			}
			return byName(a, b)
		})
	}
}

func byNumber(desc bool, read func(*entry) (float64, bool)) func(a, b *entry) int {
	return func(a, b *entry) int {
		x, okX := read(a)
		y, okY := read(b)
		switch {
		case okX != okY && okX:
			return -1
		case okX != okY:
			return 1
		case !okX || x == y:
			return byName(a, b)
		case desc:
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	}
}

func byText(desc bool, read func(*entry) string) func(a, b *entry) int {
	return func(a, b *entry) int {
		x, y := read(a), read(b)
		switch {
		case x == y:
			return byName(a, b)
		case x == "":
			return 1
		case y == "":
			return -1
		case desc:
			return strings.Compare(y, x)
		}
		return strings.Compare(x, y)
	}
}

func firstPort(c *api.Container) (float64, bool) {
	first := 0
	for _, p := range c.Ports {
		if p.Public > 0 && (first == 0 || p.Public < first) {
			first = p.Public
		}
	}
	return float64(first), first > 0
}
