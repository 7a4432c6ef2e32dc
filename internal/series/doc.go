// Package series remembers the last hour of every container's metrics in
// memory, so that a chart is full when it is opened.
//
// A Recorder takes the same batches as the table of latest samples. A sample is
// written, exactly, as what was not to be expected of it, in as many bits as that
// takes: about 4 bytes where a container works a little, 12 where each column
// changes, and one where it idles. Samples gather in small blocks that each can be read without another;
// the oldest block goes when it is older than the window, or when all of them
// together are over the budget.
//
// The package starts no goroutine. Recorder.mu guards everything; no I/O is done
// and nothing is called back under it, and no other lock is taken.
package series
