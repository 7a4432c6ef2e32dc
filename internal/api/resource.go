package api

import "time"

// Image is one image of an engine. Topic "images" carries it; the containers
// that use it are those of topic "containers" with its id as imageId.
type Image struct {
	Engine string `json:"engine"`
	// ID is the engine's: "sha256:…".
	ID string `json:"id"`
	// Tags are the references that name it ("nginx:1.27"), in order; an image
	// without one is dangling.
	Tags []string `json:"tags"`
	// Digests are those of registries ("nginx@sha256:…").
	Digests   []string   `json:"digests"`
	CreatedAt *time.Time `json:"createdAt"`
	SizeBytes int64      `json:"sizeBytes"`
	// SharedBytes is how much of it other images have too, as of SharedAt. Both
	// are nil before disk use was measured.
	SharedBytes *int64            `json:"sharedBytes"`
	SharedAt    *time.Time        `json:"sharedAt"`
	Labels      map[string]string `json:"labels"`
}

// Key names the image across engines.
func (i *Image) Key() Key { return MakeKey(i.Engine, i.ID) }

// Volume is one volume of an engine. Topic "volumes" carries it; its key is
// made of its name. The containers that mount it name it in their volumes.
type Volume struct {
	Engine     string            `json:"engine"`
	Name       string            `json:"name"`
	Driver     string            `json:"driver"`
	Mountpoint string            `json:"mountpoint"`
	Scope      string            `json:"scope"`
	CreatedAt  *time.Time        `json:"createdAt"`
	Labels     map[string]string `json:"labels"`
	Options    map[string]string `json:"options"`
	// Project is Docker Compose's, from the labels; empty outside.
	Project string `json:"project"`
	// SizeBytes is what its files took as of SizedAt. Both are nil before disk
	// use was measured; SizeBytes alone is where the driver can't tell.
	SizeBytes *int64     `json:"sizeBytes"`
	SizedAt   *time.Time `json:"sizedAt"`
}

// Key names the volume across engines.
func (v *Volume) Key() Key { return MakeKey(v.Engine, v.Name) }

// Network is one network of an engine, with who is attached to it. Topic
// "networks" carries it.
type Network struct {
	Engine string `json:"engine"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Driver string `json:"driver"`
	Scope  string `json:"scope"`
	// Internal networks lead nowhere outside. Attachable and Ingress are Swarm's.
	Internal   bool              `json:"internal"`
	Attachable bool              `json:"attachable"`
	Ingress    bool              `json:"ingress"`
	IPv6       bool              `json:"ipv6"`
	Subnets    []Subnet          `json:"subnets"`
	Labels     map[string]string `json:"labels"`
	Options    map[string]string `json:"options"`
	CreatedAt  *time.Time        `json:"createdAt"`
	// Project is Docker Compose's, from the labels; empty outside.
	Project string `json:"project"`
	// Endpoints are the running containers that are attached, by name.
	Endpoints []Endpoint `json:"endpoints"`
	// Partial marks a network that is known only from the engine's list, before
	// its first inspect: its endpoints are not known yet.
	Partial bool `json:"partial"`
}

// Key names the network across engines.
func (n *Network) Key() Key { return MakeKey(n.Engine, n.ID) }

// Subnet is a range of addresses of a network; both in the engine's words.
type Subnet struct {
	Subnet  string `json:"subnet"`
	Gateway string `json:"gateway"`
}

// Endpoint is what attaches a container to a network.
type Endpoint struct {
	// Container is the container's id within the engine.
	Container string `json:"container"`
	Name      string `json:"name"`
	// IPv4 and IPv6 are addresses with their prefix ("172.18.0.2/16"), or empty.
	IPv4 string `json:"ipv4"`
	IPv6 string `json:"ipv6"`
	MAC  string `json:"mac"`
}

// ImageDetail is an image with the engine's own inspect document, in which every
// value of Config.Env is masked, and the history of its layers.
type ImageDetail struct {
	Image   Image          `json:"image"`
	Inspect map[string]any `json:"inspect"`
	// History is newest first.
	History []ImageLayer `json:"history"`
}

// ImageLayer is a step of an image's history.
type ImageLayer struct {
	// ID is empty for layers that were made elsewhere.
	ID        string     `json:"id"`
	CreatedAt *time.Time `json:"createdAt"`
	CreatedBy string     `json:"createdBy"`
	SizeBytes int64      `json:"sizeBytes"`
	Tags      []string   `json:"tags"`
	Comment   string     `json:"comment"`
}

// VolumeDetail is a volume with the engine's own inspect document.
type VolumeDetail struct {
	Volume  Volume         `json:"volume"`
	Inspect map[string]any `json:"inspect"`
}

// NetworkDetail is a network with the engine's own inspect document.
type NetworkDetail struct {
	Network Network        `json:"network"`
	Inspect map[string]any `json:"inspect"`
}
