package engine

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"github.com/quaywatch/quaywatch/internal/api"
)

func summaryPorts(list []container.PortSummary) []api.Port {
	ports := make([]api.Port, 0, len(list))
	for _, p := range list {
		ports = append(ports, api.Port{IP: ipText(p.IP), Public: int(p.PublicPort), Private: int(p.PrivatePort), Proto: p.Type})
	}
	return canonicalPorts(ports)
}

func inspectPorts(m network.PortMap) []api.Port {
	ports := make([]api.Port, 0, len(m))
	for port, bindings := range m {
		p := api.Port{Private: int(port.Num()), Proto: string(port.Proto())}
		if len(bindings) == 0 {
			ports = append(ports, p)
		}
		for _, b := range bindings {
			p.IP = ipText(b.HostIP)
			p.Public, _ = strconv.Atoi(b.HostPort) // "" is not published
			ports = append(ports, p)
		}
	}
	return canonicalPorts(ports)
}

// canonicalPorts orders ports, so that the same set always looks the same: by
// private port, protocol, published port, then IPv4 before IPv6. Both
// addresses of a port published on both are kept, repetitions are not.
func canonicalPorts(ports []api.Port) []api.Port {
	slices.SortFunc(ports, func(a, b api.Port) int {
		return cmp.Or(
			cmp.Compare(a.Private, b.Private),
			cmp.Compare(a.Proto, b.Proto),
			cmp.Compare(a.Public, b.Public),
			compareIP(a.IP, b.IP),
		)
	})
	return slices.Compact(ports)
}

func compareIP(a, b string) int {
	ipA, _ := netip.ParseAddr(a)
	ipB, _ := netip.ParseAddr(b)
	return cmp.Or(ipA.Compare(ipB), cmp.Compare(a, b))
}

func ipText(ip netip.Addr) string {
	if !ip.IsValid() {
		return ""
	}
	return ip.String()
}
