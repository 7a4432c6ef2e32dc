package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Golden files define the protocol together with docs/protocol.md. They are
// written from the Go types (go test ./internal/api -update) and read by the
// page's tests too, so neither side can drift alone.
const goldenDir = "../../api/golden"

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func goldenContainer() *api.Container {
	created := time.Date(2026, 11, 23, 14, 0, 0, 123456789, time.UTC)
	started := created.Add(2 * time.Second)
	return &api.Container{
		Engine: "3f9c1a2b4d5e", ID: "8d1f0c6be5a94e1b8f1d0a6f5b7c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c",
		Name: "shop-web-1", Image: "nginx:1.27", ImageID: "sha256:2b7412e6", Command: "nginx -g 'daemon off;'",
		Project: "shop", Service: "web", State: api.StateRunning, Health: api.HealthHealthy,
		RestartPolicy: "unless-stopped", CreatedAt: &created, StartedAt: &started,
		Ports:       []api.Port{{IP: "0.0.0.0", Public: 8080, Private: 80, Proto: "tcp"}},
		NetworkMode: "shop_default", Networks: []string{"shop_default"}, Volumes: []string{"shop_static"},
		Labels: map[string]string{"com.docker.compose.project": "shop", "com.docker.compose.service": "web"},
		PID:    4711, CPULimit: new(0.5), MemoryLimitBytes: new(int64(268435456)), Row: 1,
	}
}

func goldenImage() *api.Image {
	created := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	return &api.Image{
		Engine: "3f9c1a2b4d5e", ID: "sha256:2b7412e6465c3c7fc5bb21d3e6f1917c167358449fecac8176c6e496e5c1f05f",
		Tags: []string{"nginx:1.27", "nginx:latest"}, Digests: []string{"nginx@sha256:0a399eb16751829e1af26fea27b20c3ec28d7ab1fb72182879dcae1cca21206a"},
		CreatedAt: &created, SizeBytes: 191717038, SharedBytes: new(int64(74783488)), SharedAt: &created, Labels: map[string]string{"maintainer": "NGINX"},
	}
}

func goldenVolume() *api.Volume {
	created := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	return &api.Volume{
		Engine: "3f9c1a2b4d5e", Name: "shop_static", Driver: "local", Mountpoint: "/var/lib/docker/volumes/shop_static/_data", Scope: "local",
		CreatedAt: &created, Labels: map[string]string{"com.docker.compose.project": "shop"}, Options: map[string]string{}, Project: "shop",
		SizeBytes: new(int64(5242880)), SizedAt: &created,
	}
}

func goldenNetwork() *api.Network {
	created := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	return &api.Network{
		Engine: "3f9c1a2b4d5e", ID: "b1f0c6be5a94e1b8f1d0a6f5b7c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c0", Name: "shop_default", Driver: "bridge", Scope: "local",
		Subnets: []api.Subnet{{Subnet: "172.18.0.0/16", Gateway: "172.18.0.1"}}, Labels: map[string]string{"com.docker.compose.project": "shop"},
		Options: map[string]string{}, CreatedAt: &created, Project: "shop",
		Endpoints: []api.Endpoint{{Container: goldenContainer().ID, Name: "shop-web-1", IPv4: "172.18.0.2/16", MAC: "02:42:ac:12:00:02"}},
	}
}

func goldenAlert() *api.Alert {
	active := time.Date(2026, 11, 23, 14, 2, 7, 250_000_000, time.UTC)
	fired, until := active.Add(time.Minute), active.Add(time.Hour)
	return &api.Alert{
		Engine: "3f9c1a2b4d5e", EngineName: "laptop", ID: "t3f8k1-9qz4", Rule: "Memory limit nearly reached", On: api.AlertOnMemory, Severity: api.SeverityWarning, State: api.AlertFiring,
		Container: goldenContainer().ID, Name: "shop-web-1", Project: "shop", Image: "nginx:1.27", Summary: "shop-web-1 uses 97 % of its memory limit.",
		Description: "How to give it more: https://wiki.example/shop", Value: new(97.1), Count: 1, ActiveAt: active, FiredAt: &fired,
		Acknowledged: &api.AlertMark{By: api.Actor{Name: "ann", Client: "tab-1"}, At: fired, Note: "looking"},
		Snoozed:      &api.AlertMark{By: api.Actor{Name: "ann", Client: "tab-1"}, At: fired, Until: &until},
	}
}

