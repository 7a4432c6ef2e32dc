package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/quaywatch/quaywatch/internal/api"
)

const repository = "../../.."

func TestSchemaIsCommitted(t *testing.T) {
	if err := run(repository, true); err != nil {
		t.Error(err)
	}
}

func TestCheckFindsADifference(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "internal", "api"), os.DirFS(filepath.Join(repository, "internal", "api"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "api"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err != nil {
		t.Errorf("just written, and yet: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "api", "schema.json"), []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err == nil {
		t.Error("a schema that differs was not found")
	}
}

// schemaOf reads the part of the schema that a test looks at.
func schemaOf(t *testing.T) map[string]any {
	t.Helper()
	b, err := schema(repository)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Defs map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Defs
}

func at(t *testing.T, v any, path ...string) any {
	t.Helper()
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok || m[p] == nil {
			t.Fatalf("nothing at %v (%s)", path, p)
		}
		v = m[p]
	}
	return v
}

func TestSchemaIsPrecise(t *testing.T) {
	defs := schemaOf(t)
	if got := at(t, defs, "ContainerState", "enum").([]any); !slices.Contains(got, any("restarting")) || len(got) != 7 {
		t.Errorf("container states: %v", got)
	}
	if got := at(t, defs, "CloseCode", "enum").([]any); !slices.Contains(got, any(float64(api.CloseSuperseded))) {
		t.Errorf("close codes: %v", got)
	}
	if got := at(t, defs, "Delta", "properties", "type", "const"); got != "delta" {
		t.Errorf("a delta's type: %v", got)
	}
	if got := at(t, defs, "Container", "properties", "exitCode", "anyOf").([]any); len(got) != 2 {
		t.Errorf("an exit code that may be null: %v", got)
	}
	if got := at(t, defs, "Snap", "properties", "items", "items", "anyOf").([]any); len(got) != 8 {
		t.Errorf("a snapshot's items: %v", got)
	}
	if got := at(t, defs, "DeliveryStatus", "properties", "kind", "$ref"); got != "#/$defs/DeliveryKind" {
		t.Errorf("an enumeration of an embedded struct: %v", got)
	}
}

func TestEveryColumnHasAUnit(t *testing.T) {
	columns, err := columnTable()
	if err != nil {
		t.Fatal(err)
	}
	if len(columns) != int(api.NumColumns) {
		t.Errorf("%d columns, want %d", len(columns), api.NumColumns)
	}
	for i, c := range columns {
		if got, _ := api.ColumnByName(c.Name); int(got) != i || c.Unit == "" {
			t.Errorf("column %d is %+v", i, c)
		}
	}
}
