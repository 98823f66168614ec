package lambdaio_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"davit/internal/run"
)

const (
	runID       = "abcdefghijklmnopqrstuvwxyz"
	incarnation = "bornborn"
)

type stepFunc func(in run.StepInput) (run.StepOutput, error)

func (f stepFunc) Step(_ context.Context, in run.StepInput) (run.StepOutput, error) { return f(in) }

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
