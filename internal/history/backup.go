package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Backup copies the history in dir, as it is at this moment, to a new file,
// whether or not a server writes it meanwhile. The copy is whole and compact: it
// can be put in the place of FileName.
func Backup(ctx context.Context, dir, target string) error {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return &api.Error{Code: api.ErrNotFound, Message: "There is no history at " + path + ". Name the server's data directory with --data-dir", Cause: err}
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return there(target)
	}
	db, err := sql.Open("sqlite", dsn(path, "_pragma=busy_timeout(5000)&_pragma=cache_size(-1024)"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	// The copy must not be readable for others, not even while it is made, nor be
	// written by another backup to the same place.
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"-*") // mode 0600
	if err != nil {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err // the name is only for the time being
		}
		return &api.Error{Code: api.ErrInvalid, Message: "The backup can't be written to " + target, Cause: err}
	}
	defer func() {
		_ = os.Remove(f.Name()) // it has another name by then, or is not whole
		_ = os.Remove(f.Name() + "-journal")
	}()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", f.Name())
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = place(f.Name(), target)
	}
	if resultCode(err) == codeFull || errors.Is(err, errNoSpace) {
		return &api.Error{Code: api.ErrTooLarge, Message: "The disk of " + filepath.Dir(target) + " is full, so there is no backup. Free some space there, or name a file on another disk", Cause: err}
	}
	if err != nil {
		return fmt.Errorf("back up the history: %w", err)
	}
	return nil
}

// place gives a file its name, unless another one has got it meanwhile.
func place(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrExist) {
		return there(to)
	}
	if err != nil { // not every file system has links
		return os.Rename(from, to)
	}
	return nil
}

func there(target string) error {
	return &api.Error{Code: api.ErrConflict, Message: "The file " + target + " is there already. Name one that is not"}
}
