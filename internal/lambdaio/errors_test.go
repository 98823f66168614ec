package lambdaio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"davit/internal/lambdaio"
	"davit/internal/run"
)

var quiet = slog.New(slog.DiscardHandler)

// domainCodes reads the codes from the source, so that a new one cannot be missing here.
func domainCodes(t *testing.T) []run.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../run/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []run.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, run.Code(text))
		}
		return true
	})
	return codes
}

// wantNames are the names that the state machine matches.
var wantNames = map[run.Code]string{
	run.CodeInvalid:     "Davit.BadEvent",
	run.CodeTooLarge:    "Davit.TooLarge",
	run.CodeNotFound:    "Davit.NotFound",
	run.CodeKeyReused:   "Davit.KeyReused",
	run.CodeConflict:    "Davit.Conflict",
	run.CodeThrottled:   "Davit.Throttled",
	run.CodeUnavailable: "Davit.Unavailable",
	run.CodeNotRecorded: "Davit.Unavailable",
	run.CodeForbidden:   "Davit.Forbidden",
	run.CodeWrongState:  "Davit.WrongState",

	run.CodeValuesNeeded: "Davit.ValuesNeeded",

	run.CodeInternal: "Davit.Internal",
}

// failing is a Stepper that fails with the code in its input's Machine.
type failing struct{}

func (failing) Step(_ context.Context, in run.StepInput) (run.StepOutput, error) {
	err := error(&run.Error{Code: run.Code(in.Machine), Message: "what may be read", Err: errors.New("dial tcp 10.1.2.3")})
	return run.StepOutput{}, fmt.Errorf("observing: %w", err)
}

func stepPayload(machine string) []byte {
	return fmt.Appendf(nil, `{"runId":"%s","born":"%s","generation":1,"machine":%q}`, runID, incarnation, machine)
}

func TestEveryCodeHasItsName(t *testing.T) {
	codes := domainCodes(t)
	if len(codes) != len(wantNames) {
		t.Fatalf("the domain has %d codes, this table %d", len(codes), len(wantNames))
	}
	var log strings.Builder
	f := lambdaio.Step(failing{}, slog.New(slog.NewTextHandler(&log, nil)))
	for _, code := range codes {
		log.Reset()
		answer, err := lambda.NewHandler(f).Invoke(t.Context(), stepPayload(string(code)))
		bare, ok := err.(messages.InvokeResponse_Error) //nolint:errorlint // only a bare value keeps its name in the runtime
		if !ok || answer != nil {
			t.Fatalf("%s: %T %v, answer %s", code, err, err, answer)
		}
		name, message := lambdaio.Name(err)
		if bare.Type != wantNames[code] || name != bare.Type || message != bare.Message {
			t.Errorf("%s leaves as %q, want %q; Name says %q, %q", code, bare.Type, wantNames[code], name, message)
		}
		if strings.Contains(message, "10.1.2.3") || message == "" || strings.Contains(message, "may be read") != (code != run.CodeInternal) {
			t.Errorf("%s: the message is %q", code, message)
		}
		if !strings.Contains(log.String(), "10.1.2.3") {
			t.Errorf("%s: the cause is not in the log: %s", code, log.String())
		}
	}
}

func TestOtherErrorsHaveNamesToo(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{errors.New("foreign"), "Davit.Internal"},
		{&run.Error{Code: "of a later version"}, "Davit.Internal"},
		{&run.EngineError{Operation: "DescribeTasks"}, "Davit.Internal"},
		{fmt.Errorf("reading: %w", context.DeadlineExceeded), "Davit.Unavailable"},
		{context.Canceled, "Davit.Unavailable"},
		{&run.Error{Code: run.CodeConflict, Err: context.Canceled}, "Davit.Conflict"},
		{fmt.Errorf("again: %w", messages.InvokeResponse_Error{Type: "Davit.Throttled"}), "Davit.Throttled"},
	}
	for _, test := range tests {
		f := lambdaio.Step(stepFunc(func(run.StepInput) (run.StepOutput, error) { return run.StepOutput{}, test.err }), quiet)
		_, err := f(t.Context(), stepPayload("m"))
		if _, bare := err.(messages.InvokeResponse_Error); !bare { //nolint:errorlint // see above
			t.Errorf("%v leaves as %T", test.err, err)
		}
		if name, _ := lambdaio.Name(err); name != test.want {
			t.Errorf("%v leaves as %s, want %s", test.err, name, test.want)
		}
	}
	if name, message := lambdaio.Name(nil); name != "" || message != "" {
		t.Errorf("nil is %q, %q", name, message)
	}
}

// aslState is the part of a Task state that matches errors.
type aslState struct {
	Type  string
	Retry []struct{ ErrorEquals []string }
	Catch []struct{ ErrorEquals []string }
}

func definition(t *testing.T) map[string]aslState {
	t.Helper()
	data, err := os.ReadFile("../../statemachine/run.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	var machine struct{ States map[string]aslState }
	if err := json.Unmarshal(data, &machine); err != nil {
		t.Fatal(err)
	}
	return machine.States
}

// The first retrier matches the transient names. The last one matches the others, which no retrier names, as States.TaskFailed. After the
// retries the catcher of States.ALL ends the execution.
func TestTheStateMachineMatchesEveryName(t *testing.T) {
	states := definition(t)
	for _, state := range []string{"Launch", "Observe", "Follow"} {
		s := states[state]
		if s.Type != "Task" || len(s.Retry) != 2 || len(s.Catch) == 0 {
			t.Fatalf("%s is a %s with %d retriers and %d catchers, want a Task with 2 and at least 1", state, s.Type, len(s.Retry), len(s.Catch))
		}
		if last := s.Catch[len(s.Catch)-1]; !slices.Equal(last.ErrorEquals, []string{"States.ALL"}) {
			t.Errorf("%s: the last catcher takes %v", state, last.ErrorEquals)
		}
		for code, name := range wantNames {
			transient := code == run.CodeConflict || code == run.CodeThrottled || code == run.CodeUnavailable || code == run.CodeNotRecorded
			if got := slices.Contains(s.Retry[0].ErrorEquals, name); got != transient {
				t.Errorf("%s: the first retrier names %s: %t, want %t", state, name, got, transient)
			}
			if slices.Contains(s.Retry[1].ErrorEquals, name) || !slices.Contains(s.Retry[1].ErrorEquals, "States.TaskFailed") {
				t.Errorf("%s: the second retrier takes %v", state, s.Retry[1].ErrorEquals)
			}
		}
		for _, named := range s.Retry[0].ErrorEquals {
			if strings.HasPrefix(named, "Davit.") && !isName(named) {
				t.Errorf("%s retries %s, which nothing is called", state, named)
			}
		}
	}
}

func isName(name string) bool {
	for _, known := range wantNames {
		if known == name {
			return true
		}
	}
	return false
}
