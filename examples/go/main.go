// Command follow prints the containers of a Quaywatch server as they come (+),
// change (~) and go (-), and goes on where it was after a cut. The protocol
// stands in docs/protocol.md; view.go keeps what it says of the containers.
//
//	QUAYWATCH_TOKEN=… go run ./examples/go http://127.0.0.1:7420
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// message is any of the server's: each has some of the fields.
type message struct {
	Type, Epoch  string
	From, Seq, N uint64
	Items, Added []container
	Changed      map[string]struct{ Set json.RawMessage }
	Removed      []string
}

const subscribe = `{"type":"sub","id":1,"topic":"containers"}`

// follow is one connection, from the dial to its end.
func follow(ctx context.Context, v *view) error {
	c, _, err := websocket.Dial(ctx, os.Args[1]+"/api/v1/stream", &websocket.DialOptions{Subprotocols: []string{"quaywatch.v1"}})
	if err != nil {
		return err
	}
	c.SetReadLimit(64 << 20)
	// A write that fails shows in the next read.
	say := func(format string, a ...any) { _ = c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, format, a...)) }
	say(`{"type":"hello","v":1,"token":%q,"client":{"id":"go-%d"},"resume":{"epoch":%q,"topics":{"containers":%d}}}`,
		os.Getenv("QUAYWATCH_TOKEN"), os.Getpid(), v.epoch, v.seq)
	say(subscribe)
	for {
		quiet, cancel := context.WithTimeout(ctx, 5*time.Second) // the server pings every two
		_, frame, err := c.Read(quiet)                           // closes c when it fails
		cancel()
		if err != nil {
			return err
		}
		var messages []message // a frame is one message or an array of them
		if err := json.Unmarshal([]byte("["+strings.Trim(string(frame), "[]")+"]"), &messages); err != nil {
			return err
		}
		for _, m := range messages {
			if m.Type == "ping" {
				say(`{"type":"pong","n":%d}`, m.N)
			} else if !v.handle(m) {
				say(subscribe) // a gap: once more, from a snapshot
			}
		}
	}
}

func main() {
	v := &view{known: map[string]container{}}
	for wait := time.Second / 2; ; wait = min(2*wait, 15*time.Second) {
		reached := v.seq
		err := follow(context.Background(), v)
		fmt.Fprintln(os.Stderr, "cut:", err)
		if code := websocket.CloseStatus(err); code >= 4400 && code < 4500 {
			os.Exit(1) // refused: trying again would not help
		}
		if v.seq != reached {
			wait = time.Second / 2
		}
		time.Sleep(rand.N(wait)) //nolint:gosec // full jitter: not all clients at once
	}
}
