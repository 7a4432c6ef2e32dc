package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/history"
)

func (c *cli) historyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Look after what the server remembers on disk",
		Args:  noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the history to a file, also while a server runs",
		Long: `Copy the history in the data directory (quaywatch.db), as it is at this moment,
to a new file. A server may run meanwhile. The copy can be put in the place of
quaywatch.db while no server runs.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.backupHistory(cmd.Context(), args[0]) },
	})
	return cmd
}

func (c *cli) backupHistory(ctx context.Context, target string) error {
	dir, err := c.dataDirectory()
	if err != nil {
		return err
	}
	if err := history.Backup(ctx, dir, target); err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	if c.json {
		return json.NewEncoder(c.out).Encode(map[string]any{"file": target, "bytes": info.Size()})
	}
	_, err = fmt.Fprintf(c.out, "%s, %.1f MB\n", target, float64(info.Size())/1e6)
	return err
}
