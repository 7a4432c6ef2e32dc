package keyring

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// ring is a keyring of a configuration, with helpers on PATH.
func ring(t *testing.T, config string, helpers map[string]string) *Ring {
	t.Helper()
	dir := t.TempDir()
	if config != "" {
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range helpers {
		if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte("#!/bin/sh\n"+script), 0o700); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return New(func(name string) string { return map[string]string{"DOCKER_CONFIG": dir}[name] })
}

const basic = `{"auths": {
	"registry.example:5000": {"auth": "YW5uOnMzY3I6ZXQ="},
	"https://old.example/v1/": {"auth": "Ym9iOm9sZA=="},
	"https://index.docker.io/v1/": {"auth": "aHViOnB3"},
	"token.example": {"auth": "PHRva2VuPjo=", "identitytoken": "idt"},
	"plain.example": {"username": "u", "password": "p"},
	"broken.example": {"auth": "!!!"}
}}`

func TestTheFile(t *testing.T) {
	k := ring(t, basic, nil)
	for registry, want := range map[string]api.RegistryAuth{
		"registry.example:5000": {Username: "ann", Password: "s3cr:et", Server: "registry.example:5000"},
		"old.example":           {Username: "bob", Password: "old", Server: "old.example"},
		"docker.io":             {Username: "hub", Password: "pw", Server: "https://index.docker.io/v1/"},
		"token.example":         {IdentityToken: "idt", Server: "token.example"},
		"plain.example":         {Username: "u", Password: "p", Server: "plain.example"},
		"unknown.example":       {},
		"registry.example":      {}, // another port is another registry
	} {
		if got, err := k.For(t.Context(), registry); err != nil || got != want {
			t.Errorf("%s: %#v, %v", registry, [...]string{got.Username, got.Password, got.IdentityToken, got.Server}, err)
		}
	}
	if _, err := k.For(t.Context(), "broken.example"); api.CodeOf(err) != api.ErrInvalid || !strings.Contains(err.Error(), "docker login") {
		t.Errorf("a broken entry: %v", err)
	}
}

func TestNoFileAndABrokenOne(t *testing.T) {
	if a, err := ring(t, "", nil).For(t.Context(), "docker.io"); err != nil || a != (api.RegistryAuth{}) {
		t.Errorf("without a file: %v", err)
	}
	_, err := ring(t, `{"auths": {"x": {"auth": "hunter2`, nil).For(t.Context(), "x")
	if api.CodeOf(err) != api.ErrInvalid || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("of a broken file: %v", err)
	}
}

func TestHelpers(t *testing.T) {
	k := ring(t, `{"credsStore": "all", "credHelpers": {"one.example": "one", "gone.example": "gone", "bad.example": "../bad", "wild.example": "wild", "https://index.docker.io/v1/": "one"}, "auths": {"two.example": {}}}`, map[string]string{
		"one":  `read server; test "$1" = get && printf '{"ServerURL":"%s","Username":"%s","Secret":"of one"}' "$server" "$server"`,
		"wild": `echo no JSON`,
		"all": `read server; case $server in
			two.example) echo '{"Username":"<token>","Secret":"idt"}' ;;
			none.example) echo 'credentials not found in native keychain'; exit 1 ;;
			*) echo 'the keychain is locked'; echo 'hunter2' >&2; exit 1 ;;
		esac`,
	})
	for registry, want := range map[string]api.RegistryAuth{
		"one.example":  {Username: "one.example", Password: "of one", Server: "one.example"},
		"docker.io":    {Username: "https://index.docker.io/v1/", Password: "of one", Server: "https://index.docker.io/v1/"},
		"two.example":  {IdentityToken: "idt", Server: "two.example"},
		"none.example": {},
	} {
		if got, err := k.For(t.Context(), registry); err != nil || got != want {
			t.Errorf("%s: %#v, %v", registry, [...]string{got.Username, got.Password, got.IdentityToken, got.Server}, err)
		}
	}
	for registry, want := range map[string]string{
		"locked.example": "the keychain is locked", "gone.example": "docker-credential-gone, which is not installed", "bad.example": "no credential helper's name", "wild.example": "can't be read",
	} {
		if _, err := k.For(t.Context(), registry); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", registry, err)
		}
	}
}

func TestAHelperThatAsksAPerson(t *testing.T) {
	k := ring(t, `{"credsStore": "slow"}`, map[string]string{"slow": "exec sleep 100"})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := k.For(ctx, "any.example"); api.CodeOf(err) != api.ErrTimeout {
		t.Errorf("it said %v", err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	a := api.RegistryAuth{Username: "ann", Password: "hunter2"}
	c := api.RegistryCredentials{Username: "ann", Password: "hunter2"}
	for _, text := range []string{a.String(), a.GoString(), c.String(), c.GoString(), a.LogValue().String(), c.LogValue().String(), fmt.Sprintf("%v %+v %#v", a, c, []any{a, &c})} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("printed: %s", text)
		}
	}
}
