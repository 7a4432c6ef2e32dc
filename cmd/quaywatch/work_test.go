package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/enginetest"
)

// lastJob is the last line of NDJSON, and each before it must be of the same job.
func lastJob(t *testing.T, out string) api.Job {
	t.Helper()
	all := decodeLines[api.Job](t, out)
	if len(all) == 0 {
		t.Fatal("nothing was printed")
	}
	for _, j := range all {
		if j.ID != all[0].ID || j.Kind == "" {
			t.Errorf("another job in between: %+v", j)
		}
	}
	return all[len(all)-1]
}

// TestTransfersInTheTerminal: pull, push, save and prune, without a server and
// with one; their ends and their exit codes.
func TestTransfersInTheTerminal(t *testing.T) {
	e := enginetest.Start(t)
	open, closed := enginetest.StartRegistry(t, false).Address, enginetest.StartRegistry(t, true).Address
	for _, by := range []string{"process", "server"} {
		t.Run(by, func(t *testing.T) {
			p := newPlace(t, "DOCKER_HOST="+e.Host)
			if by == "server" {
				p.serve(t)
			}
			name := open + "/" + by + ":1"
			e.LoadImage(t, []enginetest.Layer{{Seed: 70, Size: 2_000_000}, {Seed: 71, Size: 10_000}}, name)
			j := lastJob(t, p.ok(t, "push", name))
			if j.State != api.JobDone || j.Kind != api.JobPush || !strings.HasPrefix(j.Result.Digest, "sha256:") {
				t.Errorf("pushed: %+v", j)
			}
			e.Docker(t, "rmi", name)
			if j = lastJob(t, p.ok(t, "pull", "--platform", "linux/amd64", "--json", name)); j.State != api.JobDone || j.Subject != name || *j.Progress.Fraction != 1 {
				t.Errorf("pulled: %+v", j)
			}
			for code, args := range map[int][]string{
				exitNotFound:    {"pull", open + "/no/such:1"},
				exitForbidden:   {"pull", closed + "/team/app:1"},
				exitUnreachable: {"pull", "127.0.0.1:1/x:1"},
				exitUsage:       {"pull", "A b"},
			} {
				if r := p.run(t, args...); r.code != code || !strings.HasPrefix(r.err, "quaywatch: ") || strings.Count(r.err, "\n") != 1 {
					t.Errorf("%v: exit %d, want %d: %s", args, r.code, code, r.err)
				}
			}
			// It is refused before there is a job.
			for _, platform := range []string{"foo", "linux/"} {
				if r := p.run(t, "pull", "--platform", platform, name); r.code != exitUsage || r.out != "" || !strings.Contains(r.err, platform) || !strings.Contains(r.err, "such as linux/arm64") {
					t.Errorf("--platform %s: %+v", platform, r)
				}
			}
			if r := p.run(t, "pull", name, "-u", "ann"); r.code != exitUsage || !strings.Contains(r.err, "--password-stdin") {
				t.Errorf("a name without a password: %+v", r)
			}
			e.Docker(t, "tag", name, closed+"/typed:"+by)
			push := p.command(t.Context(), "push", "-u", enginetest.User, "--password-stdin", closed+"/typed:"+by)
			push.Stdin = strings.NewReader(enginetest.Password + "\n")
			if out, err := push.CombinedOutput(); err != nil || strings.Contains(string(out), enginetest.Password) {
				t.Errorf("with a password: %v\n%s", err, out)
			}

			file := filepath.Join(t.TempDir(), "image.tar")
			if j = lastJob(t, p.ok(t, "save", name, "-o", file)); j.State != api.JobDone {
				t.Errorf("saved: %+v", j)
			}
			st, err := os.Stat(file)
			if err != nil || st.Size() < 2_000_000 || st.Size() != *j.Result.Bytes {
				t.Errorf("the file: %v, %v", st, err)
			}
			if out := p.ok(t, "save", name, "-o", "-"); int64(len(out)) != st.Size() {
				t.Errorf("to standard output: %d bytes of %d", len(out), st.Size())
			}
			if r := p.run(t, "save", "no/such:1", "-o", file+"2"); r.code != exitNotFound {
				t.Errorf("of what is not there: %+v", r)
			}
			if _, err := os.Stat("/dev/full"); err == nil { // as on a disk that is
				full := p.command(t.Context(), "save", name, "-o", "-")
				var said strings.Builder
				full.Stderr = &said
				if full.Stdout, err = os.OpenFile("/dev/full", os.O_WRONLY, 0); err != nil {
					t.Fatal(err)
				}
				if err := full.Run(); err == nil || full.ProcessState.ExitCode() != exitFailure || said.String() != "quaywatch: The image could not be written to standard output. (no space left on device)\n" {
					t.Errorf("to a full disk: %v, %s", err, said.String())
				}
			}
			link := file + ".link"
			if err := os.Symlink(filepath.Base(file), link); err != nil {
				t.Fatal(err)
			}
			p.ok(t, "save", name, "-o", link)
			if at, err := os.Readlink(link); err != nil || at != filepath.Base(file) {
				t.Errorf("a link was replaced: %q, %v", at, err)
			}
			if left, _ := filepath.Glob(filepath.Dir(file) + "/.*"); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}

			e.Docker(t, "network", "create", "empty-"+by)
			eventually(t, "the network is known", func() error {
				var plan api.PrunePlan
				decode(t, p.ok(t, "prune", "networks", "--dry-run", "--json"), &plan)
				if len(plan.Items) != 1 || plan.Items[0].Name != "empty-"+by {
					return &usageError{os.ErrNotExist}
				}
				return nil
			})
			if out := p.ok(t, "prune", "-n", "networks"); !strings.Contains(out, "empty-"+by) || !strings.Contains(out, "1 network: frees 0 B.") {
				t.Errorf("the plan: %s", out)
			}
			if r := p.run(t, "prune", "networks"); r.code != exitUsage || !strings.Contains(r.err, "--yes") {
				t.Errorf("nobody to ask: %+v", r)
			}
			if j = lastJob(t, p.ok(t, "prune", "networks", "--yes", "--json")); j.Result == nil || j.Result.Message != "Removed 1 network." {
				t.Errorf("pruned: %+v", j)
			}
			if r := p.run(t, "prune", "cats"); r.code != exitUsage {
				t.Errorf("cats: %+v", r)
			}
		})
	}
}

