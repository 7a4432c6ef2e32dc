package demoengine

import (
	"runtime"
	"strconv"
	"time"
)

// What tells a client that nothing here is real.
const (
	// PlatformName is Platform.Name of GET /version.
	PlatformName = "Quaywatch demo engine"
	// Name is Name of GET /info.
	Name = "quaywatch-demo"
	// Label stands among the Labels of GET /info.
	Label = "quaywatch.demo=true"
)

// What the demo engine says it speaks and is.
const (
	apiVersion    = "1.51"
	minAPIVersion = "1.40"
	engineVersion = "28.3.3+demo"
)

// kernelVersion is a kernel's that nobody has.
const kernelVersion = "6.1.0-quaywatch-demo"

func (e *Engine) appendVersion(d *doc) {
	built := "2026-01-01T00:00:00.000000000+00:00"
	d.open('{')
	d.object("Platform")
	d.str("Name", PlatformName)
	d.close('}')
	d.array("Components")
	d.open('{')
	d.str("Name", "Engine")
	d.str("Version", engineVersion)
	d.object("Details")
	d.str("ApiVersion", apiVersion)
	d.str("Arch", runtime.GOARCH)
	d.str("BuildTime", built)
	d.str("Experimental", "false")
	d.str("GitCommit", "demo")
	d.str("GoVersion", runtime.Version())
	d.str("KernelVersion", kernelVersion)
	d.str("MinAPIVersion", minAPIVersion)
	d.str("Os", "linux")
	d.close('}')
	d.close('}')
	d.close(']')
	d.str("Version", engineVersion)
	d.str("ApiVersion", apiVersion)
	d.str("MinAPIVersion", minAPIVersion)
	d.str("GitCommit", "demo")
	d.str("GoVersion", runtime.Version())
	d.str("Os", "linux")
	d.str("Arch", runtime.GOARCH)
	d.str("KernelVersion", kernelVersion)
	d.str("BuildTime", built)
	d.close('}')
}

func (e *Engine) appendInfo(d *doc, now time.Time) {
	total, alive, pausedNow, stopped := e.world.tally()
	d.open('{')
	d.str("ID", e.id)
	d.num("Containers", int64(total))
	d.num("ContainersRunning", int64(alive))
	d.num("ContainersPaused", int64(pausedNow))
	d.num("ContainersStopped", int64(stopped))
	d.num("Images", int64(len(e.world.goods().images)))
	d.raw(`"Driver":"overlay2","DriverStatus":[["Backing Filesystem","none, this is a demo"]]`)
	d.raw(`"Plugins":{"Volume":["local"],"Network":["bridge","host","null"],"Authorization":null,"Log":["json-file","local"]}`)
	d.raw(`"MemoryLimit":true,"SwapLimit":true,"KernelMemory":false,"KernelMemoryTCP":false,"CpuCfsPeriod":true,"CpuCfsQuota":true,"CPUShares":true,"CPUSet":true,"PidsLimit":true,"IPv4Forwarding":true,"BridgeNfIptables":true,"BridgeNfIp6tables":true,"Debug":false`)
	d.num("NFd", 40)
	d.raw(`"OomKillDisable":false`)
	d.num("NGoroutines", int64(runtime.NumGoroutine()))
	d.time("SystemTime", now)
	d.raw(`"LoggingDriver":"json-file","CgroupDriver":"cgroupfs","CgroupVersion":"2"`)
	d.num("NEventsListener", int64(e.world.events.listeners()))
	d.str("KernelVersion", kernelVersion)
	d.str("OperatingSystem", PlatformName)
	d.raw(`"OSVersion":"1","OSType":"linux"`)
	d.str("Architecture", architecture())
	d.raw(`"IndexServerAddress":"https://index.docker.io/v1/","RegistryConfig":{"InsecureRegistryCIDRs":["127.0.0.0/8"],"IndexConfigs":{"docker.io":{"Name":"docker.io","Mirrors":[],"Secure":true,"Official":true}},"Mirrors":[]}`)
	d.num("NCPU", int64(e.host.cpus))
	d.num("MemTotal", e.host.memory)
	d.raw(`"GenericResources":null,"DockerRootDir":"/var/lib/docker","HttpProxy":"","HttpsProxy":"","NoProxy":""`)
	d.str("Name", Name)
	d.strs("Labels", []string{Label, "quaywatch.demo.seed=" + strconv.FormatUint(e.world.seed, 10)})
	d.raw(`"ExperimentalBuild":false`)
	d.str("ServerVersion", engineVersion)
	d.raw(`"Runtimes":{"runc":{"path":"runc"}},"DefaultRuntime":"runc","Swarm":{"NodeID":"","NodeAddr":"","LocalNodeState":"inactive","ControlAvailable":false,"Error":"","RemoteManagers":null},"LiveRestoreEnabled":false,"DefaultAddressPools":[{"Base":"10.16.0.0/12","Size":24}],"Isolation":"","InitBinary":"docker-init","ContainerdCommit":{"ID":"demo","Expected":"demo"},"RuncCommit":{"ID":"demo","Expected":"demo"},"InitCommit":{"ID":"demo","Expected":"demo"},"SecurityOptions":["name=seccomp,profile=builtin","name=cgroupns"],"CDISpecDirs":[],"Warnings":null`)
	d.close('}')
}

// architecture is the kernel's name for the processor, which /info gives.
func architecture() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	}
	return runtime.GOARCH
}
