package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"

	"github.com/quaywatch/quaywatch/internal/api"
)

// FileName is the history's name in the data directory.
const FileName = "quaywatch.db"

// walSuffix is what SQLite adds to the name of the file for what is not in it yet.
const walSuffix = "-wal"

// Pages that are kept in memory: 1 MiB for the writer, half of it for each of
// two readers, which are closed when nobody reads.
const (
	writerPragmas = "_pragma=busy_timeout(2000)&_pragma=auto_vacuum(incremental)&_pragma=journal_mode(wal)&_pragma=synchronous(normal)" +
		"&_pragma=cache_size(-1024)&_pragma=journal_size_limit(8388608)&_txlock=immediate"
	readerPragmas = "mode=ro&_pragma=busy_timeout(2000)&_pragma=cache_size(-512)&_pragma=query_only(1)"
	maxReaders    = 2
	readerIdle    = 30 * time.Second
)

func dsn(path, pragmas string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas
}

// file is the open database.
type file struct {
	write, read *sql.DB
}

// openFile opens the history, makes it if it is not there, and brings it to the
// schema of this version.
func openFile(ctx context.Context, path string) (*file, error) {
	// SQLite would make a file that others may read.
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(path, writerPragmas))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		_ = write.Close()
		return nil, err
	}
	// A file system may be read-only while the file can be opened; say so now.
	if _, err := write.ExecContext(ctx, "BEGIN IMMEDIATE; UPDATE engines SET heard = heard WHERE id = ''; COMMIT"); err != nil {
		_ = write.Close()
		return nil, err
	}
	read, err := openReaders(path, "")
	if err != nil {
		_ = write.Close()
		return nil, err
	}
	return &file{write: write, read: read}, nil
}

func openReaders(path, more string) (*sql.DB, error) {
	read, err := sql.Open("sqlite", dsn(path, readerPragmas+more))
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(maxReaders)
	read.SetMaxIdleConns(maxReaders)
	read.SetConnMaxIdleTime(readerIdle)
	return read, nil
}

// The primary result codes of SQLite that mean something here.
const (
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26
)

// resultCode is SQLite's primary result code; 0 where the error is not SQLite's.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// damaged reports whether the file's content is broken, so that no later
// attempt can succeed.
func damaged(err error) bool {
	c := resultCode(err)
	return c == codeCorrupt || c == codeNotADB || errors.Is(err, errNotOurs)
}

var errNotOurs = errors.New("this is no history") //nolint:gochecknoglobals // a sentinel

// reason says in a sentence why the history is paused, and what to do.
func reason(path string, err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e.Message + "."
	}
	dir := filepath.Dir(path)
	switch c := resultCode(err); {
	case c == codeFull || errors.Is(err, errNoSpace):
		return "The disk of " + dir + " is full. History goes on by itself once there is room."
	case c == codeReadOnly, errors.Is(err, errReadOnlyDisk):
		return path + " can't be written: the disk or the file is read-only. History goes on by itself once it can be."
	case errors.Is(err, fs.ErrPermission):
		return path + " may not be written by this user. Mend its permissions; history goes on by itself then."
	case c == codeIO:
		return "The disk of " + dir + " failed (" + err.Error() + "). Look at the system's log; Quaywatch keeps trying."
	case c == codeCantOpen, errors.Is(err, fs.ErrNotExist):
		return path + " can't be opened (" + err.Error() + "). Quaywatch keeps trying."
	}
	return path + " can't be written (" + err.Error() + "). Quaywatch keeps trying."
}

// setAside renames a damaged file, with what belongs to it, and returns its new
// name.
func setAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.damaged-%s-%d", path, now.UTC().Format("20060102T150405Z"), n)
	}
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("set the damaged history aside: %w", err)
	}
	if err := os.Rename(path+walSuffix, aside+walSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("set the damaged history aside: %w", err)
	}
	// The index of the WAL is made anew from it by whoever opens it.
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("set the damaged history aside: %w", err)
	}
	return aside, nil
}

func (f *file) close() error { return errors.Join(f.read.Close(), f.write.Close()) }
