package natural_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/quaywatch/quaywatch/internal/natural"
)

func TestCompare(t *testing.T) {
	want := []string{"a", "B", "b-02", "b-2", "b-10", "b-10a", "c1.2", "c1.10", "web-2-x10", "web-10-x2", "é1", ""}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, natural.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %q, want %q", got, want)
	}
}

// TestCompareIsAnOrder: none but a name itself is equal to it, and whatever came
// first, the list is the same.
func TestCompareIsAnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOf(rapid.StringMatching(`[aAb0-9.-]{0,16}`)).Draw(t, "names")
		shuffled := rapid.Permutation(names).Draw(t, "shuffled")
		slices.SortFunc(names, natural.Compare)
		slices.SortFunc(shuffled, natural.Compare)
		if !slices.Equal(names, shuffled) {
			t.Fatalf("%q and %q are the same names", names, shuffled)
		}
		for _, a := range names {
			for _, b := range names {
				if x, y := natural.Compare(a, b), natural.Compare(b, a); x != -y || (x == 0) != (a == b) {
					t.Fatalf("%q to %q is %d, and back %d", a, b, x, y)
				}
			}
		}
	})
}
