package demoengine

import (
	"bufio"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"
)

const (
	// mostLogLines is how many lines of the past there are at most.
	mostLogLines = 10_000
	// logTick is how often the lines of a container that writes many are sent:
	// a timer for each would be late for all.
	logTick = 10 * time.Millisecond
	// RateLabel makes a container write so many lines a second.
	RateLabel = "quaywatch.demo.logs-per-second"
)

// logPace is the time between two lines: the container's own, some seconds, or
// what its label says.
func (b *birth) logPace() time.Duration {
	if v, ok := b.label(RateLabel); ok {
		if n, err := strconv.Atoi(v); err == nil && n > 0 {
			return max(time.Second/time.Duration(n), time.Microsecond)
		}
	}
	return time.Duration(newDice(b.serial, 13).between(2, 45) * float64(time.Second))
}

// The lines of a container are numbered from its creation, at its pace, so that
// the k-th one is the same whoever asks and whenever. Those of the time in which
// it did not run are left out.

// wrote tells whether the container ran at a time: it is taken to have run from
// its creation to its last end.
func (c *container) wrote(at time.Time) bool {
	return c.run > 0 && (!at.Before(c.startedAt) || !at.After(c.finishedAt))
}

// logIndex is the number of the first line that is not before a time.
func (c *container) logIndex(at time.Time, pace time.Duration) int64 {
	d := at.Sub(c.created)
	if d <= 0 {
		return 0
	}
	return int64((d + pace - 1) / pace)
}

// logReader is a request for a log.
type logReader struct {
	out                *bufio.Writer
	stdout, stderr     bool
	since, until       time.Time
	timestamps, follow bool
	tail               int64
	pace               time.Duration
}

// logs is GET /containers/{id}/logs, in the framing for containers without a
// terminal: stream, length, line.
func (e *Engine) logs(w http.ResponseWriter, r *http.Request) error {
	c, err := e.world.find(r.PathValue("name"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	l := logReader{
		out: bufio.NewWriterSize(w, 32<<10), stdout: truth(q.Get("stdout")), stderr: truth(q.Get("stderr")),
		timestamps: truth(q.Get("timestamps")), follow: truth(q.Get("follow")), tail: mostLogLines, pace: c.logPace(),
	}
	if !l.stdout && !l.stderr {
		return refuse(400, "Bad parameters: you must choose at least one stream")
	}
	if l.since, err = timestamp(q.Get("since")); err != nil {
		return err
	}
	if l.until, err = timestamp(q.Get("until")); err != nil {
		return err
	}
	if n, err := strconv.ParseInt(q.Get("tail"), 10, 64); err == nil && n >= 0 {
		l.tail = min(n, l.tail)
	}
	w.Header().Set("Content-Type", "application/vnd.docker.multiplexed-stream")
	w.WriteHeader(http.StatusOK)
	push := flusher(w)
	flush := func() bool { return l.out.Flush() == nil && push() == nil }
	now := e.world.now()
	next := c.logIndex(now, l.pace)
	if !l.past(c, next) || !flush() || !l.follow {
		return nil
	}
	run := c.run
	timer := time.NewTimer(0)
	defer timer.Stop()
	for c.alive() && c.run == run && (l.until.IsZero() || now.Before(l.until)) {
		at := c.created.Add(time.Duration(next) * l.pace)
		timer.Reset(max(at.Sub(now), min(logTick, max(l.pace, time.Millisecond))))
		select {
		case <-r.Context().Done():
			return nil
		case <-timer.C:
		}
		if c, err = e.world.find(c.id); err != nil {
			return nil // It was removed: that ends the stream.
		}
		now = e.world.now()
		end := c.logIndex(now, l.pace)
		if !c.alive() {
			end = c.logIndex(c.finishedAt, l.pace)
		}
		for ; next < end; next++ {
			if c.state != paused && l.write(c, next) != nil {
				return nil // The client is gone.
			}
		}
		if !flush() {
			return nil
		}
	}
	return nil
}

// past writes the lines before the next one, the last tail of them.
func (l *logReader) past(c *container, next int64) bool {
	first, left := next, l.tail
	least := max(0, c.logIndex(l.since, l.pace))
	if !c.alive() {
		first = min(first, c.logIndex(c.finishedAt.Add(1), l.pace))
		next = first
	}
	for first > least && left > 0 {
		first--
		at := c.created.Add(time.Duration(first) * l.pace)
		switch {
		case c.wrote(at):
			left--
		case at.Before(c.created) || c.finishedAt.IsZero():
			least = first // nothing before
		case at.After(c.finishedAt): // between two runs
			first = max(least, c.logIndex(c.finishedAt.Add(1), l.pace))
		}
	}
	for k := first; k < next; k++ {
		if l.write(c, k) != nil {
			return false // The client is gone.
		}
	}
	return true
}

// write writes line k, if it was written and is wanted.
func (l *logReader) write(c *container, k int64) error {
	at := c.created.Add(time.Duration(k) * l.pace)
	if at.Before(l.since) || !l.until.IsZero() && at.After(l.until) || !c.wrote(at) {
		return nil
	}
	stderr, text := c.logLine(k, at)
	if stderr && !l.stderr || !stderr && !l.stdout {
		return nil
	}
	if l.timestamps {
		text = at.UTC().Format("2006-01-02T15:04:05.000000000Z") + " " + text
	}
	var head [8]byte
	head[0] = 1
	if stderr {
		head[0] = 2
	}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)+1)) //nolint:gosec // a line is short
	_, _ = l.out.Write(head[:])                               // an error stays
	_, _ = l.out.WriteString(text)
	return l.out.WriteByte('\n')
}
