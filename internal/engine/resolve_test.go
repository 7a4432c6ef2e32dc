package engine_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/engine"
)

// writeContext puts a context into a docker configuration directory, laid out
// as `docker context create` does.
func writeContext(t *testing.T, dir, name, meta string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	write(t, filepath.Join(dir, "contexts", "meta", id, "meta.json"), meta)
	return filepath.Join(dir, "contexts", "tls", id, "docker")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	writeContext(t, dir, "lab", `{"Name":"lab","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://lab:2375","SkipTLSVerify":false}}}`)
	writeContext(t, dir, "rootless", `{"Name":"rootless","Endpoints":{"docker":{"Host":"unix:///run/user/1000/docker.sock"}}}`)
	writeContext(t, dir, "far", `{"Name":"far","Endpoints":{"docker":{"Host":"ssh://me@far"}}}`)
	writeContext(t, dir, "kube", `{"Name":"kube","Endpoints":{"kubernetes":{}}}`)
	writeContext(t, dir, "torn", `{"Name":"to`)
	current := t.TempDir()
	write(t, filepath.Join(current, "config.json"), `{"auths":{},"currentContext":"here"}`)
	writeContext(t, current, "here", `{"Name":"here","Endpoints":{"docker":{"Host":"unix:///here.sock"}}}`)
	broken := t.TempDir()
	write(t, filepath.Join(broken, "config.json"), `{`)

	for name, c := range map[string]struct {
		flag, dir    string
		env          map[string]string
		host, origin string
		code         api.ErrorCode
		says         string
	}{
		"nothing":                   {dir: dir, host: "unix:///var/run/docker.sock", origin: "default socket"},
		"flag":                      {flag: "unix:///x.sock", dir: current, env: map[string]string{"DOCKER_HOST": "tcp://h:1"}, host: "unix:///x.sock", origin: "flag"},
		"DOCKER_HOST":               {dir: current, env: map[string]string{"DOCKER_HOST": "tcp://h:1", "DOCKER_CONTEXT": "lab"}, host: "tcp://h:1", origin: "DOCKER_HOST"},
		"DOCKER_CONTEXT":            {dir: dir, env: map[string]string{"DOCKER_CONTEXT": "lab"}, host: "tcp://lab:2375", origin: "context lab"},
		"over the current context":  {dir: current, env: map[string]string{"DOCKER_CONTEXT": "default"}, host: "unix:///var/run/docker.sock", origin: "default socket"},
		"current context":           {dir: current, host: "unix:///here.sock", origin: "context here"},
		"rootless context":          {dir: dir, env: map[string]string{"DOCKER_CONTEXT": "rootless"}, host: "unix:///run/user/1000/docker.sock", origin: "context rootless"},
		"no scheme":                 {flag: "h", dir: dir, host: "tcp://h:2375", origin: "flag"},
		"port only":                 {flag: ":99", dir: dir, host: "tcp://localhost:99", origin: "flag"},
		"IPv6":                      {flag: "tcp://[::1]", dir: dir, host: "tcp://[::1]:2375", origin: "flag"},
		"path below":                {flag: "tcp://h:1/proxy", dir: dir, host: "tcp://h:1/proxy", origin: "flag"},
		"unix alone":                {flag: "unix://", dir: dir, host: "unix:///var/run/docker.sock", origin: "flag"},
		"no host but TLS":           {dir: dir, env: map[string]string{"DOCKER_TLS_VERIFY": "1"}, host: "tcp://localhost:2376", origin: "default socket"},
		"unknown context":           {dir: dir, env: map[string]string{"DOCKER_CONTEXT": "lba"}, code: api.ErrNotFound, says: "default, far, kube, lab, rootless"},
		"ssh flag":                  {flag: "ssh://me@far", dir: dir, code: api.ErrUnsupported, says: "ssh -nNT -L /tmp/remote-docker.sock:/var/run/docker.sock me@far"},
		"ssh context":               {dir: dir, env: map[string]string{"DOCKER_CONTEXT": "far"}, code: api.ErrUnsupported, says: "me@far"},
		"no docker in the context":  {dir: dir, env: map[string]string{"DOCKER_CONTEXT": "kube"}, code: api.ErrInvalid, says: "no Docker endpoint"},
		"torn context":              {dir: dir, env: map[string]string{"DOCKER_CONTEXT": "torn"}, code: api.ErrInvalid, says: "meta.json"},
		"broken config":             {dir: broken, code: api.ErrInvalid, says: "config.json"},
		"a path without the scheme": {flag: "/var/run/docker.sock", dir: dir, code: api.ErrInvalid, says: "unix:///var/run/docker.sock"},
		"a relative path":           {flag: "unix://docker.sock", dir: dir, code: api.ErrInvalid, says: "begins with /"},
		"a web page":                {flag: "http://h:2375", dir: dir, code: api.ErrInvalid, says: "tcp://h:2375"},
		"another scheme":            {flag: "gopher://h", dir: dir, code: api.ErrInvalid, says: "gopher"},
		"a bad port":                {flag: "tcp://h:port", dir: dir, code: api.ErrInvalid, says: "tcp://host:port"},
		"a pipe":                    {flag: "npipe:////./pipe/docker_engine", dir: dir, code: api.ErrInvalid, says: "WSL"},
		"missing certificates":      {flag: "tcp://h", dir: dir, env: map[string]string{"DOCKER_TLS_VERIFY": "1"}, host: "tcp://h:2376", origin: "flag"},
	} {
		t.Run(name, func(t *testing.T) {
			ep, err := engine.Resolve(engine.ResolveOptions{Flag: c.flag, ConfigDir: c.dir, Getenv: func(k string) string { return c.env[k] }})
			if c.code != "" {
				if got := wantError(t, err, c.code); !strings.Contains(got.Message, c.says) {
					t.Errorf("message %q does not say %q", got.Message, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if ep.Host != c.host || ep.Origin != c.origin {
				t.Errorf("got %s (%s), want %s (%s)", ep.Host, ep.Origin, c.host, c.origin)
			}
			if (ep.TLS != nil) != strings.HasSuffix(c.host, ":2376") {
				t.Errorf("TLS: %v", ep.TLS)
			}
		})
	}
	t.Run("DOCKER_CONFIG and DOCKER_API_VERSION", func(t *testing.T) {
		env := map[string]string{"DOCKER_CONFIG": current, "DOCKER_API_VERSION": "v1.41"}
		ep, err := engine.Resolve(engine.ResolveOptions{Getenv: func(k string) string { return env[k] }})
		if err != nil || ep.Origin != "context here" || ep.APIVersion != "1.41" {
			t.Errorf("%+v, %v", ep, err)
		}
	})
}

func TestContexts(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.json"), `{"currentContext":"lab"}`)
	writeContext(t, dir, "lab", `{"Name":"lab","Endpoints":{"docker":{"Host":"tcp://lab:2375"}}}`)
	writeContext(t, dir, "far", `{"Name":"far","Endpoints":{"docker":{"Host":"ssh://me@far"}}}`)
	for name, c := range map[string]struct {
		env           map[string]string
		current, host string
	}{
		"of the configuration": {nil, "lab", "unix:///var/run/docker.sock"},
		"of the environment":   {map[string]string{"DOCKER_CONTEXT": "far"}, "far", "unix:///var/run/docker.sock"},
		"under an address":     {map[string]string{"DOCKER_HOST": "tcp://h:1"}, "default", "tcp://h:1"},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := engine.Contexts(func(k string) string {
				if k == "DOCKER_CONFIG" {
					return dir
				}
				return c.env[k]
			})
			if err != nil || len(all) != 3 {
				t.Fatalf("%+v, %v", all, err)
			}
			for _, one := range all {
				if one.Current != (one.Name == c.current) {
					t.Errorf("%+v, and %s is the current one", one, c.current)
				}
			}
			if all[0].Name != "default" || all[0].Host != c.host {
				t.Errorf("first %+v, want default at %s", all[0], c.host)
			}
			if all[1].Name != "far" || all[1].Host != "" || !strings.Contains(all[1].Error, "me@far") {
				t.Errorf("one that can't be used is %+v", all[1])
			}
		})
	}
}
