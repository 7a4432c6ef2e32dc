package alert

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
)

// TestWhoReadsWhenToldKnowsTheRules: whatever changes in the rules, their file and
// how they do is told, and when nothing changes nothing is.
func TestWhoReadsWhenToldKnowsTheRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules:\n  - {name: Resting, on: paused, for: 20s}\n")
	synctest.Test(t, func(t *testing.T) {
		told, times := make(chan struct{}, 1), 0 // times is read while the keeper sleeps
		st := store.New(store.Options{})
		k, stop := start(t, Options{Store: st, File: path, OnChange: func() {
			times++
			select {
			case told <- struct{}{}:
			default:
			}
		}})
		read := func() (out api.AlertRules, text string) {
			t.Helper()
			out, err := k.Rules(t.Context())
			if err != nil {
				t.Error(err)
			}
			b, err := json.Marshal(out)
			if err != nil {
				t.Error(err)
			}
			return out, string(b)
		}
		known := ""
		over := make(chan struct{})
		var reader sync.WaitGroup
		reader.Go(func() {
			for {
				select {
				case <-over:
					return
				case <-told:
					_, known = read()
				}
			}
		})
		defer stop()
		defer reader.Wait()
		defer close(over)
		// after lets time pass, and looks between two ticks.
		after := func(what string, d time.Duration) api.AlertRules {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			now, text := read()
			if known != text {
				t.Errorf("%s: known is\n%s\nwhere it is\n%s", what, known, text)
			}
			return now
		}
		after("the start", 2500*time.Millisecond)
		was := times
		after("nothing", time.Minute)
		if times != was {
			t.Errorf("nothing was told %d times", times-was)
		}

		up := engineUp()
		up.Put = []*api.Container{container("lazy", func(c *api.Container) { c.State = api.StatePaused })}
		st.Apply(up)
		of := func(rules api.AlertRules) (r api.AlertRuleStatus) {
			for _, r = range rules.Items {
				if r.Name == "Resting" {
					return r
				}
			}
			return api.AlertRuleStatus{}
		}
		if r := of(after("it is pending", time.Second)); r.Pending != 1 {
			t.Errorf("%+v", r)
		}
		if r := of(after("it fires", 20*time.Second)); r.Firing != 1 {
			t.Errorf("%+v", r)
		}
		write("rules:\n  - {name: Resting, on: nonsense}\n")
		if f := after("the file is wrong", 2*time.Second).File; len(f.Errors) == 0 {
			t.Errorf("%+v", f)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		after("the file is gone", 2*time.Second)
		write("rules: []\n")
		if r := of(after("the file has none", 2*time.Second)); r.Name != "" {
			t.Errorf("%+v", r)
		}
		if times-was > 10 {
			t.Errorf("six changes were told %d times", times-was)
		}
	})
}
