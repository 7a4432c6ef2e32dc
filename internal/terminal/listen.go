package terminal

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/quaywatch/quaywatch/internal/api"
)

// closeNormal is the WebSocket's own code for an end as it should be.
const closeNormal api.CloseCode = 1000

// listen reads the connection until it ends. It never waits for anything else:
// what confirms output must come through whatever input waits.
func (s *session) listen(ctx context.Context) {
	ctx = context.WithoutCancel(ctx) // the connection's end is told to the client first
	for {
		frame, err := s.conn.Read(ctx)
		if err != nil {
			if e, ok := errors.AsType[*api.Error](err); ok && e.Code == api.ErrTooLarge {
				s.end(&ending{code: api.CloseTooLarge, reason: e.Message})
				return
			}
			s.end(&ending{reason: "The client left."})
			return
		}
		s.mark(&s.heard)
		if why := s.take(frame); why != nil {
			s.end(why)
			return
		}
	}
}

// take handles one message.
func (s *session) take(frame []byte) *ending {
	var m struct {
		Type api.ExecMessageType `json:"type"`
		N    uint64              `json:"n"`
		Text string              `json:"text"`
		Cols int                 `json:"cols"`
		Rows int                 `json:"rows"`
	}
	if err := json.Unmarshal(frame, &m); err != nil {
		return bad("A message can't be read: it must be a JSON object.")
	}
	switch m.Type {
	case api.TypeExecInput:
		s.mark(&s.typed)
		if !s.input.add(api.ExecText{N: m.N, Text: m.Text}) {
			return bad("More input than the window allows, or its pieces not in order.")
		}
	case api.TypeExecTook:
		if !s.credit.confirm(m.N) {
			return bad("Output was confirmed that was not sent.")
		}
	case api.TypeExecResize:
		if m.Cols < 1 || m.Cols > api.MaxExecSide || m.Rows < 1 || m.Rows > api.MaxExecSide {
			return bad("A terminal has 1 to 1000 columns and rows.")
		}
		select {
		case <-s.size: // an older one that nobody has taken
		default:
		}
		s.size <- api.ExecResize{Cols: m.Cols, Rows: m.Rows} // there is room: only this goroutine adds
	case api.TypeExecOpen:
		return bad("A terminal is opened once.")
	default: // a pong was heard by coming; what is not known is ignored
	}
	return nil
}

func bad(reason string) *ending { return &ending{code: api.CloseBadMessage, reason: reason} }