func goldenDisk() api.DiskUsage {
	at := time.Date(2026, 11, 23, 14, 1, 0, 0, time.UTC)
	use := func(count, active int, total, free int64) api.DiskUse {
		return api.DiskUse{Count: count, Active: active, TotalBytes: &total, ReclaimableBytes: &free}
	}
	return api.DiskUsage{
		Engine: "3f9c1a2b4d5e", MeasuredAt: &at, Seconds: 0.8, Images: use(4, 2, 512000000, 120000000), Containers: use(3, 2, 2000000, 400000),
		Volumes: use(2, 1, 6291456, 1048576), BuildCache: api.DiskUse{},
	}
}

func goldenEngine() api.EngineStatus {
	return api.EngineStatus{
		ID: "3f9c1a2b4d5e", Name: "laptop", Version: "20.10.24", APIVersion: "1.41", OS: "linux", Arch: "amd64",
		Host: "unix:///var/run/docker.sock", Origin: "default socket", State: api.EngineConnected,
		Since: time.Date(2026, 11, 23, 13, 59, 0, 0, time.UTC), MetricsSource: "cgroup v1",
		CPUs: 8, MemoryBytes: 16777216000, CgroupVersion: "1", CgroupDriver: "cgroupfs",
		RTTSeconds: new(0.0011), ClockOffsetSeconds: new(0.0),
	}
}

func goldenServer() api.ServerStatus {
	return api.ServerStatus{
		Version: "0.1.0", PID: 1234, StartedAt: time.Date(2026, 11, 23, 13, 59, 0, 0, time.UTC), Clients: 1,
		CPUPercent: new(0.4), EngineCPUPercent: new(0.0), MemoryBytes: new(int64(18874368)), SampleSeconds: 1, SampleRestSeconds: 10,
		History: &api.HistoryStatus{
			State: api.HistoryPaused, Reason: "The disk of /var/lib/quaywatch is full. History goes on by itself once there is room.",
			Since: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC), Bytes: 4 << 20, EventBytes: 3 << 20, Oldest: new(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)), Dropped: 3,
		},
		Revisions: api.Revisions{AlertRules: 4, Deliveries: 17},
	}
}

