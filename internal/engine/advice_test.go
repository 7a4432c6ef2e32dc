package engine

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
)

// What to do depends on who gave the address.
func TestAdviceNamesTheAddressOrigin(t *testing.T) {
	for origin, want := range map[string]string{
		"default socket": "Start ",
		"flag":           "Check --host,",
		"DOCKER_HOST":    "Check DOCKER_HOST,",
		"context far":    "Check the context far,",
	} {
		for _, cause := range []error{fs.ErrNotExist, syscall.ECONNREFUSED} {
			ep := Endpoint{Host: "unix:///nonexistent/docker.sock", Origin: origin}
			e, ok := errors.AsType[*api.Error](ep.unreachable(cause))
			if !ok || !strings.Contains(e.Message, ". "+want) || !strings.HasSuffix(e.Message, ".") {
				t.Errorf("%s, %v: %v", origin, cause, e)
			}
			if started := strings.Contains(e.Message, "Start "); started != (origin == "default socket") {
				t.Errorf("%s, %v: whose engine to start is not known: %v", origin, cause, e)
			}
		}
	}
}

func TestActionsHaveADeadline(t *testing.T) {
	for _, c := range []struct {
		action  api.Action
		seconds *int
		want    time.Duration
	}{
		{api.ActionStart, nil, 15 * time.Second},
		{api.ActionRemove, nil, 15 * time.Second},
		{api.ActionStop, nil, 25 * time.Second},
		{api.ActionRestart, new(0), 15 * time.Second},
		{api.ActionStop, new(60), 75 * time.Second},
	} {
		if got := timeoutOf(actionTimeout, c.action, api.ActionOptions{TimeoutSeconds: c.seconds}); got != c.want {
			t.Errorf("%s %v: %v, want %v", c.action, c.seconds, got, c.want)
		}
	}
}
