package reflector

import (
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Podman 4 tells of a pull as it begins, and nothing when the image is there.
func TestAPullThatIsToldAsItBegins(t *testing.T) {
	d := newDesk(t)
	d.event("image", "pull", "")
	none := rfound{images: []api.Image{{Engine: "e", ID: "i1"}}}
	d.answer(d.asks(kindImages, ""), 0, none, nil)
	d.idle()
	asked := 0
	for range 2 * relistEvery / time.Second {
		d.pass(time.Second)
		if k, ok := d.res.pop(d.now, resourceWorkers); ok {
			asked++
			d.answer(k, 0, none, nil)
		}
	}
	if asked < 4 || asked > 8 {
		t.Errorf("asked %d times in two minutes, want ever more rarely, for one", asked)
	}

	// Meanwhile other events of images are worked at once.
	d.event("image", "pull", "")
	d.answer(d.asks(kindImages, ""), 0, none, nil)
	d.pass(20 * time.Second)
	d.answer(d.asks(kindImages, ""), 0, none, nil)
	d.pass(time.Second)
	d.event("image", "tag", "i1")
	d.asks(kindImages, "")

	// Docker names the image, and tells when it is there.
	d = newDesk(t)
	d.event("image", "pull", "web:1.0")
	d.answer(d.asks(kindImages, ""), 0, none, nil)
	d.pass(time.Minute)
	d.idle()
}
