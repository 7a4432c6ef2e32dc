package filter

import (
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Sight is what a filter looks at beside the container.
type Sight interface {
	// Metric is a row's latest cell, api.Unknown where it is not known.
	Metric(row int, column api.Column) int64
	// Now is the server's clock.
	Now() time.Time
	// EngineName is an engine's name by its id.
	EngineName(id string) string
}

// Term is one word of the filter, ready to be asked.
type Term struct {
	// Live tells whether its answer changes with the metrics and the time, not
	// only with the container.
	Live bool
	test func(*api.Container, Sight) bool
}

// Problem is what the filter can't read: which word, and in a sentence what
// would be right. Fix is what to write instead, empty where that can't be told.
type Problem struct {
	Word, Message, Fix string
}

// Filter is a query that was read. What can't be read is left out and stands in
// Problems. The zero value matches everything.
type Filter struct {
	still, live []Term
	Problems    []Problem
}

// Empty tells whether everything matches.
func (f *Filter) Empty() bool { return len(f.still) == 0 && len(f.live) == 0 }

// Live tells whether the answer may change without the container.
func (f *Filter) Live() bool { return len(f.live) > 0 }

// Terms is how many words count.
func (f *Filter) Terms() int { return len(f.still) + len(f.live) }

// Match asks all words.
func (f *Filter) Match(c *api.Container, s Sight) bool { return f.Still(c, s) && pass(f.live, c, s) }

// Still asks those words whose answer changes with the container only.
func (f *Filter) Still(c *api.Container, s Sight) bool { return pass(f.still, c, s) }

func pass(terms []Term, c *api.Container, s Sight) bool {
	for i := range terms {
		if !terms[i].test(c, s) {
			return false
		}
	}
	return true
}
