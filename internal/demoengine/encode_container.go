package demoengine

import (
	"strconv"
	"time"
)

// appendSummary writes a row of GET /containers/json.
func (c *container) appendSummary(d *doc, now time.Time, size bool) {
	d.open('{')
	d.str("Id", c.id)
	d.array("Names")
	d.quote("/" + c.name)
	d.close(']')
	d.str("Image", c.image.ref)
	d.str("ImageID", c.image.id)
	d.str("Command", c.command())
	d.num("Created", c.created.Unix())
	d.array("Ports")
	c.appendPorts(d)
	d.close(']')
	if size {
		d.num("SizeRw", c.sizeRw())
		d.num("SizeRootFs", c.image.size+c.sizeRw())
	}
	d.labels("Labels", c.labels)
	d.str("State", string(c.state))
	d.str("Status", c.status(now))
	d.object("HostConfig")
	d.str("NetworkMode", c.networkMode())
	d.close('}')
	d.object("NetworkSettings")
	c.appendNetworks(d)
	d.close('}')
	c.appendMounts(d)
	d.close('}')
}

// sizeRw is the size of the writable layer.
func (b *birth) sizeRw() int64 { return int64(b.serial%97) * 4096 }

// appendPorts writes the elements of a row's Ports: published on both address
// families while the container runs, else only exposed.
func (c *container) appendPorts(d *doc) {
	if c.port == 0 || c.network == nil || !c.alive() {
		return
	}
	if c.hostPort == 0 {
		d.open('{')
		d.num("PrivatePort", int64(c.port))
		d.str("Type", c.proto)
		d.close('}')
		return
	}
	for _, ip := range [2]string{"0.0.0.0", "::"} {
		d.open('{')
		d.str("IP", ip)
		d.num("PrivatePort", int64(c.port))
		d.num("PublicPort", int64(c.hostPort))
		d.str("Type", c.proto)
		d.close('}')
	}
}

func (c *container) appendNetworks(d *doc) {
	d.object("Networks")
	d.object(c.networkName())
	d.raw(`"IPAMConfig":null,"Links":null,"Aliases":null`)
	// The list must fit clients of 1.40 as well as of 1.51: the addresses of a
	// container that doesn't run are empty in all of them.
	id, endpoint, gateway, ip, mac, bits := "", "", "", "", "", int64(0)
	if c.network != nil && c.state != created {
		id = c.network.id
	}
	if c.network != nil && c.alive() {
		endpoint, gateway, ip, mac, bits = c.endpoint, c.network.gateway, c.ip, c.mac, 24
		if c.network.name == "bridge" {
			bits = 16
		}
	}
	d.str("MacAddress", mac)
	d.raw(`"DriverOpts":null,"GwPriority":0`)
	d.str("NetworkID", id)
	d.str("EndpointID", endpoint)
	d.str("Gateway", gateway)
	d.str("IPAddress", ip)
	d.num("IPPrefixLen", bits)
	d.raw(`"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0`)
	switch {
	case c.network == nil || c.network.name == "bridge":
		d.raw(`"DNSNames":null`)
	case c.service == "":
		d.strs("DNSNames", []string{c.name, c.id[:12]})
	default:
		d.strs("DNSNames", []string{c.name, c.service, c.id[:12]})
	}
	d.close('}')
	for _, a := range c.extra {
		c.appendAttachment(d, a)
	}
	d.close('}')
}

// appendAttachment writes a network that the container was connected to later.
func (c *container) appendAttachment(d *doc, a attachment) {
	endpoint, gateway, ip, mac, bits := "", "", "", "", int64(0)
	if c.alive() {
		endpoint, gateway, ip, mac, bits = a.endpoint, a.network.gateway, a.ip, a.mac, 24
	}
	d.object(a.network.name)
	d.raw(`"IPAMConfig":null,"Links":null,"Aliases":null`)
	d.str("MacAddress", mac)
	d.raw(`"DriverOpts":null,"GwPriority":0`)
	d.str("NetworkID", a.network.id)
	d.str("EndpointID", endpoint)
	d.str("Gateway", gateway)
	d.str("IPAddress", ip)
	d.num("IPPrefixLen", bits)
	d.raw(`"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"DNSNames":null`)
	d.close('}')
}

