package engine

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Status asks the engine who it is, and measures the way to it. Everything of
// api.EngineStatus is filled in but State, Since, Metrics… and Resyncs, which
// are not the engine's to say.
func (e *Engine) Status(ctx context.Context) (api.EngineStatus, error) {
	rtt, err := e.Ping(ctx)
	if err != nil {
		return api.EngineStatus{}, err
	}
	ctx, cancel := e.deadline(ctx, e.timeout)
	defer cancel()
	c, err := e.client(ctx)
	if err != nil {
		return api.EngineStatus{}, e.wrap(ctx, "negotiate the API version", err)
	}
	version, err := c.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return api.EngineStatus{}, e.wrap(ctx, "ask for its version", err)
	}
	asked := time.Now()
	result, err := c.Info(ctx, client.InfoOptions{})
	if err != nil {
		return api.EngineStatus{}, e.wrap(ctx, "ask for its configuration", err)
	}
	answered := time.Now()

	info := result.Info
	who := e.identify(version, info)
	who.local = e.isLocal(ctx, info)
	if old := e.identity.Swap(&who); old != nil && old.id != who.id {
		e.log.InfoContext(ctx, "another engine answers at this address", "from", old.id, "to", who.id)
	}
	seconds, product := rtt.Seconds(), ""
	if who.podman {
		product = "Podman"
	}
	return api.EngineStatus{
		ID:                 who.id,
		Name:               info.Name,
		Product:            product,
		Version:            version.Version,
		APIVersion:         c.ClientVersion(),
		OS:                 version.Os,
		Arch:               version.Arch,
		Host:               e.endpoint.displayHost(),
		Origin:             e.endpoint.Origin,
		Demo:               strings.HasPrefix(version.Platform.Name, "Quaywatch demo"),
		CPUs:               info.NCPU,
		MemoryBytes:        info.MemTotal,
		CgroupVersion:      info.CgroupVersion,
		CgroupDriver:       info.CgroupDriver,
		RTTSeconds:         &seconds,
		ClockOffsetSeconds: clockOffset(info.SystemTime, asked, answered),
	}, nil
}

func (e *Engine) identify(version client.ServerVersionResult, info system.Info) identity {
	var who identity
	for _, c := range version.Components {
		if strings.HasPrefix(c.Name, "Podman") {
			who.podman = true
			major, _, _ := strings.Cut(c.Version, ".")
			n, err := strconv.Atoi(major)
			who.mute = err == nil && n < 5
		}
	}
	// Podman makes up another id for every answer.
	if info.ID == "" || who.podman {
		who.id = shortHash(e.endpoint.Host + " " + info.Name)
	} else {
		who.id = shortHash(info.ID)
	}
	return who
}

// clockOffset is the engine's clock minus ours. The engine read its clock
// somewhere between question and answer, so it is known to half of that time;
// an answer that took over 2 s says nothing useful.
func clockOffset(engineTime string, asked, answered time.Time) *float64 {
	theirs, err := time.Parse(time.RFC3339Nano, engineTime)
	took := answered.Sub(asked)
	if err != nil || took > 2*time.Second {
		return nil
	}
	offset := theirs.Sub(asked.Add(took / 2)).Seconds()
	return &offset
}
