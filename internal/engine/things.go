package engine

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// createTimeout is longer than other deadlines: an engine looks for a driver that
// it does not have for 15 seconds, and then says so.
const createTimeout = 25 * time.Second

// do is ask for what changes something: where no answer comes in time, the
// outcome is not known.
func do[T any](ctx context.Context, a *Actor, op string, call func(context.Context, *client.Client) (T, error)) (T, error) {
	return doWithin(ctx, a, actionTimeout, op, call)
}

func doWithin[T any](ctx context.Context, a *Actor, within time.Duration, op string, call func(context.Context, *client.Client) (T, error)) (T, error) {
	ctx, cancel := a.engine.deadline(ctx, a.engine.atLeast(within))
	defer cancel()
	var none T
	c, err := a.engine.client(ctx)
	if err != nil {
		return none, a.engine.wrap(ctx, op, err)
	}
	result, err := call(ctx, c)
	if err == nil {
		return result, nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return none, a.engine.unknown(ctx, op)
	}
	if strings.Contains(err.Error(), "invalid reference format") { // an error of the moby client's own
		return none, &api.Error{Code: api.ErrInvalid, Message: "This is no name for an image: give one such as shop/web:1.2.", Cause: said(err)}
	}
	if code, sentence := obstacle(err); code != "" {
		return none, &api.Error{Code: code, Message: sentence, Cause: said(err)}
	}
	return none, a.engine.wrap(ctx, op, err)
}

// obstacle says what is in the way of a change, in words that tell what to do; ""
// where the engine's words are not known. Engines say with 403, as if it were
// forbidden, that a network has endpoints and that an address or a subnet is taken,
// and with 500 much of what is only wrong in the request.
func obstacle(err error) (api.ErrorCode, string) {
	text, conflict := err.Error(), errdefs.IsConflict(err)
	has := func(words string) bool { return strings.Contains(text, words) }
	switch {
	case has("has active endpoints"):
		return api.ErrConflict, "The network is in use: disconnect its containers, or stop them, and try again."
	case conflict && has("volume is in use"):
		return api.ErrConflict, "The volume is in use: remove the containers that mount it, stopped ones too, and try again."
	case conflict && has("(must force) - container"):
		return api.ErrConflict, "A container is made from the image: remove the container first, or force it."
	case conflict && has("must be forced"):
		return api.ErrConflict, "The image is in use by a stopped container, or has several tags: remove those first, or force it."
	case conflict && has("cannot be forced"):
		return api.ErrConflict, "The image is in use by a running container or has images that were made from it: stop or remove those first."
	case has("is a pre-defined network"):
		return api.ErrConflict, "This network is the engine's own and can't be removed."
	case has("Pool overlaps with other one"):
		return api.ErrConflict, "The subnet overlaps with another network's, or with one of the host's own: choose another one."
	case has("already exists in network"):
		return api.ErrConflict, "The container is attached to this network already."
	case has("is not connected to network"), has("is not connected to the network"):
		return api.ErrConflict, "The container is not attached to this network."
	case has("Address already in use"):
		return api.ErrConflict, "The address is taken in this network: choose another one."
	case has("does not belong to any of this network's subnets"):
		return api.ErrInvalid, "The address is in none of this network's subnets: choose one that is."
	case has("networks with user configured subnets"):
		return api.ErrInvalid, "An address can be chosen in a network only that was made with a subnet of its own."
	case has("non-overlapping IPv6 address pool"):
		return api.ErrInvalid, "This engine has no IPv6 addresses to give: name a subnet, such as fd00:28::/64."
	case has("only one instance of"):
		return api.ErrConflict, "The engine has one network of this driver, its own, and takes no other."
	case has("is not a swarm manager"):
		return api.ErrUnsupported, "This needs a swarm, and the engine is no manager of one."
	case has("plugin ") && has(" not found"):
		return api.ErrInvalid, "The engine has no such driver: install its plugin there, or choose another one."
	}
	return "", ""
}

