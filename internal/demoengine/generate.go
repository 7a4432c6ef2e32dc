package demoengine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Purposes of the seed's independent streams of dice.
const (
	purposeWorld uint64 = iota + 1
	purposeStates
	purposeChurn
	purposeActions
	purposeLoad = 1 << 32
)

// firstPID lies above the kernel's largest process id (4194304), so that
// nothing that trusts a demo container's pid can meet a real process.
const firstPID = 5_000_000

// builder makes the world before its first moment. It is used by one goroutine
// and thrown away.
type builder struct {
	seed     uint64
	epoch    time.Time
	dice     *dice
	images   map[string]*image
	networks []*network
	volumes  []*volume
	serial   uint64
	want     int
	made     []*container
	names    map[string]bool
}

func generate(seed uint64, want int, chatty bool, epoch time.Time) *builder {
	b := &builder{seed: seed, epoch: epoch, dice: newDice(seed, purposeWorld), images: map[string]*image{}, want: want, names: map[string]bool{}}
	old := epoch.Add(-90 * 24 * time.Hour)
	bridge := &network{id: hexID(seed, "network", 0), name: "bridge", driver: "bridge", created: old, subnet: "172.17.0.0/16", gateway: "172.17.0.1"}
	b.networks = append(b.networks, bridge,
		&network{id: hexID(seed, "network", 1), name: "host", driver: "host", created: old},
		&network{id: hexID(seed, "network", 2), name: "none", driver: "null", created: old})

	themes, people := catalog(), tenants()
	for round := 0; len(b.made) < want; round++ {
		for _, t := range themes {
			project := t.name
			if round > 0 {
				project = people[(round-1)%len(people)] + "-" + t.name
				if again := (round - 1) / len(people); again > 0 {
					project += strconv.Itoa(again + 1)
				}
			}
			b.project(project, t, round == 0)
		}
		b.lone(bridge, round == 0)
	}
	b.states()
	if chatty {
		b.chatty()
	}
	b.leftovers()
	// The list's order is the order of creation.
	sort.SliceStable(b.made, func(i, j int) bool { return b.made[i].created.Before(b.made[j].created) })
	return b
}

func (b *builder) full() bool { return len(b.made) >= b.want }

func (b *builder) project(name string, t theme, first bool) {
	if b.full() {
		return
	}
	age := time.Duration(math.Exp(b.dice.between(math.Log(40), math.Log(45*24*60))) * float64(time.Minute))
	up := b.epoch.Add(-age)
	k := len(b.networks)
	n := &network{
		id: hexID(b.seed, "network", uint64(k)), name: name + "_default", driver: "bridge", created: up.Add(-2 * time.Second),
		subnet: fmt.Sprintf("10.%d.%d.0/24", 16+k/256, k%256), gateway: fmt.Sprintf("10.%d.%d.1", 16+k/256, k%256),
		labels: []label{{"com.docker.compose.network", "default"}, {"com.docker.compose.project", name}, {"com.docker.compose.version", "2.29.1"}},
	}
	b.networks = append(b.networks, n)
	for i := range t.services {
		s := &t.services[i]
		scale := max(s.scale, 1)
		if scale > 1 && !first {
			scale = 1 + b.dice.below(scale+1)
		}
		var v *volume
		if s.volume != "" {
			v = &volume{
				name: name + "_" + s.name + "-data", created: up.Add(-time.Second),
				labels: []label{{"com.docker.compose.project", name}, {"com.docker.compose.version", "2.29.1"}, {"com.docker.compose.volume", s.name + "-data"}},
			}
			b.volumes = append(b.volumes, v)
		}
		for number := 1; number <= scale; number++ {
			if b.full() {
				return
			}
			at := up.Add(time.Duration(b.dice.below(4_000_000)) * time.Microsecond)
			c := b.container(s, name, number, at)
			b.attach(c.birth, n)
			c.volume, c.mount = v, s.volume
			if s.host > 0 && number == 1 {
				c.hostPort = s.host
				if !first {
					c.hostPort = 20000 + int(c.serial)%40000
				}
			}
			b.made = append(b.made, c)
		}
	}
}

// lone makes containers outside of Compose: one in twenty.
func (b *builder) lone(bridge *network, first bool) {
	kinds := loners()
	for range 3 {
		if b.full() {
			return
		}
		s := &kinds[b.dice.below(len(kinds))]
		at := b.epoch.Add(-time.Duration(b.dice.between(60, 9*24*3600) * float64(time.Second)))
		c := b.container(s, "", 0, at)
		b.attach(c.birth, bridge)
		if s.host > 0 {
			c.hostPort = s.host
			if !first {
				c.hostPort = 20000 + int(c.serial)%40000
			}
		}
		b.made = append(b.made, c)
	}
}

