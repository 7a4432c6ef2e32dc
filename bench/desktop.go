package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// desktopApp finds an app that `make bench` builds where Rust is: in release the
// one that is packed, in bench one whose page may open sockets of its own.
func desktopApp(kind string) (string, error) {
	app := filepath.Join(os.Getenv("CARGO_TARGET_DIR"), kind, "quaywatch-desktop")
	if _, err := os.Stat(app); errors.Is(err, fs.ErrNotExist) { //nolint:gosec // where make builds to
		return "", fmt.Errorf("%s is missing: build it with make bench, which needs Rust", app)
	}
	return app, nil
}

// desktop measures the app in its window, under Xvfb: how soon it is there, and
// what it costs.
func desktop(ctx context.Context, b *bench) error {
	app, err := desktopApp("release")
	if err != nil {
		return err
	}
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	if err := e.fill(ctx, 9, light); err != nil {
		return err
	}
	// The page's title tells of this one as soon as the containers are there.
	if _, err := e.docker(ctx, "run", "-d", "--restart", "always", "--name", "loop", "busybox:local", "false"); err != nil {
		return err
	}
	if err := desktopStart(ctx, b, app, e.host); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	// It starts again and again, which is not idle.
	if _, err := e.docker(ctx, "rm", "-f", "loop"); err != nil {
		return err
	}
	if _, err := e.docker(ctx, "run", "-d", "busybox:local", "sleep", "100000"); err != nil {
		return err
	}
	if err := desktopCosts(ctx, b, app, e.host, 10); err != nil {
		return fmt.Errorf("10 containers: %w", err)
	}
	d, host, err := demo(ctx, 1000)
	if err != nil {
		return err
	}
	defer d.stop()
	if err := desktopCosts(ctx, b, app, host, 1000); err != nil {
		return fmt.Errorf("1000 containers: %w", err)
	}
	return nil
}

// window is an app that runs in a display of its own.
type window struct {
	cmd   *exec.Cmd
	home  string
	lines *bufio.Scanner
	app   int
}

// openWindow starts an app, and with it a shell that prints, in milliseconds
// since the start, when the window is there and when its title tells of a
// container that keeps restarting.
func openWindow(ctx context.Context, app, host string) (*window, error) {
	home, err := os.MkdirTemp("", "quaywatch-bench-")
	if err != nil {
		return nil, err
	}
	const look = `openbox >/dev/null 2>&1 &
began=$(date +%s%N)
"$0" >/dev/null 2>&1 &
echo $!
until xdotool search --onlyvisible --class quaywatch-desktop >/dev/null 2>&1; do sleep 0.01; done
echo $((($(date +%s%N) - began) / 1000000))
until xdotool search --class quaywatch-desktop getwindowname %@ 2>/dev/null | grep -q restarting; do sleep 0.01; done
echo $((($(date +%s%N) - began) / 1000000))
wait`
	w := &window{home: home}
	w.cmd = exec.CommandContext(ctx, "xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "dbus-run-session", "--config-file=web/e2e/support/session.conf", "--", "sh", "-c", look, app) //nolint:gosec // the app that make built
	w.cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "XDG_CACHE_HOME=", "NO_AT_BRIDGE=1", "DOCKER_CONTEXT=", "DOCKER_HOST="+host)
	// The display, the bus and what runs in them end together.
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.lines = bufio.NewScanner(out)
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	w.app, err = w.next()
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// next reads a number that the shell prints, whatever else is printed.
func (w *window) next() (int, error) {
	for w.lines.Scan() {
		if n, err := strconv.Atoi(w.lines.Text()); err == nil {
			return n, nil
		}
	}
	return 0, errors.New("the app's shell has ended; are xvfb, openbox and xdotool installed?")
}

func (w *window) close() {
	if w.cmd.ProcessState != nil {
		return
	}
	_ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGTERM)
	_ = w.cmd.Wait()
	_ = os.RemoveAll(w.home)
}

func desktopStart(ctx context.Context, b *bench, app, host string) error {
	var visible, live []float64
	for i := range 6 {
		if i == 0 {
			// The first start finds nothing in memory.
			if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0); err != nil {
				return err
			}
		}
		one, all, err := desktopOnce(ctx, app, host)
		if err != nil {
			return err
		}
		visible, live = append(visible, float64(one)), append(live, float64(all))
	}
	for _, f := range []struct {
		what, aim string
		ms        []float64
		most      float64
	}{{"window visible", "≤ 1 s", visible, 1000}, {"first live rows", "≤ 2.5 s", live, 2500}} {
		warm := f.ms[1:]
		b.add("desktop app, start → "+f.what, f.aim,
			fmt.Sprintf("cold (nothing of it in memory) %.0f ms; then median %.0f ms, worst of %d %.0f ms", f.ms[0], quantile(warm, 0.5), len(warm), quantile(warm, 1)), "", f.ms[0] <= f.most)
	}
	return nil
}

func desktopOnce(ctx context.Context, app, host string) (visible, live int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	w, err := openWindow(ctx, app, host)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	if visible, err = w.next(); err != nil {
		return 0, 0, err
	}
	live, err = w.next()
	return visible, live, err
}

