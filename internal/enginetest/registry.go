package enginetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Registry is a real registry on loopback, without TLS, as engines accept there.
type Registry struct {
	// Address is host:port, which an image's name begins with.
	Address string
	// Dir is where it keeps its files.
	Dir string
}

// User and Password open a registry that was started with StartRegistry(tb, true).
const (
	User     = "ann"
	Password = "s3cret of the test"
)

// StartRegistry starts Debian's docker-registry for this test and takes it down
// after it. Where there is none the test is skipped, as without an engine.
func StartRegistry(tb testing.TB, protected bool) *Registry {
	tb.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		if os.Getenv("QUAYWATCH_REQUIRE_ALL") == "1" {
			tb.Fatalf("QUAYWATCH_REQUIRE_ALL=1, and there is no docker-registry: run scripts/deps test")
		}
		tb.Skip("there is no docker-registry: run scripts/deps test")
	}
	dir := tb.TempDir()
	config := fmt.Sprintf("version: 0.1\nlog: {accesslog: {disabled: true}, level: error}\nstorage:\n  filesystem: {rootdirectory: %s}\n  delete: {enabled: true}\nhttp:\n  addr: 127.0.0.1:0\n", dir)
	if protected {
		hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
		if err != nil {
			tb.Fatal(err)
		}
		users := filepath.Join(dir, "htpasswd")
		if err := os.WriteFile(users, fmt.Appendf(nil, "%s:%s\n", User, hash), 0o600); err != nil {
			tb.Fatal(err)
		}
		config += fmt.Sprintf("auth:\n  htpasswd: {realm: test, path: %s}\n", users)
	}
	// It does not say which port it took, so it is given one that was free; another
	// may be quicker, and then the next one is tried.
	for range 5 {
		address := freeAddress(tb)
		if registry := startRegistry(tb, program, dir, config, address); registry != nil {
			return registry
		}
	}
	tb.Fatal("docker-registry does not start on any port")
	return nil
}

func startRegistry(tb testing.TB, program, dir, config, address string) *Registry {
	tb.Helper()
	file := filepath.Join(dir, "config.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	cmd := exec.CommandContext(ctx, program, "serve", file)
	cmd.Env = append(os.Environ(), "REGISTRY_HTTP_ADDR="+address, "OTEL_TRACES_EXPORTER=none")
	if err := cmd.Start(); err != nil {
		cancel()
		tb.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed
		close(ended)
	}()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			cancel()
			return nil
		default:
		}
		if answersHTTP(ctx, "http://"+address+"/v2/") {
			tb.Cleanup(func() {
				cancel()
				<-ended
			})
			return &Registry{Address: address, Dir: dir}
		}
	}
	cancel()
	<-ended
	return nil
}

func answersHTTP(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	res, err := (&http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return false
	}
	return errors.Is(res.Body.Close(), nil) && (res.StatusCode == http.StatusOK || res.StatusCode == http.StatusUnauthorized)
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
