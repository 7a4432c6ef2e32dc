package engine

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Inspect returns all there is to know of a container, by id or name. The error
// of one that is gone has code api.ErrNotFound.
func (e *Engine) Inspect(ctx context.Context, id string) (api.Container, error) {
	result, err := e.inspect(ctx, id)
	if err != nil {
		return api.Container{}, err
	}
	return fromInspect(e.ID(), &result.Container), nil
}

// InspectRaw returns the engine's own document, in which the values of
// Config.Env are masked: they hold passwords more often than not.
func (e *Engine) InspectRaw(ctx context.Context, id string) (map[string]any, error) {
	result, err := e.inspect(ctx, id)
	if err != nil {
		return nil, err
	}
	doc, err := maskedDocument(result.Raw)
	return doc, e.wrap(ctx, "inspect the container", err)
}

// Env returns a container's environment as it is, "NAME=value" each. The values
// hold passwords: they are for who asked for them, and for no log.
func (e *Engine) Env(ctx context.Context, id string) ([]string, error) {
	result, err := e.inspect(ctx, id)
	if err != nil {
		return nil, err
	}
	if result.Container.Config == nil {
		return []string{}, nil
	}
	return append([]string{}, result.Container.Config.Env...), nil
}

func (e *Engine) inspect(ctx context.Context, id string) (client.ContainerInspectResult, error) {
	id, err := containerID(id)
	if err != nil {
		return client.ContainerInspectResult{}, err
	}
	ctx, cancel := e.deadline(ctx, e.timeout)
	defer cancel()
	const op = "inspect the container"
	c, err := e.client(ctx)
	if err != nil {
		return client.ContainerInspectResult{}, e.wrap(ctx, op, err)
	}
	result, err := c.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	return result, e.wrap(ctx, op, err)
}

func fromInspect(engine string, r *container.InspectResponse) api.Container {
	c := api.Container{
		Engine:       engine,
		ID:           r.ID,
		Name:         strings.TrimPrefix(r.Name, "/"),
		ImageID:      r.Image,
		Command:      commandLine(r.Path, r.Args),
		Health:       api.HealthNone,
		RestartCount: r.RestartCount,
		CreatedAt:    parseTime(r.Created),
		Ports:        []api.Port{},
		Networks:     []string{},
		Volumes:      volumesOf(r.Mounts),
	}
	var labels map[string]string
	if r.Config != nil {
		c.Image = r.Config.Image
		labels = r.Config.Labels
	}
	setLabels(&c, labels)
	setState(&c, r.State)
	setHostConfig(&c, r.HostConfig)
	if r.NetworkSettings != nil {
		c.Ports = inspectPorts(r.NetworkSettings.Ports)
		c.Networks = sortedKeys(r.NetworkSettings.Networks)
	}
	return c
}

func setState(c *api.Container, s *container.State) {
	if s == nil {
		return
	}
	c.State = canonicalState(string(s.Status))
	c.OOMKilled = s.OOMKilled
	c.Error = s.Error
	c.StartedAt = parseTime(s.StartedAt)
	c.FinishedAt = parseTime(s.FinishedAt)
	c.PID = s.Pid
	if s.Health != nil {
		c.Health = canonicalHealth(string(s.Health.Status))
	}
	// The engine says 0 while a container runs and before it ever ran.
	if !c.State.Alive() && c.StartedAt != nil {
		code := s.ExitCode
		c.ExitCode = &code
	}
}

func setHostConfig(c *api.Container, h *container.HostConfig) {
	if h == nil {
		return
	}
	c.NetworkMode = string(h.NetworkMode)
	c.RestartPolicy = string(h.RestartPolicy.Name)
	if n := h.RestartPolicy.MaximumRetryCount; n > 0 {
		c.RestartPolicy += ":" + strconv.Itoa(n)
	}
	if h.Memory > 0 {
		limit := h.Memory
		c.MemoryLimitBytes = &limit
	}
	if cores := cpuLimit(h.NanoCPUs, h.CPUQuota, h.CPUPeriod); cores > 0 {
		c.CPULimit = &cores
	}
}

// cpuLimit is in cores; 0 is unlimited. --cpus sets nanoCPUs, --cpu-quota and
// --cpu-period the others; the kernel's period is 100 ms unless set.
func cpuLimit(nanoCPUs, quota, period int64) float64 {
	if nanoCPUs > 0 {
		return float64(nanoCPUs) / 1e9
	}
	if quota <= 0 {
		return 0
	}
	if period <= 0 {
		period = 100_000
	}
	return float64(quota) / float64(period)
}

// commandLine writes a command as the engine's list does, so that a container
// looks the same listed and inspected.
func commandLine(path string, args []string) string {
	words := []string{path}
	for _, a := range args {
		if strings.Contains(a, " ") {
			a = "'" + a + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

// parseTime reads a time of the engine's; its zero time, which means "never",
// is nil.
func parseTime(s string) *time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() <= 1 {
		return nil
	}
	t = t.UTC()
	return &t
}

func maskedDocument(raw json.RawMessage) (map[string]any, error) {
	doc, err := plainDocument(raw)
	if err != nil {
		return nil, err
	}
	for _, part := range []string{"Config", "ContainerConfig"} { // the second one of images, before Docker 25
		config, _ := doc[part].(map[string]any)
		env, _ := config["Env"].([]any)
		for i, v := range env {
			s, _ := v.(string)
			if name, _, ok := strings.Cut(s, "="); ok {
				env[i] = name + "=" + mask
			}
		}
	}
	return doc, nil
}