// chatty replaces the last container by one that writes fast, for whoever wants
// to see what a page makes of that. The others are as they would be without it.
func (b *builder) chatty() {
	if len(b.made) < leastForChatty {
		return
	}
	s := service{name: "chatty", image: "ghcr.io/acme/loadgen:1.2.0", path: "/loadgen", args: []string{"--rate", chattyRate}, cpu: 0.2, mem: 24, memLimit: 128, pids: 9, policy: "unless-stopped"}
	born := b.epoch.Add(-time.Hour)
	n := &network{
		id: hexID(b.seed, "network", uint64(len(b.networks))), name: "loadtest_default", driver: "bridge", created: born.Add(-2 * time.Second),
		subnet: "10.15.0.0/24", gateway: "10.15.0.1",
		labels: []label{{"com.docker.compose.network", "default"}, {"com.docker.compose.project", "loadtest"}, {"com.docker.compose.version", "2.29.1"}},
	}
	b.networks = append(b.networks, n)
	c := b.container(&s, "loadtest", 1, born)
	c.labels = append(c.labels, label{RateLabel, chattyRate}) // the last by its key
	b.attach(c.birth, n)
	c.state, c.run, c.startedAt, c.healthAt, c.pid = running, 1, born.Add(time.Second), born.Add(time.Second), firstPID+int(c.serial)*3
	b.made[len(b.made)-1] = c
}

// chattyRate is in lines a second; in a world of fewer containers than
// leastForChatty there is none that writes so much.
const (
	chattyRate     = "20000"
	leastForChatty = 20
)

// attach gives b an address of n.
func (b *builder) attach(c *birth, n *network) {
	if c.network == nil && c.ip == "host" {
		c.ip = ""
		return
	}
	n.members++
	host := n.members + 1
	var a, d, e, f int
	_, _ = fmt.Sscanf(n.subnet, "%d.%d.%d.%d", &a, &d, &e, &f)
	e, f = e+host>>8, host&0xff
	c.network = n
	c.ip = fmt.Sprintf("%d.%d.%d.%d", a, d, e, f)
	c.mac = fmt.Sprintf("02:42:%02x:%02x:%02x:%02x", a, d, e, f)
	c.endpoint = hexID(b.seed, "endpoint", c.serial)
}

// container makes a container in state created.
func (b *builder) container(s *service, project string, number int, at time.Time) *container {
	serial := b.serial
	b.serial++
	born := &birth{
		serial: serial, id: hexID(b.seed, "container", serial), created: at, image: b.image(s.image),
		path: s.path, args: s.args, project: project, service: s.name, number: number,
		policy: s.policy, port: s.port, proto: "tcp", probe: s.health, oneShot: s.oneShot,
		memLimit: int64(s.memLimit) << 20, nanoCPUs: int64(s.cpuLimit * 1e9),
		load: newLoad(s, newDice(b.seed, purposeLoad+serial)),
	}
	born.env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, s.env...)
	if s.proto != "" {
		born.proto = s.proto
	}
	if s.policy == "on-failure" {
		born.retries = 5
	}
	if s.memLimit > 0 && s.cpuLimit > 0 {
		born.pidsLimit = 512
	}
	if s.hostNet {
		born.ip = "host"
	}
	name := ""
	if project != "" {
		sum := sha256.Sum256([]byte(s.image + s.name))
		born.labels = []label{
			{"com.docker.compose.config-hash", hex.EncodeToString(sum[:])},
			{"com.docker.compose.container-number", strconv.Itoa(number)},
			{"com.docker.compose.depends_on", ""},
			{"com.docker.compose.image", born.image.id},
			{"com.docker.compose.oneoff", "False"},
			{"com.docker.compose.project", project},
			{"com.docker.compose.project.config_files", "/srv/" + project + "/compose.yaml"},
			{"com.docker.compose.project.working_dir", "/srv/" + project},
			{"com.docker.compose.service", s.name},
			{"com.docker.compose.version", "2.29.1"},
		}
		name = project + "-" + s.name + "-" + strconv.Itoa(number)
	} else {
		left, right := adjectives(), surnames()
		name = left[b.dice.below(len(left))] + "_" + right[b.dice.below(len(right))]
		for b.names[name] {
			name += strconv.Itoa(b.dice.below(10))
		}
	}
	b.names[name] = true
	return &container{birth: born, name: name, state: created}
}