// desktopCosts measures memory and, where nothing happens, CPU, beside Chromium
// with the same page of a server of its own.
func desktopCosts(ctx context.Context, b *bench, app, host string, containers int) error {
	w, err := openWindow(ctx, app, host)
	if err != nil {
		return err
	}
	defer w.close()
	if _, err := w.next(); err != nil {
		return err
	}
	ours, ourShare := weigh(ctx, b, w.app)
	w.close()

	p, err := serve(ctx, host)
	if err != nil {
		return err
	}
	defer p.stop()
	profile, err := os.MkdirTemp("", "quaywatch-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(profile) }()
	chromium := exec.CommandContext(ctx, "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile, "--window-size=1280,840",
		"--remote-debugging-port=0", p.url)
	if err := chromium.Start(); err != nil {
		return err
	}
	defer func() {
		_ = chromium.Process.Kill()
		_ = chromium.Wait()
	}()
	theirs, theirShare := weigh(ctx, b, chromium.Process.Pid)
	server, serverShare := weighOf(ctx, b, []int{p.pid()})

	var parts []string
	var sum int64
	for _, name := range []string{"quaywatch-deskt", "WebKitWebProces", "WebKitNetworkPr", "quaywatch"} {
		parts = append(parts, fmt.Sprintf("%s %s", map[string]string{
			"quaywatch-deskt": "shell", "WebKitWebProces": "web process", "WebKitNetworkPr": "network process", "quaywatch": "server",
		}[name], mib(ours[name])))
		sum += ours[name]
	}
	var browser int64
	for _, bytes := range theirs {
		browser += bytes
	}
	beside := browser + server["quaywatch"]
	b.add(fmt.Sprintf("desktop app, memory (proportional share, Pss) at %d containers", containers), "—",
		fmt.Sprintf("%s: %s, **%.2f of the browser's**", mib(sum), strings.Join(parts, ", "), float64(sum)/float64(beside)),
		fmt.Sprintf("headless Chromium %s and a server %s", mib(browser), mib(server["quaywatch"])), true)
	if containers == 10 {
		b.add("desktop app, idle with 10 containers, share of a core, all processes", "≤ 1 %", fmt.Sprintf("%.2f %%", ourShare),
			fmt.Sprintf("headless Chromium %.2f %% and a server %.2f %%", theirShare, serverShare), ourShare <= 1)
	}
	return nil
}

// weigh measures a process and all that it started, once it has settled.
func weigh(ctx context.Context, b *bench, root int) (bytes map[string]int64, share float64) {
	pause(ctx, 20*time.Second)
	return weighOf(ctx, b, tree(root))
}

func weighOf(ctx context.Context, b *bench, pids []int) (bytes map[string]int64, share float64) {
	before := cpu(pids...)
	pause(ctx, b.window)
	share = 100 * (cpu(pids...) - before).Seconds() / b.window.Seconds()
	bytes = map[string]int64{}
	for _, pid := range pids {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		bytes[strings.TrimSpace(string(name))] += pss(pid)
	}
	return bytes, share
}

// tree is a process and its descendants.
func tree(root int) []int {
	entries, _ := os.ReadDir("/proc")
	children := map[int][]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(f) > 1 {
			parent, _ := strconv.Atoi(f[1])
			children[parent] = append(children[parent], pid)
		}
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return slices.Compact(all)
}

// pss is a process's memory, what it shares counted in part.
func pss(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "Pss:" {
			kib, _ := strconv.ParseInt(f[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// sockets measures the plugin's socket beside the web view's own, in one
// window.
func sockets(ctx context.Context, b *bench) error {
	app, err := desktopApp("bench")
	if err != nil {
		return err
	}
	d, host, err := demo(ctx, 10000)
	if err != nil {
		return err
	}
	defer d.stop()
	p, err := serve(ctx, host, "--allow-origin", "tauri://localhost")
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, 7000); err != nil {
		return err
	}
	out, err := os.CreateTemp("", "quaywatch-bench-*.json")
	if err != nil {
		return err
	}
	_ = out.Close()
	defer func() { _ = os.Remove(out.Name()) }()
	limit, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limit, "npx", "--no-install", "playwright", "test", "-c", "playwright.measure.config.ts")
	cmd.Dir = "web"
	cmd.Env = append(os.Environ(), "QUAYWATCH_DESKTOP_APP="+app, "QUAYWATCH_MEASURE_OUT="+out.Name(), "QUAYWATCH_MEASURE_SERVER="+p.origin, "QUAYWATCH_MEASURE_TOKEN="+benchToken)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("playwright.measure.config.ts: %w\n%s", err, text)
	}
	var r struct {
		Frames []struct {
			Bytes          int
			Plugin, Native []float64
		}
		Snapshot struct {
			Plugin, Native []float64
			Frames         int
			Bytes          int
		}
	}
	if err := decodeFile(out.Name(), &r); err != nil {
		return err
	}
	for _, f := range r.Frames {
		p50, p99 := quantile(f.Plugin, 0.5), quantile(f.Plugin, 0.99)
		n50, n99 := quantile(f.Native, 0.5), quantile(f.Native, 0.99)
		aim := "—"
		if f.Bytes < 8192 {
			aim = "p99 ≤ 20 ms"
		}
		b.add(fmt.Sprintf("desktop app, a frame of %d bytes through the plugin, server → page and back", f.Bytes), aim,
			fmt.Sprintf("p50 %.1f ms, p99 %.1f ms (%d frames), **%.1f of the native p50**", p50, p99, len(f.Plugin), p50/n50),
			fmt.Sprintf("native socket in the same window: p50 %.1f ms, p99 %.1f ms", n50, n99), f.Bytes >= 8192 || p99 <= 20)
	}
	s := r.Snapshot
	p50, n50 := quantile(s.Plugin, 0.5), quantile(s.Native, 0.5)
	b.add("desktop app, hello → snapshot of 10,000 containers through the plugin, frames of at most 8,000 bytes", "—",
		fmt.Sprintf("median %.0f ms (%d frames, %s), **%.1f of the native**", p50, s.Frames, mib(int64(s.Bytes)), p50/n50),
		fmt.Sprintf("native socket, the server's frames: %.0f ms", n50), true)
	return nil
}
