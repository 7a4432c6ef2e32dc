package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Kinds are all that Query.Kinds may name: what engines tell of (Docker, then what
// only podman has), Quaywatch's own rows, and what stands for several of them.
func Kinds() []string {
	return []string{
		"container", "image", "volume", "network", "builder", "plugin", "daemon", "service", "node", "secret", "config", "pod", "machine", "system",
		api.KindEngine, api.KindAudit, api.KindJob, api.KindState, api.KindHistory, KindExec, AllKinds,
	}
}

// CheckKinds refuses what is no kind, which no event could ever be of. The error
// goes on from where it was said: "kind …".
func CheckKinds(kinds []string) error {
	for _, k := range kinds {
		if !slices.Contains(Kinds(), k) {
			all := Kinds()
			last := len(all) - 1
			return fmt.Errorf("must be one of %s or %s, not %q", strings.Join(all[:last], ", "), all[last], k)
		}
	}
	return nil
}