// goldenMessages is one example of each message, by file name.
func goldenMessages(t *testing.T) map[string]any {
	t.Helper()
	c, e, s := goldenContainer(), goldenEngine(), goldenServer()
	disk := goldenDisk()
	at := time.Date(2026, 11, 23, 14, 2, 7, 250000000, time.UTC)
	ev := api.Event{
		Time: at, Engine: c.Engine, Kind: "container", Action: "die", ID: c.ID, Name: c.Name,
		Attributes: map[string]string{"exitCode": "137", "image": c.Image}, Seq: 41,
	}
	job := api.Job{
		ID: "j-3", Kind: api.JobContainers, Action: api.ActionStop, Project: "shop", By: api.Actor{Name: "launch", Client: "tab-1"}, State: api.JobRunning, StartedAt: at,
		Items: []api.JobItem{{Key: c.Key(), Name: c.Name}, {Key: "3f9c1a2b4d5e/0c", Name: "shop-db-1"}, {Key: "3f9c1a2b4d5e/0d", Name: "shop-job-1"}},
		Next:  2, Running: []int{1}, Failures: []api.JobFailure{{Item: 0, Code: api.ErrConflict, Message: "The engine refuses in this state.", Engine: "container is already stopped"}},
	}
	pull := api.Job{
		ID: "j-4", Kind: api.JobPull, Subject: "registry.example:5000/shop/web:2.1", Engine: c.Engine, By: job.By, State: api.JobRunning, StartedAt: at,
		Items: []api.JobItem{}, Running: []int{}, Failures: []api.JobFailure{},
		Progress: &api.JobProgress{
			Phase: api.PhaseDownloading, Fraction: new(0.25), CurrentBytes: 12582912, TotalBytes: new(int64(37748736)), BytesPerSecond: new(int64(4194304)), ETASeconds: new(6.5),
			Layers: []api.JobLayer{
				{ID: "8b1a3c5d7e9f", Phase: api.PhaseExists},
				{ID: "0c1d2e3f4a5b", Phase: api.PhaseExtracting, CurrentBytes: 2097152, TotalBytes: new(int64(4194304))},
				{ID: "1d2e3f4a5b6c", Phase: api.PhaseDownloading, CurrentBytes: 8388608, TotalBytes: new(int64(33554432))},
			},
		},
	}
	failed, ended := pull, at.Add(2*time.Second)
	failed.State, failed.EndedAt, failed.Progress = api.JobFailed, &ended, nil
	failed.Error = &api.JobError{Code: api.ErrForbidden, Message: "The registry registry.example:5000 does not accept the credentials.", Engine: "unauthorized: authentication required"}
	pruned := pull
	pruned.ID, pruned.Kind, pruned.Subject, pruned.State, pruned.EndedAt = "j-5", api.JobPrune, "images, volumes", api.JobDone, &ended
	pruned.Progress = &api.JobProgress{Phase: api.PhaseDone, Fraction: new(1.0), CurrentBytes: 1048576, Layers: []api.JobLayer{}}
	pruned.Result = &api.JobResult{
		Message: "Removed 2 images and 1 volume.", Bytes: new(int64(1048576)),
		Pruned: []api.Pruned{{Kind: api.PruneImages, Count: 2, Bytes: 1000000}, {Kind: api.PruneVolumes, Count: 1, Bytes: 48576}},
	}
	byUs := ev
	byUs.By = &job.By
	return map[string]any{
		"hello": api.Hello{
			Type: api.TypeHello, V: 1, Token: "qw_example", Client: api.ClientInfo{ID: "tab-1", Name: "web", Version: "0.1.0"},
			MaxFrame: 65536, Resume: &api.Resume{Epoch: "k3v9x2", Topics: map[api.Topic]uint64{api.TopicContainers: 17, api.TopicEvents: 40}},
		},
		"welcome": api.Welcome{
			Type: api.TypeWelcome, V: 1, Epoch: "k3v9x2", Conn: "c-7", HeartbeatMs: 2000,
			Limits: api.Limits{MaxFrame: 65536, MaxInbound: 65536, MaxSubs: 32}, Role: "admin", Time: at, Server: s, Engines: []api.EngineStatus{e},
		},
		"sub-containers": api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicContainers},
		"sub-from":       api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicContainers, From: new(uint64(17))},
		"sub-events":     api.Sub{Type: api.TypeSub, ID: 2, Topic: api.TopicEvents, Filter: &api.Filter{Last: new(200)}},
		"sub-metrics":    api.Sub{Type: api.TypeSub, ID: 3, Topic: api.TopicMetrics, Filter: &api.Filter{Rows: []int{1, 2, 5}, Cols: []string{"cpu", "mem", "rxRate"}, EveryMs: 1000, RestEveryMs: 10000, Paced: true}},
		"sub-logs":       api.Sub{Type: api.TypeSub, ID: 6, Topic: api.TopicLogs, Filter: &api.Filter{Containers: []api.Key{c.Key(), "3f9c1a2b4d5e/0c"}, Tail: new(200), Since: map[api.Key]int64{c.Key(): at.UnixMicro()}}},
		"ack":            api.Ack{Type: api.TypeAck, ID: 6, N: 2},
		"logs":           api.LogsFrame{Type: api.TypeLogs, Topic: api.TopicLogs, ID: 6, N: 2, At: []int64{at.UnixMicro(), at.UnixMicro() + 40}, Text: []string{"GET / 200", "\x1b[31mfailed\x1b[0m <b>"}, Src: []int{0, 1}, Err: []int{1}, Cut: []int{1}, Skipped: []api.LogSkip{{Src: 0, Lines: 1200}}, States: []api.LogState{{Src: 1, Phase: api.LogEnded}}},
		"snap-jobs":      api.Snap{Type: api.TypeSnap, Topic: api.TopicJobs, Items: []json.RawMessage{raw(t, job)}},
		"delta-jobs":     api.Delta{Type: api.TypeDelta, Topic: api.TopicJobs, From: 4, Seq: 6, Changed: map[api.Key]api.Diff{api.Key(job.ID): {Set: map[string]json.RawMessage{"next": raw(t, 3), "running": raw(t, []int{2})}}}},
		"job":            job,
		"job-pull":       pull,
		"job-failed":     failed,
		"job-prune":      pruned,
		"job-request-pull": api.JobRequest{
			Kind: api.JobPull, Subject: pull.Subject, Platform: "linux/arm64", Credentials: &api.RegistryCredentials{Username: "ann", Password: "example"},
		},
		"job-request-prune": api.JobRequest{Kind: api.JobPrune, Prune: &api.PruneOptions{Kinds: []api.PruneKind{api.PruneImages, api.PruneVolumes}, AllImages: true}},
		"prune-plan": api.PrunePlan{
			Engine: c.Engine, Bytes: 1000000, Complete: false, Totals: []api.Pruned{{Kind: api.PruneImages, Count: 1, Bytes: 1000000}, {Kind: api.PruneVolumes, Count: 1}},
			Items: []api.PruneItem{
				{Kind: api.PruneImages, ID: "sha256:5d0c", Name: "shop/web:2.0", SizeBytes: new(int64(1000000)), CreatedAt: &at},
				{Kind: api.PruneVolumes, ID: "shop_cache", Name: "shop_cache"},
			},
		},
		"job-request":       api.JobRequest{Action: api.ActionStop, Containers: []string{c.ID, "shop-db-1"}},
		"series":            api.Series{Engine: c.Engine, ID: c.ID, StepSeconds: 1, At: []int64{at.UnixMilli(), at.UnixMilli() + 1000}, Cols: map[string][]*int64{"cpu": {new(int64(1250)), nil}}, From: at.UnixMilli() - 3600_000},
		"event-by-us":       byUs,
		"ping-counted":      api.Ping{Type: api.TypePing, N: 7, Coalesced: 12, Skipped: 3},
		"unsub":             api.Unsub{Type: api.TypeUnsub, ID: 3},
		"subbed":            api.Subbed{Type: api.TypeSubbed, ID: 1, Topic: api.TopicContainers, Seq: 17},
		"subbed-recovered":  api.Subbed{Type: api.TypeSubbed, ID: 1, Topic: api.TopicContainers, Recovered: true, Seq: 19},
		"snap-containers":   api.Snap{Type: api.TypeSnap, Topic: api.TopicContainers, Items: []json.RawMessage{raw(t, c)}},
		"snap-system":       api.Snap{Type: api.TypeSnap, Topic: api.TopicSystem, Items: []json.RawMessage{raw(t, api.SystemItem{Key: "server", Server: &s}), raw(t, api.SystemItem{Key: e.ID, Engine: &e}), raw(t, api.SystemItem{Key: api.DiskKey(e.ID), DiskUsage: &disk})}},
		"snap-images":       api.Snap{Type: api.TypeSnap, Topic: api.TopicImages, Items: []json.RawMessage{raw(t, goldenImage())}},
		"snap-volumes":      api.Snap{Type: api.TypeSnap, Topic: api.TopicVolumes, Items: []json.RawMessage{raw(t, goldenVolume())}},
		"snap-networks":     api.Snap{Type: api.TypeSnap, Topic: api.TopicNetworks, Items: []json.RawMessage{raw(t, goldenNetwork())}},
		"delta-networks":    api.Delta{Type: api.TypeDelta, Topic: api.TopicNetworks, From: 2, Seq: 3, Changed: map[api.Key]api.Diff{goldenNetwork().Key(): {Set: map[string]json.RawMessage{"endpoints": raw(t, []api.Endpoint{})}}}},
		"delta-volumes":     api.Delta{Type: api.TypeDelta, Topic: api.TopicVolumes, From: 5, Seq: 6, Removed: []api.Key{goldenVolume().Key()}},
		"delta-images":      api.Delta{Type: api.TypeDelta, Topic: api.TopicImages, From: 7, Seq: 8, Changed: map[api.Key]api.Diff{goldenImage().Key(): {Set: map[string]json.RawMessage{"tags": raw(t, []string{"nginx:1.27"})}}}},
		"snap-alerts":       api.Snap{Type: api.TypeSnap, Topic: api.TopicAlerts, Items: []json.RawMessage{raw(t, goldenAlert())}},
		"delta-alerts":      api.Delta{Type: api.TypeDelta, Topic: api.TopicAlerts, From: 8, Seq: 9, Changed: map[api.Key]api.Diff{goldenAlert().Key(): {Set: map[string]json.RawMessage{"state": raw(t, api.AlertResolved), "resolvedAt": raw(t, at.Add(time.Minute))}}}},
		"alert":             goldenAlert(),
		"sub-volumes":       api.Sub{Type: api.TypeSub, ID: 8, Topic: api.TopicVolumes, From: new(uint64(5))},
		"image":             goldenImage(),
		"volume":            goldenVolume(),
		"network":           goldenNetwork(),
		"snap-events":       api.Snap{Type: api.TypeSnap, Topic: api.TopicEvents, Items: []json.RawMessage{raw(t, ev)}},
		"snapEnd":           api.SnapEnd{Type: api.TypeSnapEnd, Topic: api.TopicContainers, Seq: 17, Count: 1},
		"delta-changed":     api.Delta{Type: api.TypeDelta, Topic: api.TopicContainers, From: 17, Seq: 18, Changed: map[api.Key]api.Diff{c.Key(): {Set: map[string]json.RawMessage{"state": raw(t, api.StateExited), "exitCode": raw(t, 137), "finishedAt": raw(t, at), "pid": raw(t, 0)}}}},
		"delta-removed":     api.Delta{Type: api.TypeDelta, Topic: api.TopicContainers, From: 18, Seq: 19, Removed: []api.Key{c.Key()}},
		"delta-added":       api.Delta{Type: api.TypeDelta, Topic: api.TopicContainers, From: 19, Seq: 20, Added: []json.RawMessage{raw(t, c)}},
		"delta-events":      api.Delta{Type: api.TypeDelta, Topic: api.TopicEvents, From: 40, Seq: 41, Added: []json.RawMessage{raw(t, ev)}},
		"mark":              api.Mark{Type: api.TypeMark, Topic: api.TopicEvents, Seq: 44},
		"metrics":           api.MetricsFrame{Type: api.TypeMetrics, Topic: api.TopicMetrics, Seq: 12, At: at.UnixMilli(), Rows: []int{1, 5}, Cols: map[string]api.MetricsColumn{"cpu": {V: []*int64{new(int64(1250)), new(int64(3))}}, "mem": {I: []int{1}, V: []*int64{new(int64(67108864))}}}},
		"metrics-unchanged": api.MetricsFrame{Type: api.TypeMetrics, Topic: api.TopicMetrics, Seq: 13, At: at.UnixMilli() + 1000},
		"metrics-rest":      api.MetricsFrame{Type: api.TypeMetrics, Topic: api.TopicMetrics, Seq: 14, At: at.UnixMilli() + 2000, Rest: true, Rows: []int{9}, Cols: map[string]api.MetricsColumn{"cpu": {V: []*int64{nil}}}, Ages: map[int]int64{9: 400}, Missed: []int{5}},
		"resync":            api.Resync{Type: api.TypeResync, Topic: api.TopicEvents, Reason: "slow", Lost: &api.Range{From: 41, To: 90}},
		"error":             api.WireError{Type: api.TypeError, ID: 3, Code: api.ErrInvalid, Message: `unknown column "cpuu"; columns are cpu, mem, memLimit, …`},
		"ping":              api.Ping{Type: api.TypePing, N: 5},
		"pong":              api.Pong{Type: api.TypePong, N: 5},
		"exec-open": api.ExecOpen{
			Type: api.TypeExecOpen, V: 1, Token: "qw_example", Client: api.ClientInfo{ID: "tab-1", Name: "web", Version: "0.1.0"},
			ExecOptions: api.ExecOptions{User: "root", WorkingDir: "/srv", Env: []string{"LANG=C.UTF-8"}, Cols: 120, Rows: 40},
		},
		"exec-open-command": api.ExecOpen{
			Type: api.TypeExecOpen, V: 1, Ticket: "example", Client: api.ClientInfo{ID: "desktop-1", Name: "web", Version: "0.1.0"}, MaxFrame: 8000,
			ExecOptions: api.ExecOptions{Command: []string{"psql", "-U", "shop"}, Cols: 80, Rows: 24},
		},
		"exec-opened": api.ExecOpened{
			Type: api.TypeExecOpened, ID: "K4NQ2WZ7VAXE", Container: c.ID, HeartbeatMs: 15000,
			InputWindow: api.ExecInputWindow, FrameCost: api.ExecFrameCost, MaxInbound: 65536, IdleSeconds: 1800, UnattendedSeconds: 28800,
		},
		"exec-input":     api.ExecText{Type: api.TypeExecInput, N: 3, Text: "ls\r"},
		"exec-output":    api.ExecText{Type: api.TypeExecOutput, N: 9, Text: "\x1b[1mbin\x1b[0m  grün\r\n"},
		"exec-took":      api.ExecTook{Type: api.TypeExecTook, N: 9},
		"exec-resize":    api.ExecResize{Type: api.TypeExecResize, Cols: 100, Rows: 30},
		"exec-exit":      api.ExecExit{Type: api.TypeExecExit, Code: new(0), Seconds: 12.5},
		"exec-exit-idle": api.ExecExit{Type: api.TypeExecExit, Code: new(129), Seconds: 1812.5, Reason: "Nothing happened in it for 30 minutes."},
		"array":          []any{api.Ping{Type: api.TypePing, N: 6}, api.Mark{Type: api.TypeMark, Topic: api.TopicContainers, Seq: 20}},
		"sample":         api.MakeSample(c.Engine, c.ID, c.Name, at, &[api.NumColumns]int64{1250, 67108864, 268435456, 10, 20, 1, 2, api.Unknown, api.Unknown, api.Unknown, api.Unknown, 7, 0, api.Unknown, api.Unknown, api.Unknown, api.Unknown, api.Unknown}),
		"event":          ev,
		"container":      c,
		"system":         api.System{Server: s, Engines: []api.EngineStatus{e}},
		"problem":        api.Problem{Type: "about:blank", Title: "Conflict", Status: 409, Detail: "The container is already stopped.", Code: api.ErrConflict, Engine: "container 8d1f is not running"},
	}
}

var update = flag.Bool("update", false, "write the golden files")

func TestGoldenMessages(t *testing.T) {
	for name, v := range goldenMessages(t) {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(v, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			path := filepath.Join(goldenDir, name+".json")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from what the Go types give:\n%s", path, got)
			}
		})
	}
}
