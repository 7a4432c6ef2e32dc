package demoengine

import (
	"math"
	"time"
)

// wave is one rate over time: base × (1 + Σ amp·sin(2πt/period + phase)) with
// Σ amp < 1, plus a pulse of the given height for the first pulseFor of every
// pulseEvery seconds. It is never negative, so its integral never falls, and
// the integral has a closed form: a counter can be asked for at any time
// without having been kept up to date.
type wave struct {
	base                          float64
	phase                         [4]float32
	pulse                         float64
	pulseEvery, pulseFor, pulseAt float32
}

// harmonics are the periods in seconds and the amplitudes of each wave: a
// restless minute on a slow day.
func harmonics() (period, amp [4]float64) {
	return [4]float64{7.3, 41, 613, 86400}, [4]float64{0.12, 0.2, 0.18, 0.38}
}

func newWave(base float64, d *dice) wave {
	w := wave{base: base * d.between(0.6, 1.4)}
	for i := range w.phase {
		w.phase[i] = float32(d.between(0, 2*math.Pi))
	}
	return w
}

func (w wave) withPulse(height float64, d *dice) wave {
	w.pulse = height
	w.pulseEvery = float32(d.between(45, 900))
	w.pulseFor = float32(d.between(2, 14))
	w.pulseAt = float32(d.between(0, float64(w.pulseEvery)))
	return w
}

// rate is the wave's value at t seconds.
func (w *wave) rate(t float64) float64 {
	period, amp := harmonics()
	r := 1.0
	for i := range period {
		r += amp[i] * math.Sin(2*math.Pi*t/period[i]+float64(w.phase[i]))
	}
	r *= w.base
	if w.pulse > 0 && w.since(t) < float64(w.pulseFor) {
		r += w.pulse
	}
	return r
}

// since is how long ago at t the present cycle of the pulse began.
func (w *wave) since(t float64) float64 {
	cycle := float64(w.pulseEvery)
	x := math.Mod(t+float64(w.pulseAt), cycle)
	if x < 0 {
		x += cycle
	}
	return x
}

// integral is the antiderivative of rate at t: differences of it are counters.
func (w *wave) integral(t float64) float64 {
	if w.base == 0 && w.pulse == 0 {
		return 0
	}
	period, amp := harmonics()
	s := t
	for i := range period {
		s -= amp[i] * period[i] / (2 * math.Pi) * math.Cos(2*math.Pi*t/period[i]+float64(w.phase[i]))
	}
	s *= w.base
	if w.pulse > 0 {
		x := w.since(t)
		cycles := math.Round((t + float64(w.pulseAt) - x) / float64(w.pulseEvery))
		s += w.pulse * (cycles*float64(w.pulseFor) + min(x, float64(w.pulseFor)))
	}
	return s
}

// load is a container's appetite.
type load struct {
	// cpu is in nanoseconds a second, the others in bytes a second.
	cpu, rx, tx, read, write wave
	// anon and file are bytes of memory at rest, pids the usual number.
	anon, file float64
	pids       int
	// leak is the bytes a second by which anon grows until the limit is near,
	// and then from the start.
	leak   float64
	memory wave
}

func newLoad(s *service, d *dice) load {
	l := load{
		cpu: newWave(s.cpu*1e9, d), rx: newWave(s.rx, d), tx: newWave(s.tx, d), read: newWave(s.read, d), write: newWave(s.write, d),
		anon: float64(s.mem<<20) * d.between(0.6, 0.95), file: float64(s.mem<<20) * d.between(0.1, 0.5), pids: s.pids,
		memory: newWave(1, d),
	}
	ceiling := 1.9e9
	if s.cpuLimit > 0 {
		ceiling = s.cpuLimit * 1e9
	}
	if s.cpu > 0.01 && d.chance(0.7) {
		l.cpu = l.cpu.withPulse((ceiling-l.cpu.base)*d.between(0.15, 0.7), d)
	}
	// The sum of the amplitudes is 0.88: never above the limit.
	if top := l.cpu.base*1.88 + l.cpu.pulse; top > ceiling {
		l.cpu.base *= ceiling / top
		l.cpu.pulse *= ceiling / top
	}
	if s.write > 0 && d.chance(0.6) {
		l.write = l.write.withPulse(s.write*d.between(3, 12), d)
	}
	if s.rx > 0 && d.chance(0.4) {
		l.rx = l.rx.withPulse(s.rx*d.between(2, 8), d)
	}
	if s.memLimit > 0 && d.chance(0.05) {
		l.leak = float64(s.memLimit<<20) / d.between(1800, 40000)
	}
	return l
}

// usage is what a container's cgroup and interface show at one moment.
type usage struct {
	cpuNs                    uint64
	rx, tx, read, write      uint64
	anon, file, inactiveFile uint64
	pids                     uint64
	periods, throttled       uint64
	throttledNs              uint64
}

// memory is what memory.current shows.
func (u *usage) memory() uint64 { return u.anon + u.file + kernelMemory }

// kernelMemory is the part of memory.current that is neither anon nor file.
const kernelMemory = 1 << 20

// usage is c's at now; epoch is the zero of the waves. A container that is not
// alive uses nothing.
func (c *container) usage(now, epoch time.Time) usage {
	if !c.alive() {
		return usage{}
	}
	elapsed := now.Sub(c.startedAt) - c.pausedFor
	if c.state == paused {
		elapsed = c.pausedAt.Sub(c.startedAt) - c.pausedFor
	}
	// A shorter time than this is lost in what a float64 of 100 days can tell apart,
	// and a counter would fall by one now and then.
	elapsed = max(elapsed, 0).Truncate(time.Microsecond)
	t0 := c.startedAt.Sub(epoch).Seconds()
	age := elapsed.Seconds()
	t1 := t0 + age
	count := func(w *wave) uint64 { return uint64(max(w.integral(t1)-w.integral(t0), 0)) }

	l := &c.load
	u := usage{
		// Every process costs something to start.
		cpuNs: 35_000_000 + count(&l.cpu), rx: 1_042 + count(&l.rx), tx: count(&l.tx),
		read: uint64(l.file*0.8) &^ 4095, write: count(&l.write) &^ 4095,
	}
	u.read += count(&l.read) &^ 4095
	if c.network == nil {
		u.rx, u.tx = 0, 0
	}
	warm := 1 - math.Exp(-age/40)
	anon := l.anon * (0.35 + 0.65*warm) * (0.85 + 0.08*l.memory.rate(t1))
	file := l.file * warm
	if c.memLimit > 0 {
		room := 0.97*float64(c.memLimit) - kernelMemory
		if l.leak > 0 {
			anon += math.Mod(l.leak*age, max(room-anon, 1))
		}
		anon = min(anon, 0.9*room)
		file = min(file, room-anon)
	}
	u.anon, u.file = uint64(anon)&^4095, uint64(file)&^4095
	u.inactiveFile = uint64(file*0.6) &^ 4095
	u.pids = uint64(max(l.pids+int(math.Round(float64(l.pids)*0.1*math.Sin(t1/17+float64(l.cpu.phase[0])))), 1))
	if c.nanoCPUs > 0 {
		u.periods = uint64(age * 10)
		u.throttled = uint64(age * 10 * min(l.cpu.base/float64(c.nanoCPUs), 1) * 0.25)
		u.throttledNs = u.throttled * 23_000_000
	}
	return u
}
