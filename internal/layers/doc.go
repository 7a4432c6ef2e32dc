// Package layers holds no code, only tests: that imports point down the one
// layered graph of the house, and that every package says what it is.
package layers
