package demoengine

import (
	"math"
	"time"
)

// churn is what containers do without being asked. It is used by Run's
// goroutine alone.
type churn struct {
	w    *world
	rate float64
	dice *dice
	at   time.Time
}

// longestLag is how late a change may be and still happen.
const longestLag = 5 * time.Second

// newChurn also sets the crash loops of the first moment going.
func newChurn(w *world, rate float64) *churn {
	c := &churn{w: w, rate: rate, dice: newDice(w.seed, purposeChurn)}
	if rate <= 0 {
		return c
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	for _, id := range w.order {
		if k := w.byID[id]; k.state == restarting {
			w.planLocked(k, restartByPolicy, now.Add(time.Duration(c.dice.between(2, 30)*float64(time.Second))))
		}
	}
	c.schedule(now)
	return c
}

// schedule draws the time of the next change: a Poisson process.
func (c *churn) schedule(from time.Time) {
	gap := -math.Log(1-c.dice.float()) / c.rate
	c.at = from.Add(time.Duration(min(gap, 3600) * float64(time.Second)))
}

func (c *churn) next() (time.Time, bool) { return c.at, c.rate > 0 }

// act makes every change that is due. Changes that followed by themselves from
// earlier ones (a restart, a recovery) count: each takes the place of one here.
func (c *churn) act() {
	if c.rate <= 0 {
		return
	}
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	now := c.w.now()
	if now.Sub(c.at) > longestLag {
		c.at = now // The machine slept: what didn't happen need not be made up for.
	}
	for !c.at.After(now) {
		c.schedule(c.at)
		if c.w.changes > 0 {
			c.w.changes--
			continue
		}
		if len(c.w.order) > 0 {
			c.changeLocked(now)
		}
	}
}

// pick finds a container at random that fits, or gives up.
func (c *churn) pick(fits func(*container) bool) *container {
	for range 64 {
		k := c.w.byID[c.w.order[c.dice.below(len(c.w.order))]]
		if _, fast := k.label(RateLabel); fits(k) && !fast { // whoever looks at that log is not to be disturbed
			return k
		}
	}
	return nil
}

// share estimates how many of the containers run.
func (c *churn) share() float64 {
	const probes = 100
	n := 0
	for range probes {
		if k := c.w.byID[c.w.order[c.dice.below(len(c.w.order))]]; k.alive() || k.state == restarting {
			n++
		}
	}
	return float64(n) / probes
}

func (c *churn) soon(lo, hi float64) time.Duration {
	return time.Duration(c.dice.between(lo, hi) * float64(time.Second))
}

// changeLocked is one change. The kinds are weighted as on a busy host, and so
// that about 85 % keep running.
func (c *churn) changeLocked(now time.Time) {
	runs := func(k *container) bool { return k.state == running }
	switch d, share := c.dice.float(), c.share(); {
	case share < 0.80 && d < 0.5:
		if k := c.pick(func(k *container) bool { return (k.state == exited || k.state == created) && !k.oneShot }); k != nil {
			c.w.startLocked(k, false, now)
		}
	case d < 0.30:
		if k := c.pick(runs); k != nil {
			c.failLocked(k, now)
		}
	case d < 0.50:
		if k := c.pick(runs); k != nil {
			c.stopLocked(k, now, share)
		}
	case d < 0.70:
		if k := c.pick(func(k *container) bool { return k.state == running && k.health == healthy }); k != nil {
			k = c.w.healthLocked(k, unhealthy, now)
			c.w.planLocked(k, becomeHealthy, now.Add(c.soon(8, 45)))
		}
	case d < 0.76:
		if k := c.pick(runs); k != nil {
			k = c.w.pauseLocked(k, now)
			c.w.planLocked(k, unpauseAgain, now.Add(c.soon(4, 15)))
		}
	case d < 0.97:
		if k := c.pick(func(k *container) bool { return k.state == running || k.oneShot && k.state == exited }); k != nil {
			c.recreateLocked(k, now)
		}
	default:
		if k := c.pick(func(k *container) bool { return k.project == "" }); k != nil {
			left, right := adjectives(), surnames()
			name := left[c.dice.below(len(left))] + "_" + right[c.dice.below(len(right))]
			if _, taken := c.w.byName[name]; !taken {
				c.w.renameLocked(k, name, now)
			}
		}
	}
}

// failLocked lets k end by itself.
func (c *churn) failLocked(k *container, now time.Time) {
	code, oom := 1, false
	switch d := c.dice.float(); {
	case d < 0.2:
		code = 0
	case d < 0.45 && k.memLimit > 0:
		code, oom = 137, true
	case d < 0.55:
		code = 139
	}
	if k = c.w.dieLocked(k, code, oom, false, now); k.state == exited && !k.oneShot {
		c.w.planLocked(k, startAgain, now.Add(c.soon(5, 40)))
	}
}

// stopLocked is an operator's stop or restart. What is stopped comes back
// after a while, or stays down if too much runs.
func (c *churn) stopLocked(k *container, now time.Time, share float64) {
	_, code, obeys := k.grace()
	c.w.killLocked(k, 15, now)
	if !obeys {
		c.w.killLocked(k, 9, now)
	}
	k = c.w.dieLocked(k, code, false, true, now)
	c.w.sayLocked(k, "stop", now)
	switch {
	case k.oneShot:
	case c.dice.chance(0.4):
		k = c.w.startLocked(k, false, now)
		c.w.sayLocked(k, "restart", now)
	case share < 0.88 || c.dice.chance(0.5):
		c.w.planLocked(k, startAgain, now.Add(c.soon(5, 60)))
	}
}

// recreateLocked replaces k by a new container of the same service, as
// `docker compose up` does for a changed image.
func (c *churn) recreateLocked(k *container, now time.Time) {
	if k.alive() {
		_, code, _ := k.grace()
		c.w.killLocked(k, 15, now)
		k = c.w.dieLocked(k, code, false, true, now)
		c.w.sayLocked(k, "stop", now)
	}
	c.w.destroyLocked(k, now)
	born := *k.birth
	born.serial = c.w.serial
	c.w.serial++
	born.id = hexID(c.w.seed, "container", born.serial)
	born.endpoint = hexID(c.w.seed, "endpoint", born.serial)
	born.created = now
	n := &container{birth: &born, name: k.name, state: created}
	c.w.createLocked(n, now)
	c.w.startLocked(n, false, now)
}
