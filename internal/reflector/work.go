package reflector

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// mark says that the container may have changed. A quiet key is inspected at
// once; marks soon after the beginning of an inspect fold.
func (t *tracker) mark(k *key, now time.Time, q queue) {
	switch {
	case k.inflight:
		k.again = true
	case k.later && k.fails == 0: // folded already; a retry is not waited for
	case k.queued == queueNone && now.Sub(k.started) < foldWindow:
		t.later(k, k.started.Add(foldWindow))
	default:
		t.enqueue(k, q)
	}
}

func (t *tracker) later(k *key, at time.Time) {
	if k.later {
		return
	}
	k.later = true
	t.agenda.add(at, k, choreInspect)
}

// enqueue puts the key into a queue of inspects. An urgent word lifts it out of
// the bulk, where its old entry is skipped when its turn comes.
func (t *tracker) enqueue(k *key, q queue) {
	if k.inflight {
		k.again = true
		return
	}
	if k.queued == q || k.queued == queueUrgent {
		return
	}
	k.queued = q
	if q == queueUrgent {
		t.urgent = append(t.urgent, k)
	} else {
		t.bulk = append(t.bulk, k)
	}
}

// pop takes the next inspect to make, if one may begin: at most workers are in
// flight, and at most bulkWorkers of them from the bulk, so that an event never
// waits behind a list.
func (t *tracker) pop(now time.Time, workers, bulkWorkers int) (*key, bool) {
	if t.flying >= workers {
		return nil, false
	}
	k, ok := t.popQueue(&t.urgent, queueUrgent)
	if !ok {
		if t.slow >= bulkWorkers {
			return nil, false
		}
		if k, ok = t.popQueue(&t.bulk, queueBulk); !ok {
			return nil, false
		}
		t.slow++
		k.slow = true
	}
	t.flying++
	k.queued, k.inflight, k.again, k.dirty = queueNone, true, false, false
	k.started, k.cover, k.verifying = now, len(k.held), k.verify
	return k, true
}

func (t *tracker) popQueue(q *[]*key, which queue) (*key, bool) {
	for len(*q) > 0 {
		k := (*q)[0]
		(*q)[0] = nil
		*q = (*q)[1:]
		if k.queued == which && t.current(k) {
			return k, true
		}
	}
	*q = nil
	return nil, false
}

// inspected takes the answer of an inspect that pop handed out.
func (t *tracker) inspected(k *key, now time.Time, c *api.Container, err error) {
	t.flying--
	if k.slow {
		k.slow = false
		t.slow--
	}
	k.inflight = false
	if !t.current(k) {
		return // destroyed meanwhile: that was certain, this is old
	}
	switch {
	case err == nil:
		k.fails, k.seenAt = 0, now
		t.found(k, now, c)
	case api.CodeOf(err) == api.ErrNotFound:
		t.missing(k, now)
		return
	default:
		k.fails++
		t.release(k, k.cover)
		k.again = false
		t.later(k, now.Add(min(retryMax, retryBase<<min(k.fails-1, 10))))
		return
	}
	if k.again {
		k.again = false
		t.mark(k, now, queueUrgent)
	}
}

// found puts what an inspect found, together with the events before it.
func (t *tracker) found(k *key, now time.Time, c *api.Container) {
	own := *c
	own.Partial = false
	old, had := t.stored(k)
	switch {
	case k.verifying:
		var news []api.Event
		if t.listed {
			news = k.infer(&own, now)
		}
		for i := range news {
			t.attribute(&news[i], t.ours(news[i].Time))
			t.say(k, news[i])
		}
		if len(news) > 0 || !k.heard && had && !old.Partial && turned(old, &own) {
			k.inferred = true
		}
		k.settle(&own)
		k.pending, k.verify, k.verifying = false, false, false
	case k.recalled && !k.pending:
		if len(k.infer(&own, now)) > 0 {
			t.judge(k, now, true)
		} else {
			k.settle(&own)
		}
	case !t.inGap() && !k.pending:
		k.settle(&own)
	}
	own.Inferred, k.gone, k.recalled = k.inferred, false, false
	k.name, k.image = own.Name, own.Image
	t.put(k, &own)
	if t.res != nil {
		t.res.agree(k.id, attachedTo(&own), now)
	}
	t.release(k, k.cover)
}

// missing removes what an inspect did not find. If no destroy follows soon, it
// is inferred.
func (t *tracker) missing(k *key, now time.Time) {
	t.send(k, len(k.held))
	if k.verify {
		t.bury(k, now)
		return
	}
	k.gone = t.listed && (k.gone || k.stored)
	t.remove(k)
	if t.res != nil {
		t.res.agree(k.id, nil, now)
	}
	if !k.gone {
		delete(t.keys, k.id)
		return
	}
	if !k.pending {
		k.pending = true
		t.agenda.add(now.Add(ghostGrace), k, choreVerify)
	}
}
