package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/quaywatch/quaywatch/internal/api"
)

// asSentence gives a message its capital letter and its full stop.
func asSentence(text string) string {
	if text == "" {
		return text
	}
	if text[0] >= 'a' && text[0] <= 'z' {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".?!") {
		text += "."
	}
	return text
}

// problem is err as the client sees it. What is not an *api.Error stays in the
// log: it may say more than a client should know.
func problem(err error) api.Problem {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = &api.Error{Code: api.ErrTooLarge, Message: fmt.Sprintf("The request's body is larger than %d KiB.", tooLarge.Limit>>10)}
	} else if errors.Is(err, context.DeadlineExceeded) && api.CodeOf(err) == api.ErrInternal {
		err = &api.Error{Code: api.ErrTimeout, Message: "The engine did not answer in time. Try again."}
	}
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		e = &api.Error{Code: api.ErrInternal, Message: "Quaywatch failed to answer. Its log says why."}
	}
	st := e.Code.Status()
	p := api.Problem{Type: "about:blank", Title: http.StatusText(st), Status: st, Detail: asSentence(e.Message), Code: e.Code}
	if e.Cause != nil {
		p.Engine = e.Cause.Error()
	}
	return p
}

// WriteProblem answers with what is wrong.
func WriteProblem(w http.ResponseWriter, err error) { writeDocument(w, problem(err)) }

// refuseMethod answers a method that the address doesn't have.
func refuseMethod(w http.ResponseWriter, allowed string) {
	const st = http.StatusMethodNotAllowed
	w.Header().Set("Allow", allowed)
	writeDocument(w, api.Problem{
		Type: "about:blank", Title: http.StatusText(st), Status: st,
		Detail: "This address answers " + allowed + " only.", Code: api.ErrInvalid,
	})
}

func writeDocument(w http.ResponseWriter, p api.Problem) {
	body, merr := json.Marshal(p)
	if merr != nil {
		http.Error(w, p.Detail, p.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="quaywatch"`)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}

func writeJSON(w http.ResponseWriter, code int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
	return nil
}
