package history

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/quaywatch/quaywatch/internal/api"
)

//go:embed migrations/*.sql
var migrations embed.FS

// steps are the migrations in order: the file that is n-th by name leads from
// schema n-1 to n. They only ever go forward, and a file that was released is
// never changed.
func steps() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	out := make([]string, len(names))
	for i, name := range names {
		b, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out[i] = string(b)
	}
	return out, nil
}

// migrate brings the file to the schema of this version, one transaction for
// each step.
func migrate(ctx context.Context, db *sql.DB) error {
	all, err := steps()
	if err != nil {
		return err
	}
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if have < 0 {
		return fmt.Errorf("%w: its schema is %d", errNotOurs, have)
	}
	if have > len(all) {
		return &api.Error{Code: api.ErrTooOld, Message: fmt.Sprintf("The history was written by a newer Quaywatch (schema %d, this one knows %d). Use that version, or move %s away", have, len(all), FileName)}
	}
	for n := have; n < len(all); n++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("migrate to schema %d: %w", n+1, err)
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s;\nPRAGMA user_version = %d", all[n], n+1))
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("migrate to schema %d: %w", n+1, err)
		}
	}
	return nil
}
