package demoengine

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// stock is what containers hang on: images, networks and volumes. It is
// immutable: a change is a new stock, made under world.mu, so that a list can be
// written without a lock.
type stock struct {
	images   []*image // sorted by reference
	networks []*network
	volumes  []*volume
	networkN map[string]*network // by name and id
	volumeN  map[string]*volume
}

// attachment is a container's place in a network that it was connected to later.
type attachment struct {
	network           *network
	ip, mac, endpoint string
}

// goods is the stock of now.
func (w *world) goods() *stock { return w.stock.Load() }

// restockLocked changes the stock.
func (w *world) restockLocked(change func(*stock)) {
	old := w.stock.Load()
	n := &stock{
		images: slices.Clone(old.images), networks: slices.Clone(old.networks), volumes: slices.Clone(old.volumes),
		networkN: maps.Clone(old.networkN), volumeN: maps.Clone(old.volumeN),
	}
	change(n)
	w.stock.Store(n)
}

// members are the containers of a network, in the order of creation.
func (w *world) members(n *network) []*container {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]*container, 0, len(w.within[n]))
	for _, id := range w.within[n] {
		if c := w.byID[id]; c != nil && c.alive() {
			out = append(out, c)
		}
	}
	return out
}

// enterLocked and leaveLocked keep who is in which network.
func (w *world) enterLocked(c *container) {
	if c.network != nil {
		w.within[c.network] = append(w.within[c.network], c.id)
	}
	for _, a := range c.extra {
		w.within[a.network] = append(w.within[a.network], c.id)
	}
}

func (w *world) leaveLocked(c *container) {
	out := func(n *network) {
		w.within[n] = slices.DeleteFunc(w.within[n], func(id string) bool { return id == c.id })
	}
	if c.network != nil {
		out(c.network)
	}
	for _, a := range c.extra {
		out(a.network)
	}
}

// at is the container's place in a network.
func (c *container) at(n *network) attachment {
	for _, a := range c.extra {
		if a.network == n {
			return a
		}
	}
	return attachment{network: c.network, ip: c.ip, mac: c.mac, endpoint: c.endpoint}
}

func (w *world) tagImage(ref, repo, tag string) error {
	if tag == "" {
		tag = "latest"
	}
	name := familiar(repo) + ":" + tag
	w.mu.Lock()
	defer w.mu.Unlock()
	im, err := w.goods().image(ref)
	if err != nil {
		return err
	}
	w.restockLocked(func(s *stock) {
		for i, other := range s.images {
			if slices.Contains(other.tags, name) {
				s.images[i] = other.with(slices.DeleteFunc(slices.Clone(other.tags), func(t string) bool { return t == name }))
			}
		}
		for i, other := range s.images {
			if other.id == im.id {
				s.images[i] = other.with(append(slices.Clone(other.tags), name))
			}
		}
	})
	w.events.publish("image", "tag", im.id, []label{{"name", name}}, w.now())
	return nil
}

// removeImage takes a tag away, or the image with its last one, and says what
// went as the engine does.
func (w *world) removeImage(ref string, force bool) (untagged []string, deleted string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	im, err := w.goods().image(ref)
	if err != nil {
		return nil, "", err
	}
	byID := strings.HasPrefix(strings.TrimPrefix(im.id, "sha256:"), strings.TrimPrefix(ref, "sha256:"))
	left := []string{}
	for _, t := range im.tags {
		if byID || t == ref || t == ref+":latest" {
			untagged = append(untagged, t)
		} else {
			left = append(left, t)
		}
	}
	if len(left) == 0 {
		if byID && len(im.tags) > 1 && !force {
			return nil, "", refuse(409, "conflict: unable to delete %s (must be forced) - image is referenced in multiple repositories", im.id[7:19])
		}
		for _, id := range w.order {
			switch c := w.byID[id]; {
			case c.image.id != im.id:
			case c.alive():
				return nil, "", refuse(409, "conflict: unable to delete %s (cannot be forced) - image is being used by running container %s", im.id[7:19], c.id[:12])
			case !force:
				return nil, "", refuse(409, "conflict: unable to delete %s (must be forced) - image is being used by stopped container %s", im.id[7:19], c.id[:12])
			}
		}
		deleted = im.id
	}
	w.restockLocked(func(s *stock) {
		i := slices.IndexFunc(s.images, func(o *image) bool { return o.id == im.id })
		if deleted != "" {
			s.images = slices.Delete(s.images, i, i+1)
		} else {
			s.images[i] = s.images[i].with(left)
		}
	})
	for _, t := range untagged {
		w.events.publish("image", "untag", im.id, []label{{"name", t}}, w.now())
	}
	if deleted != "" {
		w.events.publish("image", "delete", im.id, []label{{"name", im.id}}, w.now())
	}
	return untagged, deleted, nil
}

