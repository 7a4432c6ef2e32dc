package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/store"
	"github.com/quaywatch/quaywatch/internal/transfer"
)

// Images has an engine move images from and to registries. What it does takes
// as long as the context lets it; fn is called in the caller's goroutine.
type Images interface {
	// Reference reads an image's name.
	Reference(text string) (api.ImageReference, error)
	// CheckPlatform says what is wrong with a platform; empty is none.
	CheckPlatform(text string) error
	Pull(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error)
	Push(ctx context.Context, t api.Transfer, fn func(api.TransferLine)) (api.TransferResult, error)
}

// Keyring has credentials for registries; the zero value is none.
type Keyring interface {
	For(ctx context.Context, registry string) (api.RegistryAuth, error)
}

// keyringTimeout bounds a credential helper, which may ask a person.
const keyringTimeout = 20 * time.Second

// maxSecret bounds a name and a password that are typed in.
const maxSecret = 8 << 10

func (r *Runner) planTransfer(by api.Actor, q api.JobRequest) (*job, error) {
	if r.o.Images == nil {
		return nil, &api.Error{Code: api.ErrForbidden, Message: "Quaywatch is read-only here and moves no images."}
	}
	if q.Subject == "" {
		return nil, invalid("Say which image: {\"kind\": \"" + string(q.Kind) + "\", \"subject\": \"alpine:3.20\"}.")
	}
	ref, err := r.o.Images.Reference(q.Subject)
	if err != nil {
		return nil, err
	}
	if err := r.o.Images.CheckPlatform(q.Platform); err != nil {
		return nil, err
	}
	if q.Kind == api.JobPush && strings.Contains(ref.Name, "@") {
		return nil, invalid("An image is pushed by its tag, not by a digest.")
	}
	if c := q.Credentials; c != nil && (c.Username == "" || len(c.Username)+len(c.Password) > maxSecret) {
		return nil, invalid("Credentials need a user name and a password.")
	}
	engine, err := engineOf(r.o.Store, q.Engine)
	if err != nil {
		return nil, err
	}
	j := newJob(q.Kind, by)
	j.state.Engine, j.state.Subject, j.state.Platform = engine, ref.Name, q.Platform
	move, meter, done := r.o.Images.Pull, transfer.NewPull(), "Pulled"
	if q.Kind == api.JobPush {
		move, meter, done = r.o.Images.Push, transfer.NewPush(), "Pushed"
	}
	j.task = &task{
		progress: meter.Progress,
		end: func(ok bool) {
			meter.Stop()
			if ok {
				meter.Done()
			}
		},
		do: func(ctx context.Context, say func(func(time.Time) bool)) (*api.JobResult, error) {
			auth, missing := r.authFor(ctx, ref.Registry, q.Credentials)
			end := func(error) {}
			if r.o.Ledger != nil {
				end = r.o.Ledger.BeginTransfer(by, engine, ref.Name, q.Kind)
			}
			result, err := move(ctx, api.Transfer{Image: ref.Name, Platform: q.Platform, Auth: auth}, func(l api.TransferLine) {
				say(func(now time.Time) bool { return meter.Line(l, now) })
			})
			end(err)
			if err != nil {
				return nil, because(err, missing)
			}
			if result.Message == "" {
				result.Message = fmt.Sprintf("%s %s.", done, ref.Name)
			}
			return &api.JobResult{Message: result.Message, Digest: result.Digest}, nil
		},
	}
	return j, nil
}

// authFor finds the credentials. Where the keyring fails, the registry may still
// let everybody in: what was missing is told only if it doesn't.
func (r *Runner) authFor(ctx context.Context, registry string, typed *api.RegistryCredentials) (auth api.RegistryAuth, missing error) {
	if typed != nil {
		return api.RegistryAuth{Username: typed.Username, Password: typed.Password, Server: registry}, nil
	}
	if r.o.Keyring == nil {
		return auth, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTimeout)
	defer cancel()
	auth, err := r.o.Keyring.For(ctx, registry)
	if err != nil {
		r.o.Log.WarnContext(ctx, "no credentials from the docker command's configuration", "registry", registry, "error", err)
		return api.RegistryAuth{}, err
	}
	return auth, nil
}

// because adds to a refusal that the credentials could not be had.
func because(err, missing error) error {
	e, ok := errors.AsType[*api.Error](err)
	if missing == nil || !ok || e.Code != api.ErrForbidden {
		return err
	}
	told := *e
	told.Message += " The credentials of the docker command could not be read: " + missing.Error()
	return &told
}

// engineOf is the engine that is meant, if it answers.
func engineOf(st *store.Store, id string) (string, error) {
	all := st.Engines()
	if id == "" && len(all) == 1 {
		id = all[0].ID
	}
	for _, e := range all {
		if e.ID == id {
			return id, reachable(st, id)
		}
	}
	if id == "" {
		return "", invalid("Say which engine: {\"engine\": \"…\"}.")
	}
	return "", &api.Error{Code: api.ErrNotFound, Message: fmt.Sprintf("There is no engine %q.", id)}
}
