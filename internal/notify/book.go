package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/quaywatch/quaywatch/internal/api"
)

// BookFile is the name, in the data directory, of what deliveries there are, with
// their secrets. It is no part of the history, so that a backup of that has no
// secrets in it.
const BookFile = "deliveries.json"

// book is the deliveries, in memory and in a file that only its owner can read.
type book struct {
	path string
	// writing has room for one: who holds it may change the book. It is not mu,
	// under which nothing waits for the disk.
	writing chan struct{}

	mu  sync.Mutex
	all []api.Delivery // sorted by name; with secrets; replaced, never changed
}

// written is the file's content.
type written struct {
	Version    int            `json:"version"`
	Deliveries []api.Delivery `json:"deliveries"`
}

const bookVersion = 1

// sound puts the deliveries in order, and tells whether each has a name of its own
// and what its kind must have: somebody may have written the file.
func (w *written) sound() bool {
	slices.SortFunc(w.Deliveries, func(a, b api.Delivery) int { return strings.Compare(a.Name, b.Name) })
	for i, d := range w.Deliveries {
		if checkName(d.Name) != nil || i > 0 && w.Deliveries[i-1].Name == d.Name || (d.Kind == api.DeliveryMail) != (d.Mail != nil) {
			return false
		}
	}
	return true
}

// openBook reads the file, which need not be there.
func openBook(dir string) (*book, error) {
	b := &book{path: filepath.Join(dir, BookFile), writing: make(chan struct{}, 1)}
	text, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: "The deliveries in " + b.path + " can't be read. Mend the file's permissions, or move it away", Cause: errors.Unwrap(err)}
	}
	var w written
	if err := json.Unmarshal(text, &w); err != nil || w.Version != bookVersion || !w.sound() {
		// What is wrong may be said only so far as it quotes nothing: there are secrets.
		return nil, &api.Error{Code: api.ErrInvalid, Message: "The deliveries in " + b.path + " can't be understood. Put a backup in the file's place, or move it away and set the deliveries up again"}
	}
	// Somebody who copied it may have given it wider permissions.
	if err := ownersOnly(b.path); err != nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: "The deliveries in " + b.path + " have secrets in them, and the file can't be kept from others. Mend its owner", Cause: errors.Unwrap(err)}
	}
	b.all = w.Deliveries
	return b, nil
}

// ownersOnly takes a file from everybody but its owner. One that is private already may
// stand on a disk that is read-only.
func ownersOnly(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(path, 0o600)
}

// list returns the deliveries, sorted by name, with secrets. It is not to be
// changed.
func (b *book) list() []api.Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all
}

// get returns one delivery, with its secret.
func (b *book) get(name string) (api.Delivery, bool) {
	all := b.list()
	if i, ok := find(all, name); ok {
		return all[i], true
	}
	return api.Delivery{}, false
}

func find(all []api.Delivery, name string) (int, bool) {
	return slices.BinarySearchFunc(all, name, func(d api.Delivery, name string) int { return strings.Compare(d.Name, name) })
}

// put writes a delivery, in the place of the one of that name. It returns what it
// was before, and what it is now.
func (b *book) put(g *Guard, d api.Delivery) (was *api.Delivery, now api.Delivery, err error) {
	b.writing <- struct{}{}
	defer func() { <-b.writing }()
	all := b.list()
	i, ok := find(all, d.Name)
	if ok {
		was = &all[i]
	} else if len(all) >= api.MaxDeliveries {
		return nil, d, &api.Error{Code: api.ErrTooMany, Message: fmt.Sprintf("There are %d deliveries, which is as many as there may be. Delete one that is not needed any more.", len(all))}
	}
	if d, err = merge(was, d); err != nil {
		return was, d, err
	}
	if err := g.check(&d); err != nil {
		return was, d, err
	}
	all = slices.Clone(all)
	if ok {
		all[i] = d
	} else {
		all = slices.Insert(all, i, d)
	}
	return was, d, b.write(all)
}

// merge gives a delivery what was left out because it is not shown.
func merge(was *api.Delivery, d api.Delivery) (api.Delivery, error) {
	if d.Mail != nil {
		m := *d.Mail
		m.To = slices.Clone(m.To)
		usual(&m)
		d.Mail = &m
	}
	if was != nil {
		if d.URL != "" && d.URL == maskURL(was.Kind, was.URL) {
			d.URL = was.URL
		}
		if d.Secret == nil && was.Secret != nil {
			// A secret is not sent to where it was not given for: who may change an
			// address must not learn it so.
			if was.Kind != d.Kind || d.Kind != api.DeliveryWebhook && place(was) != place(&d) {
				return d, invalid("The delivery leads elsewhere now, and its secret was given for where it led before. Give the secret again, or an empty one to remove it.")
			}
			d.Secret = was.Secret
		}
	}
	if d.Secret != nil && *d.Secret == "" {
		d.Secret = nil
	}
	d.SecretSet = d.Secret != nil
	return d, nil
}

// place is where a secret goes to.
func place(d *api.Delivery) string {
	if d.Mail != nil {
		return fmt.Sprintf("%s:%d %s", strings.ToLower(d.Mail.Host), d.Mail.Port, d.Mail.TLS)
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		return d.URL
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// remove deletes a delivery.
func (b *book) remove(name string) error {
	b.writing <- struct{}{}
	defer func() { <-b.writing }()
	all := b.list()
	i, ok := find(all, name)
	if !ok {
		return noDelivery(name)
	}
	return b.write(slices.Delete(slices.Clone(all), i, i+1))
}

func noDelivery(name string) error {
	return &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no delivery %q. `quaywatch deliveries` lists them.", shorten(oneLine(name), api.MaxRuleName))}
}

// write replaces the file as one step, and then what is in memory.
func (b *book) write(all []api.Delivery) error {
	text, err := json.MarshalIndent(written{bookVersion, all}, "", "  ") //nolint:gosec // this is where the secrets are kept
	if err == nil {
		err = replace(b.path, append(text, '\n'))
	}
	if err != nil {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err
		}
		return &api.Error{Code: api.ErrUnreachable, Message: "The deliveries can't be written to " + b.path + ". Nothing was changed", Cause: err}
	}
	b.mu.Lock()
	b.all = all
	b.mu.Unlock()
	return nil
}

// replace writes a file beside and puts it in the other's place.
func replace(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
