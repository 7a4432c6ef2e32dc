package demoengine

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// dice is the splitmix64 generator (Steele, Lea, Flood: "Fast splittable
// pseudorandom number generators", 2014). It is written out here because a
// seed must give the same world with every version of Go, and because a
// container's dice cost eight bytes. It is not safe for concurrent use.
type dice struct{ s uint64 }

// newDice starts an independent stream for each purpose of a seed.
func newDice(seed, purpose uint64) *dice {
	d := &dice{s: seed ^ purpose*0x9e3779b97f4a7c15}
	d.next()
	return d
}

func (d *dice) next() uint64 {
	d.s += 0x9e3779b97f4a7c15
	z := d.s
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is in [0, 1).
func (d *dice) float() float64 { return float64(d.next()>>11) / (1 << 53) }

// between is in [lo, hi).
func (d *dice) between(lo, hi float64) float64 { return lo + d.float()*(hi-lo) }

// below is in [0, n); the bias of the remainder is far under what shows.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

func (d *dice) chance(p float64) bool { return d.float() < p }

// hexID is the 64 digits of an id: the same for the same seed, kind and serial.
func hexID(seed uint64, kind string, serial uint64) string {
	sum := sha256.Sum256([]byte(kind + "/" + strconv.FormatUint(seed, 16) + "/" + strconv.FormatUint(serial, 16)))
	return hex.EncodeToString(sum[:])
}
