package stats

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/api"
)

func TestCPU(t *testing.T) {
	for _, c := range []struct {
		name          string
		used, elapsed uint64
		want          int64
	}{
		{"half a core", 500_000_000, 1_000_000_000, 5_000},
		{"two cores", 2_000_000_000, 1_000_000_000, 20_000},
		{"nothing", 0, 1_000_000_000, 0},
		{"a hundredth of a percent", 100_000, 1_000_000_000, 1},
		{"rounded", 149_999, 1_000_000_000, 1},
		{"rounded up", 150_000, 1_000_000_000, 2},
		{"128 cores for a day", 128 * 86400e9, 86400e9, 1_280_000},
		{"no time", 5, 0, api.Unknown},
	} {
		if got := CPU(c.used, c.elapsed); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		name           string
		moved, elapsed uint64
		want           int64
	}{
		{"10 MB in a second", 10e6, 1e9, 10e6},
		{"10 MB in 10 s", 10e6, 10e9, 1e6},
		{"100 GB in 10 s overflows 64 bits on the way", 100e9, 10e9, 10e9},
		{"too large for a cell", math.MaxUint64, 1, math.MaxInt64},
		{"no time", 1, 0, api.Unknown},
	} {
		if got := Rate(c.moved, c.elapsed); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestMemory(t *testing.T) {
	for _, c := range []struct {
		name            string
		usage, inactive uint64
		want            int64
	}{
		{"with cache", 100 << 20, 30 << 20, 70 << 20},
		{"without cache", 100 << 20, 0, 100 << 20},
		{"all cache counts, as in the docker CLI", 30 << 20, 30 << 20, 30 << 20},
		{"a cache that is gone", 30 << 20, 40 << 20, 30 << 20},
	} {
		if got := Memory(c.usage, c.inactive); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	for _, c := range []struct {
		name                 string
		limit, machine, want int64
	}{
		{"limited", 64 << 20, 8 << 30, 64 << 20},
		{"unlimited", 0, 8 << 30, 8 << 30},
		{"v1's unlimited", math.MaxInt64 - 4095, 8 << 30, 8 << 30},
		{"above the machine", 16 << 30, 8 << 30, 8 << 30},
		{"machine not known", 64 << 20, 0, 64 << 20},
		{"nothing known", 0, 0, api.Unknown},
	} {
		if got := MemoryLimit(c.limit, c.machine); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestThrottled(t *testing.T) {
	for _, c := range []struct {
		throttled, periods uint64
		want               int64
	}{{5, 10, 5_000}, {10, 10, 10_000}, {0, 10, 0}, {0, 0, 0}, {1, 3, 3_333}} {
		if got := Throttled(c.throttled, c.periods); got != c.want {
			t.Errorf("%d of %d: got %d, want %d", c.throttled, c.periods, got, c.want)
		}
	}
}

func TestMulDivIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		c := rapid.Uint64Min(1).Draw(t, "c")
		want := new(big.Int).SetUint64(a)
		want.Mul(want, new(big.Int).SetUint64(b))
		want.Add(want, new(big.Int).SetUint64(c/2))
		want.Div(want, new(big.Int).SetUint64(c))
		limit := big.NewInt(math.MaxInt64)
		if want.Cmp(limit) > 0 {
			want = limit
		}
		if got := mulDiv(a, b, c); got != want.Int64() {
			t.Fatalf("%d×%d÷%d: got %d, want %s", a, b, c, got, want)
		}
	})
}

func TestMeter(t *testing.T) {
	const second = int64(1e9)
	var m meter
	for i, step := range []struct {
		name  string
		value uint64
		at    int64
		want  int64
	}{
		{"first", 1000, 0, api.Unknown},
		{"a second later", 3000, second, 2000},
		{"too soon: the rate stays", 3100, second + 1e8, 2000},
		{"the window is still open", 4000, 2 * second, 1000},
		{"an interval left out", 8000, 4 * second, 2000},
		{"nothing moved", 8000, 5 * second, 0},
		{"went backwards", 10, 6 * second, api.Unknown},
		{"and on from there", 1010, 7 * second, 1000},
	} {
		if got := m.update(step.value, step.at, rateScale); got != step.want {
			t.Errorf("%d, %s: got %d, want %d", i, step.name, got, step.want)
		}
	}
}

func TestMeterTooSoonAfterFirst(t *testing.T) {
	var m meter
	m.update(0, 0, rateScale)
	if got := m.update(100, 1e8, rateScale); got != api.Unknown {
		t.Fatalf("a rate over 100 ms: %d", got)
	}
	if got := m.update(1000, 5e8, rateScale); got != 2000 {
		t.Fatalf("over 500 ms: got %d, want 2000", got)
	}
}

func TestShare(t *testing.T) {
	var s share
	for i, step := range []struct {
		part, whole uint64
		want        int64
	}{{10, 100, api.Unknown}, {15, 110, 5_000}, {15, 110, 0}, {0, 1, api.Unknown}, {1, 2, 10_000}} {
		if got := s.update(step.part, step.whole); got != step.want {
			t.Errorf("%d: got %d, want %d", i, got, step.want)
		}
	}
}
