package stats

import "time"

// paceWindow is over how long the cost is judged.
const paceWindow = 10 * time.Second

// pace slows sampling down while it costs more than its budget: first the rest,
// then what is watched. It is pure.
type pace struct {
	budget         float64 // share of a core
	interval, rest time.Duration
	step           int
	since          time.Duration
	spent          time.Duration
	over, under    int // windows in a row
}

// steps are the factors of interval and rest.
func (p *pace) steps() [6][2]int {
	return [...][2]int{{1, 1}, {1, 2}, {1, 6}, {2, 6}, {5, 6}, {10, 12}}
}

// intervals are what holds now.
func (p *pace) intervals() (interval, rest time.Duration) {
	f := p.steps()[p.step]
	return p.interval * time.Duration(f[0]), p.rest * time.Duration(f[1])
}

// spend takes what a tick cost and tells whether the intervals have changed.
// One expensive window is let pass: opening many files at the start is one.
// Going back to a faster pace takes six cheap ones, so that it doesn't swing.
func (p *pace) spend(cost, now time.Duration) bool {
	p.spent += cost
	length := now - p.since
	if length < paceWindow {
		return false
	}
	load := float64(p.spent) / float64(length)
	p.since, p.spent = now, 0
	switch {
	case p.budget <= 0:
		return false
	case load > p.budget:
		p.over, p.under = p.over+1, 0
	case load < p.budget/4:
		p.over, p.under = 0, p.under+1
	default:
		p.over, p.under = 0, 0
	}
	switch {
	case p.over >= 2 && p.step < len(p.steps())-1:
		p.step++
	case p.under >= 6 && p.step > 0:
		p.step--
	default:
		return false
	}
	p.over, p.under = 0, 0
	return true
}
