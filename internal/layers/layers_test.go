package layers_test

import (
	"encoding/json"
	"errors"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/quaywatch/quaywatch/"

// allowed names, for each package, the packages of this module that its
// non-test files may import. A package that is not listed fails the test: say
// here where it stands when you add one.
func allowed() map[string][]string {
	return map[string][]string{
		"internal/api":        {},
		"internal/api/gen":    {"internal/api"},
		"internal/natural":    {},
		"internal/engine":     {"internal/api", "internal/natural"},
		"internal/store":      {"internal/api"},
		"internal/auth":       {"internal/api", "internal/natural"},
		"internal/client":     {"internal/api"},
		"internal/reflector":  {"internal/api", "internal/store"},
		"internal/stats":      {"internal/api"},
		"internal/logs":       {"internal/api"},
		"internal/series":     {"internal/api"},
		"internal/ledger":     {"internal/api"},
		"internal/history":    {"internal/api"},
		"internal/notify":     {"internal/api"},
		"internal/transfer":   {"internal/api"},
		"internal/keyring":    {"internal/api"},
		"internal/jobs":       {"internal/api", "internal/natural", "internal/store", "internal/transfer"},
		"internal/alert":      {"internal/api", "internal/filter", "internal/history", "internal/natural", "internal/store"},
		"internal/hub":        {"internal/api", "internal/store"},
		"internal/terminal":   {"internal/api"},
		"internal/server":     {"internal/alert", "internal/api", "internal/auth", "internal/history", "internal/hub", "internal/jobs", "internal/store", "internal/terminal", "web"},
		"internal/relay":      {"internal/api", "internal/server"},
		"internal/demoengine": {},
		"internal/filter":     {"internal/api"},
		"internal/top":        {"internal/api", "internal/client", "internal/filter", "internal/natural"},
		"internal/doctor":     {"internal/api", "internal/client", "internal/engine", "internal/stats"},
		"internal/app": {
			"internal/alert", "internal/api", "internal/auth", "internal/client", "internal/demoengine", "internal/engine", "internal/history", "internal/hub", "internal/logs",
			"internal/jobs", "internal/keyring", "internal/ledger", "internal/notify", "internal/reflector", "internal/series", "internal/server", "internal/stats", "internal/store", "internal/terminal", "web",
		},
		"cmd/quaywatch": {
			"internal/alert", "internal/api", "internal/app", "internal/auth", "internal/client", "internal/demoengine", "internal/doctor", "internal/history", "internal/natural", "internal/notify", "internal/relay", "internal/top", "web",
		},
		"internal/enginetest": {},
		"internal/apitest":    {},
		"internal/layers":     {},
		"web":                 {},
		"examples":            {},
		"examples/go":         {},
		"bench":               {"internal/alert", "internal/api", "internal/client", "internal/enginetest", "internal/filter", "internal/history", "internal/stats", "internal/store", "internal/hub"},
	}
}

type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list found %d packages only", len(all))
	}
	return all
}

func TestImportsPointDown(t *testing.T) {
	graph := allowed()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, ok := graph[name]
		if !ok {
			t.Errorf("%s is not in the graph: add it to allowed() where it belongs", name)
			continue
		}
		for _, i := range p.Imports {
			own, ours := strings.CutPrefix(i, module)
			if ours && !slices.Contains(may, own) {
				t.Errorf("%s imports %s, which the layers forbid", name, own)
			}
		}
	}
}

func TestAPIImportsTheStandardLibraryOnly(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != module+"internal/api" {
			continue
		}
		for _, i := range p.Imports {
			if found, err := build.Default.Import(i, "", build.FindOnly); err != nil || !found.Goroot {
				t.Errorf("internal/api imports %s", i)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		var doc string
		for _, f := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			doc += file.Doc.Text()
		}
		if len(doc) < 60 {
			t.Errorf("%s has no package comment that says what it is, what runs in it and what it locks", p.ImportPath)
		}
	}
}