func (b *builder) image(ref string) *image {
	if im := b.images[ref]; im != nil {
		return im
	}
	im := newImage(ref, b.epoch)
	b.images[ref] = im
	return im
}

// newImage is what a name stands for: the same with every seed.
func newImage(ref string, epoch time.Time) *image {
	sum := sha256.Sum256([]byte("image/" + ref))
	d := newDice(uint64(sum[0])<<8|uint64(sum[1]), 7)
	im := &image{
		id: "sha256:" + hex.EncodeToString(sum[:]), ref: ref, tags: []string{ref},
		created: epoch.Add(-time.Duration(d.between(5, 300) * 24 * float64(time.Hour))).Truncate(time.Second),
		size:    int64(d.between(6e6, 4.2e8)),
	}
	if strings.Contains(ref, "@") {
		im.tags = nil // a digest is no tag
	}
	return im
}

// states puts each container into what it is doing at the first moment: about
// 85 % running, and of the rest something of everything.
func (b *builder) states() {
	d := newDice(b.seed, purposeStates)
	order := make([]int, len(b.made))
	for i := range order {
		order[i] = i
	}
	for i := len(order) - 1; i > 0; i-- {
		j := d.below(i + 1)
		order[i], order[j] = order[j], order[i]
	}
	quota := int(math.Round(0.15 * float64(len(b.made))))
	var rest []*container
	done := 0
	for _, i := range order {
		if c := b.made[i]; c.oneShot {
			b.ran(c, d)
			c.startedAt = c.created.Add(300 * time.Millisecond)
			b.made[i] = c.died(c.startedAt.Add(time.Duration(d.between(3, 180)*float64(time.Second))), 0, false, false)
			done++
		} else {
			rest = append(rest, c)
		}
	}
	sick := max(1, len(rest)/200)
	at := make(map[*container]int, len(b.made))
	for i, c := range b.made {
		at[c] = i
	}
	for k, c := range rest {
		i := at[c]
		if done < quota {
			b.made[i] = b.notRunning(c, k, d)
			done++
			continue
		}
		b.ran(c, d)
		if c.probe != "" && sick > 0 {
			sick--
			b.made[i] = c.withHealth(b.epoch.Add(-time.Duration(d.between(30, 900)*float64(time.Second))), unhealthy)
		}
	}
}

// ran fills in a start shortly after creation, or some time later for a
// container that was restarted since. c is not published yet, so it is written to.
func (b *builder) ran(c *container, d *dice) {
	at := c.created.Add(time.Duration(d.between(150, 900)) * time.Millisecond)
	if d.chance(0.2) {
		at = at.Add(time.Duration(d.float() * float64(b.epoch.Sub(at))))
	}
	c.state, c.run, c.startedAt = running, 1, at
	c.pid = firstPID + int(c.serial)*3
	c.healthAt = at
	if c.probe != "" {
		c.health = healthy
	}
}

// notRunning is the k-th container that does not simply run.
func (b *builder) notRunning(c *container, k int, d *dice) *container {
	end := func() time.Time {
		return c.startedAt.Add(time.Duration(d.float() * float64(b.epoch.Sub(c.startedAt))))
	}
	kind := k % 12
	if k%60 >= 12 && (kind == 1 || kind == 3 || kind == 4) {
		kind = 0 // Few of the odd ones in a large world.
	}
	switch kind {
	case 1:
		// Crash-looping: the policy is waiting for its next attempt.
		c.crashes = true
		c.policy = "always"
		b.ran(c, d)
		c.startedAt = b.epoch.Add(-20 * time.Second)
		n := c.died(b.epoch.Add(-17*time.Second), 1, false, false)
		n.restarts, n.backoff = 12+d.below(80), longestBackoff
		return n
	case 3:
		b.ran(c, d)
		return c.pausedNow(b.epoch.Add(-time.Duration(d.between(60, 7200) * float64(time.Second))))
	case 4:
		return c
	case 2, 7, 10:
		b.ran(c, d)
		oom := c.memLimit > 0
		return c.died(end(), 137, oom, true)
	case 5, 8:
		b.ran(c, d)
		return c.died(end(), 1, false, true)
	case 9:
		b.ran(c, d)
		return c.died(end(), 139, false, true)
	default:
		b.ran(c, d)
		return c.died(end(), 0, false, true)
	}
}
