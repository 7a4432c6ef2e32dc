package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/containerd/errdefs"

	"github.com/quaywatch/quaywatch/internal/api"
)

// TestObstacles: what Docker 20.10 says, and what is made of it. The words for a
// driver take it 15 seconds.
func TestObstacles(t *testing.T) {
	conflict := func(words string) error { return fmt.Errorf("%s: %w", words, errdefs.ErrConflict) }
	for _, c := range []struct {
		err  error
		code api.ErrorCode
		says string
	}{
		{conflict("remove data: volume is in use - [aa]"), api.ErrConflict, "The volume is in use"},
		{conflict(`unable to remove repository reference "busybox:local" (must force) - container aa is using its referenced image bb`), api.ErrConflict, "A container is made from the image"},
		{conflict("unable to delete aa (must be forced) - image is referenced in multiple repositories"), api.ErrConflict, "several tags"},
		{conflict("unable to delete aa (cannot be forced) - image is being used by running container bb"), api.ErrConflict, "running container"},
		{errors.New("error while removing network: network shop id aa has active endpoints"), api.ErrConflict, "The network is in use"},
		{errors.New("bridge is a pre-defined network and cannot be removed"), api.ErrConflict, "the engine's own"},
		{errors.New("Pool overlaps with other one on this address space"), api.ErrConflict, "The subnet overlaps"},
		{errors.New(`create x: error looking up volume plugin nodriver: plugin "nodriver" not found`), api.ErrInvalid, "no such driver"},
		{errors.New(`plugin "nodriver" not found`), api.ErrInvalid, "no such driver"},
		{errors.New("user specified IP address is supported only when connecting to networks with user configured subnets"), api.ErrInvalid, "subnet of its own"},
		{errors.New("could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network"), api.ErrInvalid, "no IPv6 addresses"},
		{errors.New(`only one instance of "host" network is allowed`), api.ErrConflict, "its own"},
		{errors.New(`This node is not a swarm manager. Use "docker swarm init"`), api.ErrUnsupported, "needs a swarm"},
		{errors.New("something else"), "", ""},
	} {
		if code, says := obstacle(c.err); code != c.code || !strings.Contains(says, c.says) {
			t.Errorf("%v: %q %q, want %q %q", c.err, code, says, c.code, c.says)
		}
	}
}
