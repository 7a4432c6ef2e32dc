package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
)

type transferFlags struct {
	look
	platform, username string
	passwordIn, detach bool
}

func (c *cli) pullCommand() *cobra.Command {
	return c.transferCommand(api.JobPull, "pull IMAGE", "Pull an image", `Pull an image, and show how far that is.

With a server it is a job of the server: everybody who looks sees it, and it goes
on when this command is ended and the question whether to cancel it is answered
with no. Without one the work is done here.

The registry's credentials are those of the docker command (docker login) where
the work is done, or those of --username: the password is asked for on a terminal,
and read from standard input elsewhere (--password-stdin).`)
}

func (c *cli) pushCommand() *cobra.Command {
	return c.transferCommand(api.JobPush, "push IMAGE", "Push an image", `Push an image to its registry, and show how far that is, as pull does.`)
}

func (c *cli) transferCommand(kind api.JobKind, use, short, long string) *cobra.Command {
	var f transferFlags
	f.jobs = true
	cmd := &cobra.Command{Use: use, Short: short, Long: long, Args: cobra.ExactArgs(1), ValidArgsFunction: c.completing(1, imageNames)}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, args []string) error {
		q := api.JobRequest{Kind: kind, Subject: args[0], Platform: f.platform}
		var err error
		if q.Credentials, err = c.typed(ctx, &f); err != nil {
			return err
		}
		if f.detach && src.core != nil {
			return &usageError{errors.New("--detach leaves the work to a server, and there is none: start one with `quaywatch serve`")}
		}
		return c.work(ctx, src, work{detach: f.detach, begin: func(ctx context.Context, at workplace) (string, error) {
			j, err := at.StartJob(ctx, q)
			return j.ID, err
		}})
	})
	f.flags(cmd)
	fs := cmd.Flags()
	fs.StringVar(&f.platform, "platform", "", "os/architecture[/variant] of the image, such as linux/arm64")
	fs.StringVarP(&f.username, "username", "u", "", "user name for the registry; the password is asked for")
	fs.BoolVar(&f.passwordIn, "password-stdin", false, "read the password for the registry from standard input")
	fs.BoolVarP(&f.detach, "detach", "d", false, "print the job's id and leave the server to it")
	return cmd
}

// maxPassword bounds what is read of standard input.
const maxPassword = 8 << 10

// typed are the credentials that the user gives; nil for none.
func (c *cli) typed(ctx context.Context, f *transferFlags) (*api.RegistryCredentials, error) {
	keyboard, asked := c.keyboard()
	switch {
	case f.username == "" && !f.passwordIn:
		return nil, nil
	case f.username == "":
		return nil, &usageError{errors.New("--password-stdin goes with --username")}
	case asked:
		password, err := c.secret(ctx, keyboard, "Password of "+f.username+" for the registry: ")
		if err != nil {
			return nil, err
		}
		return &api.RegistryCredentials{Username: f.username, Password: password}, nil
	case !f.passwordIn:
		return nil, &usageError{errors.New("nobody can be asked for the password here: give it on standard input, with --password-stdin")}
	}
	text, err := heard(ctx, func() (string, error) {
		b, err := io.ReadAll(io.LimitReader(c.in, maxPassword))
		return string(b), err //nolint:wrapcheck // wrapped below
	})
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		return nil, &usageError{fmt.Errorf("the password can't be read from standard input: %w", err)}
	}
	return &api.RegistryCredentials{Username: f.username, Password: strings.TrimRight(text, "\r\n")}, nil
}

type saveFlags struct {
	look
	output string
}

