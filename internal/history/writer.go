package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Times of the writer.
const (
	// gatherFor is how long what was recorded waits for more: a transaction costs
	// more than a row.
	gatherFor = 100 * time.Millisecond
	// retryEvery is how often a paused history is tried again.
	retryEvery = 3 * time.Second
	// upkeepEvery is how often old rows are looked for.
	upkeepEvery = time.Minute
	// metricsEvery is how often it is looked whose metrics are to be written.
	metricsEvery = 10 * time.Second
	// finishWithin bounds the last writes at the end.
	finishWithin = 3 * time.Second
	// writeTimeout bounds one transaction.
	writeTimeout = 30 * time.Second
)

// maxBatch is how many events one transaction takes.
const maxBatch = 512

// writer is the state of Run.
type writer struct {
	*History

	file   *file       // nil while there is none open
	opened os.FileInfo // of file
	wal    os.FileInfo // of what is not in it yet; nil where there is none
	// paused since pausedAt; a row tells of it once it is over.
	paused   bool
	pausedAt time.Time
	notes    []api.Event // rows of the history's own, written first
	metrics  metricWriter
	book     book
}

// Run writes until ctx ends, through every failure of the disk, and then what
// waits, for a few seconds at most.
func (h *History) Run(ctx context.Context) error {
	w := &writer{History: h}
	defer close(h.over)
	defer w.close()
	w.drain(ctx)
	upkeep := time.NewTicker(upkeepEvery)
	defer upkeep.Stop()
	metrics := time.NewTicker(metricsEvery)
	defer metrics.Stop()
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
			w.drain(end)
			w.writeMetrics(end, true)
			cancel()
			return nil
		case <-h.queue.wake:
			select {
			case <-time.After(gatherFor):
			case <-ctx.Done():
				continue
			case a := <-h.asks:
				w.answer(ctx, a)
			}
			w.drain(ctx)
		case a := <-h.asks:
			w.answer(ctx, a)
		case err := <-h.hurt:
			w.failed(err)
		case <-upkeep.C:
			w.upkeep(ctx)
		case <-metrics.C:
			w.writeMetrics(ctx, false)
		case <-retry.C:
			w.look(ctx)
			if w.paused || w.file == nil {
				w.drain(ctx)
			}
		}
	}
}

// open opens the file if it is not, and reports whether it can be written.
func (w *writer) open(ctx context.Context) bool {
	if w.file != nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	f, err := openFile(ctx, w.path)
	if damaged(err) {
		w.aside(err)
		f, err = openFile(ctx, w.path)
	}
	if err != nil {
		w.readOnly(ctx) // first: who hears of the pause may read
		w.pause(err)
		return false
	}
	w.file, w.metrics.series, w.book = f, nil, book{}
	if w.opened, err = os.Stat(w.path); err != nil {
		w.pause(err)
		return false
	}
	w.wal, _ = os.Stat(w.path + walSuffix)
	if old := w.setReader(f.read); old != nil {
		_ = old.Close()
	}
	w.measure(ctx)
	return true
}

// readOnly lets a file that can't be written be read, if that much works.
func (w *writer) readOnly(ctx context.Context) {
	if _, err := w.reader(); err == nil {
		return
	}
	if _, err := os.Stat(w.path); err != nil {
		return
	}
	// Where nothing can be written, not even the index of a WAL can; then nobody
	// else writes the file either.
	for _, more := range []string{"", "&immutable=1"} {
		db, err := openReaders(w.path, more)
		if err != nil {
			return
		}
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM engines").Scan(&n); err != nil {
			_ = db.Close()
			continue
		}
		w.setReader(db)
		return
	}
}

// look sees whether the file is still the one that was opened: one that was
// removed can be written for as long as it is open, for nothing.
func (w *writer) look(ctx context.Context) {
	if w.file == nil {
		return
	}
	if !replaced(w.path, w.opened) {
		if w.wal != nil && replaced(w.path+walSuffix, w.wal) {
			w.rescue(ctx)
		}
		return
	}
	w.log.Warn("the history was removed or replaced by somebody, what is there now goes on", "file", w.path)
	if old := w.setReader(nil); old != nil {
		_ = old.Close()
	}
	_ = w.file.write.Close()
	w.file = nil
	now := time.Now()
	w.notes = append(w.notes, ofHistory("set-aside", now, now, w.path+" was removed or replaced by somebody while it was written. This is the one that is there now."))
}

// replaced tells whether a file is no longer the one that it was.
func replaced(path string, was os.FileInfo) bool {
	info, err := os.Stat(path)
	return err == nil && !os.SameFile(info, was) || errors.Is(err, fs.ErrNotExist)
}