func (c *container) appendMounts(d *doc) {
	d.array("Mounts")
	if c.volume != nil {
		d.open('{')
		d.str("Type", "volume")
		d.str("Name", c.volume.name)
		d.str("Source", c.volume.mountpoint())
		d.str("Destination", c.mount)
		d.raw(`"Driver":"local","Mode":"z","RW":true,"Propagation":""`)
		d.close('}')
	}
	d.close(']')
}

// appendInspect writes GET /containers/{id}/json.
func (c *container) appendInspect(d *doc, now time.Time, size bool) {
	dir := "/var/lib/docker/containers/" + c.id + "/"
	d.open('{')
	d.str("Id", c.id)
	d.time("Created", c.created)
	d.str("Path", c.path)
	d.strs("Args", c.args)
	c.appendState(d, now)
	d.str("Image", c.image.id)
	d.str("ResolvConfPath", dir+"resolv.conf")
	d.str("HostnamePath", dir+"hostname")
	d.str("HostsPath", dir+"hosts")
	d.str("LogPath", dir+c.id+"-json.log")
	d.str("Name", "/"+c.name)
	d.num("RestartCount", int64(c.restarts))
	d.raw(`"Driver":"overlay2","Platform":"linux","MountLabel":"","ProcessLabel":"","AppArmorProfile":"docker-default","ExecIDs":null`)
	c.appendHostConfig(d)
	layer := "/var/lib/docker/overlay2/" + c.id
	d.raw(`"GraphDriver":{"Data":{"LowerDir":"` + layer + `-init/diff","MergedDir":"` + layer + `/merged","UpperDir":"` + layer + `/diff","WorkDir":"` + layer + `/work"},"Name":"overlay2"}`)
	if size {
		d.num("SizeRw", c.sizeRw())
		d.num("SizeRootFs", c.image.size+c.sizeRw())
	}
	c.appendMounts(d)
	c.appendConfig(d)
	c.appendNetworkSettings(d)
	d.close('}')
}

func (c *container) appendState(d *doc, now time.Time) {
	d.object("State")
	d.str("Status", string(c.state))
	d.yes("Running", c.alive() || c.state == restarting)
	d.yes("Paused", c.state == paused)
	d.yes("Restarting", c.state == restarting)
	d.yes("OOMKilled", c.oomKilled)
	d.yes("Dead", false)
	d.num("Pid", int64(c.pid))
	d.num("ExitCode", int64(c.exitCode))
	d.str("Error", "")
	d.time("StartedAt", c.startedAt)
	d.time("FinishedAt", c.finishedAt)
	if c.health != "" { // None before the first start.
		d.object("Health")
		d.str("Status", string(c.health))
		d.num("FailingStreak", int64(c.failing))
		d.array("Log")
		c.appendProbes(d, now)
		d.close(']')
		d.close('}')
	}
	d.close('}')
}

// probeEvery is the interval of the made-up health checks.
const probeEvery = 30 * time.Second

// appendProbes writes the last five results of the health check.
func (c *container) appendProbes(d *doc, now time.Time) {
	if c.startedAt.IsZero() || c.health == starting {
		return
	}
	end := now
	if !c.alive() {
		end = c.finishedAt
	}
	n := int64(end.Sub(c.startedAt) / probeEvery)
	for i := max(n-4, 1); i <= n; i++ {
		at := c.startedAt.Add(time.Duration(i) * probeEvery)
		d.open('{')
		d.time("Start", at)
		d.time("End", at.Add(time.Duration(18+i%9)*time.Millisecond))
		if c.health == unhealthy && at.After(c.healthAt.Add(-3*probeEvery)) {
			d.raw(`"ExitCode":1,"Output":"connection refused\n"`)
		} else {
			d.raw(`"ExitCode":0,"Output":""`)
		}
		d.close('}')
	}
}

