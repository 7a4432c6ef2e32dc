package stats

import (
	"slices"
	"strings"
)

// hierarchy is one mounted cgroup tree.
type hierarchy struct {
	// mount is where it is mounted; root is the group that is seen there, "/"
	// but in containers and under bind mounts.
	mount, root string
	// controllers are v1's; empty for v2.
	controllers []string
	v2          bool
}

// parseMountinfo finds the cgroup hierarchies in /proc/self/mountinfo. Of
// several mounts of one hierarchy the first counts, unless a later one shows
// more of it.
func parseMountinfo(text string) []hierarchy {
	var out []hierarchy
	for line := range strings.Lines(text) {
		before, after, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		if !ok {
			continue
		}
		fields, tail := strings.Fields(before), strings.Fields(after)
		if len(fields) < 5 || len(tail) < 3 {
			continue
		}
		h := hierarchy{root: unescapeMount(fields[3]), mount: unescapeMount(fields[4])}
		switch tail[0] {
		case "cgroup2":
			h.v2 = true
		case "cgroup":
			h.controllers = strings.Split(tail[2], ",")
		default:
			continue
		}
		i := slices.IndexFunc(out, func(o hierarchy) bool {
			return o.v2 == h.v2 && slices.Equal(o.controllers, h.controllers)
		})
		switch {
		case i < 0:
			out = append(out, h)
		case h.root == "/" && out[i].root != "/":
			out[i] = h
		}
	}
	return out
}

// unescapeMount undoes the kernel's octal escapes of blanks and backslashes.
func unescapeMount(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// groupPath finds, in the text of /proc/PID/cgroup, the path of the group in h;
// false where the process is not in it, or outside of what h's mount shows.
func groupPath(text string, h hierarchy) (string, bool) {
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) != 3 {
			continue
		}
		if h.v2 != (parts[0] == "0" && parts[1] == "") {
			continue
		}
		if !h.v2 && !sharesController(strings.Split(parts[1], ","), h.controllers) {
			continue
		}
		path := parts[2]
		if h.root != "/" && h.root != "" {
			rest, ok := strings.CutPrefix(path, h.root)
			if !ok || rest != "" && rest[0] != '/' {
				return "", false
			}
			path = rest
		}
		if strings.HasPrefix(path, "/..") {
			return "", false
		}
		return path, true
	}
	return "", false
}

func sharesController(a, b []string) bool {
	return slices.ContainsFunc(a, func(c string) bool { return c != "" && slices.Contains(b, c) })
}

// pattern is where an engine puts its containers' groups: before and after the
// container's id.
type pattern struct{ prefix, suffix string }

// knownPatterns are where the engines put groups, most frequent first: docker
// with the cgroupfs and the systemd driver, podman with systemd and without,
// rootless docker and podman of user uid.
func knownPatterns(uid string) []pattern {
	user := "/user.slice/user-" + uid + ".slice/user@" + uid + ".service/"
	return []pattern{
		{"/docker/", ""},
		{"/system.slice/docker-", ".scope"},
		{"/machine.slice/libpod-", ".scope"},
		{"/libpod_parent/libpod-", ""},
		{user + "user.slice/docker-", ".scope"},
		{user + "app.slice/docker-", ".scope"},
		{user + "user.slice/libpod-", ".scope"},
	}
}

// learn takes the pattern from the path of id's group, without the groups that
// the container has made below its own. false where id is not in path: such a
// path proves nothing.
func learn(path, id string) (pattern, bool) {
	i := strings.LastIndex(path, id)
	if i < 0 || id == "" {
		return pattern{}, false
	}
	p := pattern{prefix: path[:i], suffix: path[i+len(id):]}
	if slash := strings.IndexByte(p.suffix, '/'); slash >= 0 {
		p.suffix = p.suffix[:slash]
	}
	return p, true
}
