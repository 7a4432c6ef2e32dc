package history

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/quaywatch/quaywatch/internal/api"
)

// A block is the points of one container in one resolution, of a stretch of 360
// steps. It is written in columns: all times, then all averages of the first
// gauge, and so on, each as the difference to the one before. What does not
// change is zeros, what is not there is not written, and the whole is deflated.
//
//	version (1 byte), then deflated:
//	number of points; distance of each from the one before, in steps less 1
//	for each counter a byte that says whether it is there, then its stream
//	for each gauge a byte that says which streams there are, then those streams
//
// Streams are zigzag varints: averages as differences to the one before, and
// those of rates to what their counter lets expect;
// minima, maxima and lasts as differences to the average of the same point;
// counters as rounded differences to the one before.
const blockVersion = 1

// Bits of a gauge's first byte.
const (
	hasAvg = 1 << iota
	hasMin
	hasMax
	hasLast
)

// maxBlock bounds what a block inflates to: 360 points of a few bytes for each
// of 18 columns in four streams are far less.
const maxBlock = 1 << 20

// coder writes and reads blocks. It keeps what deflating takes, which is 0.8 MB,
// and belongs to one goroutine: it is made for a transaction or an answer.
type coder struct {
	out     bytes.Buffer
	plain   []byte
	flate   *flate.Writer
	inflate io.Reader
	counts  [numCounters][blockPoints]int64 // as they are read back
	expect  [blockPoints]code
}

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) } //nolint:gosec // G115: zigzag
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }    //nolint:gosec // G115: zigzag

// encode writes points, which are in order and of one block.
func (c *coder) encode(points []point, step int64) ([]byte, error) {
	b := binary.AppendUvarint(c.plain[:0], uint64(len(points)))
	if len(points) > 0 {
		// The first one's distance is from the step before the block.
		before := points[0].at - (points[0].at/step%blockPoints+1)*step
		for i := range points {
			b = binary.AppendUvarint(b, uint64((points[i].at-before)/step-1)) //nolint:gosec // G115: not negative
			before = points[i].at
		}
	}
	// What the counters will be when they are read back is what rates are told
	// from, here as there.
	for i := range numCounters {
		b = appendCounter(b, points, i, &c.counts[i])
	}
	for col := range api.NumColumns {
		if counterAt(col) < 0 {
			b = appendGauge(b, points, col, c.expected(col, points, step))
		}
	}
	c.plain = b
	c.out.Reset()
	c.out.WriteByte(blockVersion)
	if c.flate == nil {
		w, err := flate.NewWriter(&c.out, flate.DefaultCompression)
		if err != nil {
			return nil, err
		}
		c.flate = w
	}
	c.flate.Reset(&c.out)
	if _, err := c.flate.Write(b); err != nil {
		return nil, err
	}
	if err := c.flate.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(c.out.Bytes()), nil
}

// rateOf is the counter whose rate a column is; -1 is none.
func rateOf(c api.Column) int {
	switch c { //nolint:exhaustive // others are no rates
	case api.ColRxRate:
		return 0
	case api.ColTxRate:
		return 1
	case api.ColReadRate:
		return 2
	case api.ColWriteRate:
		return 3
	}
	return -1
}

// expected is, for a rate, what its counter lets expect at each point: with one
// sample a point that is the rate itself, and costs nothing. nil for others.
func (c *coder) expected(col api.Column, points []point, step int64) []code {
	n := rateOf(col)
	if n < 0 {
		return nil
	}
	for i := range points {
		c.expect[i] = 1 // the code of 0
		if i == 0 {
			continue
		}
		was, is := c.counts[n][i-1], c.counts[n][i]
		if took := points[i].at - points[i-1].at; was != api.Unknown && is > was && took < 10*step {
			c.expect[i] = codeOf((is - was + took/2) / took)
		}
	}
	return c.expect[:len(points)]
}

func appendGauge(b []byte, points []point, col api.Column, expected []code) []byte {
	var has byte
	for i := range points {
		g := &points[i].gauges[col]
		if g[statAvg] != 0 {
			has |= hasAvg
		}
		for s := statMin; s <= statLast; s++ {
			if g[s] != g[statAvg] {
				has |= 1 << s
			}
		}
	}
	b = append(b, has)
	if has&hasAvg == 0 {
		return b
	}
	last := int64(0)
	for i := range points {
		v := int64(points[i].gauges[col][statAvg])
		if expected != nil {
			last = int64(expected[i])
		}
		b = binary.AppendUvarint(b, zigzag(v-last))
		last = v
	}
	for s := statMin; s <= statLast; s++ {
		if has&(1<<s) == 0 {
			continue
		}
		for i := range points {
			g := &points[i].gauges[col]
			b = binary.AppendUvarint(b, zigzag(int64(g[s])-int64(g[statAvg])))
		}
	}
	return b
}

