package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/quaywatch/quaywatch/internal/api"
)

// The exit codes; docs/cli.md describes them.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitForbidden   = 4
	exitNotFound    = 5
	exitFindings    = 6
	exitStopped     = 7
)

// usageError is a command line that can't be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// findings ends doctor, and rules check, when something is wrong; it has been
// told already.
type findings struct{}

func (findings) Error() string { return "something is wrong" }

// told is an error that has been printed; it only carries the exit code.
type told struct{ err error }

func (e *told) Error() string { return e.err.Error() }
func (e *told) Unwrap() error { return e.err }

// exitCode maps an error to the command's exit code.
func exitCode(err error) int {
	if quietEnd(err) {
		return exitOK
	}
	if errors.Is(err, findings{}) {
		return exitFindings
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*stopped](err); ok {
		return exitStopped
	}
	switch api.CodeOf(err) {
	case api.ErrUnreachable, api.ErrTimeout:
		return exitUnreachable
	case api.ErrUnauthorized, api.ErrForbidden:
		return exitForbidden
	case api.ErrNotFound:
		return exitNotFound
	case api.ErrInvalid:
		return exitUsage
	default:
		return exitFailure
	}
}

// quietEnd is an end that needs no word: an interrupt, or a reader that has
// seen enough (`quaywatch events | head`).
func quietEnd(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, syscall.EPIPE) {
		return true
	}
	_, ok := errors.AsType[*interrupted](err)
	return ok
}

// errorLine is an error on standard error with --json.
type errorLine struct {
	Error string        `json:"error"`
	Code  api.ErrorCode `json:"code"`
	Exit  int           `json:"exit"`
}

// printError writes what is wrong as one sentence, or as one JSON object.
func printError(w io.Writer, err error, asJSON bool) {
	if quietEnd(err) || errors.Is(err, findings{}) {
		return
	}
	if _, ok := errors.AsType[*told](err); ok {
		return
	}
	text := sentence(err)
	if asJSON {
		code := api.CodeOf(err)
		if exitCode(err) == exitUsage {
			code = api.ErrInvalid
		}
		_ = json.NewEncoder(w).Encode(errorLine{Error: text, Code: code, Exit: exitCode(err)})
		return
	}
	_, _ = fmt.Fprintln(w, "quaywatch: "+text)
}

// sentence writes an error on one line: what is wrong, what to do, and then
// what the engine or the system said.
func sentence(err error) string {
	text := err.Error()
	if e, ok := errors.AsType[*api.Error](err); ok {
		text = strings.TrimRight(e.Message, ". ") + "."
		if e.Cause != nil {
			text += " (" + strings.TrimRight(e.Cause.Error(), ". \n") + ")"
		}
	}
	text = strings.Join(strings.Fields(printable(text)), " ")
	if r, size := utf8.DecodeRuneInString(text); unicode.IsLower(r) && !startsWithName(text) {
		text = string(unicode.ToUpper(r)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ")") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// startsWithName says whether a sentence begins with what is spelled as it is: a
// path, an address, an image.
func startsWithName(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	return strings.HasPrefix(first, "quaywatch") || strings.ContainsAny(strings.TrimRight(first, ".:,;"), "/\\.:@_0123456789")
}
