package hub

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// feed is a session's subscription to a state topic or to the events. Its zero
// value, with a topic, is not subscribed.
type feed struct {
	topic api.Topic
	on    bool
	id    int
	// pos is the position the client has reached, or will have when the
	// snapshot that is under way has ended.
	pos  uint64
	last int // how many past events a snapshot holds; negative: all
	// used tells that the resume position was offered once: later subscriptions
	// of the connection want a snapshot.
	used bool
	// resumed feeds have yet to get what happened while the client was away,
	// which says nothing of how fast we are.
	resumed bool
	// pages is the snapshot under way; nil when the feed is live. wanted is a
	// snapshot that has not begun.
	pages  *pages
	wanted bool
	// asked is when the snapshot became wanted: it must not be older.
	asked time.Time
}

// live feeds are carried on by deltas.
func (f *feed) live() bool { return f.on && f.pages == nil && !f.wanted }

// The feeds by class: state before events, in every frame.
const (
	feedContainers = iota
	feedImages
	feedVolumes
	feedNetworks
	feedSystem
	feedJobs
	feedAlerts
	feedEvents
	feedCount
)

// newFeeds are the feeds of a new session.
func newFeeds() [feedCount]feed {
	return [feedCount]feed{
		feedContainers: {topic: api.TopicContainers}, feedImages: {topic: api.TopicImages},
		feedVolumes: {topic: api.TopicVolumes}, feedNetworks: {topic: api.TopicNetworks},
		feedSystem: {topic: api.TopicSystem}, feedJobs: {topic: api.TopicJobs},
		feedAlerts: {topic: api.TopicAlerts}, feedEvents: {topic: api.TopicEvents},
	}
}

func (s *session) feed(topic api.Topic) *feed {
	for i := range s.feeds {
		if s.feeds[i].topic == topic {
			return &s.feeds[i]
		}
	}
	return nil
}

// subscribe serves a sub message.
func (s *session) subscribe(m api.Sub) {
	if holder, ok := s.holder(m.ID); ok && holder != m.Topic {
		s.refuse(m.ID, fmt.Sprintf("subscription %d is of topic %q; ids are unique on a connection", m.ID, holder))
		return
	}
	if m.Topic == api.TopicMetrics {
		s.subscribeSamples(m)
		return
	}
	if m.Topic == api.TopicLogs {
		s.subscribeLogs(m)
		return
	}
	f := s.feed(m.Topic)
	if f == nil {
		s.refuse(m.ID, fmt.Sprintf("unknown topic %q; topics are alerts, containers, events, images, jobs, logs, metrics, networks, system and volumes", m.Topic))
		return
	}
	first := !f.used
	*f = feed{topic: f.topic, on: true, id: m.ID, last: -1, used: true}
	if m.Filter != nil && m.Filter.Last != nil {
		f.last = max(0, *m.Filter.Last)
	}
	seq := s.hub.store.Seq(f.topic)
	recovered := false
	from, ok := s.resumeFrom(f.topic)
	ok = ok && first
	if m.From != nil {
		from, ok = *m.From, true
	}
	if ok {
		if _, recovered = s.hub.store.Since(f.topic, from); recovered {
			f.pos, f.resumed = from, true
		}
	}
	f.wanted, f.asked = !recovered, time.Now()
	s.out.add(encode(api.Subbed{Type: api.TypeSubbed, ID: m.ID, Topic: f.topic, Recovered: recovered, Seq: seq}))
	s.follow()
}

// resumeFrom is the position of the topic that the hello offered.
func (s *session) resumeFrom(topic api.Topic) (uint64, bool) {
	r := s.hello.Resume
	if r == nil || r.Epoch != s.hub.store.Epoch() {
		return 0, false
	}
	seq, ok := r.Topics[topic]
	return seq, ok
}

// holder finds the topic of a subscription's id.
func (s *session) holder(id int) (api.Topic, bool) {
	for i := range s.feeds {
		if s.feeds[i].on && s.feeds[i].id == id {
			return s.feeds[i].topic, true
		}
	}
	if s.logs.on && s.logs.id == id {
		return api.TopicLogs, true
	}
	return api.TopicMetrics, s.samples.on && s.samples.id == id
}

