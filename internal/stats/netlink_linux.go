package stats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What of the kernel's rtnetlink interface x/sys/unix doesn't name: see
// linux/rtnetlink.h, linux/if_link.h and linux/net_namespace.h.
const (
	rtmGetNSID      = 0x5a
	rtmNewStats     = 0x5c
	rtmGetStats     = 0x5e
	netnsaNSID      = 1
	netnsaPID       = 2
	iflaStatsLink64 = 1
	statsHeader     = 12 // struct if_stats_msg
	linkHeader      = 16 // struct ifinfomsg
	nsidHeader      = 4  // struct rtgenmsg, padded
	nlaTypeMask     = 0x3fff
	extSkipStats    = 8 // RTEXT_FILTER_SKIP_STATS
	// notAssigned is the id of a namespace that has none here.
	notAssigned int32 = -1
)

// netlink is a route socket used for one request at a time. One buffer serves
// for all: mdlayher/netlink would copy every message of a dump.
type netlink struct {
	fd  int
	seq uint32
	buf []byte
	req []byte
}

func dialNetlink() (*netlink, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	// The kernel answers within the call; should it not, a tick must not hang.
	tv := unix.Timeval{Sec: 1}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("set netlink deadline: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("bind netlink socket: %w", err)
	}
	return &netlink{fd: fd, buf: make([]byte, 64<<10)}, nil
}

func (n *netlink) close() error { return unix.Close(n.fd) }

// begin starts a request with a header of size zero bytes behind the netlink
// header and returns that header.
func (n *netlink) begin(typ, flags uint16, size int) []byte {
	n.seq++
	n.req = append(n.req[:0], make([]byte, unix.NLMSG_HDRLEN+size)...)
	binary.NativeEndian.PutUint16(n.req[4:], typ)
	binary.NativeEndian.PutUint16(n.req[6:], flags|unix.NLM_F_REQUEST)
	binary.NativeEndian.PutUint32(n.req[8:], n.seq)
	return n.req[unix.NLMSG_HDRLEN:]
}

// attr32 appends an attribute of four bytes.
func (n *netlink) attr32(typ uint16, v uint32) {
	n.req = binary.NativeEndian.AppendUint16(n.req, 8)
	n.req = binary.NativeEndian.AppendUint16(n.req, typ)
	n.req = binary.NativeEndian.AppendUint32(n.req, v)
}

// do sends the request and hands each message of the answer to fn.
func (n *netlink) do(fn func(typ uint16, body []byte)) error {
	binary.NativeEndian.PutUint32(n.req, uint32(len(n.req)))
	if err := unix.Sendto(n.fd, n.req, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("send netlink request: %w", err)
	}
	dump := binary.NativeEndian.Uint16(n.req[6:])&unix.NLM_F_DUMP == unix.NLM_F_DUMP
	for {
		// Not unix.Recvfrom, which allocates an address for each call.
		size, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(n.fd),
			uintptr(unsafe.Pointer(&n.buf[0])), uintptr(len(n.buf)), 0, 0, 0) //nolint:gosec // the kernel reads or fills it during the call only
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return fmt.Errorf("receive netlink answer: %w", errno)
		}
		done, err := eachMessage(n.buf[:size], n.seq, !dump, fn)
		if done || err != nil {
			return err
		}
	}
}

var errNetlink = errors.New("netlink answer can't be read")

// eachMessage hands the messages in b that answer request seq to fn; done when
// the answer is complete, which a single one is with its first message.
func eachMessage(b []byte, seq uint32, single bool, fn func(typ uint16, body []byte)) (done bool, err error) {
	for len(b) >= unix.NLMSG_HDRLEN {
		size := int(binary.NativeEndian.Uint32(b))
		if size < unix.NLMSG_HDRLEN || size > len(b) {
			return false, errNetlink
		}
		body := b[unix.NLMSG_HDRLEN:size]
		ours := binary.NativeEndian.Uint32(b[8:]) == seq
		typ := binary.NativeEndian.Uint16(b[4:])
		b = b[min((size+3)&^3, len(b)):]
		switch {
		case !ours:
			// Left over from a request that missed its deadline.
		case typ == unix.NLMSG_DONE:
			return true, nil
		case typ == unix.NLMSG_ERROR:
			if len(body) < 4 {
				return false, errNetlink
			}
			if code := int32(binary.NativeEndian.Uint32(body)); code != 0 {
				return true, unix.Errno(-code)
			}
			return true, nil
		default:
			fn(typ, body)
			if single {
				return true, nil
			}
		}
	}
	return false, nil
}

// eachAttr hands the attributes in b to fn.
func eachAttr(b []byte, fn func(typ uint16, v []byte)) {
	for len(b) >= 4 {
		size := int(binary.NativeEndian.Uint16(b))
		if size < 4 || size > len(b) {
			return
		}
		fn(binary.NativeEndian.Uint16(b[2:])&nlaTypeMask, b[4:size])
		b = b[min((size+3)&^3, len(b)):]
	}
}

// parseStats reads an RTM_NEWSTATS message: the interface's index and what it
// has received and sent, in bytes.
func parseStats(body []byte) (index uint32, rx, tx uint64, ok bool) {
	if len(body) < statsHeader {
		return 0, 0, 0, false
	}
	index = binary.NativeEndian.Uint32(body[4:])
	b := body[statsHeader:]
	for len(b) >= 4 {
		size := int(binary.NativeEndian.Uint16(b))
		if size < 4 || size > len(b) {
			break
		}
		// struct rtnl_link_stats64: rx_packets, tx_packets, rx_bytes, tx_bytes …
		if binary.NativeEndian.Uint16(b[2:])&nlaTypeMask == iflaStatsLink64 && size >= 4+32 {
			return index, binary.NativeEndian.Uint64(b[4+16:]), binary.NativeEndian.Uint64(b[4+24:]), true
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return index, 0, 0, false
}

// linkInfo is what tells an interface of the host that leads into a container.
type linkInfo struct {
	veth bool
	// nsid is the namespace of the other end, notAssigned where it is ours.
	nsid int32
}

func parseLink(body []byte) (info linkInfo, ok bool) {
	info.nsid = notAssigned
	if len(body) < linkHeader {
		return info, false
	}
	eachAttr(body[linkHeader:], func(typ uint16, v []byte) {
		switch typ {
		case unix.IFLA_LINK_NETNSID:
			if len(v) >= 4 {
				info.nsid = int32(binary.NativeEndian.Uint32(v))
			}
		case unix.IFLA_LINKINFO:
			eachAttr(v, func(typ uint16, v []byte) {
				if typ == unix.IFLA_INFO_KIND && len(v) >= 4 && string(v[:4]) == "veth" {
					info.veth = true
				}
			})
		}
	})
	return info, true
}
