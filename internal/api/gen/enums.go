package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// constants reads the typed constants of a package from its source: by type
// name, the values in the order they are written. Reflection can't see them, and
// a list kept by hand would drift.
func constants(dir string) (map[string][]any, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the package's source: %w", err)
	}
	out := map[string][]any{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			return nil, fmt.Errorf("parse the package's source: %w", err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
				collect(g, out)
			}
		}
	}
	return out, nil
}

// collect adds the constants of one declaration that have a type and a literal
// value of their own; iota has none.
func collect(g *ast.GenDecl, out map[string][]any) {
	for _, s := range g.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		typ, ok := v.Type.(*ast.Ident)
		if !ok {
			continue
		}
		for _, e := range v.Values {
			lit, ok := e.(*ast.BasicLit)
			if !ok {
				continue
			}
			if s, err := strconv.Unquote(lit.Value); err == nil && lit.Kind == token.STRING {
				out[typ.Name] = append(out[typ.Name], s)
			} else if n, err := strconv.Atoi(lit.Value); err == nil {
				out[typ.Name] = append(out[typ.Name], n)
			}
		}
	}
}
