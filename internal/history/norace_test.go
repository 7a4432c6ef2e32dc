//go:build !race

package history_test

// raced says that this is a build with the race detector.
const raced = false
