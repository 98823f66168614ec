package lambdaio_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/lambdaio"
	"davit/internal/run"
)

func TestStep(t *testing.T) {
	var got run.StepInput
	f := lambdaio.Step(stepFunc(func(in run.StepInput) (run.StepOutput, error) {
		got = in
		return run.StepOutput{Execution: in.Execution, Next: run.StepFollow, WaitSeconds: 60}, nil
	}), quiet)
	answer, err := f(t.Context(), testdata(t, "step.json"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"runId":"abcdefghijklmnopqrstuvwxyz","born":"bornborn","generation":2,"next":"FOLLOW","waitSeconds":60}`; string(answer) != want {
		t.Errorf("answer %s, want %s", answer, want)
	}
	want := run.StepInput{
		Execution: run.Execution{RunID: runID, Incarnation: incarnation, Generation: 2},
		Machine:   "arn:aws:states:eu-west-1:123456789012:stateMachine:davit-run", Token: "AAAAKgAAAAIAAAAA",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the use case got (-want +got):\n%s", diff)
	}
}

func TestStepRefusesOtherInput(t *testing.T) {
	f := lambdaio.Step(stepFunc(func(in run.StepInput) (run.StepOutput, error) {
		t.Errorf("the use case got the execution %v, want no call", in.Execution)
		return run.StepOutput{}, nil
	}), quiet)
	for _, payload := range []string{
		``, `null`, `[]`, `{`, `{}`, `"x"`,
		`{"runId":"` + runID + `","born":"bornborn"}`,
		`{"runId":"` + runID + `","born":"bornborn","generation":0}`,
		`{"runId":"` + runID + `","born":"bornborn","generation":-1}`,
		`{"runId":"` + runID + `","born":"bornborn","generation":"1"}`,
		`{"runId":"` + runID + `","born":"born","generation":1}`,
		`{"runId":"` + runID + `-","born":"bornborn","generation":1}`,
		`{"runId":"../x","born":"bornborn","generation":1}`,
	} {
		answer, err := f(t.Context(), []byte(payload))
		if name, message := lambdaio.Name(err); name != lambdaio.NameBadEvent || message == "" || answer != nil {
			t.Errorf("%s: %q %q, answer %s", payload, name, message, answer)
		}
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	var log bytes.Buffer
	f := lambdaio.Step(stepFunc(func(run.StepInput) (run.StepOutput, error) { panic("secret text") }), slog.New(slog.NewTextHandler(&log, nil)))
	answer, err := f.Invoke(context.Background(), stepPayload("m"))
	name, message := lambdaio.Name(err)
	if name != lambdaio.NameInternal || strings.Contains(message, "secret") || answer != nil {
		t.Errorf("%q %q, answer %s", name, message, answer)
	}
	if !strings.Contains(log.String(), "secret text") || !strings.Contains(log.String(), "step_test.go") {
		t.Errorf("logged %s", log.String())
	}
}

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