func (w *world) createVolume(name string, labels []label) *volume {
	w.mu.Lock()
	defer w.mu.Unlock()
	if name == "" {
		w.serial++
		name = hexID(w.seed, "volume", w.serial)
	}
	if v := w.goods().volumeN[name]; v != nil {
		return v // as the engine does
	}
	v := &volume{name: name, created: w.now(), labels: labels}
	w.restockLocked(func(s *stock) { s.volumes, s.volumeN[name] = append(s.volumes, v), v })
	w.events.publish("volume", "create", name, []label{{"driver", "local"}}, w.now())
	return v
}

func (w *world) removeVolume(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.goods().volumeN[name]
	if v == nil {
		return refuse(404, "get %s: no such volume", name)
	}
	for _, id := range w.order {
		if c := w.byID[id]; c.volume == v {
			return refuse(409, "remove %s: volume is in use - [%s]", name, c.id)
		}
	}
	w.restockLocked(func(s *stock) {
		s.volumes = slices.DeleteFunc(s.volumes, func(o *volume) bool { return o == v })
		delete(s.volumeN, name)
	})
	w.events.publish("volume", "destroy", name, []label{{"driver", "local"}}, w.now())
	return nil
}

func (w *world) createNetwork(n *network) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.goods()
	if s.networkN[n.name] != nil {
		return refuse(409, "network with name %s already exists", n.name)
	}
	w.serial++
	k := len(s.networks) + int(w.serial%1000)
	n.id, n.created = hexID(w.seed, "network", w.serial+1<<32), w.now()
	if n.subnet == "" {
		n.subnet = fmt.Sprintf("192.168.%d.0/24", k%256)
	}
	subnet, err := netip.ParsePrefix(n.subnet)
	if err != nil {
		return refuse(400, "invalid subnet %s: %v", n.subnet, err)
	}
	if n.gateway == "" {
		n.gateway = subnet.Masked().Addr().Next().String()
	}
	for _, other := range s.networks {
		if o, err := netip.ParsePrefix(other.subnet); err == nil && o.Overlaps(subnet) {
			return refuse(403, "Pool overlaps with other one on this address space")
		}
	}
	w.restockLocked(func(s *stock) {
		s.networks, s.networkN[n.id], s.networkN[n.name] = append(s.networks, n), n, n
	})
	w.events.publish("network", "create", n.id, []label{{"name", n.name}, {"type", n.driver}}, w.now())
	return nil
}