// TestSaveToWhatIsNoFile: a device, a pipe or a directory stays what it is, and that
// it can't be is said before anything is done.
func TestSaveToWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{pipe: "is no file that another one can take the place of", filepath.Dir(pipe): "is a directory"} {
		if _, err := saveTo(to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", to, err)
		}
	}
	// A device is not tried for real: where it goes wrong, the machine has none.
	if _, err := saveTo(os.DevNull); err == nil {
		t.Error("the null device would be replaced")
	}
	if to, err := saveTo(pipe + ".tar"); err != nil || to != pipe+".tar" {
		t.Errorf("%q, %v", to, err)
	}
}

// TestWhatIsAskedOnATerminal: a password, which is not shown, and whether to
// remove; one Ctrl-C is no, and gives the terminal back.
func TestWhatIsAskedOnATerminal(t *testing.T) {
	e := enginetest.Start(t)
	name := enginetest.StartRegistry(t, true).Address + "/asked:1"
	e.LoadImage(t, []enginetest.Layer{{Seed: 72, Size: 10_000}}, name)
	e.Docker(t, "network", "create", "stays")
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	v := p.terminal(t, 100, 24, nil, "push", "-u", enginetest.User, name)
	v.sees("Password of " + enginetest.User)
	eventually(t, "what is typed is not shown", func() error {
		if v.termios().Lflag&unix.ECHO != 0 {
			return errors.New("it is")
		}
		return nil
	})
	v.press(enginetest.Password + "\r")
	v.sees("Pushed " + name)
	v.restored(0)
	if strings.Contains(v.written(), enginetest.Password) {
		t.Error("the password was shown")
	}
	for question, args := range map[string][]string{
		"Password of ann":   {"push", "-u", "ann", name},
		"for the registry":  {"pull", "-u", "ann", "--password-stdin", name},
		"Remove all of it?": {"prune", "networks"},
		"New password:":     {"token", "password"},
	} {
		v := p.terminal(t, 100, 24, nil, args...)
		v.sees(question)
		v.press("\x03")
		v.restored(exitStopped)
	}
	if got := e.Docker(t, "network", "ls", "-q", "-f", "name=stays"); got == "" {
		t.Error("a prune that was not confirmed has removed a network")
	}
}