func (s *session) unsubscribe(id int) {
	for i := range s.feeds {
		if f := &s.feeds[i]; f.on && f.id == id {
			*f = feed{topic: f.topic, used: true}
		}
	}
	if s.samples.on && s.samples.id == id {
		s.samples = samples{}
		s.hub.setWatch(s, nil)
	}
	if s.logs.on && s.logs.id == id {
		s.closeLogs()
	}
	s.follow()
}

// follow tells the hub which wakes concern this session, and has the feeds
// looked at once, for what came before it did.
func (s *session) follow() {
	var what uint32
	for i := range s.feeds {
		if s.feeds[i].on {
			what |= dirtyState
		}
	}
	if s.samples.on {
		what |= dirtyMetrics
	}
	if s.logs.on {
		what |= dirtyState // whether its containers run
	}
	s.follows.Store(what)
	s.recheck = true
}

// gather puts into the outbox what leads the feeds to the present, and at most
// one page of a snapshot. It sees the topics at one moment: an event and the
// change it caused leave together, or both next time. Should the store change
// during each attempt, the events are still not ahead of the state.
func (s *session) gather() {
	if f := &s.feeds[feedEvents]; f.wanted && !s.held(feedEvents) {
		s.begin(f) // before the state is read, so that the state is not older
	}
	var found [len(s.feeds)]*update
	for range 3 {
		revision := s.hub.store.Revision()
		for i := len(s.feeds) - 1; i >= 0; i-- {
			found[i] = nil
			if f := &s.feeds[i]; f.live() && !s.held(i) {
				u, ok := s.hub.update(f.topic, f.pos)
				if !ok || u != nil && len(u.msg) > maxDelta && i != feedEvents {
					s.resync(f, ok)
				}
				found[i] = u
			}
		}
		if s.hub.store.Revision() == revision {
			break
		}
	}
	paged := false
	for i := range s.feeds {
		f := &s.feeds[i]
		if s.held(i) {
			continue // the state has just lost its place: the events wait for it
		}
		if u := found[i]; u != nil && f.live() {
			s.advance(f, u)
		}
		// A snapshot of the events that became wanted here would be newer than the
		// state: it begins next time, above.
		if f.on && !f.live() && !paged && (i != feedEvents || !f.wanted) {
			s.turn(f)
			paged = true
		}
	}
}

// held tells whether feed i must wait: events wait until the state they tell of
// has arrived.
func (s *session) held(i int) bool {
	if i != feedEvents {
		return false
	}
	for _, state := range [...]int{feedContainers, feedImages, feedVolumes, feedNetworks, feedSystem} {
		if f := &s.feeds[state]; f.on && !f.live() {
			return true
		}
	}
	return false
}

// maxDelta is the largest delta of a state topic that is sent: above it, pages
// of a snapshot are kinder to a client with a limit of its own (1 MiB is a
// common one). A delta can't be cut, because it has one position.
const maxDelta = 1 << 20

func (s *session) advance(f *feed, u *update) {
	merged := u.seq - u.from - 1
	s.hub.stats.coalesced.Add(merged)
	if f.topic != api.TopicEvents && !f.resumed {
		s.coalesced += merged // what came while the client was away is no fault of it
	}
	parts := [][]byte{u.msg}
	if f.topic == api.TopicEvents && len(u.msg) > s.maxFrame {
		// Every event has its own position, so this delta can be cut. What has
		// been added since is left for later: the state was read before it.
		if whole, ok := s.hub.store.Since(f.topic, f.pos); ok {
			d := whole.Delta
			d.Added, d.Seq = d.Added[:u.seq-f.pos], u.seq
			parts = cutEvents(d, s.maxFrame)
		}
	}
	for _, part := range parts {
		s.out.add(part)
	}
	f.pos = u.seq
	if !u.cause.IsZero() && !f.resumed {
		s.out.causes = append(s.out.causes, u.cause)
	}
	f.resumed = false
}

// cutEvents makes deltas of at most limit bytes, but of at least one event.
func cutEvents(d api.Delta, limit int) [][]byte {
	var out [][]byte
	for len(d.Added) > 0 {
		n, size := 0, 128
		for n < len(d.Added) && (n == 0 || size+len(d.Added[n])+1 <= limit) {
			size += len(d.Added[n]) + 1
			n++
		}
		part := api.Delta{Type: api.TypeDelta, Topic: d.Topic, From: d.From, Seq: d.From + uint64(n), Added: d.Added[:n]}
		out = append(out, encode(part))
		d.From, d.Added = part.Seq, d.Added[n:]
	}
	return out
}

