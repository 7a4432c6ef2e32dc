package app

import (
	"context"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
	"github.com/quaywatch/quaywatch/internal/terminal"
)

// executor starts commands for terminals.
type executor struct{ *engine.Executor }

func (x executor) Exec(ctx context.Context, container string, o api.ExecOptions) (terminal.Process, error) {
	p, err := x.Executor.Exec(ctx, container, o)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// terminals are those of a server. Where there may be none, nothing is made that
// could start a command.
func (c *Core) terminals() *terminal.Terminals {
	o := terminal.Options{Find: c.store.Find, Begin: c.ledger.BeginExec, Note: c.note, Log: c.o.Clients}
	switch {
	case c.o.ReadOnly:
		o.Off = "This server is read-only: it was started with --read-only and opens no terminals."
	case c.o.NoExec:
		o.Off = "Terminals are switched off: this server was started with --no-exec."
	default:
		o.Engine = executor{engine.NewExecutor(c.engine)}
	}
	return terminal.New(o)
}