// TestJobsInTheTerminal: one terminal's pull is seen by another, which ends it,
// and a signal does.
func TestJobsInTheTerminal(t *testing.T) {
	e := enginetest.Shared(t)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	name := registry.Address + "/slow:1"
	e.LoadImage(t, []enginetest.Layer{{Seed: 80, Size: 20_000_000}}, name)
	e.Docker(t, "push", "-q", name)
	e.Docker(t, "rmi", name)
	line.Throttle(150_000) // it takes longer than all that is done to it
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	if r := p.run(t, "jobs"); r.code != exitUnreachable || !strings.Contains(r.err, "quaywatch serve") {
		t.Errorf("without a server: %+v", r)
	}
	if r := p.run(t, "pull", "-d", name); r.code != exitUsage {
		t.Errorf("--detach without a server: %+v", r)
	}
	slow := line.Address + "/slow:1"
	alone := p.start(t, "pull", slow)
	moves := func(l string) bool { return strings.Contains(l, `"phase":"downloading","fraction":0.`) }
	alone.until(t, "bytes come", moves)
	if code := alone.end(t, os.Interrupt); code != exitStopped || !strings.Contains(alone.errors(), "cancelled") {
		t.Errorf("interrupted by itself: %d, %s", code, alone.errors())
	}

	p.serve(t)
	watch := p.start(t, "jobs", "--watch", "--json")
	pull := p.start(t, "pull", slow)
	pull.until(t, "bytes come", moves)
	var j api.Job
	decode(t, watch.until(t, "the pull is seen", moves), &j)
	if out := p.ok(t, "jobs"); !strings.Contains(out, "pull "+slow) || !strings.Contains(out, "downloading") {
		t.Errorf("jobs:\n%s", out)
	}
	follow := p.start(t, "jobs", "follow", j.ID)
	follow.until(t, "it is followed", moves)
	p.ok(t, "jobs", "cancel", j.ID)
	for _, pr := range []*process{pull, follow} {
		pr.until(t, "the end is told", func(l string) bool { return strings.Contains(l, `"state":"cancelled"`) })
		if code := ended(t, pr); code != exitStopped {
			t.Errorf("%v ended with %d: %s", pr.cmd.Args, code, pr.errors())
		}
	}

	id := strings.TrimSpace(p.ok(t, "pull", "-d", slow))
	watch.until(t, "the one that nobody waits for", func(l string) bool { return strings.Contains(l, id) && moves(l) })
	p.ok(t, "jobs", "cancel", id)
	again := p.start(t, "pull", slow)
	again.until(t, "bytes come", moves)
	if code := again.end(t, os.Interrupt); code != exitStopped {
		t.Errorf("interrupted: %d, %s", code, again.errors())
	}
	eventually(t, "all are cancelled", func() error {
		for _, j := range decodeLines[api.Job](t, p.ok(t, "jobs", "--json")) {
			if j.State != api.JobCancelled {
				return &usageError{os.ErrInvalid}
			}
		}
		return nil
	})
	if r := p.run(t, "jobs", "follow", "j-nosuch"); r.code != exitNotFound {
		t.Errorf("no such job: %+v", r)
	}
}

// TestAServerThatIsStartedAnew knows nothing of a job: who waits for it is told.
func TestAServerThatIsStartedAnew(t *testing.T) {
	e := enginetest.Shared(t)
	registry := enginetest.StartRegistry(t, false)
	line := enginetest.StartProxy(t, registry.Address)
	name := registry.Address + "/anew:1"
	e.LoadImage(t, []enginetest.Layer{{Seed: 85, Size: 20_000_000}}, name)
	e.Docker(t, "push", "-q", name)
	e.Docker(t, "rmi", name)
	line.Throttle(150_000) // it takes longer than all that is done to it
	p := newPlace(t, "DOCKER_HOST="+e.Host)
	server, base := p.serve(t)
	pull := p.start(t, "pull", line.Address+"/anew:1")
	pull.until(t, "bytes come", func(l string) bool { return strings.Contains(l, `"phase":"downloading","fraction":0.`) })
	if code := server.end(t, os.Interrupt); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	p.start(t, "serve", "--json", "--listen", strings.TrimPrefix(base, "http://"))
	if code := ended(t, pull); code == exitOK || !strings.Contains(pull.errors(), "knows nothing of the job") && !strings.Contains(pull.errors(), "cancelled") {
		t.Errorf("pull ended with %d: %s", code, pull.errors())
	}
}

// ended waits for a command that ends by itself.
func ended(t *testing.T, p *process) int {
	t.Helper()
	done := make(chan int, 1)
	go func() {
		p.reader.Wait()
		_ = p.cmd.Wait()
		done <- p.cmd.ProcessState.ExitCode()
	}()
	select {
	case code := <-done:
		return code
	case <-time.After(3 * time.Minute):
		t.Fatal("it does not end")
		return -1
	}
}

