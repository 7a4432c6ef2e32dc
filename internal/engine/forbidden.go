package engine

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// forbidden says why the socket at path may not be opened by this user, and
// what changes that.
func forbidden(path string) string {
	const implies = "members of that group have as good as root's rights on this machine"
	st, err := os.Stat(path)
	if err != nil {
		return "This user may not enter " + filepath.Dir(path) + ", where the Docker engine's socket " + path + " is. Run Quaywatch as the user whose engine it is, or as root"
	}
	gid, ok := groupOf(st)
	if !ok || gid == 0 || st.Mode().Perm()&0o060 != 0o060 {
		return "This user may not open the Docker engine's socket " + path + " (" + st.Mode().Perm().String() + ", " + owner(gid, ok) + "). Run Quaywatch as root, or let the engine give its socket to a group (dockerd --group docker); " + implies
	}
	name := groupName(gid)
	return "This user may not open the Docker engine's socket " + path + ", which belongs to the group " + name + ". Join it with `sudo usermod -aG " + name + " $USER` and log in again; " + implies
}

func owner(gid int, ok bool) string {
	if !ok {
		return "owner unknown"
	}
	return "group " + groupName(gid)
}

func groupName(gid int) string {
	id := strconv.Itoa(gid)
	if g, err := user.LookupGroupId(id); err == nil {
		return g.Name
	}
	return id
}
