// Package series remembers the last hour of every container's metrics in
// memory, so that a chart is full when it is opened.
//
// A Recorder takes the same batches as the table of latest samples. A sample is
// written as the distance in time to the one before and, for each column that
// changed, the difference: about 10 bytes where a container works, 3 where it
// idles, so that 1,000 containers at one sample in ten seconds take 3 MB an
// hour. Samples gather in small blocks that each can be read without another;
// the oldest block goes when it is older than the window, or when all of them
// together are over the budget.
//
// The package starts no goroutine. Recorder.mu guards everything; no I/O is done
// and nothing is called back under it, and no other lock is taken.
package series
