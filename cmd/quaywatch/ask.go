package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// keyboard is standard input, if somebody types there.
func (c *cli) keyboard() (*os.File, bool) {
	f, ok := c.in.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// heard waits for what read gets of standard input, but not when ctx has ended:
// a read of a terminal ends with the process, and one Ctrl-C is to be enough.
func heard(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := read()
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return a.text, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// line is what somebody answers to a question.
func (c *cli) line(ctx context.Context, prompt string) (string, error) {
	_, _ = io.WriteString(c.err, prompt)
	return heard(ctx, func() (string, error) { return bufio.NewReader(c.in).ReadString('\n') })
}

// mustAsk refuses what has to be confirmed where nobody can be asked.
func (c *cli) mustAsk() error {
	if _, ok := c.keyboard(); !ok {
		return &usageError{errors.New("nobody can be asked here: say --yes to remove, or --dry-run to see what would go")}
	}
	return nil
}

// confirm asks a question; errDone where the answer is no, which nothing is too.
func (c *cli) confirm(ctx context.Context, question string) error {
	answer, err := c.line(ctx, question+" [y/N] ")
	if ctx.Err() != nil {
		_, _ = fmt.Fprintln(c.err)
		return err
	}
	if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y") {
		return errDone
	}
	return nil
}

// secret asks for what is not shown while it is typed. Whatever ends it, the
// terminal shows again what is typed.
func (c *cli) secret(ctx context.Context, f *os.File, prompt string) (string, error) {
	fd := int(f.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	_, _ = io.WriteString(c.err, prompt)
	text, err := heard(ctx, func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err //nolint:wrapcheck // wrapped below
	})
	_, _ = fmt.Fprintln(c.err)
	if err == nil {
		return text, nil
	}
	_ = term.Restore(fd, before)
	if _, signalled := errors.AsType[*interrupted](err); signalled || errors.Is(err, io.EOF) {
		return "", &stopped{"Nothing was done."}
	}
	return "", fmt.Errorf("read the password: %w", err)
}
