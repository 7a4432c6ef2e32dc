package demoengine

import (
	"encoding/binary"
	"net/http"
	"strconv"
	"time"
)

// mostLogLines is how many lines of the past there are at most.
const mostLogLines = 500

// logLine is the k-th line a container writes in a run, and when. The lines
// come at a steady pace that is the container's own.
func (c *container) logLine(k int64) (at time.Time, stderr bool, text string) {
	d := newDice(c.serial, uint64(k)+1_000)
	at = c.startedAt.Add(time.Duration(k) * c.logPace())
	switch d.below(7) {
	case 0:
		text = "level=info msg=\"request handled\" path=/api/items status=200 ms=" + strconv.Itoa(d.below(90))
	case 1:
		text = "level=info msg=\"connection accepted\" peer=10.0.0." + strconv.Itoa(2+d.below(200))
	case 2:
		text, stderr = "level=warn msg=\"slow query\" ms="+strconv.Itoa(500+d.below(4000)), true
	case 3:
		text = "level=debug msg=\"cache\" hits=" + strconv.Itoa(d.below(5000)) + " misses=" + strconv.Itoa(d.below(300))
	case 4:
		text = "level=info msg=\"checkpoint complete\" buffers=" + strconv.Itoa(d.below(900))
	case 5:
		text = "level=info msg=\"heartbeat\" queue=" + strconv.Itoa(d.below(40))
	default:
		text, stderr = "level=error msg=\"upstream timed out\" attempt="+strconv.Itoa(1+d.below(3)), true
	}
	return at, stderr, text
}

func (b *birth) logPace() time.Duration {
	return time.Duration(newDice(b.serial, 13).between(2, 45) * float64(time.Second))
}

// logs is GET /containers/{id}/logs, in the framing for containers without a
// terminal: stream, length, line.
func (e *Engine) logs(w http.ResponseWriter, r *http.Request) error {
	c, err := e.world.find(r.PathValue("name"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	out, errs := truth(q.Get("stdout")), truth(q.Get("stderr"))
	if !out && !errs {
		return refuse(400, "Bad parameters: you must choose at least one stream")
	}
	since, err := timestamp(q.Get("since"))
	if err != nil {
		return err
	}
	until, err := timestamp(q.Get("until"))
	if err != nil {
		return err
	}
	tail := int64(mostLogLines)
	if n, err := strconv.ParseInt(q.Get("tail"), 10, 64); err == nil && n >= 0 {
		tail = min(n, tail)
	}
	w.Header().Set("Content-Type", "application/vnd.docker.multiplexed-stream")
	w.WriteHeader(http.StatusOK)
	flush := flusher(w)
	write := func(k int64) error {
		at, stderr, text := c.logLine(k)
		if stderr && !errs || !stderr && !out || at.Before(since) || !until.IsZero() && at.After(until) {
			return nil
		}
		if truth(q.Get("timestamps")) {
			text = at.UTC().Format("2006-01-02T15:04:05.000000000Z") + " " + text
		}
		frame := make([]byte, 8, 9+len(text))
		frame[0] = 1
		if stderr {
			frame[0] = 2
		}
		binary.BigEndian.PutUint32(frame[4:], uint32(len(text)+1))
		_, err := w.Write(append(append(frame, text...), '\n')) //nolint:gosec // The text is made up here, and is no markup.
		return err
	}
	if c.state == created {
		return nil
	}
	end := e.world.now()
	if !c.alive() {
		end = c.finishedAt
	}
	next := int64(end.Sub(c.startedAt)/c.logPace()) + 1
	for k := max(next-tail, 0); k < next; k++ {
		if write(k) != nil {
			return nil // The client is gone.
		}
	}
	_ = flush()
	if !truth(q.Get("follow")) {
		return nil
	}
	run := c.run
	for c.alive() && c.run == run {
		at, _, _ := c.logLine(next)
		timer := time.NewTimer(at.Sub(e.world.now()))
		select {
		case <-r.Context().Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		if c, err = e.world.find(c.id); err != nil {
			return nil // It was removed: that ends the stream.
		}
		if c.state == paused {
			next++
			continue
		}
		if !c.alive() || c.run != run {
			break
		}
		if write(next) != nil || flush() != nil {
			return nil
		}
		next++
	}
	return nil
}
