package demoengine

import "fmt"

// refusal is an error as the engine gives it: a status and a sentence. A 304
// has no body.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

// unchanged is the answer to what is so already.
func unchanged() error { return &refusal{status: 304, message: "not modified"} }