// TagImage gives an image one more name.
func (a *Actor) TagImage(ctx context.Context, id, reference string) error {
	id, err := imageID(id)
	if err != nil {
		return err
	}
	if _, err := ParseReference(reference); err != nil || !validReference(reference) || strings.Contains(reference, "@") {
		return invalid("“%s” is no name for an image: give one such as shop/web:1.2", clip(reference, 80))
	}
	_, err = do(ctx, a, "tag the image", func(ctx context.Context, c *client.Client) (client.ImageTagResult, error) {
		return c.ImageTag(ctx, client.ImageTagOptions{Source: id, Target: reference})
	})
	return err
}

// RemoveImage takes a tag away from an image, or the image itself where that was
// its last or id is its id, with the parents that nothing else needs. It says
// what went.
func (a *Actor) RemoveImage(ctx context.Context, id string, force bool) (untagged, deleted []string, err error) {
	if id, err = imageID(id); err != nil {
		return nil, nil, err
	}
	result, err := do(ctx, a, "remove the image", func(ctx context.Context, c *client.Client) (client.ImageRemoveResult, error) {
		return c.ImageRemove(ctx, id, client.ImageRemoveOptions{Force: force, PruneChildren: true})
	})
	for _, r := range result.Items {
		if r.Untagged != "" {
			untagged = append(untagged, r.Untagged)
		}
		if r.Deleted != "" {
			deleted = append(deleted, r.Deleted)
		}
	}
	return untagged, deleted, err
}

// CreateVolume makes a volume and returns its name. One of that name that is
// there already is an error, which engines don't make of it.
func (a *Actor) CreateVolume(ctx context.Context, v api.VolumeCreate) (string, error) {
	if v.Name != "" {
		if len(v.Name) < 2 || !validName(v.Name) {
			return "", invalid("“%s” is no name for a volume: it takes two or more letters, digits, “_”, “.” and “-”, and begins with a letter or digit", clip(v.Name, 80))
		}
		if _, err := a.engine.volume(ctx, v.Name); err == nil {
			return "", &api.Error{Code: api.ErrConflict, Message: "There is a volume " + v.Name + " already. Choose another name."}
		} else if api.CodeOf(err) != api.ErrNotFound {
			return "", err
		}
	}
	result, err := doWithin(ctx, a, createTimeout, "create the volume", func(ctx context.Context, c *client.Client) (client.VolumeCreateResult, error) {
		return c.VolumeCreate(ctx, client.VolumeCreateOptions{Name: v.Name, Driver: v.Driver, DriverOpts: v.Options, Labels: v.Labels})
	})
	return result.Volume.Name, err
}

// RemoveVolume removes a volume and all that is in it. force removes one whose
// driver has lost it.
func (a *Actor) RemoveVolume(ctx context.Context, name string, force bool) error {
	if !validName(name) {
		return invalid("“%s” is no name of a volume", clip(name, 80))
	}
	_, err := do(ctx, a, "remove the volume", func(ctx context.Context, c *client.Client) (client.VolumeRemoveResult, error) {
		return c.VolumeRemove(ctx, name, client.VolumeRemoveOptions{Force: force})
	})
	return err
}

// CreateNetwork makes a network and returns its id, and the engine's warning if
// it has one.
func (a *Actor) CreateNetwork(ctx context.Context, n api.NetworkCreate) (id, warning string, err error) {
	if !validName(n.Name) {
		return "", "", invalid("“%s” is no name for a network: it takes letters, digits, “_”, “.” and “-”, and begins with a letter or digit", clip(n.Name, 80))
	}
	options := client.NetworkCreateOptions{Driver: n.Driver, Internal: n.Internal, Labels: n.Labels, Options: n.Options}
	if options.Driver == "" {
		options.Driver = "bridge"
	}
	if n.IPv6 {
		options.EnableIPv6 = &n.IPv6
	}
	config, err := ipamOf(n)
	if err != nil {
		return "", "", err
	}
	if config != nil {
		options.IPAM = &network.IPAM{Driver: "default", Config: []network.IPAMConfig{*config}}
	}
	// An engine takes two networks of one name, and then knows neither by it.
	if _, err := a.engine.network(ctx, n.Name); err == nil {
		return "", "", &api.Error{Code: api.ErrConflict, Message: "There is a network " + n.Name + " already. Choose another name."}
	} else if api.CodeOf(err) != api.ErrNotFound {
		return "", "", err
	}
	result, err := doWithin(ctx, a, createTimeout, "create the network", func(ctx context.Context, c *client.Client) (client.NetworkCreateResult, error) {
		return c.NetworkCreate(ctx, n.Name, options)
	})
	if err == nil {
		a.engine.tellNetwork("create", result.ID, n.Name)
	}
	return result.ID, strings.Join(result.Warning, " "), err
}

