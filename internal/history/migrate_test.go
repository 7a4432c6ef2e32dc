package history_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/history"
)

// fixtures are files of every earlier schema, with rows in them, by number.
func fixtures(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/schema-*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	slices.Sort(names)
	return names
}

// A file of any earlier schema is brought to this one, and nothing in it is lost.
func TestMigratesFromEverySchema(t *testing.T) {
	steps, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	earlier := fixtures(t)
	if len(earlier) < len(steps)-1 {
		t.Errorf("%d schemas have been, and %d of them are under testdata", len(steps)-1, len(earlier))
	}
	for _, name := range earlier {
		t.Run(filepath.Base(name), func(t *testing.T) {
			dir := t.TempDir()
			load(t, name, filepath.Join(dir, history.FileName))
			h := run(t, history.Options{Dir: dir})
			h.sync(t)
			got := h.all(t, history.Query{Oldest: true})
			if len(got) != 3 || got[0].Name != "shop-web-1" || got[2].By == nil || got[2].By.Name != "admin" {
				t.Fatalf("%+v", got)
			}
			if found := h.all(t, history.Query{Text: "shop", Actions: []string{"die"}}); len(found) != 1 {
				t.Errorf("the index finds %+v", found)
			}
			// What is left out is known, too: here all but the others' actions.
			var others []string
			for _, e := range got {
				if e.Action != "die" {
					others = append(others, e.Action)
				}
			}
			if found := h.all(t, history.Query{NotActions: others}); len(found) != 1 {
				t.Errorf("without %v there is %+v", others, found)
			}
			// What is told again is recognised across schemas.
			h.Record(history.Record{Events: got})
			h.sync(t)
			if again := h.all(t, history.Query{}); len(again) != 3 {
				t.Errorf("%d events after they were told again", len(again))
			}
			rollup := h.NewRollup(named)
			rollup.Commit(sample(time.Now().Add(-time.Minute), 5, 6, 7))
			if err := h.SyncMetrics(t.Context()); err != nil {
				t.Error(err)
			}
			if p := h.metrics(t, time.Now().Add(-time.Hour), time.Now(), 0); len(p.At) != 1 {
				t.Errorf("%d points", len(p.At))
			}
			r, err := h.Recall(t.Context(), "e1")
			if err != nil || r == nil || r.Containers["abc"].Name != "shop-web-1" {
				t.Errorf("%+v %v", r, err)
			}
			if err := h.PutAlerts(t.Context(), []*api.Alert{{ID: "a1", Rule: "Unhealthy", ActiveAt: time.Now()}}, nil); err != nil {
				t.Error(err)
			}
			if open, err := h.OpenAlerts(t.Context(), 10); err != nil || len(open) != 1 || open[0].Alert.ID != "a1" {
				t.Errorf("%+v %v", open, err)
			}
			if _, err := h.Keep(t.Context(), "x", "", "y", []byte("1"), 0); err != nil {
				t.Error(err)
			}
		})
	}
}

// load makes a database from SQL as the shell's .dump writes it.
func load(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(string(text)); err != nil {
		t.Fatalf("%s: %v", from, err)
	}
}

func TestAFileOfTheFutureIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, history.FileName)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE engines (id TEXT, heard INTEGER); PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	h := run(t, history.Options{Dir: dir})
	if err := h.Sync(t.Context()); api.CodeOf(err) != api.ErrUnreachable {
		t.Errorf("written: %v", err)
	}
	if s := h.Status(); s.State != api.HistoryPaused || !strings.Contains(s.Reason, "newer Quaywatch") {
		t.Errorf("%+v", s)
	}
	if names, _ := filepath.Glob(path + ".damaged*"); len(names) > 0 {
		t.Errorf("set aside: %v", names)
	}
}

// A migration's number is the schema that it leads to.
func TestMigrationsAreNumbered(t *testing.T) {
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if m := regexp.MustCompile(`^(\d{4})_[a-z_]+\.sql$`).FindStringSubmatch(filepath.Base(name)); m == nil || m[1] != fmt.Sprintf("%04d", i+1) {
			t.Errorf("%s is not number %d", name, i+1)
		}
	}
}
