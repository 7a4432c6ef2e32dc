//go:build !linux

package stats

import "github.com/quaywatch/quaywatch/internal/api"

// newCgroupSource says that there are no cgroups: the engine's containers run
// in a virtual machine here.
func newCgroupSource(CgroupOptions) (Source, error) {
	return nil, &api.Error{Code: api.ErrUnsupported, Message: "this system has no cgroups"}
}