// ipamOf reads the addresses of a new network; nil leaves them to the engine.
func ipamOf(n api.NetworkCreate) (*network.IPAMConfig, error) {
	if n.Subnet == "" && n.Gateway == "" {
		return nil, nil
	}
	if n.Subnet == "" {
		return nil, invalid("A gateway goes with a subnet: give that too, such as 172.28.0.0/16")
	}
	subnet, err := netip.ParsePrefix(n.Subnet)
	if err != nil {
		return nil, invalid("“%s” is no subnet: give one such as 172.28.0.0/16", clip(n.Subnet, 80))
	}
	if subnet != subnet.Masked() {
		return nil, invalid("“%s” is an address in the subnet %s: give that", subnet, subnet.Masked())
	}
	config := &network.IPAMConfig{Subnet: subnet}
	if n.Gateway == "" {
		return config, nil
	}
	config.Gateway, err = netip.ParseAddr(n.Gateway)
	if err != nil || !subnet.Contains(config.Gateway) {
		return nil, invalid("“%s” is no address in the subnet %s", clip(n.Gateway, 80), subnet)
	}
	return config, nil
}

// Connect attaches a container to a network.
func (a *Actor) Connect(ctx context.Context, id, container string, n api.NetworkConnect) error {
	if err := networkAnd(id, container); err != nil {
		return err
	}
	endpoint := &network.EndpointSettings{Aliases: n.Aliases}
	for _, ip := range []struct {
		text string
		put  func(netip.Addr)
		want func(netip.Addr) bool
		like string
	}{
		{n.IPv4, func(ip netip.Addr) { endpoint.IPAMConfig.IPv4Address = ip }, netip.Addr.Is4, "IPv4 address: give one such as 172.28.0.5"},
		{n.IPv6, func(ip netip.Addr) { endpoint.IPAMConfig.IPv6Address = ip }, netip.Addr.Is6, "IPv6 address: give one such as fd00:28::5"},
	} {
		if ip.text == "" {
			continue
		}
		addr, err := netip.ParseAddr(ip.text)
		if err != nil || !ip.want(addr) {
			return invalid("“%s” is no %s", clip(ip.text, 80), ip.like)
		}
		if endpoint.IPAMConfig == nil {
			endpoint.IPAMConfig = &network.EndpointIPAMConfig{}
		}
		ip.put(addr)
	}
	_, err := do(ctx, a, "connect the container to the network", func(ctx context.Context, c *client.Client) (client.NetworkConnectResult, error) {
		return c.NetworkConnect(ctx, id, client.NetworkConnectOptions{Container: container, EndpointConfig: endpoint})
	})
	return err
}

// Disconnect detaches a container from a network.
func (a *Actor) Disconnect(ctx context.Context, id, container string, force bool) error {
	if err := networkAnd(id, container); err != nil {
		return err
	}
	_, err := do(ctx, a, "disconnect the container from the network", func(ctx context.Context, c *client.Client) (client.NetworkDisconnectResult, error) {
		return c.NetworkDisconnect(ctx, id, client.NetworkDisconnectOptions{Container: container, Force: force})
	})
	return err
}

func networkAnd(id, container string) error {
	if !validName(id) {
		return invalid("“%s” is no network id or name", clip(id, 80))
	}
	_, err := containerID(container)
	return err
}

// RemoveNetwork removes a network that nobody is attached to.
func (a *Actor) RemoveNetwork(ctx context.Context, id string) error {
	if !validName(id) {
		return invalid("“%s” is no network id or name", clip(id, 80))
	}
	_, err := do(ctx, a, "remove the network", func(ctx context.Context, c *client.Client) (client.NetworkRemoveResult, error) {
		return c.NetworkRemove(ctx, id, client.NetworkRemoveOptions{})
	})
	if err == nil {
		a.engine.tellNetwork("destroy", id, "")
	}
	return err
}