func (c *container) appendHostConfig(d *doc) {
	d.object("HostConfig")
	if c.volume != nil {
		d.strs("Binds", []string{c.volume.name + ":" + c.mount})
	} else {
		d.raw(`"Binds":null`)
	}
	d.raw(`"ContainerIDFile":"","LogConfig":{"Type":"json-file","Config":{}}`)
	d.str("NetworkMode", c.networkMode())
	d.object("PortBindings")
	if c.hostPort > 0 {
		d.raw(`"` + c.portKey() + `":[{"HostIp":"","HostPort":"` + strconv.Itoa(c.hostPort) + `"}]`)
	}
	d.close('}')
	d.object("RestartPolicy")
	d.str("Name", c.policy)
	d.num("MaximumRetryCount", int64(c.retries))
	d.close('}')
	d.raw(`"AutoRemove":false,"VolumeDriver":"","VolumesFrom":null,"ConsoleSize":[0,0],"CapAdd":null,"CapDrop":null,"CgroupnsMode":"private","Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":[],"GroupAdd":null,"IpcMode":"private","Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,"SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":67108864,"Runtime":"runc","Isolation":"","CpuShares":0`)
	d.num("Memory", c.memLimit)
	d.num("NanoCpus", c.nanoCPUs)
	d.raw(`"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":null,"BlkioDeviceReadBps":null,"BlkioDeviceWriteBps":null,"BlkioDeviceReadIOps":null,"BlkioDeviceWriteIOps":null,"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"","Devices":null,"DeviceCgroupRules":null,"DeviceRequests":null,"KernelMemory":0,"KernelMemoryTCP":0,"MemoryReservation":0`)
	d.num("MemorySwap", 2*c.memLimit)
	d.raw(`"MemorySwappiness":null,"OomKillDisable":null`)
	if c.pidsLimit > 0 {
		d.num("PidsLimit", c.pidsLimit)
	} else {
		d.raw(`"PidsLimit":null`)
	}
	d.raw(`"Ulimits":null,"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,"MaskedPaths":["/proc/asound","/proc/acpi","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","/proc/timer_stats","/proc/sched_debug","/proc/scsi","/sys/firmware"],"ReadonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]`)
	d.close('}')
}

func (c *container) appendConfig(d *doc) {
	d.object("Config")
	d.str("Hostname", c.id[:12])
	d.raw(`"Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true`)
	if c.port > 0 {
		d.raw(`"ExposedPorts":{"` + c.portKey() + `":{}}`)
	}
	d.raw(`"Tty":false,"OpenStdin":false,"StdinOnce":false`)
	d.strs("Env", c.env)
	d.array("Cmd")
	d.quote(c.path)
	for _, a := range c.args {
		d.comma()
		d.quote(a)
	}
	d.close(']')
	if c.probe != "" {
		d.object("Healthcheck")
		d.strs("Test", []string{"CMD-SHELL", c.probe})
		d.num("Interval", int64(probeEvery))
		d.num("Timeout", int64(5*time.Second))
		d.num("Retries", 3)
		d.close('}')
	}
	d.str("Image", c.image.ref)
	d.raw(`"Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null`)
	d.labels("Labels", c.labels)
	d.close('}')
}

func (c *container) appendNetworkSettings(d *doc) {
	sandbox := ""
	d.object("NetworkSettings")
	if c.alive() {
		sandbox = hexID(c.serial, "sandbox", uint64(c.run))
		d.str("SandboxKey", "/var/run/docker/netns/"+sandbox[:12])
	} else {
		d.str("SandboxKey", "")
	}
	d.str("SandboxID", sandbox)
	d.object("Ports")
	if c.port > 0 && c.network != nil && c.alive() {
		d.key(c.portKey())
		if c.hostPort > 0 {
			host := strconv.Itoa(c.hostPort)
			d.raw(`[{"HostIp":"0.0.0.0","HostPort":"` + host + `"},{"HostIp":"::","HostPort":"` + host + `"}]`)
		} else {
			d.raw(`null`)
		}
	}
	d.close('}')
	// Left over from before there were networks; removed in API 1.52.
	d.raw(`"Bridge":"","HairpinMode":false,"LinkLocalIPv6Address":"","LinkLocalIPv6PrefixLen":0,"SecondaryIPAddresses":null,"SecondaryIPv6Addresses":null`)
	endpoint, gateway, ip, mac, bits := "", "", "", "", int64(0)
	if c.alive() && c.network != nil && c.network.name == "bridge" {
		endpoint, gateway, ip, mac, bits = c.endpoint, c.network.gateway, c.ip, c.mac, 16
	}
	d.str("EndpointID", endpoint)
	d.str("Gateway", gateway)
	d.raw(`"GlobalIPv6Address":"","GlobalIPv6PrefixLen":0`)
	d.str("IPAddress", ip)
	d.num("IPPrefixLen", bits)
	d.raw(`"IPv6Gateway":""`)
	d.str("MacAddress", mac)
	c.appendNetworks(d)
	d.close('}')
}
