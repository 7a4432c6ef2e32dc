package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// base is where the documents lie for each other: schema.json names itself so.
const base = "https://quaywatch.dev/api/"

// The documents by their names.
const (
	openAPI  = "openapi.yaml"
	asyncAPI = "asyncapi.yaml"
	schemas  = "schema.json"
)

// Description is what the files in api/ say.
type Description struct {
	documents  map[string]map[string]any
	operations []*Operation

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// Operation is a method of a path.
type Operation struct {
	Method, Path string
	// ID is its operationId, Role who may: "public", "viewer", "operator", "admin".
	ID, Role string

	at         place // of the operation
	parameters []parameter
	body       *body
	responses  map[string]place // by status, or "default"
}

// String is what a person calls it: "GET /api/v1/jobs".
func (o *Operation) String() string { return o.Method + " " + o.Path }

// Statuses are those that are described one by one.
func (o *Operation) Statuses() []string {
	var out []string
	for status := range o.responses {
		if status != "default" {
			out = append(out, status)
		}
	}
	slices.Sort(out)
	return out
}

// Describes reports whether a status is described by itself.
func (o *Operation) Describes(status string) bool { _, ok := o.responses[status]; return ok }

type parameter struct {
	name, in string
	required bool
	schema   place
}

type body struct {
	required bool
	schema   place
	examples []any
}

//nolint:gochecknoglobals // read-only files, read once for all tests of a process
var load = sync.OnceValues(read)

// Read is Load for who has no test at hand.
func Read() (*Description, error) { return load() }

// Load reads the descriptions of the repository that the test stands in.
func Load(tb testing.TB) *Description {
	tb.Helper()
	d, err := load()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func read() (*Description, error) {
	dir, err := apiDir()
	if err != nil {
		return nil, err
	}
	d := &Description{documents: map[string]map[string]any{}, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	d.compiler.AssertFormat()
	for _, name := range []string{openAPI, asyncAPI, schemas} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".yaml") {
			if raw, err = asJSON(raw); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		doc, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s is no object", name)
		}
		closeObjects(doc)
		d.documents[name] = doc
		if err := d.compiler.AddResource(base+name, doc); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return d, d.readOperations()
}

// apiDir is the repository's api/, upwards from where the test runs.
func apiDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "api"), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("there is no go.mod above the test")
		}
		dir = parent
	}
}

// asJSON is a YAML document in JSON, whose keys are all text.
func asJSON(raw []byte) ([]byte, error) {
	var v any
	if err := yaml.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	return json.Marshal(textKeys(v))
}

func textKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = textKeys(e)
		}
		return v
	case map[any]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[fmt.Sprint(k)] = textKeys(e)
		}
		return out
	case []any:
		for i, e := range v {
			v[i] = textKeys(e)
		}
	}
	return v
}

// closeObjects has every object schema that says its properties refuse others.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		_, said := v["properties"].(map[string]any)
		if _, open := v["additionalProperties"]; said && !open && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, e := range v {
			closeObjects(e)
		}
	case []any:
		for _, e := range v {
			closeObjects(e)
		}
	}
}

// schema compiles the schema at a place, once.
func (d *Description) schema(p place) (*jsonschema.Schema, error) {
	where := p.url()
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, ok := d.compiled[where]; ok {
		return s, nil
	}
	s, err := d.compiler.Compile(where)
	if err != nil {
		return nil, err
	}
	d.compiled[where] = s
	return s, nil
}
