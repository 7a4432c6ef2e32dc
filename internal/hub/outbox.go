package hub

import (
	"iter"
	"time"
)

// outbox is what one round of a session has to say: encoded messages in order,
// most of them shared with other sessions.
type outbox struct {
	msgs [][]byte
	// logs is a logs frame, which travels behind the messages and alone: a client
	// on a slow line must not wait for it to see the state.
	logs []byte
	// causes are when the engine said what some of the messages are about.
	causes []time.Time
}

func (o *outbox) add(msg []byte) { o.msgs = append(o.msgs, msg) }

func (o *outbox) empty() bool { return len(o.msgs) == 0 && o.logs == nil }

// reset empties the outbox and keeps a little of its memory.
func (o *outbox) reset() {
	const keep = 16
	clear(o.msgs)
	o.logs = nil
	if o.msgs = o.msgs[:0]; cap(o.msgs) > keep {
		o.msgs = nil
	}
	if o.causes = o.causes[:0]; cap(o.causes) > keep {
		o.causes = nil
	}
}

// frames joins the messages into frames of at most limit bytes, each a message
// or an array of them. The frame is valid until release is called.
func (o *outbox) frames(h *Hub, limit int) iter.Seq2[[]byte, func()] {
	return func(yield func([]byte, func()) bool) {
		for msgs := o.msgs; len(msgs) > 0; {
			n, size := 1, len(msgs[0])+2
			for n < len(msgs) && size+len(msgs[n])+1 <= limit {
				size += len(msgs[n]) + 1
				n++
			}
			if n == 1 {
				if !yield(msgs[0], func() {}) {
					return
				}
			} else {
				buf := h.buffer()
				frame := append((*buf)[:0], '[')
				for i, m := range msgs[:n] {
					if i > 0 {
						frame = append(frame, ',')
					}
					frame = append(frame, m...)
				}
				*buf = append(frame, ']')
				if !yield(*buf, func() { h.release(buf) }) {
					return
				}
			}
			msgs = msgs[n:]
		}
	}
}
