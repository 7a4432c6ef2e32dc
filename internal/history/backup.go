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
		return &api.Error{Code: api.ErrConflict, Message: "The file " + target + " is there already. Name one that is not"}
	}
	db, err := sql.Open("sqlite", dsn(path, "_pragma=busy_timeout(5000)&_pragma=cache_size(-1024)"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	part := target + ".part"
	// The copy must not be readable for others, not even while it is made.
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return &api.Error{Code: api.ErrInvalid, Message: "The backup can't be written to " + target, Cause: err}
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(part, target)
	}
	if err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("back up the history: %w", err)
	}
	return nil
}
