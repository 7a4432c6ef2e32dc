package demoengine

import (
	"strconv"
	"strings"
	"time"
)

// What happens to containers, each step with the events the engine sends for
// it, in its order. All of it runs under world.mu.

// sayLocked publishes a container event with the container's labels, image and
// name, and extra attributes.
func (w *world) sayLocked(c *container, action string, now time.Time, extra ...label) {
	attributes := make([]label, 0, len(c.labels)+len(extra)+2)
	attributes = append(attributes, c.labels...)
	attributes = append(attributes, label{"image", c.image.ref}, label{"name", c.name})
	attributes = append(attributes, extra...)
	w.events.publish("container", action, c.id, attributes, now)
}

func (w *world) networkLocked(c *container, action string, now time.Time) {
	if c.network == nil {
		w.events.publish("network", action, w.goods().networkN["host"].id, []label{{"container", c.id}, {"name", "host"}, {"type", "host"}}, now)
		return
	}
	say := func(n *network) {
		w.events.publish("network", action, n.id, []label{{"container", c.id}, {"name", n.name}, {"type", n.driver}}, now)
	}
	say(c.network)
	for _, a := range c.extra {
		say(a.network)
	}
}

func (w *world) createLocked(c *container, now time.Time) {
	w.addLocked(c)
	w.sayLocked(c, "create", now)
}

func (w *world) startLocked(c *container, byPolicy bool, now time.Time) *container {
	w.networkLocked(c, "connect", now)
	if c.volume != nil {
		w.events.publish("volume", "mount", c.volume.name, []label{
			{"container", c.id}, {"destination", c.mount}, {"driver", "local"}, {"propagation", ""}, {"read/write", "true"},
		}, now)
	}
	w.nextPID += 1 + w.dice.below(40)
	n := c.started(now, w.nextPID, byPolicy)
	w.replaceLocked(n)
	w.sayLocked(n, "start", now)
	if n.probe != "" {
		w.planLocked(n, becomeHealthy, now.Add(time.Duration(w.dice.between(1.5, 6)*float64(time.Second))))
	}
	if n.crashes {
		w.planLocked(n, crash, now.Add(time.Duration(w.dice.between(1.2, 4)*float64(time.Second))))
	}
	if n.oneShot {
		w.planLocked(n, crash, now.Add(time.Duration(w.dice.between(20, 90)*float64(time.Second))))
	}
	return n
}

// dieLocked ends c's run: oom if the kernel killed it, die, and the network
// and volume let go. The restart policy follows unless byUser.
func (w *world) dieLocked(c *container, code int, oom, byUser bool, now time.Time) *container {
	if c.oneShot && code == 1 && !byUser {
		code = 0 // A one-shot's end is not a crash.
	}
	if oom {
		w.sayLocked(c, "oom", now)
	}
	n := c.died(now, code, oom, byUser)
	w.replaceLocked(n)
	w.sayLocked(n, "die", now, label{"exitCode", strconv.Itoa(code)})
	w.networkLocked(n, "disconnect", now)
	if n.volume != nil {
		w.events.publish("volume", "unmount", n.volume.name, []label{{"container", n.id}, {"driver", "local"}}, now)
	}
	if n.state == restarting {
		w.planLocked(n, restartByPolicy, now.Add(n.backoff))
	}
	return n
}

func (w *world) killLocked(c *container, signal int, now time.Time) {
	w.sayLocked(c, "kill", now, label{"signal", strconv.Itoa(signal)})
}

func (w *world) pauseLocked(c *container, now time.Time) *container {
	n := c.pausedNow(now)
	w.replaceLocked(n)
	w.sayLocked(n, "pause", now)
	return n
}

func (w *world) unpauseLocked(c *container, now time.Time) *container {
	n := c.unpausedNow(now)
	w.replaceLocked(n)
	w.sayLocked(n, "unpause", now)
	return n
}

func (w *world) healthLocked(c *container, h health, now time.Time) *container {
	n := c.withHealth(now, h)
	w.replaceLocked(n)
	w.sayLocked(n, "health_status: "+string(h), now)
	return n
}

func (w *world) renameLocked(c *container, name string, now time.Time) *container {
	delete(w.byName, c.name)
	n := c.renamed(name)
	w.byName[name] = n.id
	w.replaceLocked(n)
	w.sayLocked(n, "rename", now, label{"oldName", "/" + c.name})
	return n
}

func (w *world) destroyLocked(c *container, now time.Time) {
	w.dropLocked(c)
	w.sayLocked(c, "destroy", now)
}

// validName is the engine's rule for names: [a-zA-Z0-9][a-zA-Z0-9_.-]+.
func validName(s string) bool {
	if len(s) < 2 {
		return false
	}
	for i, r := range s {
		alnum := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !alnum && (i == 0 || !strings.ContainsRune("_.-", r)) {
			return false
		}
	}
	return true
}
