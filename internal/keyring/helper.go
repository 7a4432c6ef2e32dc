package keyring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// tokenName is the user name of credentials that are an identity token.
const tokenName = "<token>"

// The words of a helper that has none, on its standard output.
const (
	notFound   = "credentials not found in native keychain"
	noServer   = "no credentials server URL"
	noUsername = "no credentials username"
)

// maxHelperWords bounds what is told of a helper's failure.
const maxHelperWords = 300

// ask runs docker-credential-NAME get.
func (k *Ring) ask(ctx context.Context, helper, server string) (api.RegistryAuth, error) {
	if helper != strings.Trim(helper, "/\\.") || strings.ContainsAny(helper, "/\\ \x00") {
		return api.RegistryAuth{}, &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q in the docker configuration is no credential helper's name.", helper)}
	}
	program := "docker-credential-" + helper
	cmd := exec.CommandContext(ctx, program, "get") //nolint:gosec // the user's own configuration names it, as for the docker command
	cmd.Stdin = strings.NewReader(server)
	var out bytes.Buffer
	cmd.Stdout = &out // standard error is the helper's own, and may tell too much
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	words := strings.TrimSpace(out.String())
	switch {
	case err != nil && ctx.Err() != nil:
		return api.RegistryAuth{}, &api.Error{Code: api.ErrTimeout, Message: "The credential helper " + program + " did not answer in time: it may wait for a person to unlock something."}
	case errors.Is(err, exec.ErrNotFound):
		return api.RegistryAuth{}, &api.Error{Code: api.ErrNotFound, Message: "The docker configuration names the credential helper " + program + ", which is not installed here."}
	case err != nil && (strings.Contains(words, notFound) || strings.Contains(words, noServer) || strings.Contains(words, noUsername)):
		return api.RegistryAuth{}, nil
	case err != nil:
		if len(words) > maxHelperWords {
			words = strings.ToValidUTF8(words[:maxHelperWords], "")
		}
		return api.RegistryAuth{}, &api.Error{Code: api.ErrInternal, Message: "The credential helper " + program + " failed: " + words + "."}
	}
	var found struct{ ServerURL, Username, Secret string }
	if json.Unmarshal(out.Bytes(), &found) != nil {
		return api.RegistryAuth{}, &api.Error{Code: api.ErrInternal, Message: "What the credential helper " + program + " answered can't be read."}
	}
	a := api.RegistryAuth{Username: found.Username, Password: found.Secret, Server: server}
	if found.Username == tokenName {
		a.Username, a.Password, a.IdentityToken = "", "", found.Secret
	}
	return a, nil
}
