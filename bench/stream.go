package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/quaywatch/quaywatch/internal/api"
)

// stream is a bare client of the protocol that looks at frames only as far as a
// measurement needs, so that a thousand of them cost little.
type stream struct{ conn *websocket.Conn }

// message is the union of what the measurements look at.
type message struct {
	Type  api.MessageType `json:"type"`
	Topic api.Topic       `json:"topic"`
	N     uint64          `json:"n"`
	At    int64           `json:"at"`
	Rows  []int           `json:"rows"`
	Added []api.Event     `json:"added"`
}

func dial(ctx context.Context, origin, name string) (*stream, error) {
	conn, _, err := websocket.Dial(ctx, strings.Replace(origin, "http", "ws", 1)+"/api/v1/stream", //nolint:bodyclose // closed by Dial
		&websocket.DialOptions{Subprotocols: []string{api.Subprotocol}, HTTPClient: &http.Client{}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(1 << 20)
	s := &stream{conn: conn}
	return s, s.send(ctx, api.Hello{Type: api.TypeHello, V: api.ProtocolVersion, Token: benchToken, Client: api.ClientInfo{ID: name, Name: "bench", Version: "1"}})
}

func (s *stream) send(ctx context.Context, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.conn.Write(ctx, websocket.MessageText, b)
}

func (s *stream) sub(ctx context.Context, id int, topic api.Topic, f *api.Filter) error {
	return s.send(ctx, api.Sub{Type: api.TypeSub, ID: id, Topic: topic, Filter: f})
}

// follow hands each frame to take until ctx ends or the server cuts the client
// off, which it reports, and closes the stream.
func (s *stream) follow(ctx context.Context, take func(frame []byte)) {
	defer s.close()
	for {
		f, err := s.next(ctx)
		if err != nil {
			if ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "bench: a client was cut off:", err)
			}
			return
		}
		take(f)
	}
}

// next reads a frame. It answers pings, so that the server keeps the client.
func (s *stream) next(ctx context.Context) ([]byte, error) {
	_, b, err := s.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(b, []byte(`"type":"ping"`)) {
		for _, m := range messages(b) {
			if m.Type == api.TypePing {
				if err := s.send(ctx, api.Pong{Type: api.TypePong, N: m.N}); err != nil {
					return nil, err
				}
			}
		}
	}
	return b, nil
}

// messages decodes a frame; what does not fit the measurements' types, such as
// the containers of a delta, comes without its content.
func messages(frame []byte) []message {
	var raws []json.RawMessage
	if frame[0] != '[' {
		raws = append(raws, frame)
	} else if json.Unmarshal(frame, &raws) != nil {
		return nil
	}
	out := make([]message, 0, len(raws))
	for _, raw := range raws {
		var m message
		if err := json.Unmarshal(raw, &m); err != nil {
			if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
				continue
			}
		}
		out = append(out, m)
	}
	return out
}

// rows waits until the server knows n containers that are alive and returns
// their metrics rows.
func rows(ctx context.Context, origin string, n int) ([]int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/api/v1/containers", nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+benchToken)
		var list api.List[api.Container]
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			err = json.NewDecoder(res.Body).Decode(&list)
			_ = res.Body.Close()
		}
		var out []int
		for _, c := range list.Items {
			if c.State.Alive() && !c.Partial {
				out = append(out, c.Row)
			}
		}
		if len(out) >= n {
			return out, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the server knows %d of %d running containers: %w", len(out), n, errors.Join(ctx.Err(), err))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *stream) close() { _ = s.conn.CloseNow() }
