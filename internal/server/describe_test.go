package server

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/apitest"
)

const apiDir = "../../api/"

func readYAML(t *testing.T, name string, v any) {
	t.Helper()
	raw, err := os.ReadFile(apiDir + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(raw, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestOpenAPIDescribesEveryRoute: every route stands in openapi.yaml with its
// role, and nothing else does.
func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]yaml.Node
	}
	readYAML(t, "openapi.yaml", &doc)
	described := map[string]string{}
	ids := map[string]bool{}
	for path, operations := range doc.Paths {
		for method, node := range operations {
			if method == "parameters" {
				continue
			}
			var op struct {
				OperationID string `yaml:"operationId"`
				Role        string `yaml:"x-role"`
				Responses   map[string]any
			}
			if err := node.Decode(&op); err != nil {
				t.Fatal(path, method, err)
			}
			if op.OperationID == "" || ids[op.OperationID] || len(op.Responses) == 0 {
				t.Errorf("%s %s: operationId %q, %d responses", method, path, op.OperationID, len(op.Responses))
			}
			ids[op.OperationID] = true
			described[strings.ToUpper(method)+" "+path] = op.Role
		}
	}
	for _, rt := range newRig(t).routes {
		name := rt.method + " " + rt.path
		role, ok := described[name]
		if !ok {
			t.Errorf("openapi.yaml lacks %s", name)
		} else if role != string(rt.role) {
			t.Errorf("openapi.yaml says that %s needs %q; it needs %q", name, role, rt.role)
		}
		delete(described, name)
	}
	for name := range described {
		t.Errorf("openapi.yaml has %s, which the server has not", name)
	}
}

// constants are the values of the constants of a type in package api, by name.
func constants(t *testing.T, file, typeName string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../api/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, decl := range parsed.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == typeName {
				out[v.Names[0].Name] = v.Values[0].(*ast.BasicLit).Value
			}
		}
	}
	if len(out) < 5 {
		t.Fatalf("found %d constants of %s", len(out), typeName)
	}
	return out
}

// schemas are the definitions of schema.json.
func schemas(t *testing.T) map[string]any {
	t.Helper()
	var schema struct {
		Defs map[string]any `json:"$defs"`
	}
	raw, err := os.ReadFile(apiDir + "schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	return schema.Defs
}

func TestAsyncAPIDescribesEveryMessageAndCode(t *testing.T) {
	type ref struct {
		Ref string `yaml:"$ref"`
	}
	var doc struct {
		Channels map[string]struct {
			Address  string
			Messages map[string]ref
		}
		Operations map[string]struct{ Messages []ref }
		Components struct {
			Messages map[string]struct {
				Name    string
				Payload ref
				Golden  []string `yaml:"x-golden"`
			}
		}
		CloseCodes map[int]struct {
			Name      string
			Reconnect bool
		} `yaml:"x-close-codes"`
	}
	readYAML(t, "asyncapi.yaml", &doc)

	var types []string
	for _, v := range constants(t, "wire.go", "MessageType") {
		name, err := strconv.Unquote(v)
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, name)
	}
	var terminal []string
	for _, v := range constants(t, "exec.go", "ExecMessageType") {
		name, err := strconv.Unquote(v)
		if err != nil {
			t.Fatal(err)
		}
		terminal = append(terminal, name)
	}
	defs := schemas(t)
	stream, exec := doc.Channels["stream"], doc.Channels["terminal"]
	if stream.Address != "/api/v1/stream" || exec.Address != "/api/v1/containers/{id}/exec" {
		t.Errorf("addresses = %q, %q", stream.Address, exec.Address)
	}
	used := map[string]bool{}
	for _, op := range doc.Operations {
		for _, m := range op.Messages {
			used[m.Ref[strings.LastIndex(m.Ref, "/")+1:]] = true
		}
	}
	for _, file := range []string{"openapi.yaml", "asyncapi.yaml"} {
		text, err := os.ReadFile(apiDir + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`schema\.json#/\$defs/(\w+)`).FindAllStringSubmatch(string(text), -1) {
			if _, ok := defs[m[1]]; !ok {
				t.Errorf("%s refers to %s, which is not in schema.json", file, m[1])
			}
		}
	}
	for _, name := range types {
		if _, ok := stream.Messages[name]; !ok || !used[name] || doc.Components.Messages[name].Name != name {
			t.Errorf("asyncapi.yaml lacks the message %q, or an operation with it", name)
		}
	}
	for _, name := range terminal {
		if _, ok := exec.Messages[name]; !ok || !used[name] || doc.Components.Messages[name].Name != name {
			t.Errorf("asyncapi.yaml lacks the terminal's message %q, or an operation with it", name)
		}
	}
	for name, m := range doc.Components.Messages {
		if !slices.Contains(types, name) && !slices.Contains(terminal, name) {
			t.Errorf("asyncapi.yaml has a message %q that is not in wire.go or exec.go", name)
		}
		if def, ok := strings.CutPrefix(m.Payload.Ref, "schema.json#/$defs/"); !ok || defs[def] == nil {
			t.Errorf("%s: there is no schema %q", name, m.Payload.Ref)
		}
		if len(m.Golden) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, g := range m.Golden {
			var example struct{ Type string }
			raw, err := os.ReadFile(filepath.Join(apiDir, g))
			if err != nil {
				t.Error(err)
			} else if err := json.Unmarshal(raw, &example); err != nil || example.Type != name {
				t.Errorf("%s is an example of %q, not of %q: %v", g, example.Type, name, err)
			}
		}
	}

	carried := apitest.Load(t).Topics()
	for name, value := range constants(t, "wire.go", "Topic") {
		topic, err := strconv.Unquote(value)
		if err != nil {
			t.Fatal(err)
		}
		own := topic == string(api.TopicMetrics) || topic == string(api.TopicLogs) // have messages of their own
		if slices.Contains(carried, topic) == own {
			t.Errorf("asyncapi.yaml says of %s in x-topics: %v", name, !own)
		}
	}

	codes := constants(t, "wire.go", "CloseCode")
	for name, value := range codes {
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		if c := doc.CloseCodes[n]; c.Name != name || c.Reconnect != api.CloseCode(n).Reconnect() {
			t.Errorf("asyncapi.yaml says of close code %d: %+v", n, c)
		}
	}
	if len(doc.CloseCodes) != len(codes) {
		t.Errorf("asyncapi.yaml has %d close codes, wire.go %d", len(doc.CloseCodes), len(codes))
	}
}
