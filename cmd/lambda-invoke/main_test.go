package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
)

// runAsFunction is the environment variable with which this test binary runs as a bootstrap, controlled by its event.
const runAsFunction = "LAMBDA_INVOKE_TEST_FUNCTION"

func TestMain(m *testing.M) {
	switch os.Getenv(runAsFunction) {
	case "":
		os.Exit(m.Run())
	case "no start":
		api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
		answer, err := http.Post(api, "application/json", strings.NewReader(`{"errorType":"Davit.BadConfiguration","errorMessage":"DAVIT_TABLE is not set"}`))
		if err == nil {
			_ = answer.Body.Close() // it is not read
		}
		os.Exit(1)
	default:
		lambda.Start(function)
	}
}

func function(_ context.Context, event map[string]string) (any, error) {
	if name := event["variable"]; name != "" {
		return os.Getenv(name), nil
	}
	switch event["do"] {
	case "fail":
		return nil, messages.InvokeResponse_Error{Type: "Davit.Conflict", Message: "others were faster"}
	case "exit":
		os.Exit(3)
	case "hang":
		select {}
	}
	fmt.Println("a line of the log")
	return event, nil
}

// call runs the command with the test binary as bootstrap.
func call(t *testing.T, event string, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	if os.Getenv(runAsFunction) == "" {
		t.Setenv(runAsFunction, "1")
	}
	var out, errs strings.Builder
	code = invoke(t.Context(), append(flags, os.Args[0], "-"), strings.NewReader(event), &out, &errs)
	return code, out.String(), errs.String()
}

func TestAnAnswerIsPrinted(t *testing.T) {
	code, stdout, stderr := call(t, `{"do":"echo"}`)
	if code != 0 || stdout != "{\"do\":\"echo\"}\n" || !strings.Contains(stderr, "a line of the log") {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}

func TestAnErrorIsPrintedWithItsName(t *testing.T) {
	code, stdout, stderr := call(t, `{"do":"fail"}`)
	if code != 1 || stdout != "" || !strings.Contains(stderr, "Davit.Conflict: others were faster\n") {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}

func TestAFunctionThatDoesNotStartIsAnError(t *testing.T) {
	t.Setenv(runAsFunction, "no start")
	code, stdout, stderr := call(t, `{}`)
	if code != 1 || stdout != "" || !strings.Contains(stderr, "Davit.BadConfiguration: DAVIT_TABLE is not set\n") {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}

func TestNoOutcome(t *testing.T) {
	for event, want := range map[string]string{
		`{"do":"exit"}`: "the process ended before it answered: exit status 3",
		`{"do":"hang"}`: "did not answer: context deadline exceeded",
	} {
		if code, stdout, stderr := call(t, event, "-timeout", "1s"); code != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q; want 2, nothing, %q", event, code, stdout, stderr, want)
		}
	}
}

func TestTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env.json")
	if err := os.WriteFile(file, []byte(`{"Parameters":{"DAVIT_PREFIX":"file","DAVIT_AUTH":"IAM","AWS_ENDPOINT_URL_ECS":"http://file"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DAVIT_AUTH", "JWT")
	for _, test := range []struct {
		variable, want string
		flags          []string
	}{
		{"DAVIT_PREFIX", `"file"`, []string{"-env", file}},
		{"DAVIT_PREFIX", `""`, nil},
		{"DAVIT_AUTH", `"JWT"`, []string{"-env", file}},
		{"AWS_LAMBDA_LOG_FORMAT", `"JSON"`, nil},
		{"AWS_ENDPOINT_URL_ECS", `"http://file"`, []string{"-env", file}},
		{"AWS_ENDPOINT_URL_ECS", `"http://127.0.0.1:`, []string{"-env", file, "-stand-ins"}},
		{"AWS_ENDPOINT_URL_DYNAMODB", `"http://127.0.0.1:`, []string{"-stand-ins"}},
		{"DAVIT_TABLE", `"davit-runs"`, []string{"-stand-ins"}},
	} {
		code, stdout, stderr := call(t, fmt.Sprintf(`{"variable":%q}`, test.variable), test.flags...)
		if code != 0 || !strings.HasPrefix(stdout, test.want) {
			t.Errorf("%s with %q: %d, %q, %q", test.variable, test.flags, code, stdout, stderr)
		}
	}
}

func TestWhatCannotBeRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env.json")
	if err := os.WriteFile(file, []byte(`[]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"nothing":           {},
		"no event":          {os.Args[0]},
		"too much":          {os.Args[0], "-", "x"},
		"unknown flag":      {"-x", os.Args[0], "-"},
		"no time":           {"-timeout", "0s", os.Args[0], "-"},
		"event not there":   {os.Args[0], file + "x"},
		"no bootstrap":      {file + "x", "-"},
		"no program":        {file, "-"},
		"env not there":     {"-env", file + "x", os.Args[0], "-"},
		"env of no objects": {"-env", file, os.Args[0], "-"},
	} {
		var out, errs strings.Builder
		if code := invoke(t.Context(), args, strings.NewReader("{}"), &out, &errs); code != 2 || out.String() != "" || !strings.Contains(errs.String(), "lambda-invoke: ") {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q; want 2, nothing, an error", name, code, out.String(), errs.String())
		}
	}
	var out, errs strings.Builder
	if code := invoke(t.Context(), []string{"-h"}, strings.NewReader(""), &out, &errs); code != 0 || !strings.Contains(errs.String(), "usage: ") {
		t.Errorf("help: %d, %q", code, errs.String())
	}
}
