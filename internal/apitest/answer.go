package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Answer is what a server answered.
type Answer struct {
	Method string
	// Path is the request's, with its escapes.
	Path   string
	Status int
	Header http.Header
	Body   []byte
}

// CheckAnswer says what of an answer is not as described. Of paths that are not
// described it wants a problem document, if they are the API's at all.
func (d *Description) CheckAnswer(a Answer) error { return d.check(a, true) }

// CheckHead is CheckAnswer without the body of an answer that is no problem.
func (d *Description) CheckHead(a Answer) error {
	return d.check(a, a.Status >= http.StatusBadRequest)
}

func (d *Description) check(a Answer, withBody bool) error {
	if a.Status == http.StatusSwitchingProtocols {
		return nil
	}
	o := d.Find(a.Method, a.Path)
	if o == nil {
		return d.checkStray(a)
	}
	at, ok := o.responses[strconv.Itoa(a.Status)]
	if !ok {
		if at, ok = o.responses["default"]; !ok || a.Status < http.StatusBadRequest {
			return fmt.Errorf("%s was answered with %d, which is not described", o, a.Status)
		}
	}
	if err := d.checkContent(at, a, withBody); err != nil {
		return fmt.Errorf("%s, %d: %w", o, a.Status, err)
	}
	return nil
}

// checkStray is about what no operation is.
func (d *Description) checkStray(a Answer) error {
	switch {
	case !strings.HasPrefix(a.Path, "/api/"):
		return nil // the page
	case a.Status < http.StatusBadRequest && a.Method != http.MethodOptions:
		return fmt.Errorf("%s %s was answered with %d and is not described", a.Method, a.Path, a.Status)
	case a.Status < http.StatusBadRequest:
		return nil // a browser asked whether it may
	default:
		return d.checkContent(place{openAPI, []string{"components", "responses", "Problem"}}, a, true)
	}
}

// checkContent holds an answer's body against a described response.
func (d *Description) checkContent(at place, a Answer, withBody bool) error {
	response, at := d.object(at)
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 {
		if len(a.Body) > 0 {
			return fmt.Errorf("a body where none is described: %.100s", a.Body)
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type %q: %w", a.Header.Get("Content-Type"), err)
	}
	if _, ok := content[kind]; !ok {
		return fmt.Errorf("the content type %s is not described", kind)
	}
	if a.Method == http.MethodHead || !withBody {
		return nil
	}
	s, err := d.schema(at.to("content", kind, "schema"))
	if err != nil {
		return err
	}
	switch {
	case kind == "application/x-ndjson":
		for line := range bytes.Lines(a.Body) {
			if err := validate(s, line); err != nil {
				return err
			}
		}
		return nil
	case strings.HasSuffix(kind, "json"):
		return validate(s, a.Body)
	default:
		return explain(s.Validate(string(a.Body)), a.Body)
	}
}

func validate(s *jsonschema.Schema, raw []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%w in %.200s", err, raw)
	}
	return explain(s.Validate(v), raw)
}

// explain is a validation's error with the places that it is about, and the text.
func explain(err error, raw []byte) error {
	if err == nil {
		return nil
	}
	const most = 6
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	var said []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 && len(said) < most {
			said = append(said, e.Error()[strings.LastIndex(e.Error(), "\n")+1:])
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(invalid)
	return fmt.Errorf("%s, in %.400s", strings.Join(said, "; "), raw)
}