// A counter's stream: 0 is not known; otherwise the zigzag difference to the
// last known value, as a code of eight significant bits, plus 1. What is
// read back is what the writer goes on from, so errors do not add up.
func appendCounter(b []byte, points []point, counter int, read *[blockPoints]int64) []byte {
	known := false
	for i := range points {
		read[i] = api.Unknown
		known = known || points[i].counts[counter] != api.Unknown
	}
	if !known {
		return append(b, 0)
	}
	b = append(b, 1)
	last, first := int64(0), true
	for i := range points {
		v := points[i].counts[counter]
		if v == api.Unknown {
			b = append(b, 0)
			continue
		}
		d := v - last
		if first {
			last, first = v, false // the first is exact
			b = binary.AppendUvarint(b, zigzag(d)+1)
			read[i] = last
			continue
		}
		q := rounded(d)
		last += q.value()
		read[i] = last
		b = binary.AppendUvarint(b, zigzag(q.signed())+1)
	}
	return b
}

// step is a difference between counters with eight significant bits.
type step struct {
	code     code
	negative bool
}

func rounded(d int64) step {
	if d < 0 {
		return step{codeOf(-d), true}
	}
	return step{codeOf(d), false}
}

func (s step) value() int64 {
	if s.negative {
		return -s.code.value()
	}
	return s.code.value()
}

// signed is the code, less 1, with the difference's sign.
func (s step) signed() int64 {
	if s.negative {
		return -(int64(s.code) - 1)
	}
	return int64(s.code) - 1
}

func stepOfSigned(n int64) step {
	if n < 0 {
		return step{code(-n) + 1, true}
	}
	return step{code(n) + 1, false}
}

var errBlock = errors.New("a block of metrics is not whole") //nolint:gochecknoglobals // a sentinel

// reader takes varints off a block; after the first that is not there, all are 0
// and failed is set.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.failed = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

// decode reads a block that begins at base, in Unix seconds.
func (c *coder) decode(data []byte, base, step int64) ([]point, error) {
	if len(data) == 0 || data[0] != blockVersion {
		return nil, fmt.Errorf("%w: version", errBlock)
	}
	if c.inflate == nil {
		c.inflate = flate.NewReader(nil)
	}
	if err := c.inflate.(flate.Resetter).Reset(bytes.NewReader(data[1:]), nil); err != nil {
		return nil, err
	}
	c.out.Reset()
	if _, err := io.Copy(&c.out, io.LimitReader(c.inflate, maxBlock)); err != nil {
		return nil, fmt.Errorf("%w: %w", errBlock, err)
	}
	r := &reader{b: c.out.Bytes()}
	n := r.uvarint()
	if n > blockPoints {
		return nil, fmt.Errorf("%w: %d points", errBlock, n)
	}
	points := make([]point, n)
	at := base - step
	for i := range points {
		at += (int64(r.uvarint()&0xffff) + 1) * step
		points[i].at = at
	}
	for i := range numCounters {
		readCounter(r, points, i)
		for j := range points {
			c.counts[i][j] = points[j].counts[i]
		}
	}
	for col := range api.NumColumns {
		if counterAt(col) < 0 {
			readGauge(r, points, col, c.expected(col, points, step))
		}
	}
	if r.failed {
		return nil, errBlock
	}
	return points, nil
}

func readGauge(r *reader, points []point, col api.Column, expected []code) {
	has := r.byte()
	if has&hasAvg == 0 {
		return
	}
	last := int64(0)
	for i := range points {
		if expected != nil {
			last = int64(expected[i])
		}
		last += unzigzag(r.uvarint())
		for s := range numStats {
			points[i].gauges[col][s] = code(last)
		}
	}
	for s := statMin; s <= statLast; s++ {
		if has&(1<<s) == 0 {
			continue
		}
		for i := range points {
			g := &points[i].gauges[col]
			g[s] = code(int64(g[statAvg]) + unzigzag(r.uvarint()))
		}
	}
}

func readCounter(r *reader, points []point, counter int) {
	there := r.byte() != 0
	last, first := int64(0), true
	for i := range points {
		points[i].counts[counter] = api.Unknown
		if !there {
			continue
		}
		u := r.uvarint()
		if u == 0 {
			continue
		}
		if first {
			last, first = unzigzag(u-1), false
		} else {
			last += stepOfSigned(unzigzag(u - 1)).value()
		}
		points[i].counts[counter] = last
	}
}
