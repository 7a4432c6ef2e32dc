package api

// ResourceAction is something a user may do to an image, a volume or a network.
type ResourceAction string

// The actions, named as in the Engine API.
const (
	ResourceTag        ResourceAction = "tag"
	ResourceCreate     ResourceAction = "create"
	ResourceConnect    ResourceAction = "connect"
	ResourceDisconnect ResourceAction = "disconnect"
	ResourceRemove     ResourceAction = "remove"
)

// ImageTag is the body of POST /api/v1/images/{id}/tag.
type ImageTag struct {
	// Reference is the new name: "shop/web:1.2". Without a tag it is :latest.
	Reference string `json:"reference"`
}

// VolumeCreate is the body of POST /api/v1/volumes.
type VolumeCreate struct {
	// Engine is the id of the engine; empty is the only one.
	Engine string `json:"engine,omitempty"`
	// Name is empty for a name that the engine makes up.
	Name    string            `json:"name,omitempty"`
	Driver  string            `json:"driver,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Options map[string]string `json:"options,omitempty"`
}

// NetworkCreate is the body of POST /api/v1/networks.
type NetworkCreate struct {
	Engine   string            `json:"engine,omitempty"`
	Name     string            `json:"name"`
	Driver   string            `json:"driver,omitempty"`
	Subnet   string            `json:"subnet,omitempty"`
	Gateway  string            `json:"gateway,omitempty"`
	IPv6     bool              `json:"ipv6,omitempty"`
	Internal bool              `json:"internal,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Options  map[string]string `json:"options,omitempty"`
}

// NetworkConnect is the body of POST /api/v1/networks/{id}/connect and
// …/disconnect.
type NetworkConnect struct {
	// Container is an id, a name, or ENGINE/ID.
	Container string `json:"container"`
	// IPv4, IPv6 and Aliases are for connect.
	IPv4    string   `json:"ipv4,omitempty"`
	IPv6    string   `json:"ipv6,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
	// Force, for disconnect, lets go of a container that the engine has lost.
	Force bool `json:"force,omitempty"`
}

// ResourceResult is the engine's answer to an action on an image, a volume or a
// network. What became of it is told by the stream, not here.
type ResourceResult struct {
	Engine string `json:"engine"`
	// Kind is the topic of what was acted on; ID its id there, of a new one the
	// one that the engine gave it.
	Kind    Topic          `json:"kind"`
	ID      string         `json:"id"`
	Action  ResourceAction `json:"action"`
	Seconds float64        `json:"seconds"`
	// Untagged and Deleted are what the removal of an image has taken away.
	Untagged []string `json:"untagged,omitempty"`
	Deleted  []string `json:"deleted,omitempty"`
	// Warning is the engine's, empty where it has none.
	Warning  string `json:"warning,omitempty"`
	Replayed bool   `json:"replayed"`
}

// SearchResult is an image that a registry's search has found.
type SearchResult struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Stars       int    `json:"stars"`
	Official    bool   `json:"official"`
}

// EngineInfo is what the engine says of itself, for the page about it.
type EngineInfo struct {
	Engine string `json:"engine"`
	// Warnings are the engine's about its own configuration.
	Warnings []string `json:"warnings"`
	// Info and Version are the engine's own documents.
	Info    map[string]any `json:"info"`
	Version map[string]any `json:"version"`
}

// Context is an engine that the docker command knows by a name.
type Context struct {
	Name string `json:"name"`
	// Host is its address; empty where it can't be read.
	Host string `json:"host"`
	// Current: the docker command uses it when nothing else is said.
	Current bool `json:"current"`
	// Error says why it can't be used.
	Error string `json:"error,omitempty"`
}