func (w *world) removeNetwork(ref string) error {
	n, err := w.goods().network(ref)
	if err != nil {
		return err
	}
	if n.builtin() {
		return refuse(403, "%s is a pre-defined network and cannot be removed", n.name)
	}
	if len(w.members(n)) > 0 {
		return refuse(403, "error while removing network: network %s id %s has active endpoints", n.name, n.id)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.restockLocked(func(s *stock) {
		s.networks = slices.DeleteFunc(s.networks, func(o *network) bool { return o == n })
		delete(s.networkN, n.id)
		delete(s.networkN, n.name)
	})
	delete(w.within, n)
	w.events.publish("network", "destroy", n.id, []label{{"name", n.name}, {"type", n.driver}}, w.now())
	return nil
}

// connect attaches a container to one more network.
func (w *world) connect(ref, container, ip string) error {
	n, err := w.goods().network(ref)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(container)
	if err != nil {
		return err
	}
	if n.driver != "bridge" || c.network == nil {
		return refuse(400, "container sharing network namespace with another container or host cannot be connected to any other network")
	}
	if c.network == n || slices.ContainsFunc(c.extra, func(a attachment) bool { return a.network == n }) {
		return refuse(403, "endpoint with name %s already exists in network %s", c.name, n.name)
	}
	subnet, err := netip.ParsePrefix(n.subnet)
	if err != nil {
		return refuse(500, "%v", err)
	}
	if ip == "" {
		a := subnet.Masked().Addr().Next()
		for range 2 + n.members + len(w.within[n]) {
			a = a.Next()
		}
		ip = a.String()
	} else if a, err := netip.ParseAddr(ip); err != nil || !subnet.Contains(a) {
		return refuse(400, "invalid endpoint settings: no configured subnet contains IP address %s", ip)
	}
	w.serial++
	w.leaveLocked(c)
	next := *c
	next.extra = append(slices.Clone(c.extra), attachment{
		network: n, ip: ip, mac: fmt.Sprintf("02:42:%02x:%02x:%02x:%02x", w.serial>>24&255, w.serial>>16&255, w.serial>>8&255, w.serial&255),
		endpoint: hexID(w.seed, "endpoint", w.serial),
	})
	w.replaceLocked(&next)
	w.enterLocked(&next)
	w.events.publish("network", "connect", n.id, []label{{"container", c.id}, {"name", n.name}, {"type", n.driver}}, w.now())
	return nil
}

func (w *world) disconnect(ref, container string) error {
	n, err := w.goods().network(ref)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.findLocked(container)
	if err != nil {
		return err
	}
	if c.network == n {
		return refuse(501, "the Quaywatch demo engine cannot take a container off the network that it was made in")
	}
	if !slices.ContainsFunc(c.extra, func(a attachment) bool { return a.network == n }) {
		return refuse(404, "container %s is not connected to network %s", c.id, n.name)
	}
	w.leaveLocked(c)
	next := *c
	next.extra = slices.DeleteFunc(slices.Clone(c.extra), func(a attachment) bool { return a.network == n })
	w.replaceLocked(&next)
	w.enterLocked(&next)
	w.events.publish("network", "disconnect", n.id, []label{{"container", c.id}, {"name", n.name}, {"type", n.driver}}, w.now())
	return nil
}

func (n *network) builtin() bool { return n.name == "bridge" || n.driver != "bridge" }

// with is the image with other tags.
func (im *image) with(tags []string) *image {
	slices.Sort(tags)
	own := *im
	own.tags = slices.Compact(tags)
	return &own
}

// network finds a network by name, id or prefix of an id.
func (s *stock) network(ref string) (*network, error) {
	if n := s.networkN[ref]; n != nil {
		return n, nil
	}
	var found *network
	for _, n := range s.networks {
		if ref != "" && strings.HasPrefix(n.id, ref) {
			if found != nil {
				return nil, refuse(400, "network %s is ambiguous (2 matches found based on ID prefix)", ref)
			}
			found = n
		}
	}
	if found == nil {
		return nil, refuse(404, "network %s not found", ref)
	}
	return found, nil
}

// familiar takes the default registry off a name.
func familiar(ref string) string {
	return strings.TrimPrefix(strings.TrimPrefix(ref, "docker.io/"), "library/")
}

// image finds an image by reference, with or without a tag, or by id.
func (s *stock) image(ref string) (*image, error) {
	ref = familiar(ref)
	bare := strings.TrimPrefix(ref, "sha256:")
	for _, im := range s.images {
		if slices.Contains(im.tags, ref) || slices.Contains(im.tags, ref+":latest") || strings.Contains(ref, "@") && im.ref == ref {
			return im, nil
		}
	}
	for _, im := range s.images {
		if len(bare) >= 4 && strings.HasPrefix(strings.TrimPrefix(im.id, "sha256:"), bare) {
			return im, nil
		}
	}
	if !strings.Contains(ref, ":") {
		return nil, refuse(404, "No such image: %s:latest", ref)
	}
	return nil, refuse(404, "No such image: %s", ref)
}

// leftovers are things that nobody uses: what a prune would take.
func (b *builder) leftovers() {
	for i, ref := range []string{"alpine:3.19", "node:18-bookworm", "ghcr.io/acme/shop-web:2.13.9", "", ""} {
		im := &image{
			id: "sha256:" + hexID(b.seed, "image-left", uint64(i)), ref: ref, size: int64(7+i*83)<<20 + int64(i)*4321,
			created: b.epoch.Add(-time.Duration(i+2) * 11 * 24 * time.Hour),
		}
		if ref != "" {
			im.tags = []string{ref}
		}
		b.images[im.id] = im
	}
	for i := range 4 {
		b.volumes = append(b.volumes, &volume{name: hexID(b.seed, "volume-left", uint64(i)), created: b.epoch.Add(-time.Duration(i+1) * 31 * time.Hour), labels: []label{{"com.docker.volume.anonymous", ""}}})
	}
	b.networks = append(b.networks, &network{
		id: hexID(b.seed, "network-left", 0), name: "old-shop_default", driver: "bridge", created: b.epoch.Add(-40 * 24 * time.Hour), subnet: "172.31.0.0/24", gateway: "172.31.0.1",
		labels: []label{{"com.docker.compose.network", "default"}, {"com.docker.compose.project", "old-shop"}},
	})
}