func (c *cli) saveCommand() *cobra.Command {
	var f saveFlags
	f.jobs = true
	cmd := &cobra.Command{
		Use:   "save IMAGE -o FILE",
		Short: "Save an image to a file",
		Long: `Save an image to a file, as docker save writes it and docker load reads it: with
the tag that is named, or all of its tags where it is named by its id. The file is
there once it is whole. "-o -" writes to standard output.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: c.completing(1, imageNames),
		PreRunE: func(*cobra.Command, []string) error {
			if tty, _, _ := c.terminal(); f.output == "-" && tty {
				return &usageError{errors.New("a terminal can't show an image: name a file after -o, or redirect the output")}
			}
			if f.output == "" {
				return &usageError{errors.New("say where to: -o FILE, or -o - for standard output")}
			}
			return nil
		},
	}
	cmd.RunE = c.looking(&f.look, func(ctx context.Context, src *source, args []string) error {
		return c.save(ctx, src, args[0], f.output)
	})
	f.flags(cmd)
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "the file to write")
	return cmd
}

// save has the image written by a goroutine of its own, which has ended when it
// returns.
func (c *cli) save(ctx context.Context, src *source, image, output string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	view := c.newJobView()
	to := c.out
	keep := func() error { return nil }
	if output == "-" {
		view.silent = true
	} else {
		output, err := saveTo(output)
		if err != nil {
			return err
		}
		file, err := os.CreateTemp(filepath.Dir(output), ".quaywatch-save-*")
		if err != nil {
			return &api.Error{Code: api.ErrInvalid, Message: "The file " + output + " can't be made. Name another after -o", Cause: rootOf(err)}
		}
		defer func() {
			_ = file.Close()
			_ = os.Remove(file.Name()) // it has another name by now, or is not whole
		}()
		to = file
		keep = func() error {
			err := errors.Join(file.Sync(), file.Close())
			if err == nil { // else it may not be whole
				err = os.Rename(file.Name(), output)
			}
			if err != nil {
				return &api.Error{Code: api.ErrInternal, Message: "The image could not be written to " + output, Cause: err}
			}
			return nil
		}
	}
	noting := &noting{Writer: to}
	ended, saving := make(chan error, 1), false
	err := c.work(ctx, src, work{
		view: view,
		begin: func(_ context.Context, at workplace) (string, error) {
			begun := make(chan string, 1)
			saving = true
			go func() { ended <- at.SaveImage(ctx, image, noting, func(id string) { begun <- id }) }()
			select {
			case id := <-begun:
				return id, nil
			case err := <-ended:
				ended <- err
				if err == nil {
					err = errors.New("the image was saved without a job")
				}
				return "", err
			}
		},
		wait: func(failed bool) error {
			if !saving {
				return nil
			}
			if failed {
				cancel(nil)
			}
			return <-ended
		},
	})
	if err != nil && noting.err != nil {
		// That the job was cancelled for it says nothing. A pipe that nobody reads to
		// its end is no success here either: only the words are taken.
		where := output
		if output == "-" {
			where = "standard output"
		}
		return &api.Error{Code: api.ErrInternal, Message: "The image could not be written to " + where, Cause: errors.New(rootOf(noting.err).Error())}
	}
	if err != nil {
		return err
	}
	return keep()
}

// noting remembers why a write failed. It is asked once nobody writes any more.
type noting struct {
	io.Writer
	err error
}

func (n *noting) Write(p []byte) (int, error) {
	count, err := n.Writer.Write(p)
	if n.err == nil {
		n.err = err
	}
	return count, err //nolint:wrapcheck // a writer in between
}

// saveTo refuses what a file can't take the place of, before the work is done, and
// follows a symbolic link, which stays one.
func saveTo(output string) (string, error) {
	info, err := os.Stat(output)
	switch {
	case err != nil: // it is made; or that says why it can't be
		return output, nil //nolint:nilerr // see above
	case info.IsDir():
		return "", &api.Error{Code: api.ErrInvalid, Message: "What is at " + output + " is a directory. Name a file in it after -o, such as " + filepath.Join(output, "image.tar")}
	case !info.Mode().IsRegular():
		return "", &api.Error{Code: api.ErrInvalid, Message: "What is at " + output + " is no file that another one can take the place of. Name one after -o, or write to standard output with -o -"}
	}
	if target, err := filepath.EvalSymlinks(output); err == nil {
		output = target
	}
	return output, nil
}
