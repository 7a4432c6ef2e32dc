package engine

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Networks returns every network as far as a list tells: Partial is true, and
// who is attached is not known.
func (e *Engine) Networks(ctx context.Context) ([]api.Network, error) {
	result, err := ask(ctx, e, 2*e.timeout, "list networks", func(ctx context.Context, c *client.Client) (client.NetworkListResult, error) {
		return c.NetworkList(ctx, client.NetworkListOptions{})
	})
	if err != nil {
		return nil, err
	}
	id := e.ID()
	list := make([]api.Network, len(result.Items))
	for i := range result.Items {
		list[i] = fromNetwork(id, &result.Items[i].Network)
		list[i].Partial = true
	}
	return list, nil
}

// Network returns one network with its endpoints. The error of one that is gone
// has code api.ErrNotFound.
func (e *Engine) Network(ctx context.Context, id string) (api.Network, error) {
	result, err := e.network(ctx, id)
	if err != nil {
		return api.Network{}, err
	}
	n := fromNetwork(e.ID(), &result.Network.Network)
	n.Endpoints = endpointsOf(result.Network.Containers)
	return n, nil
}

// NetworkRaw returns the engine's own document of a network.
func (e *Engine) NetworkRaw(ctx context.Context, id string) (map[string]any, error) {
	result, err := e.network(ctx, id)
	if err != nil {
		return nil, err
	}
	return e.document(ctx, "inspect the network", result.Raw)
}

func (e *Engine) network(ctx context.Context, id string) (client.NetworkInspectResult, error) {
	if !validName(id) {
		return client.NetworkInspectResult{}, invalid("“%s” is no network id or name", clip(id, 80))
	}
	return ask(ctx, e, e.timeout, "inspect the network", func(ctx context.Context, c *client.Client) (client.NetworkInspectResult, error) {
		return c.NetworkInspect(ctx, id, client.NetworkInspectOptions{})
	})
}

func fromNetwork(engine string, n *network.Network) api.Network {
	out := api.Network{
		Engine: engine, ID: n.ID, Name: n.Name, Driver: n.Driver, Scope: n.Scope,
		Internal: n.Internal, Attachable: n.Attachable, Ingress: n.Ingress, IPv6: n.EnableIPv6,
		Subnets: []api.Subnet{}, Labels: labelsOf(n.Labels), Options: labelsOf(n.Options), Endpoints: []api.Endpoint{},
	}
	for _, c := range n.IPAM.Config {
		s := api.Subnet{Subnet: text(c.Subnet), Gateway: text(c.Gateway)}
		if s != (api.Subnet{}) {
			out.Subnets = append(out.Subnets, s)
		}
	}
	if created := n.Created.UTC(); created.Year() > 1 {
		out.CreatedAt = &created
	}
	out.Project = projectOf(out.Labels)
	return out
}

func endpointsOf(containers map[string]network.EndpointResource) []api.Endpoint {
	out := make([]api.Endpoint, 0, len(containers))
	for id, c := range containers {
		out = append(out, api.Endpoint{
			Container: shared(id), Name: c.Name, IPv4: text(c.IPv4Address), IPv6: text(c.IPv6Address), MAC: c.MacAddress.String(),
		})
	}
	slices.SortFunc(out, func(a, b api.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Container, b.Container))
	})
	return out
}

// text is an address in the engine's words, empty where there is none.
func text[T interface {
	netip.Addr | netip.Prefix
	IsValid() bool
	String() string
}](a T) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