// pages is a snapshot on its way: an immutable list, and how far it was sent.
type pages struct {
	snap store.Snapshot
	next int
	page int
}

// turn puts the next page of a feed's snapshot into the outbox, and begins the
// snapshot if it has not begun.
func (s *session) turn(f *feed) {
	if f.wanted {
		s.begin(f)
	}
	p := f.pages
	if p.next < len(p.snap.Items) {
		s.out.add(p.cut(f.topic, s.maxFrame))
	}
	if p.next == len(p.snap.Items) {
		s.out.add(encode(api.SnapEnd{Type: api.TypeSnapEnd, Topic: f.topic, Seq: p.snap.Seq, Count: len(p.snap.Items)}))
		f.pages = nil
	}
	s.recheck = true
}

// begin takes the snapshot that the feed will get.
func (s *session) begin(f *feed) {
	f.wanted = false
	f.pages = &pages{snap: s.hub.snapshot(f.topic, f.last, f.asked)}
	f.pos = f.pages.snap.Seq
}

// cut makes the next page, of at most limit bytes but of at least one item.
func (p *pages) cut(topic api.Topic, limit int) []byte {
	items, size := p.snap.Items[p.next:], 128
	n := 0
	for n < len(items) && (n == 0 || size+len(items[n])+1 <= limit) {
		size += len(items[n]) + 1
		n++
	}
	page := appendPage(make([]byte, 0, size), topic, p.page, items[:n])
	p.next += n
	p.page++
	return page
}

// appendPage writes an api.Snap. Marshalling would check and compact every item
// again, which at 10,000 containers is most of the cost of a snapshot.
func appendPage(dst []byte, topic api.Topic, page int, items []json.RawMessage) []byte {
	dst = fmt.Appendf(dst, `{"type":"snap","topic":%q,"page":%d,"items":[`, topic, page)
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, item...)
	}
	return append(dst, ']', '}')
}

// Reasons of a resync.
const (
	reasonSlow  = "slow"  // the client did not keep up
	reasonBurst = "burst" // more changed at once than the ring holds
	reasonLarge = "large" // the delta would have been larger than a snapshot's page can be
)

// resync has a feed begin anew with a snapshot, and says so.
func (s *session) resync(f *feed, inRing bool) {
	reason := reasonBurst
	switch {
	case inRing && s.lastSlow:
		reason = reasonSlow
	case inRing:
		reason = reasonLarge
	case s.lastSlow:
		reason = reasonSlow
		s.strike(time.Now())
	}
	s.resyncFor(f, reason)
}

func (s *session) resyncFor(f *feed, reason string) {
	m := api.Resync{Type: api.TypeResync, Topic: f.topic, Reason: reason}
	if f.topic == api.TopicEvents {
		snap := s.hub.store.Snapshot(f.topic, f.last)
		if first := snap.Seq - uint64(len(snap.Items)); first > f.pos {
			m.Lost = &api.Range{From: f.pos, To: first}
		}
	}
	s.hub.stats.resynced(reason)
	s.out.add(encode(m))
	f.wanted, f.asked, f.pages = true, time.Now(), nil
	s.recheck = true
}

// tooSlow counts a slow write. What is behind begins anew; the second time
// within a minute ends the session.
func (s *session) tooSlow(now time.Time) *ending {
	s.strike(now)
	for i := range s.feeds {
		f := &s.feeds[i]
		if f.live() && f.topic != api.TopicEvents && s.hub.store.Seq(f.topic) != f.pos {
			s.resyncFor(f, reasonSlow)
		}
	}
	return s.struck(now)
}

// strike counts once for each write, whatever it led to.
func (s *session) strike(now time.Time) {
	if !s.counted {
		s.strikes, s.counted = append(s.strikes, now), true
	}
}

// struck ends a session that was too slow twice within a minute.
func (s *session) struck(now time.Time) *ending {
	n := 0
	for _, at := range s.strikes {
		if now.Sub(at) < strikeWindow {
			s.strikes[n] = at
			n++
		}
	}
	s.strikes = s.strikes[:n]
	if n < 2 {
		return nil
	}
	return &ending{code: api.CloseSlow, reason: "too slow, twice within a minute"}
}
