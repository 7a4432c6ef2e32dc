package demoengine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// defaultStopTimeout is the engine's, where neither the call nor the container
// says another; forever stands in for "-t -1".
const (
	defaultStopTimeout = 10 * time.Second
	forever            = time.Minute
)

// grace says what the container's process does on a signal to end: how long it
// takes and how it exits, or that it ignores the signal, as a shell without a
// trap does as process 1.
func (b *birth) grace() (after time.Duration, code int, obeys bool) {
	if b.path == "sh" || b.path == "/bin/sh" {
		return 0, 137, false
	}
	d := newDice(b.serial, 11)
	after = time.Duration(d.between(15, 280)) * time.Millisecond
	if d.chance(0.25) {
		code = 143
	}
	return after, code, true
}

func (w *world) start(ref string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(ref)
	if err != nil {
		return err
	}
	switch c.state {
	case running, restarting:
		return unchanged()
	case paused:
		return refuse(409, "cannot start a paused container, try unpause instead")
	case created, exited:
	}
	w.startLocked(c, false, w.now())
	return nil
}

// stop asks the container to end and kills it after timeout. It takes as long
// as the made-up process does; if ctx ends before, the process does too.
func (w *world) stop(ctx context.Context, ref string, timeout time.Duration) error {
	w.mu.Lock()
	c, err := w.findLocked(ref)
	if err != nil {
		w.mu.Unlock()
		return err
	}
	if !c.alive() {
		defer w.mu.Unlock()
		if c.state != restarting {
			return unchanged()
		}
		w.giveUpLocked(c)
		return nil
	}
	now := w.now()
	w.killLocked(c, 15, now)
	if c.state == paused {
		c = w.unpauseLocked(c, now)
	}
	w.mu.Unlock()

	after, code, obeys := c.grace()
	if !obeys || after > timeout {
		after, code, obeys = timeout, 137, false
	}
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	was := c
	c = w.byID[was.id]
	if c == nil || c.run != was.run || !c.alive() {
		return nil // It ended otherwise meanwhile, which is what was asked for.
	}
	now = w.now()
	if c.state == paused {
		c = w.unpauseLocked(c, now)
	}
	if !obeys {
		w.killLocked(c, 9, now)
	}
	c = w.dieLocked(c, code, false, true, now)
	w.sayLocked(c, "stop", now)
	return nil
}

// giveUpLocked takes a container that waits for its next attempt off the
// restart policy.
func (w *world) giveUpLocked(c *container) {
	c = c.givenUp()
	w.replaceLocked(c)
	w.sayLocked(c, "stop", w.now())
}

func (w *world) restart(ctx context.Context, ref string, timeout time.Duration) error {
	c, err := w.find(ref)
	if err != nil {
		return err
	}
	if c.alive() || c.state == restarting {
		if err := w.stop(ctx, c.id, timeout); err != nil && !isUnchanged(err) {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err = w.findLocked(c.id)
	if err != nil {
		return err
	}
	now := w.now()
	if !c.alive() {
		c = w.startLocked(c, false, now)
	}
	w.sayLocked(c, "restart", now)
	return nil
}

func (w *world) kill(ref, signal string) error {
	number, ok := signalNumber(signal)
	if !ok {
		return refuse(400, "Invalid signal: %s", signal)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(ref)
	if no, ok := errors.AsType[*refusal](err); ok {
		return refuse(no.status, "Cannot kill container: %s: %s", ref, no.message)
	}
	now := w.now()
	if c.state == restarting {
		w.killLocked(c, number, now)
		w.giveUpLocked(c)
		return nil
	}
	if !c.alive() {
		return refuse(409, "Cannot kill container: %s: Container %s is not running", ref, c.id)
	}
	w.killLocked(c, number, now)
	_, code, obeys := c.grace()
	switch number {
	case 9:
		code = 137
	case 4, 6, 7, 8, 11:
		code = 128 + number
	case 2, 3, 15:
		if !obeys {
			return nil
		}
	default:
		return nil // A reload, or nothing: the process goes on.
	}
	if c.state == paused {
		if number != 9 {
			return nil // A frozen process gets it when it thaws; here it is lost.
		}
		c = w.unpauseLocked(c, now)
	}
	w.dieLocked(c, code, false, true, now)
	return nil
}

func (w *world) pause(ref string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(ref)
	if err != nil {
		return err
	}
	switch c.state {
	case created, exited:
		return refuse(409, "Container %s is not running", c.id)
	case paused:
		return refuse(409, "Container %s is already paused", c.id)
	case restarting:
		return refuse(409, "Container %s is restarting, wait until the container is running", c.id)
	case running:
	}
	w.pauseLocked(c, w.now())
	return nil
}

func (w *world) unpause(ref string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(ref)
	if err != nil {
		return err
	}
	if c.state != paused {
		return refuse(500, "Container %s is not paused", c.id)
	}
	w.unpauseLocked(c, w.now())
	return nil
}

func (w *world) rename(ref, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	name = strings.TrimPrefix(name, "/")
	if ref == "" || name == "" {
		return refuse(400, "Neither old nor new names may be empty")
	}
	c, err := w.findLocked(ref)
	if err != nil {
		return err
	}
	if name == c.name {
		return refuse(400, "Renaming a container with the same name as its current name")
	}
	if !validName(name) {
		return refuse(400, "Error when allocating new name: Invalid container name (/%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", name)
	}
	if id, taken := w.byName[name]; taken {
		return refuse(409, "Error when allocating new name: Conflict. The container name %q is already in use by container %q. You have to remove (or rename) that container to be able to reuse that name.", "/"+name, id)
	}
	w.renameLocked(c, name, w.now())
	return nil
}

func (w *world) remove(ref string, force bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(ref)
	if err != nil {
		return err
	}
	now := w.now()
	if !force {
		switch c.state {
		case running, restarting:
			return refuse(409, "You cannot remove a %s container %s. Stop the container before attempting removal or force remove", c.state, c.id)
		case paused:
			return refuse(409, "You cannot remove a paused container %s. Unpause and then stop the container before attempting removal or force remove", c.id)
		case created, exited:
		}
	}
	if c.alive() {
		w.killLocked(c, 9, now)
		if c.state == paused {
			c = w.unpauseLocked(c, now)
		}
		c = w.dieLocked(c, 137, false, true, now)
	}
	w.destroyLocked(c, now)
	return nil
}

// signalNumber reads a signal as the engine does: a number, or a name with or
// without SIG in any case. No signal is SIGKILL.
func signalNumber(s string) (int, bool) {
	if s == "" {
		return 9, true
	}
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err == nil {
		return n, n > 0 && n <= 64
	}
	names := []string{
		"HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
		"CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
	}
	bare := strings.TrimPrefix(strings.ToUpper(s), "SIG")
	for i, name := range names {
		if name == bare {
			return i + 1, true
		}
	}
	return 0, false
}
