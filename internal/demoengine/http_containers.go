package demoengine

import (
	"net/http"
	"strconv"
	"time"
)

func (e *Engine) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, err := parseFilters(q.Get("filters"))
	if err != nil {
		return err
	}
	limit := 0
	if v := q.Get("limit"); v != "" {
		if limit, err = strconv.Atoi(v); err != nil {
			return refuse(500, "%v", err)
		}
	}
	matches, err := listFilter(f, e.world.find)
	if err != nil {
		return err
	}
	// A filter by status and a limit ask for stopped containers too.
	all := truth(q.Get("all")) || limit > 0 || len(f["status"]) > 0 || len(f["exited"]) > 0
	size, now := truth(q.Get("size")), e.world.now()
	return e.send(w, func(d *doc) {
		d.open('[')
		n := 0
		for _, c := range e.world.all() {
			if (limit > 0 && n == limit) || !all && (c.state == exited || c.state == created) || !matches(c) {
				continue
			}
			n++
			c.appendSummary(d, now, size)
			if err := spill(w, d); err != nil {
				break // The client is gone; the rest goes the same way.
			}
		}
		d.close(']')
	})
}

// spill sends what is in d when it is much, so that a list of 10,000 is not
// held in memory as a whole. The last byte stays, for the comma.
func spill(w http.ResponseWriter, d *doc) error {
	last := len(*d) - 1
	if last < 1<<15 {
		return nil
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	if _, err := w.Write((*d)[:last]); err != nil {
		return err
	}
	(*d)[0] = (*d)[last]
	*d = (*d)[:1]
	return nil
}

func (e *Engine) inspect(w http.ResponseWriter, r *http.Request) error {
	c, err := e.world.find(r.PathValue("name"))
	if err != nil {
		return err
	}
	now, size := e.world.now(), truth(r.URL.Query().Get("size"))
	return e.send(w, func(d *doc) { c.appendInspect(d, now, size) })
}

// stats is GET /containers/{id}/stats. Unlike the engine it never lets a
// client wait for a second reading: the load a second ago can be computed.
func (e *Engine) stats(w http.ResponseWriter, r *http.Request) error {
	c, err := e.world.find(r.PathValue("name"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	stream := !q.Has("stream") || truth(q.Get("stream"))
	once := truth(q.Get("one-shot"))
	if stream && once {
		return refuse(400, "cannot have stream=true and one-shot=true")
	}
	now := e.world.now()
	var before time.Time
	if !stream && !once {
		before = now.Add(-time.Second)
		if before.Before(c.startedAt) {
			before = c.startedAt
		}
	}
	if !stream {
		return e.send(w, func(d *doc) { c.appendStats(d, &e.host, e.world.epoch, now, before) })
	}
	return e.statsStream(w, r, c)
}

// statsStream sends a sample at once, without a previous one, and then one
// each second until the client or the container is gone.
func (e *Engine) statsStream(w http.ResponseWriter, r *http.Request, c *container) error {
	flush := flusher(w)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	var before time.Time
	run := c.run
	for {
		now := e.world.now()
		if c.run != run {
			before, run = time.Time{}, c.run
		}
		if e.send(w, func(d *doc) { c.appendStats(d, &e.host, e.world.epoch, now, before) }) != nil || flush() != nil {
			return nil // The client is gone.
		}
		before = now
		select {
		case <-r.Context().Done():
			return nil
		case <-ticker.C:
		}
		next, err := e.world.find(c.id)
		if err != nil {
			return nil // It was removed: that ends the stream.
		}
		c = next
	}
}

func (e *Engine) top(w http.ResponseWriter, r *http.Request) error {
	e.world.mu.Lock()
	c, err := e.world.findLocked(r.PathValue("name"))
	if err == nil && !c.alive() {
		err = refuse(409, "Container %s is not running", c.id)
	}
	if err != nil {
		e.world.mu.Unlock()
		return err
	}
	now := e.world.now()
	e.world.sayLocked(c, "top", now)
	e.world.mu.Unlock()
	n := int(c.usage(now, e.world.epoch).pids)
	return e.send(w, func(d *doc) {
		d.open('{')
		d.strs("Titles", []string{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"})
		d.array("Processes")
		for i := range n {
			parent := c.pid - 1
			if i > 0 {
				parent = c.pid
			}
			d.comma()
			*d = append(*d, '[')
			for _, cell := range []string{"root", strconv.Itoa(c.pid + i), strconv.Itoa(parent), "0", c.startedAt.Format("15:04"), "?", "00:00:00", c.command()} {
				d.comma()
				d.quote(cell)
			}
			d.close(']')
		}
		d.close(']')
		d.close('}')
	})
}

// done answers a change that was made.
func done(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (e *Engine) start(w http.ResponseWriter, r *http.Request) error {
	return done(w, e.world.start(r.PathValue("name")))
}

func (e *Engine) stop(w http.ResponseWriter, r *http.Request) error {
	timeout, err := stopTimeout(r)
	if err != nil {
		return err
	}
	return done(w, e.world.stop(r.Context(), r.PathValue("name"), timeout))
}

func (e *Engine) restart(w http.ResponseWriter, r *http.Request) error {
	timeout, err := stopTimeout(r)
	if err != nil {
		return err
	}
	return done(w, e.world.restart(r.Context(), r.PathValue("name"), timeout))
}

// stopTimeout reads "t", in seconds.
func stopTimeout(r *http.Request) (time.Duration, error) {
	v := r.URL.Query().Get("t")
	if v == "" {
		return defaultStopTimeout, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, refuse(500, "%v", err)
	}
	if n < 0 || n > int(forever/time.Second) {
		return forever, nil
	}
	return time.Duration(n) * time.Second, nil
}

func (e *Engine) kill(w http.ResponseWriter, r *http.Request) error {
	return done(w, e.world.kill(r.PathValue("name"), r.URL.Query().Get("signal")))
}

func (e *Engine) pause(w http.ResponseWriter, r *http.Request) error {
	return done(w, e.world.pause(r.PathValue("name")))
}

func (e *Engine) unpause(w http.ResponseWriter, r *http.Request) error {
	return done(w, e.world.unpause(r.PathValue("name")))
}

func (e *Engine) rename(w http.ResponseWriter, r *http.Request) error {
	return done(w, e.world.rename(r.PathValue("name"), r.URL.Query().Get("name")))
}

func (e *Engine) remove(w http.ResponseWriter, r *http.Request) error {
	return done(w, e.world.remove(r.PathValue("name"), truth(r.URL.Query().Get("force"))))
}