func TestJobsOnATerminal(t *testing.T) {
	total := int64(4 << 20)
	j := &api.Job{Kind: api.JobPull, Subject: "shop/web:2.1", State: api.JobRunning, Progress: &api.JobProgress{
		Phase: api.PhaseDownloading, Fraction: new(0.25), CurrentBytes: 1 << 20, TotalBytes: &total, BytesPerSecond: new(int64(1 << 20)), ETASeconds: new(3.0),
		Layers: []api.JobLayer{
			{ID: "aaaaaaaaaaaa", Phase: api.PhaseExists}, {ID: "bbbbbbbbbbbb", Phase: api.PhaseDone}, {ID: "cccccccccccc", Phase: api.PhaseWaiting},
			{ID: "dddddddddddd", Phase: api.PhaseDownloading, CurrentBytes: 1 << 20, TotalBytes: &total}, {ID: "eeeeeeeeeeee", Phase: api.PhaseWaiting},
		},
	}}
	want := []string{
		"pull shop/web:2.1: downloading",
		strings.Repeat("█", 7) + strings.Repeat("░", 23) + "   25 %  1.00 MiB of at least 4.00 MiB  1.00 MiB/s  3s left",
		"  cccccccccccc waiting     ",
		"  dddddddddddd downloading 1.00 MiB of 4.00 MiB  " + strings.Repeat("█", 3) + strings.Repeat("░", 12),
		"  layers: 1 more, 1 done, 1 there already",
	}
	got := jobLines(j, 90, 2, false)
	if len(got) != len(want) {
		t.Fatalf("%d lines:\n%s", len(got), strings.Join(got, "\n"))
	}
	for i := range want {
		if strings.TrimRight(got[i], " ") != strings.TrimRight(want[i], " ") {
			t.Errorf("line %d:\n%q, want\n%q", i, got[i], want[i])
		}
	}
	for _, width := range []int{80, 40, 20} {
		for _, l := range jobLines(j, width, 8, false) {
			if cellWidth(l) > width {
				t.Errorf("%d wide at %d: %q", cellWidth(l), width, l)
			}
		}
	}
}

// TestJobsWithItemsOnATerminal: how many of them, and why each failed.
func TestJobsWithItemsOnATerminal(t *testing.T) {
	j := &api.Job{Kind: api.JobRemove, Action: api.ActionRemove, Subject: "3 volumes", State: api.JobRunning, Next: 2, Running: []int{1}, Items: []api.JobItem{
		{Name: "a", Kind: api.TopicVolumes}, {Name: "b", Kind: api.TopicVolumes}, {Name: "c", Kind: api.TopicVolumes},
	}}
	if got := jobLines(j, 60, 8, false); len(got) != 2 || got[0] != "remove 3 volumes: 1 of 3" || got[1] != strings.Repeat("█", 10)+strings.Repeat("░", 20) {
		t.Errorf("under way: %q", got)
	}
	j.State, j.Next, j.Running = api.JobDone, 3, nil
	if err := itemsFailed(j); err != nil {
		t.Errorf("all went well: %v", err)
	}
	j.Failures = []api.JobFailure{{Item: 1, Code: api.ErrConflict, Message: "The volume is in use.", Engine: "remove b: volume is in use - [ab12]"}, {Item: 2, Code: api.ErrTimeout, Message: "It did not answer in time."}}
	err := itemsFailed(j)
	if want := "2 of 3 failed: b: The volume is in use. (remove b: volume is in use - [ab12]); c: It did not answer in time."; err == nil || err.Error() != want || api.CodeOf(err) != api.ErrConflict {
		t.Errorf("failed: %v, want %s", err, want)
	}
	if got := endLine(j); got != "remove 3 volumes: 3 of 3, 2 failed" {
		t.Errorf("at the end: %q", got)
	}
	alone := &api.Job{Items: j.Items[:1], Failures: []api.JobFailure{{Code: api.ErrConflict, Message: "The volume is in use."}}}
	if err := itemsFailed(alone); err == nil || err.Error() != "a: The volume is in use." {
		t.Errorf("the only one failed: %v", err)
	}
	stop := &api.Job{Kind: api.JobContainers, Action: api.ActionStop, Project: "shop", State: api.JobRunning, Items: j.Items[:1]}
	if got := jobLines(stop, 60, 8, false)[0]; got != "stop project shop: 0 of 1" {
		t.Errorf("of containers: %q", got)
	}
}
