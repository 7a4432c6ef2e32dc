package transfer

import (
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// maxBytes bounds what a line may say, so that sums can't overflow.
const maxBytes = 1 << 50

// layer is what is known of one.
type layer struct {
	id    string
	phase api.JobPhase
	words string // the last line's, which tell one moment of waiting from another
	// total is 0 while it is not known, and never falls.
	total int64
	// moved and unpacked are as the engine said last; high and highUnpacked the
	// most that they were.
	moved, high            int64
	unpacked, highUnpacked int64
	based                  bool // moved has a value to count from
}

// phaseOf reads a line's words; false for those that are not about a layer.
func phaseOf(words string) (api.JobPhase, bool) {
	switch {
	case words == "Pulling fs layer", words == "Waiting", strings.HasPrefix(words, "Layer already being pulled"):
		return api.PhaseWaiting, true
	case words == "Preparing":
		return api.PhasePreparing, true
	case words == "Downloading":
		return api.PhaseDownloading, true
	case words == "Verifying Checksum":
		return api.PhaseVerifying, true
	case words == "Download complete":
		return api.PhaseDownloaded, true
	case words == "Extracting":
		return api.PhaseExtracting, true
	case words == "Pushing":
		return api.PhasePushing, true
	case words == "Pull complete", words == "Pushed":
		return api.PhaseDone, true
	case words == "Already exists", words == "Layer already exists", strings.HasPrefix(words, "Mounted from "), strings.HasPrefix(words, "Skipped foreign layer"):
		return api.PhaseExists, true
	case strings.HasPrefix(words, "Retrying in "):
		return api.PhaseRetrying, true
	}
	return "", false
}

// take brings the layer to what a line says and returns how much was moved and
// unpacked since the one before, and whether anything is new.
func (l *layer) take(line api.TransferLine, phase api.JobPhase) (moved, unpacked int64, news bool) {
	before := *l
	l.phase, l.words = phase, line.Status
	current, total := clamp(line.Current), clamp(line.Total)
	if line.Units != "" { // seconds, of a layer that is unpacked
		current, total = 0, 0
	}
	switch phase {
	case api.PhaseDownloading, api.PhasePushing:
		if current > 0 || total > 0 {
			l.moved = current
		}
	case api.PhaseExtracting:
		if total > 0 || current > 0 {
			l.unpacked = current
		}
		l.moved = max(l.total, total, l.high)
	case api.PhaseVerifying, api.PhaseDownloaded:
		l.moved = max(l.total, l.high)
	case api.PhaseDone:
		l.moved = max(l.total, l.high)
		l.unpacked = l.moved
	case api.PhaseExists:
		// Nothing is to be done; what was done for it before it turned out so counts
		// as all of it.
		if l.high > 0 || l.total > 0 {
			l.moved, l.unpacked = max(l.total, l.high), max(l.total, l.high)
		}
	default: // waits, and may go on where it was
	}
	l.high = max(l.high, l.moved)
	l.highUnpacked = max(l.highUnpacked, l.unpacked)
	// The engine's total is of another size than what is moved, at times; where it
	// names none, nothing is known before the end.
	if l.total = max(l.total, total); l.total > 0 || l.settled() {
		l.total = max(l.total, l.high, l.highUnpacked)
	}
	if l.based {
		moved = max(l.moved-before.moved, 0)
	}
	// Where the first line stands may be what another pull has brought.
	l.based = l.based || phase == api.PhaseDownloading || phase == api.PhasePushing
	unpacked = max(l.unpacked-before.unpacked, 0)
	before.based = l.based
	return moved, unpacked, *l != before
}

func clamp(n int64) int64 { return min(max(n, 0), maxBytes) }

// settled reports whether nothing more is to be done for the layer.
func (l *layer) settled() bool { return l.phase == api.PhaseDone || l.phase == api.PhaseExists }

// unsized reports whether there may be much to do for a layer of which the size
// is not known. What has come without one was small: engines with containerd's
// store name an image's manifest and configuration among its layers, and say
// nothing more of them.
func (l *layer) unsized() bool {
	return l.total == 0 && !l.settled() && l.phase != api.PhaseDownloaded && l.phase != api.PhaseVerifying
}

func (l *layer) published() api.JobLayer {
	out := api.JobLayer{ID: l.id, Phase: l.phase, CurrentBytes: l.moved}
	if l.phase == api.PhaseExtracting {
		out.CurrentBytes = l.unpacked
	}
	if l.total > 0 {
		total := l.total
		out.TotalBytes = &total
	}
	return out
}
