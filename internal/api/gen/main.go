// Command gen writes api/schema.json: the JSON Schema of every wire message and
// resource of internal/api. The page's TypeScript types are made from that file
// (npm run generate), so the Go structs stay the only source.
//
// It runs from the repository's root, in one goroutine, and holds no lock:
//
//	go run ./internal/api/gen          # write api/schema.json
//	go run ./internal/api/gen -check   # fail when it differs
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "the repository's root")
	check := flag.Bool("check", false, "fail when api/schema.json is not what the Go types give")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

var errDiffers = errors.New("api/schema.json is not what the Go types give: run go run ./internal/api/gen && (cd web && npm run generate), and commit both")

func run(root string, check bool) error {
	want, err := schema(root)
	if err != nil {
		return err
	}
	path := filepath.Join(root, "api", "schema.json")
	if !check {
		// The schema is a public part of the repository.
		return os.WriteFile(path, want, 0o644) //nolint:gosec // G306: read by everybody
	}
	got, err := os.ReadFile(path) //nolint:gosec // G304: the path is the caller's own checkout
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	if !bytes.Equal(got, want) {
		return errDiffers
	}
	return nil
}
