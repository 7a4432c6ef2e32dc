package demoengine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Pace of a made-up registry: a layer's size decides how long it takes, and no
// image takes much longer than transferTime.
const (
	transferTime  = 8 * time.Second
	transferSpeed = 6 << 20 // bytes a second at least, of all layers together
	unpackFactor  = 4       // unpacking is so many times as fast
	transferWidth = 3       // layers at a time, as the engine does
	transferTick  = 100 * time.Millisecond
)

// stage is how far a layer is.
type stage int8

const (
	stageWaiting stage = iota
	stageMoving
	stageRetrying
	stageMoved
	stageUnpacking
	stageDone
	stageExists
)

// movedLayer is a layer on its way.
type movedLayer struct {
	id              string
	size            int64
	moved, unpacked int64
	stage           stage
	retryAt         time.Duration
	fails           bool // once, in the middle
}

// line is one object of the stream of a pull or a push.
type line struct {
	Status   string        `json:"status,omitempty"`
	Progress *lineProgress `json:"progressDetail,omitempty"`
	ID       string        `json:"id,omitempty"`
	Aux      any           `json:"aux,omitempty"`
}

type lineProgress struct {
	Current int64 `json:"current,omitempty"`
	Total   int64 `json:"total,omitempty"`
}

// move is a pull or a push under way. It knows no clock: step is told how much
// time has gone by.
type move struct {
	pull   bool
	layers []*movedLayer
	speed  float64
	dice   *dice
	at     time.Duration
}

// newMove makes an image's layers, the same for the same reference each time. Of
// an image that is pulled again, and of bases that many have, nothing is to be
// moved.
func newMove(im *image, pull, exists bool) *move {
	sum := sha256.Sum256([]byte("layers/" + im.id))
	m := &move{pull: pull, dice: newDice(uint64(sum[0])<<8|uint64(sum[1]), 11)}
	n := 3 + m.dice.below(4)
	var shares []float64
	all := 0.0
	for range n {
		s := m.dice.between(0.05, 1)
		shares, all = append(shares, s*s), all+s*s
	}
	var total int64
	for i, s := range shares {
		id := sha256.Sum256(fmt.Appendf(nil, "%s/%d", im.id, i))
		l := &movedLayer{id: hex.EncodeToString(id[:6]), size: 1 + int64(float64(im.size)*0.4*s/all), fails: i == 2 && m.dice.chance(0.3)}
		if exists || i == 0 && m.dice.chance(0.4) {
			l.stage = stageExists
		} else {
			total += l.size
		}
		m.layers = append(m.layers, l)
	}
	m.speed = max(transferSpeed, float64(total)/transferTime.Seconds())
	return m
}

// words are a stage's, as the engine says them.
func (m *move) words(s stage) string {
	pull := [...]string{"Pulling fs layer", "Downloading", "Retrying in 1 second", "Download complete", "Extracting", "Pull complete", "Already exists"}
	push := [...]string{"Preparing", "Pushing", "Retrying in 1 second", "Pushed", "Pushed", "Pushed", "Layer already exists"}
	if m.pull {
		return pull[s]
	}
	return push[s]
}

func (m *move) say(l *movedLayer) line {
	out := line{Status: m.words(l.stage), ID: l.id, Progress: &lineProgress{}}
	switch l.stage {
	case stageMoving:
		out.Progress.Current, out.Progress.Total = l.moved, l.size
	case stageUnpacking:
		out.Progress.Current, out.Progress.Total = l.unpacked, l.size
	case stageWaiting, stageRetrying, stageMoved, stageDone, stageExists:
	}
	return out
}

// begin is what is said of all layers at first.
func (m *move) begin() []line {
	var out []line
	for _, l := range m.layers {
		if m.pull && l.stage != stageExists || !m.pull {
			out = append(out, line{Status: m.words(stageWaiting), ID: l.id, Progress: &lineProgress{}})
		}
	}
	for _, l := range m.layers {
		if l.stage == stageExists {
			out = append(out, m.say(l))
		}
	}
	return out
}

// step goes on for a while and says what is new; done says that nothing is left.
func (m *move) step(d time.Duration) (said []line, done bool) {
	m.at += d
	var active []*movedLayer
	for _, l := range m.layers {
		if l.stage == stageRetrying && m.at >= l.retryAt {
			l.stage = stageMoving
		}
		if l.stage == stageWaiting && len(active) < transferWidth {
			l.stage = stageMoving
		}
		if l.stage == stageMoving {
			active = append(active, l)
		}
	}
	for _, l := range active {
		l.moved += int64(m.speed * d.Seconds() / float64(len(active)) * m.dice.between(0.6, 1.4))
		switch {
		case l.fails && l.moved > l.size/2:
			l.fails, l.moved, l.stage, l.retryAt = false, 0, stageRetrying, m.at+time.Second
		case l.moved >= l.size:
			l.moved = l.size
			said = append(said, m.say(l))
			l.stage = stageMoved
			if !m.pull {
				l.stage = stageDone
			}
		}
		said = append(said, m.say(l))
	}
	if m.pull {
		said = append(said, m.unpack(d)...)
	}
	return said, !slices.ContainsFunc(m.layers, func(l *movedLayer) bool { return l.stage != stageDone && l.stage != stageExists })
}

// unpack goes on with the first layer that is not: one stands on the other.
func (m *move) unpack(d time.Duration) []line {
	i := slices.IndexFunc(m.layers, func(l *movedLayer) bool { return l.stage != stageDone && l.stage != stageExists })
	if i < 0 || m.layers[i].stage != stageMoved && m.layers[i].stage != stageUnpacking {
		return nil
	}
	l := m.layers[i]
	l.stage = stageUnpacking
	if l.unpacked += int64(m.speed * unpackFactor * d.Seconds()); l.unpacked < l.size {
		return []line{m.say(l)}
	}
	l.unpacked = l.size
	last := m.say(l)
	l.stage = stageDone
	return []line{last, m.say(l)}
}

// published is the image that the made-up registry has under a name. It has all
// but those called "missing", and shows those of "private" to nobody without a
// name.
func (w *world) published(ref, auth string) (*image, error) {
	repository, _, _ := strings.Cut(ref, "@")
	repository, _, _ = strings.Cut(repository, ":")
	switch parts := strings.Split(repository, "/"); {
	case parts[len(parts)-1] == "missing":
		return nil, refuse(404, "manifest for %s not found: manifest unknown: manifest unknown", ref)
	case slices.Contains(parts, "private") && !named(auth):
		return nil, refuse(500, "unauthorized: authentication required")
	}
	if im, err := w.goods().image(ref); err == nil {
		return im, nil
	}
	return newImage(ref, w.epoch), nil
}

// pulled puts an image into the stock, unless it is there.
func (w *world) pulled(im *image) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.goods().image(im.ref); err == nil {
		return
	}
	w.restockLocked(func(s *stock) {
		i, _ := slices.BinarySearchFunc(s.images, im, func(a, b *image) int { return strings.Compare(a.ref, b.ref) })
		s.images = slices.Insert(s.images, i, im)
	})
	w.events.publish("image", "pull", im.ref, []label{{"name", im.ref}}, w.now())
}
