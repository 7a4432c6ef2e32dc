package history_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// childDir names the directory of a process that is to be killed, childFrom
// where it begins to count.
const (
	childDir  = "QUAYWATCH_TEST_KILLED_IN"
	childFrom = "QUAYWATCH_TEST_KILLED_FROM"
)

// killed is the n-th event of the process that is killed.
func killed(n int) api.Event {
	e := event(n, "die", fmt.Sprintf("web-%d", n%50))
	e.Detail = strconv.Itoa(n)
	return e
}

// beKilled records events, and says so each time some of them are acknowledged,
// until it is killed.
func beKilled(dir string) {
	n, _ := strconv.Atoi(os.Getenv(childFrom))
	h := history.New(history.Options{Dir: dir})
	go func() { _ = h.Run(context.Background()) }()
	for {
		var r history.Record
		for range 1 + rand.IntN(40) {
			// Each is told twice, as by an engine that replays.
			r.Events = append(r.Events, killed(max(0, n-1)), killed(n))
			n++
		}
		id := strconv.Itoa(n % 20)
		r.Put = []*api.Container{{Engine: "e1", ID: id, Name: strconv.Itoa(n)}}
		h.Record(r)
		if rand.IntN(3) == 0 {
			if _, err := h.Keep(context.Background(), "test", "", "n", []byte(strconv.Itoa(n)), 0); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		} else if err := h.Sync(context.Background()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(n)
	}
}

// kills is how often the process is killed; `make test-long` kills it 1,000
// times.
func kills(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("QUAYWATCH_TEST_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return 20
	}
	return 200
}

// victim is the program that is killed: this one, or where this one has the
// race detector, which takes a second to start, the same without.
func victim(t *testing.T) string {
	t.Helper()
	if !raced {
		return os.Args[0]
	}
	to := filepath.Join(t.TempDir(), "victim")
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", to, ".").CombinedOutput(); err != nil {
		t.Fatalf("build what is killed: %v\n%s", err, out)
	}
	return to
}

// What was acknowledged is there after a kill -9 at any moment, once, and the
// file is whole.
func TestKilledAtAnyMoment(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no kill -9")
	}
	dir, program := t.TempDir(), victim(t)
	acknowledged := 0
	for kill := range kills(t) {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), childDir+"="+dir, childFrom+"="+strconv.Itoa(acknowledged))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		// The first one comes when the file is open; then at any moment, and now and
		// then before.
		wait := time.Duration(rand.IntN(30_000)) * time.Microsecond
		if kill%10 != 9 {
			if !lines.Scan() {
				t.Fatalf("kill %d: the process ended by itself", kill)
			}
			acknowledged = number(t, lines.Text())
		}
		timer := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		for lines.Scan() {
			acknowledged = number(t, lines.Text())
		}
		timer.Stop()
		_ = cmd.Wait() // killed
		if kill%10 == 0 || kill == kills(t)-1 {
			check(t, dir, acknowledged)
		}
	}
	t.Logf("%d events were acknowledged", acknowledged)
}

func number(t *testing.T, line string) int {
	t.Helper()
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("the process says %q", line)
	}
	return n
}

// check looks into the file past the package: each acknowledged event is there,
// nothing is there twice, and the file, its index and its words are whole.
func check(t *testing.T, dir string, acknowledged int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, history.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var whole string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&whole); err != nil || whole != "ok" {
		t.Fatalf("integrity: %s %v", whole, err)
	}
	if _, err := db.Exec("INSERT INTO events_words (events_words) VALUES ('integrity-check')"); err != nil {
		t.Fatalf("the index of words: %v", err)
	}
	var rows, distinct, there, words int
	if err := db.QueryRow(`SELECT count(*), count(DISTINCT json_extract(doc, '$.detail')),
		count(*) FILTER (WHERE CAST(json_extract(doc, '$.detail') AS INTEGER) < ?) FROM events`, acknowledged).Scan(&rows, &distinct, &there); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("SELECT count(*) FROM events_words WHERE events_words MATCH 'die'").Scan(&words); err != nil {
		t.Fatal(err)
	}
	if there != acknowledged || rows != distinct || words != rows {
		t.Fatalf("%d rows of %d acknowledged events, %d in all, %d distinct, %d in the index", there, acknowledged, rows, distinct, words)
	}
	var n int
	if acknowledged > 0 {
		if err := db.QueryRow("SELECT CAST(doc AS TEXT) FROM documents WHERE space = 'test'").Scan(&n); err == nil && n > rows {
			t.Fatalf("the document says %d, there are %d events", n, rows)
		}
	}
}
