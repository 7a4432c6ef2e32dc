package top

import "slices"

// column is how a column is laid out, in cells.
type column struct {
	id    columnID
	title string
	min   int
	// grow is its share of what is left, up to most.
	grow, most int
	right      bool
	// rank is the order in which columns are given room; 0 is always there.
	rank int
}

// allColumns are in the order of the screen.
func allColumns() []column {
	return []column{
		{id: colName, title: "NAME", min: 18, grow: 4, most: 44},
		{id: colProject, title: "PROJECT", min: 9, grow: 1, most: 20, rank: 5},
		{id: colState, title: "STATE", min: 14},
		{id: colHealth, title: "HEALTH", min: 9, rank: 4},
		{id: colUptime, title: "UPTIME", min: 7, right: true, rank: 2},
		{id: colCPU, title: "CPU", min: 6, right: true},
		{id: colTrend, title: "2 MIN", min: trendParts, rank: 1},
		{id: colMemory, title: "MEMORY", min: 8, right: true},
		{id: colRx, title: "NET IN", min: 9, right: true, rank: 6},
		{id: colTx, title: "NET OUT", min: 9, right: true, rank: 6},
		{id: colRead, title: "DISK R", min: 9, right: true, rank: 8},
		{id: colWrite, title: "DISK W", min: 9, right: true, rank: 8},
		{id: colPids, title: "PIDS", min: 5, right: true, rank: 10},
		{id: colRestarts, title: "RESTARTS", min: 8, right: true, rank: 11},
		{id: colPorts, title: "PORTS", min: 10, grow: 2, most: 24, rank: 9},
		{id: colImage, title: "IMAGE", min: 14, grow: 4, most: 60, rank: 7},
	}
}

// columnGap stands between columns, lead before the first: the mark of the row
// in focus and that of a selected one.
const (
	columnGap = 2
	lead      = 2
	// narrowBelow is from where the columns that are always there get tighter.
	narrowBelow = 62
)

// place is a column with the width it is given.
type place struct {
	column
	width int
}

// layout chooses which columns there is room for: the constant ones, then one
// rank after the other while it fits; what is left goes to those that grow. A
// rank is shown whole, as in and out belong together.
func layout(width int, grouped bool) []place {
	all := slices.DeleteFunc(allColumns(), func(c column) bool { return grouped && c.id == colProject })
	if width < narrowBelow {
		return narrow(width)
	}
	room, shown := width-lead, make(map[columnID]bool)
	for rank := range 12 {
		need := 0
		for _, c := range all {
			if c.rank == rank {
				need += c.min + columnGap
			}
		}
		if rank > 0 && need > room+columnGap {
			break // what is less important does not stand in for it
		}
		for _, c := range all {
			if c.rank == rank {
				shown[c.id] = true
			}
		}
		room -= need
	}
	var out []place
	for _, c := range all {
		if shown[c.id] {
			out = append(out, place{c, c.min})
		}
	}
	share(out, room+columnGap)
	return out
}

// share gives what is left to those that grow.
func share(places []place, room int) {
	for room > 0 {
		total := 0
		for _, p := range places {
			if p.width < p.most {
				total += p.grow
			}
		}
		if total == 0 {
			return
		}
		given := 0
		for i := range places {
			p := &places[i]
			if p.width >= p.most || p.grow == 0 {
				continue
			}
			more := min(max(1, room*p.grow/total), p.most-p.width, room-given)
			p.width += more
			given += more
		}
		if given == 0 {
			return
		}
		room -= given
	}
}

// narrow is what a small window has room for: name, state, CPU and memory, or
// fewer.
func narrow(width int) []place {
	var out []place
	room := width - lead
	for _, want := range []struct {
		id columnID
		w  int
	}{{colState, 13}, {colCPU, 6}, {colMemory, 8}} {
		const name = 14
		if room-want.w-columnGap < name {
			break
		}
		room -= want.w + columnGap
		out = append(out, place{columnByID(want.id), want.w})
	}
	return slices.Insert(out, 0, place{columnByID(colName), room})
}

func columnByID(id columnID) column {
	all := allColumns()
	return all[slices.IndexFunc(all, func(c column) bool { return c.id == id })]
}

// sortable are the columns to sort by, in the order of the screen.
func sortable() []columnID {
	var out []columnID
	for _, c := range allColumns() {
		if c.id != colTrend {
			out = append(out, c.id)
		}
	}
	return out
}

// firstDesc tells of columns that sort from the greatest first.
func firstDesc(id columnID) bool {
	_, live := metricOf(id)
	return live || id == colRestarts
}
