package stats

func newCgroupSource(o CgroupOptions) (Source, error) { return NewCgroup(o) }
