package filter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
)

// goldenCases are read by the page's tests too.
type goldenCases struct {
	Now        time.Time                `json:"now"`
	Engines    map[string]string        `json:"engines"`
	Containers []*api.Container         `json:"containers"`
	Metrics    map[int]map[string]int64 `json:"metrics"`
	Cases      []struct {
		Query string
		Left  []string
	} `json:"cases"`
	Problems []struct{ Query, Message, Fix string } `json:"problems"`
}

func (g *goldenCases) Metric(row int, column api.Column) int64 {
	if v, ok := g.Metrics[row][api.ColumnNames()[column]]; ok {
		return v
	}
	return api.Unknown
}

// sight is the golden file as a Sight.
type sight struct{ *goldenCases }

func (s sight) Now() time.Time { return s.goldenCases.Now }

func (s sight) EngineName(id string) string {
	if n, ok := s.Engines[id]; ok {
		return n
	}
	return id
}

func readGolden(tb testing.TB) (*goldenCases, sight) {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "api", "filter-cases.json"))
	if err != nil {
		tb.Fatal(err)
	}
	g := &goldenCases{}
	if err := json.Unmarshal(b, g); err != nil {
		tb.Fatal(err)
	}
	if len(g.Cases) < 50 || len(g.Problems) < 10 || len(g.Containers) < 3 {
		tb.Fatalf("%d cases, %d problems, %d containers", len(g.Cases), len(g.Problems), len(g.Containers))
	}
	return g, sight{g}
}

func left(f *Filter, g *goldenCases, s Sight) []string {
	names := []string{}
	for _, c := range g.Containers {
		if f.Match(c, s) {
			names = append(names, c.Name)
		}
	}
	return names
}

func TestGoldenCases(t *testing.T) {
	g, s := readGolden(t)
	for _, c := range g.Cases {
		if got := left(Parse(c.Query), g, s); !slices.Equal(got, c.Left) {
			t.Errorf("%q leaves %q, want %q", c.Query, got, c.Left)
		}
	}
}

func TestGoldenProblems(t *testing.T) {
	g, _ := readGolden(t)
	for _, c := range g.Problems {
		f := Parse(c.Query)
		if len(f.Problems) != 1 || f.Problems[0].Message != c.Message || f.Problems[0].Fix != c.Fix || f.Problems[0].Word != c.Query {
			t.Errorf("%q: problems %+v, want %q, fix %q", c.Query, f.Problems, c.Message, c.Fix)
		}
	}
}

func TestLiveWordsAreKnown(t *testing.T) {
	f := Parse("web cpu>50 uptime<5m restarts>1 is:loop -mem<1MB")
	if len(f.still) != 2 || len(f.live) != 4 || !f.Live() || f.Empty() {
		t.Fatalf("%d still, %d live", len(f.still), len(f.live))
	}
}

func TestWhatCantBeReadIsLeftOut(t *testing.T) {
	g, s := readGolden(t)
	f := Parse("stat:running project:mail cpu>much")
	if got := left(f, g, s); !slices.Equal(got, []string{"mail-db", "api"}) {
		t.Errorf("leaves %q", got)
	}
	if len(f.Problems) != 2 || f.Problems[0].Word != "stat:running" || f.Problems[1].Word != "cpu>much" {
		t.Errorf("problems %+v", f.Problems)
	}
}

// anyWord is any text, and often one that begins like a word of the language.
func anyWord() *rapid.Generator[string] {
	names := fields()
	for _, m := range metricUnits() {
		names = append(names, m.name)
	}
	return rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "minus") + rapid.SampledFrom(names).Draw(t, "name") +
			rapid.SampledFrom([]string{":", ">", "<=", "=", ":~"}).Draw(t, "operator") + rapid.String().Draw(t, "value")
	}))
}

func TestAnyTextIsRead(t *testing.T) {
	g, s := readGolden(t)
	rapid.Check(t, func(t *rapid.T) {
		query := strings.Join(rapid.SliceOf(anyWord()).Draw(t, "words"), " ")
		f := Parse(query)
		left(f, g, s)
		if n := f.Terms() + len(f.Problems); n > len(tokens(query)) {
			t.Fatalf("%d terms and problems of %d words", n, len(tokens(query)))
		}
		for _, p := range f.Problems {
			if !strings.Contains(query, p.Word) {
				t.Fatalf("problem with %q, which is not in %q", p.Word, query)
			}
		}
	})
}

func TestAMinusLeavesTheOthers(t *testing.T) {
	g, s := readGolden(t)
	rapid.Check(t, func(t *rapid.T) {
		words := tokens(anyWord().Draw(t, "word"))
		if len(words) == 0 || strings.HasPrefix(words[0], "-") {
			t.Skip("no word")
		}
		plain, negated := Parse(words[0]), Parse("-"+words[0])
		if len(plain.Problems) > 0 || plain.Terms() != 1 {
			t.Skip("no term")
		}
		for _, c := range g.Containers {
			if plain.Match(c, s) == negated.Match(c, s) {
				t.Fatalf("%q and its opposite agree on %s", words[0], c.Name)
			}
		}
	})
}

// TestLargeExpressions: a few bytes that stand for very much are refused before
// they are anything.
func TestLargeExpressions(t *testing.T) {
	for query, large := range map[string]bool{
		"name:~^(web|api)-[0-9]{1,3}$": false, "label:~a{1000}": false, "name:~(a|b)*c+": false,
		"name:~" + strings.Repeat("(.?){999}", 100): true, "name:~(abc|def){900}": true, "label:~" + strings.Repeat("a{999}", 100): true,
	} {
		problems := Parse(query).Problems
		if got := len(problems) == 1 && strings.Contains(problems[0].Message, "too large a regular expression"); got != large || len(problems) > 1 || !large && len(problems) > 0 {
			t.Errorf("%.40s: %v", query, problems)
		}
	}
}
