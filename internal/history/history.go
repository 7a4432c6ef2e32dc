package history

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Defaults of Options.
const (
	DefaultEventAge   = 90 * 24 * time.Hour
	DefaultEventBytes = 512 << 20
	// DefaultMetricBytes bounds the metrics; they take far less with fewer than
	// some thousands of containers.
	DefaultMetricBytes = 768 << 20
)

// Options configure a History. Dir is required.
type Options struct {
	// Dir is the data directory, which is there.
	Dir string
	// EventAge and EventBytes bound the events.
	EventAge   time.Duration
	EventBytes int64
	// MetricAges are how long metrics are kept, by resolution: 10 s, 1 min and
	// 10 min; MetricBytes bounds all of them.
	MetricAges  [3]time.Duration
	MetricBytes int64
	Log         *slog.Logger
}

// History is the memory on disk. Its methods may be called from any goroutine;
// what they record is written by Run.
type History struct {
	o     Options
	path  string
	log   *slog.Logger
	queue *queue
	asks  chan ask
	news  chan struct{} // one slot: the status is another one
	over  chan struct{} // closed when Run begins to end
	hurt  chan error    // one slot: a reader found the file damaged

	mu     sync.Mutex
	status api.HistoryStatus
	rollup *Rollup // nil where no metrics come
	read   *sql.DB // nil while there is no file to read
}

// ask is something that the caller waits for: do runs in a transaction of its
// own; nil only waits until everything before it is written.
type ask struct {
	do   func(ctx context.Context, tx *sql.Tx) error
	tidy bool
	// metrics are written too, those that are gathered still as well.
	metrics bool
	reply   chan error // has room
}

// New prepares a history. The file is opened by Run.
func New(o Options) *History {
	if o.EventAge <= 0 {
		o.EventAge = DefaultEventAge
	}
	if o.EventBytes <= 0 {
		o.EventBytes = DefaultEventBytes
	}
	if o.MetricAges == [3]time.Duration{} {
		o.MetricAges = [3]time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 90 * 24 * time.Hour}
	}
	if o.MetricBytes <= 0 {
		o.MetricBytes = DefaultMetricBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &History{
		o: o, path: filepath.Join(o.Dir, FileName), log: o.Log, queue: newQueue(),
		asks: make(chan ask), over: make(chan struct{}), news: make(chan struct{}, 1), hurt: make(chan error, 1),
		status: api.HistoryStatus{State: api.HistoryOpening, Since: time.Now().UTC()},
	}
}

// Record hands over what happened. It never waits: what finds no room is
// counted, and a row tells of it.
func (h *History) Record(r Record) { h.queue.put(r) }

// Sync returns when everything that was recorded before is written; nil says
// that it survives a kill -9.
func (h *History) Sync(ctx context.Context) error { return h.ask(ctx, nil) }

// SyncMetrics returns when all metrics up to now are written.
func (h *History) SyncMetrics(ctx context.Context) error {
	return h.send(ctx, ask{metrics: true, reply: make(chan error, 1)})
}

// Tidy drops at once what is too old or too much, as the writer does by itself
// every minute.
func (h *History) Tidy(ctx context.Context) error {
	return h.send(ctx, ask{tidy: true, reply: make(chan error, 1)})
}

// ask runs do in a transaction and returns when it is written.
func (h *History) ask(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	return h.send(ctx, ask{do: do, reply: make(chan error, 1)})
}

func (h *History) send(ctx context.Context, a ask) error {
	select {
	case h.asks <- a:
		if a.do == nil {
			// Who only waits may leave; of what is to be done the end has to be known.
			select {
			case err := <-a.reply:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return <-a.reply
	case <-h.over:
		return &api.Error{Code: api.ErrUnreachable, Message: "Quaywatch is shutting down. Nothing was written."}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Status is how the history does.
func (h *History) Status() api.HistoryStatus {
	h.mu.Lock()
	s := h.status
	h.mu.Unlock()
	_, s.Dropped = h.queue.counts()
	return s
}

// Dir is the data directory.
func (h *History) Dir() string { return h.o.Dir }

// Waiting is how many events wait to be written.
func (h *History) Waiting() int {
	n, _ := h.queue.counts()
	return n
}

// reader returns the pool to read from.
func (h *History) reader() (*sql.DB, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.read == nil {
		why := h.status.Reason
		if why == "" {
			why = "The history is being opened. Try again in a moment."
		}
		return nil, &api.Error{Code: api.ErrUnreachable, Message: why}
	}
	return h.read, nil
}

// readFailed wraps an error of a read, and has the writer look at a file that
// seems to be damaged.
func (h *History) readFailed(err error) error {
	if damaged(err) {
		select {
		case h.hurt <- err:
		default:
		}
	}
	if c := resultCode(err); c != 0 && c != 9 { // 9 is interrupted: the caller went away
		return &api.Error{Code: api.ErrUnreachable, Message: "The history can't be read now. Try again in a moment", Cause: err}
	}
	return fmt.Errorf("read the history: %w", err)
}

// setStatus publishes a state that is another than before.
func (h *History) setStatus(state api.HistoryState, why string) {
	h.mu.Lock()
	if h.status.State == state && h.status.Reason == why {
		h.mu.Unlock()
		return
	}
	h.status.Since = time.Now().UTC()
	h.status.State, h.status.Reason = state, why
	h.mu.Unlock()
	select {
	case h.news <- struct{}{}:
	default:
	}
}

// Changed receives after State or Reason of the status has changed. There is one
// such channel, for one reader.
func (h *History) Changed() <-chan struct{} { return h.news }

// setReader hands over the pool that reads go through from now on, and returns
// the one before.
func (h *History) setReader(db *sql.DB) *sql.DB {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.read
	h.read = db
	return old
}
