package demoengine

import "time"

// host is the made-up machine.
type host struct {
	cpus   int
	memory int64
	boot   time.Time
}

// newHost sizes the machine after what runs on it.
func newHost(containers int, epoch time.Time) host {
	h := host{cpus: 8, memory: 32 << 30, boot: epoch.Add(-100 * 24 * time.Hour)}
	switch {
	case containers > 1000:
		h.cpus, h.memory = 128, 2<<40
	case containers > 100:
		h.cpus, h.memory = 64, 256<<30
	}
	return h
}

// blank is what the engine sends for a container that does not run.
const blank = `"read":"0001-01-01T00:00:00Z","preread":"0001-01-01T00:00:00Z","pids_stats":{},"blkio_stats":{"io_service_bytes_recursive":null,"io_serviced_recursive":null,"io_queue_recursive":null,"io_service_time_recursive":null,"io_wait_time_recursive":null,"io_merged_recursive":null,"io_time_recursive":null,"sectors_recursive":null},"num_procs":0,"storage_stats":{},"cpu_stats":{"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0,"usage_in_usermode":0},"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}},"precpu_stats":{"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0,"usage_in_usermode":0},"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}},"memory_stats":{}`

// appendStats writes one answer of GET /containers/{id}/stats in the shape of
// a cgroup v2 host. before is the previous sample's time, zero for a first one
// and for one-shot. This is the hot path of a client that samples every
// container each second: constant text and appended numbers, nothing more.
func (c *container) appendStats(d *doc, h *host, epoch, now, before time.Time) {
	d.open('{')
	if !c.alive() {
		d.raw(blank)
		d.str("name", "/"+c.name)
		d.str("id", c.id)
		d.close('}')
		return
	}
	u := c.usage(now, epoch)
	d.str("name", "/"+c.name)
	d.str("id", c.id)
	d.time("read", now)
	d.time("preread", before)
	d.object("pids_stats")
	d.count("current", u.pids)
	if c.pidsLimit > 0 {
		d.num("limit", c.pidsLimit)
	} else {
		d.raw(`"limit":18446744073709551615`)
	}
	d.close('}')
	d.object("blkio_stats")
	d.raw(`"io_service_bytes_recursive":[{"major":259,"minor":0,"op":"read"`)
	d.count("value", u.read)
	d.close('}')
	d.raw(`{"major":259,"minor":0,"op":"write"`)
	d.count("value", u.write)
	d.close('}')
	d.close(']')
	d.raw(`"io_serviced_recursive":null,"io_queue_recursive":null,"io_service_time_recursive":null,"io_wait_time_recursive":null,"io_merged_recursive":null,"io_time_recursive":null,"sectors_recursive":null`)
	d.close('}')
	d.raw(`"num_procs":0,"storage_stats":{}`)
	d.object("cpu_stats")
	h.appendCPU(d, &u, now)
	d.close('}')
	d.object("precpu_stats")
	if before.IsZero() {
		d.raw(`"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0,"usage_in_usermode":0},"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}`)
	} else {
		past := c.usage(before, epoch)
		h.appendCPU(d, &past, before)
	}
	d.close('}')
	d.object("memory_stats")
	d.count("usage", u.memory())
	d.object("stats")
	u.appendMemory(d)
	d.close('}')
	if c.memLimit > 0 {
		d.num("limit", c.memLimit)
	} else {
		d.num("limit", h.memory)
	}
	d.close('}')
	if c.network != nil {
		d.raw(`"networks":{"eth0":{`)
		d.count("rx_bytes", u.rx)
		d.count("rx_packets", u.rx/640)
		d.raw(`"rx_errors":0,"rx_dropped":0`)
		d.count("tx_bytes", u.tx)
		d.count("tx_packets", u.tx/710)
		d.raw(`"tx_errors":0,"tx_dropped":0`)
		d.close('}')
		d.close('}')
	}
	d.close('}')
}

// appendCPU writes the members of cpu_stats.
func (h *host) appendCPU(d *doc, u *usage, at time.Time) {
	d.object("cpu_usage")
	d.count("total_usage", u.cpuNs)
	d.count("usage_in_kernelmode", u.cpuNs/4)
	d.count("usage_in_usermode", u.cpuNs-u.cpuNs/4)
	d.close('}')
	// The time of all processors, in the ticks of /proc/stat.
	const tick = 10 * time.Millisecond
	d.num("system_cpu_usage", int64(at.Sub(h.boot).Truncate(tick))*int64(h.cpus))
	d.num("online_cpus", int64(h.cpus))
	d.object("throttling_data")
	d.count("periods", u.periods)
	d.count("throttled_periods", u.throttled)
	d.count("throttled_time", u.throttledNs)
	d.close('}')
}

// appendMemory writes memory.stat as the engine passes it on.
func (u *usage) appendMemory(d *doc) {
	d.count("active_anon", u.anon/8)
	d.count("active_file", u.file-u.inactiveFile)
	d.count("anon", u.anon)
	d.raw(`"anon_thp":0`)
	d.count("file", u.file)
	d.raw(`"file_dirty":0`)
	d.count("file_mapped", u.file/3)
	d.raw(`"file_writeback":0`)
	d.count("inactive_anon", u.anon-u.anon/8)
	d.count("inactive_file", u.inactiveFile)
	d.raw(`"kernel_stack":131072,"pgactivate":0,"pgdeactivate":0`)
	d.count("pgfault", u.anon/2048)
	d.raw(`"pglazyfree":0,"pglazyfreed":0`)
	d.count("pgmajfault", u.read/65536)
	d.raw(`"pgrefill":0,"pgscan":0,"pgsteal":0,"shmem":0,"slab":491520,"slab_reclaimable":294912,"slab_unreclaimable":196608,"sock":0,"thp_collapse_alloc":0,"thp_fault_alloc":0,"unevictable":0,"workingset_activate":0,"workingset_nodereclaim":0,"workingset_refault":0`)
}
