package reflector

import (
	"container/heap"
	"time"
)

// chore is what is to be done for a key later.
type chore uint8

const (
	choreInspect chore = iota // folded marks, or a retry
	choreHold                 // events were held long enough
	choreVerify               // the grace after a list is over
	choreLook                 // images, while an engine pulls
)

// due is a chore with its time. Its key may have gone meanwhile.
type due struct {
	at    time.Time
	key   *key
	res   *rkey // instead of key
	chore chore
}

// agenda is a min-heap of chores by time. Each key stands in it at most once
// for each chore, so it is bounded by the number of things that are followed.
type agenda []due

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }

// Push is heap.Interface's; use add.
func (a *agenda) Push(x any) { *a = append(*a, x.(due)) }

// Pop is heap.Interface's; use pop.
func (a *agenda) Pop() any {
	old := *a
	last := len(old) - 1
	d := old[last]
	old[last] = due{}
	*a = old[:last]
	return d
}

func (a *agenda) add(at time.Time, k *key, c chore) { heap.Push(a, due{at: at, key: k, chore: c}) }

func (a *agenda) addResource(at time.Time, k *rkey, c chore) {
	heap.Push(a, due{at: at, res: k, chore: c})
}

// pop returns the first chore whose time has come.
func (a *agenda) pop(now time.Time) (due, bool) {
	if len(*a) == 0 || (*a)[0].at.After(now) {
		return due{}, false
	}
	return heap.Pop(a).(due), true
}

// first is the time of the next chore.
func (a agenda) first() (time.Time, bool) {
	if len(a) == 0 {
		return time.Time{}, false
	}
	return a[0].at, true
}
