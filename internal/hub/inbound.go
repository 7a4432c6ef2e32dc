package hub

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/quaywatch/quaywatch/internal/api"
)

// decode reads a frame of the client: one message or an array of them. It
// returns values of api.Hello, api.Sub, api.Unsub, api.Ack, api.Ping and api.Pong, and
// leaves out messages of types it does not know, as the protocol wants. An error
// means that the frame is not what the protocol allows.
func decode(frame []byte) ([]any, error) {
	frame = bytes.TrimSpace(frame)
	if len(frame) == 0 {
		return nil, fmt.Errorf("an empty frame")
	}
	if frame[0] != '[' {
		m, err := decodeOne(frame)
		if err != nil || m == nil {
			return nil, err
		}
		return []any{m}, nil
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(frame, &raws); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	msgs := make([]any, 0, len(raws))
	for _, raw := range raws {
		m, err := decodeOne(raw)
		if err != nil {
			return nil, err
		}
		if m != nil {
			msgs = append(msgs, m)
		}
	}
	return msgs, nil
}

func decodeOne(raw []byte) (any, error) {
	var head struct {
		Type *api.MessageType `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("decode message: %w", err)
	}
	if head.Type == nil {
		return nil, fmt.Errorf("a message without a type")
	}
	switch *head.Type {
	case api.TypeHello:
		return as[api.Hello](raw)
	case api.TypeSub:
		return as[api.Sub](raw)
	case api.TypeUnsub:
		return as[api.Unsub](raw)
	case api.TypeAck:
		return as[api.Ack](raw)
	case api.TypePing:
		return as[api.Ping](raw)
	case api.TypePong:
		return as[api.Pong](raw)
	default:
		return nil, nil
	}
}

func as[T any](raw []byte) (any, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("decode message: %w", err)
	}
	return v, nil
}
