package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/client"
)

// Advert is what a running server leaves in its data directory, for the
// commands of the same user.
type Advert struct {
	// URL is the server's address, without a token.
	URL string `json:"url"`
	PID int    `json:"pid"`
	// Listen is the address it listens on.
	Listen string `json:"listen"`
	// Engine is the address of the engine it was started for.
	Engine  string `json:"engine"`
	Version string `json:"version"`
}

func advertFile(dir string) string { return filepath.Join(dir, "server.json") }

// TokenFile is where the server of a data directory keeps the admin's token.
func TokenFile(dir string) string { return filepath.Join(dir, auth.TokenFile) }

// findTimeout is how long a server whose process runs may take to answer: a
// machine that is busy must not make it look as if there were none. One that is
// gone refuses at once.
const findTimeout = 4 * time.Second

// FindServer finds the server that was started with a data directory, if it
// still runs and answers.
func FindServer(ctx context.Context, dir string) (Advert, bool) {
	b, err := os.ReadFile(advertFile(dir))
	if err != nil {
		return Advert{}, false
	}
	var ad Advert
	if json.Unmarshal(b, &ad) != nil || !alive(ad.PID) {
		return Advert{}, false
	}
	base, err := url.Parse(ad.URL)
	if err != nil {
		return Advert{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if client.NewREST(base, "", hc).Healthy(ctx) != nil {
		return Advert{}, false
	}
	return ad, true
}

// alive reports whether a process runs; one of another user does.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, fs.ErrPermission)
}

// prepareDir makes the data directory and sees that it can be written, so that
// no file in it is blamed for it.
func prepareDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unusable(dir, "can't be made", "Correct the permissions above it", err)
	}
	f, err := os.CreateTemp(dir, ".writable-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return unwritable(dir, err)
	}
	return nil
}

func unwritable(dir string, err error) error {
	return unusable(dir, "can't be written", "Correct its permissions", err)
}

// unusable names what mends it: a disk that is full or read-only is no matter of permissions.
func unusable(dir, what, advice string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		advice = "Its disk is full: free some space or files there"
	case errors.Is(err, syscall.EROFS):
		advice = "Its disk is read-only: have it mounted for writing"
	}
	return &api.Error{Code: api.ErrForbidden, Message: "The data directory " + dir + " " + what + ". " + advice + ", or name another one with --data-dir", Cause: err}
}

// advertise writes the advert, unless another server of the data directory is
// there to be found: that one stays the one that commands find, and this is not
// alone. A server that can't be found by itself is one all the same, and can't know
// whether it is alone.
func (a *App) advertise(ctx context.Context, ad Advert) (withdraw func(), alone bool) {
	if other, ok := FindServer(ctx, a.o.DataDir); ok && other.URL != ad.URL {
		a.log.Warn("another server of this data directory runs, and commands find that one; reach this one with --url",
			"other", other.URL, "pid", other.PID, "url", ad.URL)
		return func() {}, false
	}
	withdraw, err := advertise(a.o.DataDir, ad)
	if err != nil {
		a.log.Warn("commands don't find this server by themselves; reach it with --url", "url", ad.URL, "error", err)
		return func() {}, false
	}
	return withdraw, true
}

// advertise writes the advert and returns what takes it away again, unless
// another server has written its own meanwhile.
func advertise(dir string, ad Advert) (withdraw func(), err error) {
	b, err := json.Marshal(ad)
	if err != nil {
		return nil, fmt.Errorf("encode the advert: %w", err)
	}
	path := advertFile(dir)
	f, err := os.CreateTemp(dir, ".server-*") // mode 0600
	if err == nil {
		_, err = f.Write(append(b, '\n'))
		err = errors.Join(err, f.Close())
		if err == nil {
			err = os.Rename(f.Name(), path)
		}
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}
	if err != nil {
		return nil, unwritable(dir, err)
	}
	return func() {
		var now Advert
		if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &now) == nil && now.PID == ad.PID && now.URL == ad.URL {
			_ = os.Remove(path)
		}
	}, nil
}
