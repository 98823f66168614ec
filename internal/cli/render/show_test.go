package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"davit/internal/cli/render"
)

func TestRun_Golden(t *testing.T) {
	files, err := filepath.Glob("testdata/run-*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no runs: %v", err)
	}
	for _, file := range files {
		answer, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := read(t, string(answer))
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		for kind, style := range map[string]render.Style{"terminal": terminal, "pipe": pipe} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				var b strings.Builder
				if err := style.Run(&b, r); err != nil {
					t.Fatal(err)
				}
				golden(t, name+"-"+kind, b.String())
			})
		}
	}
}