// rescue brings into the file what was written beside it, where somebody took that
// away: it is there for as long as it is open, and nobody else can read it.
func (w *writer) rescue(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	var busy, frames, moved int
	err := w.file.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(FULL)").Scan(&busy, &frames, &moved)
	w.log.Warn("the history's WAL was removed or replaced by somebody while it was in use", "file", w.path+walSuffix, "rescued", err == nil && busy == 0 && frames == moved, "error", err)
	if old := w.setReader(nil); old != nil {
		_ = old.Close()
	}
	_ = w.file.write.Close()
	w.file = nil
}

// drain writes what waits, and reports whether it is written. Where the file turns
// out to be damaged, it goes into a new one, but not into one after the other.
func (w *writer) drain(ctx context.Context) bool {
	for again := true; ; {
		if !w.open(ctx) {
			return false
		}
		b := w.queue.peek(maxBatch)
		tell := slices.Clone(w.notes)
		if w.paused {
			tell = append(tell, ofHistory("resumed", w.pausedAt, time.Now(), w.Status().Reason))
		}
		if b.empty() && len(tell) == 0 {
			w.resume()
			return true
		}
		if err := w.write(ctx, b, tell); err != nil {
			w.failed(err)
			if again && w.file == nil && !w.paused {
				again = false
				continue
			}
			return false
		}
		w.queue.done(b)
		w.notes = nil
		w.resume()
	}
}

// answer does what somebody waits for, after everything that was recorded
// before it.
func (w *writer) answer(ctx context.Context, a ask) {
	if !w.drain(ctx) {
		why := w.Status().Reason
		if why == "" {
			why = "The history can't be written just now. Try again in a moment."
		}
		a.reply <- &api.Error{Code: api.ErrUnreachable, Message: why}
		return
	}
	if a.metrics {
		w.writeMetrics(ctx, true)
	}
	if a.tidy {
		w.upkeep(ctx)
	}
	if a.do == nil {
		a.reply <- nil
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := w.file.write.BeginTx(ctx, nil)
	if err == nil {
		if err = a.do(ctx, tx); err == nil {
			err = tx.Commit()
		}
		if err != nil {
			_ = tx.Rollback()
		}
	}
	if resultCode(err) != 0 {
		w.failed(err)
		err = &api.Error{Code: api.ErrUnreachable, Message: reason(w.path, err)}
	}
	a.reply <- err
}

// failed decides what a failed write means.
func (w *writer) failed(err error) {
	if damaged(err) {
		w.aside(err)
		return
	}
	if errors.Is(err, context.Canceled) {
		return // the end
	}
	w.pause(err)
	if c := resultCode(err); c == codeFull || c == 0 {
		return // the file stays open, and can be read
	}
	// Whatever is wrong with the file's handle, another one may be right.
	if w.file != nil {
		_ = w.file.write.Close()
		w.file = nil
	}
}

func (w *writer) pause(err error) {
	why := reason(w.path, err)
	if !w.paused {
		w.paused, w.pausedAt = true, time.Now()
		w.log.Warn("history is paused", "error", err)
	}
	w.setStatus(api.HistoryPaused, why)
}

func (w *writer) resume() {
	if w.paused {
		w.log.Info("history goes on", "after", time.Since(w.pausedAt).Round(time.Second))
	}
	w.paused = false
	w.setStatus(api.HistoryRecording, "")
}

// aside sets a damaged file aside; the next write begins a new one.
func (w *writer) aside(err error) {
	w.log.Error("history is damaged, it is set aside and a new one is begun", "error", err)
	if w.file != nil {
		_ = w.file.close()
		w.file = nil
	}
	if old := w.setReader(nil); old != nil {
		_ = old.Close()
	}
	name, rerr := setAside(w.path, time.Now())
	if rerr != nil {
		w.pause(rerr)
		return
	}
	w.mu.Lock()
	w.status.SetAside = name
	w.mu.Unlock()
	now := time.Now()
	w.notes = append(w.notes, ofHistory("set-aside", now, now, fmt.Sprintf("The history was damaged (%v). It is kept as %s, and this is a new one.", err, name)))
}

// close closes the file: what was not written is lost.
func (w *writer) close() {
	if old := w.setReader(nil); old != nil {
		_ = old.Close()
	}
	if w.file != nil {
		_ = w.file.write.Close()
	}
}

// ofHistory is a row that tells of the history itself. "lost", "resumed" and
// "set-aside" are its actions; from and until is what it may lack.
func ofHistory(action string, from, until time.Time, why string) api.Event {
	return api.Event{
		Time: until.UTC(), Kind: api.KindHistory, Action: action,
		Attributes: map[string]string{
			api.AttrFrom: from.UTC().Format(time.RFC3339Nano), api.AttrUntil: until.UTC().Format(time.RFC3339Nano), api.AttrReason: why,
		},
	}
}
