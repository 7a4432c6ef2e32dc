package demoengine

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"
)

// state is the engine's word for what a container is doing.
type state string

const (
	created    state = "created"
	running    state = "running"
	paused     state = "paused"
	restarting state = "restarting"
	exited     state = "exited"
)

// health is the verdict of a health check; "" is a container without one.
type health string

const (
	starting  health = "starting"
	healthy   health = "healthy"
	unhealthy health = "unhealthy"
)

type label struct{ key, value string }

// image is one image of the made-up store.
type image struct {
	id string
	// ref is the name it was made with, which containers call it by; empty for a
	// dangling one. tags are those of now.
	ref     string
	tags    []string
	created time.Time
	size    int64
}

func (im *image) labels() []label {
	title, version, _ := strings.Cut(im.ref, ":")
	return []label{{"org.opencontainers.image.title", title}, {"org.opencontainers.image.version", version}}
}

// birth is what a container is created with and keeps for life.
type birth struct {
	serial  uint64
	id      string
	created time.Time
	image   *image
	path    string
	args    []string
	env     []string
	// labels are sorted by key.
	labels           []label
	project, service string
	number           int

	policy  string
	retries int

	port, hostPort int
	proto          string

	// network is nil in the host's network.
	network *network
	ip      string
	mac     string
	// endpoint is the id of the attachment.
	endpoint string

	volume *volume
	mount  string

	memLimit  int64
	nanoCPUs  int64
	pidsLimit int64
	// probe is the CMD-SHELL of the health check, "" for none.
	probe string

	load load
	// crashes soon after each start.
	crashes bool
	oneShot bool
}

// container is one version of a container. It is immutable: a change is a new
// value.
type container struct {
	*birth
	name  string
	state state
	// run counts the starts: it names one life of the container's processes.
	run int
	pid int

	startedAt, finishedAt time.Time
	// pausedAt is when the present pause began, pausedFor the sum of the past
	// ones of this run: both stop the load's clock.
	pausedAt  time.Time
	pausedFor time.Duration

	exitCode  int
	oomKilled bool
	restarts  int
	// backoff is the restart policy's next delay.
	backoff time.Duration
	// stopped by a user: the restart policy leaves the container alone.
	stoppedByUser bool

	// extra are networks that it was connected to later.
	extra []attachment

	health  health
	failing int
	// healthAt is when health was entered.
	healthAt time.Time
}

// alive reports whether the container has processes.
func (c *container) alive() bool { return c.state == running || c.state == paused }

// restartsByItself reports whether the restart policy starts the container
// again after an exit with code that no user asked for.
func (c *container) restartsByItself(code int) bool {
	switch c.policy {
	case "always", "unless-stopped":
		return true
	case "on-failure":
		return code != 0 && (c.retries == 0 || c.restarts < c.retries)
	}
	return false
}

// status is the sentence of `docker ps`, worded as the engine does.
func (c *container) status(now time.Time) string {
	switch c.state {
	case created:
		return "Created"
	case restarting:
		return fmt.Sprintf("Restarting (%d) %s ago", c.exitCode, units.HumanDuration(now.Sub(c.finishedAt)))
	case exited:
		return fmt.Sprintf("Exited (%d) %s ago", c.exitCode, units.HumanDuration(now.Sub(c.finishedAt)))
	case paused:
		return "Up " + units.HumanDuration(now.Sub(c.startedAt)) + " (Paused)"
	case running:
	}
	up := "Up " + units.HumanDuration(now.Sub(c.startedAt))
	switch c.health {
	case starting:
		return up + " (health: starting)"
	case healthy, unhealthy:
		return up + " (" + string(c.health) + ")"
	}
	return up
}

// command is how `docker ps` shows it: arguments with white space are quoted.
func (b *birth) command() string {
	var s strings.Builder
	s.WriteString(b.path)
	for _, a := range b.args {
		s.WriteByte(' ')
		if strings.ContainsAny(a, " \t\n") {
			s.WriteString("'" + a + "'")
		} else {
			s.WriteString(a)
		}
	}
	return s.String()
}

func (b *birth) label(key string) (string, bool) {
	for _, l := range b.labels {
		if l.key == key {
			return l.value, true
		}
	}
	return "", false
}

// networkMode is HostConfig.NetworkMode.
func (b *birth) networkMode() string {
	if b.network == nil {
		return "host"
	}
	return b.network.name
}

// networkName is the key in NetworkSettings.Networks.
func (b *birth) networkName() string { return b.networkMode() }

// portKey is the port as inspect writes it, "80/tcp".
func (b *birth) portKey() string { return strconv.Itoa(b.port) + "/" + b.proto }

type network struct {
	id, name, driver string
	created          time.Time
	subnet, gateway  string
	internal         bool
	labels           []label
	// members counts the addresses given out.
	members int
}

type volume struct {
	name    string
	created time.Time
	labels  []label
}

func (v *volume) mountpoint() string { return "/var/lib/docker/volumes/" + v.name + "/_data" }
