package notify

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// dialTimeout bounds one connect, with the look-up of its name.
const dialTimeout = 10 * time.Second

// Guard decides which addresses deliveries may connect to: those of the
// internet, and what of the others is allowed by name. Addresses of a machine's
// metadata service and of its link are never allowed.
type Guard struct {
	// allowed are prefixes of addresses that are not the internet's.
	allowed []netip.Prefix
	// resolver looks names up; nil is the system's.
	resolver *net.Resolver
}

// ParsePrivate reads what --notify-private says: prefixes or addresses, or "all"
// for every private address.
func ParsePrivate(words []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, word := range words {
		word = strings.TrimSpace(word)
		if ip, err := netip.ParseAddr(word); err == nil && ip.Zone() == "" {
			ip = ip.Unmap()
			out = append(out, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		if p, err := netip.ParsePrefix(word); err == nil && !p.Addr().Is4In6() {
			out = append(out, p.Masked())
			continue
		}
		switch strings.ToLower(word) {
		case "all", "true", "yes", "on":
			out = append(out, prefix("0.0.0.0/0"), prefix("::/0"))
		case "", "false", "no", "off", "none":
		default:
			return nil, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q is no address that deliveries may reach. Write one such as 10.0.0.5 or 10.0.0.0/24, or all, after --notify-private", word)}
		}
	}
	return out, nil
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// class is what kind of address something is.
type class struct {
	prefix netip.Prefix
	what   string // reads on after "is"
}

// never are addresses that no configuration opens: whoever can ask a metadata
// service is the machine.
func never() []class {
	return []class{
		{prefix("169.254.0.0/16"), "link-local, where clouds have their metadata services"},
		{prefix("fe80::/10"), "link-local"},
		{prefix("100.100.100.200/32"), "a cloud's metadata service"}, // Alibaba
		{prefix("192.0.0.192/32"), "a cloud's metadata service"},     // Oracle
		{prefix("168.63.129.16/32"), "a cloud's metadata service"},   // Azure
		{prefix("fd00:ec2::/32"), "a cloud's metadata service"},      // AWS: ::254 the instance's, ::23 a pod's
		{prefix("fd20:ce::254/128"), "a cloud's metadata service"},   // Google
		{prefix("fd00:42::42/128"), "a cloud's metadata service"},    // Scaleway
	}
}

// metadata refuses what is never allowed.
func metadata(ip netip.Addr) error {
	for _, c := range never() {
		if c.prefix.Contains(ip) {
			return &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("Nothing is delivered to %s: it is %s", ip, c.what)}
		}
	}
	return nil
}

// private are addresses that are not the internet's: the special-purpose
// registries of IANA (RFC 6890 and its updates).
func private() []class {
	return []class{
		{prefix("127.0.0.0/8"), "this machine's own (loopback)"},
		{prefix("::1/128"), "this machine's own (loopback)"},
		{prefix("0.0.0.0/8"), "unspecified"},
		{prefix("::/128"), "unspecified"},
		{prefix("10.0.0.0/8"), "private"},
		{prefix("172.16.0.0/12"), "private"},
		{prefix("192.168.0.0/16"), "private"},
		{prefix("fc00::/7"), "private (unique local)"},
		{prefix("fec0::/10"), "private (site-local)"},
		{prefix("100.64.0.0/10"), "shared by a provider's customers (CGNAT)"},
		{prefix("224.0.0.0/4"), "multicast"},
		{prefix("ff00::/8"), "multicast"},
		{prefix("192.0.0.0/24"), "reserved"},
		{prefix("192.0.2.0/24"), "reserved for documentation"},
		{prefix("198.51.100.0/24"), "reserved for documentation"},
		{prefix("203.0.113.0/24"), "reserved for documentation"},
		{prefix("2001:db8::/32"), "reserved for documentation"},
		{prefix("3fff::/20"), "reserved for documentation"},
		{prefix("198.18.0.0/15"), "reserved for benchmarks"},
		{prefix("240.0.0.0/4"), "reserved"},
		{prefix("100::/64"), "reserved"},
		{prefix("64:ff9b:1::/48"), "a translator's own (NAT64)"},
		{prefix("2001::/32"), "a tunnel's (Teredo)"},
	}
}

// Check returns why deliveries may not connect to an address; nil if they may.
func (g *Guard) Check(ip netip.Addr) error {
	ip = ip.WithZone("").Unmap()
	// An address of IPv6 may be one of IPv4 in another dress. Both must be allowed:
	// it depends on the network which of them is reached.
	inner, surely := embedded(ip)
	for _, in := range inner {
		err := metadata(in)
		if surely {
			err = g.Check(in)
		}
		if err != nil {
			return err
		}
	}
	if err := metadata(ip); err != nil {
		return err
	}
	for _, c := range private() {
		if !c.prefix.Contains(ip) {
			continue
		}
		for _, p := range g.allowed {
			if p.Contains(ip) {
				return nil
			}
		}
		return &api.Error{Code: api.ErrForbidden, Message: fmt.Sprintf("Nothing is delivered to %s: it is %s. Start the server with --notify-private=%s if it is to be reached", ip, c.what, ip)}
	}
	return nil
}

// embedded are the addresses of IPv4 that an address of IPv6 stands for:
// compatible (RFC 4291), translated by NAT64 (RFC 6052) and by SIIT (RFC 2765),
// in a tunnel by 6to4 (RFC 3056), Teredo (RFC 4380) and ISATAP (RFC 5214). surely
// is false where they are guesses.
func embedded(ip netip.Addr) (addrs []netip.Addr, surely bool) {
	if !ip.Is6() || ip == netip.IPv6Unspecified() || ip == netip.IPv6Loopback() {
		return nil, true
	}
	b := ip.As16()
	four := func(i int) netip.Addr { return netip.AddrFrom4([4]byte(b[i : i+4])) }
	switch {
	case prefix("64:ff9b::/96").Contains(ip), prefix("::/96").Contains(ip), prefix("::ffff:0:0:0/96").Contains(ip):
		return []netip.Addr{four(12)}, true
	case prefix("64:ff9b:1::/48").Contains(ip):
		// Its prefix may have any of the lengths of RFC 6052 from /48 on; byte 8 is
		// left out.
		return []netip.Addr{
			netip.AddrFrom4([4]byte{b[6], b[7], b[9], b[10]}),
			netip.AddrFrom4([4]byte{b[7], b[9], b[10], b[11]}),
			netip.AddrFrom4([4]byte{b[9], b[10], b[11], b[12]}), four(12),
		}, false
	case prefix("2002::/16").Contains(ip):
		return []netip.Addr{four(2)}, true
	case prefix("2001::/32").Contains(ip):
		return []netip.Addr{four(4), netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})}, true
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe:
		return []netip.Addr{four(12)}, true
	}
	return nil, true
}

// control is net.Dialer's: it is called with the address that is about to be
// connected to, after the name was resolved, for each one that is tried.
func (g *Guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &api.Error{Code: api.ErrForbidden, Message: "Nothing is delivered to " + address + ": it is no internet address"}
	}
	return g.Check(at.Addr())
}

// dial connects as net.Dialer does, to what is allowed only.
func (g *Guard) dial(ctx context.Context, _, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout, Resolver: g.resolver, ControlContext: g.control}
	return d.DialContext(ctx, "tcp", address)
}
