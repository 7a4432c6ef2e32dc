package doctor

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Listener names the process that listens on an address's port, as far as this
// user may see; "" where it can't be told.
func Listener(listen string) string {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return ""
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return ""
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		for _, inode := range listening(table, uint16(n)) {
			if who := holder(inode); who != "" {
				return who
			}
		}
	}
	return ""
}

// listening returns the sockets of a /proc/net/tcp table that listen on a port.
func listening(table string, port uint16) []string {
	f, err := os.Open(table)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	var inodes []string
	suffix := fmt.Sprintf(":%04X", port)
	for s := bufio.NewScanner(f); s.Scan(); {
		const local, state, inode, listens = 1, 3, 9, "0A"
		fields := strings.Fields(s.Text())
		if len(fields) > inode && fields[state] == listens && strings.HasSuffix(fields[local], suffix) {
			inodes = append(inodes, fields[inode])
		}
	}
	return inodes
}

// holder finds the process that has a socket open.
func holder(inode string) string {
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	want := "socket:[" + inode + "]"
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != want {
			continue
		}
		pid := strings.Split(link, "/")[2]
		name, err := os.ReadFile(filepath.Join("/proc", pid, "comm"))
		if err != nil {
			return "pid " + pid
		}
		return strings.TrimSpace(string(name)) + " (pid " + pid + ")"
	}
	return ""
}
