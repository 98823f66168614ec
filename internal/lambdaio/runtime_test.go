package lambdaio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"davit/internal/lambdaio"
)

// runAsFunction is the environment variable with which this test binary runs as a Lambda function; only the end of its process stops the runtime.
const runAsFunction = "LAMBDAIO_TEST_RUN_AS_FUNCTION"

func TestMain(m *testing.M) {
	if os.Getenv(runAsFunction) != "" {
		lambda.Start(lambdaio.Step(failing{}, quiet))
	}
	os.Exit(m.Run())
}

// The names survive the runtime's own encoding of errors. The real runtime runs against a fake Runtime API.
func TestTheRuntimeReportsTheNames(t *testing.T) {
	codes := domainCodes(t)
	api := newRuntimeAPI()
	server := httptest.NewServer(api)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	function := startFunction(ctx, t, strings.TrimPrefix(server.URL, "http://"))
	defer function()

	for i, code := range codes {
		api.events <- stepPayload(string(code))
		got, err := api.outcome(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got.id != fmt.Sprint(i) {
			t.Errorf("%s: the report is of invocation %s, want %d", code, got.id, i)
		}
		if !got.failed {
			t.Errorf("%s is reported as an answer, want an error", code)
		}
		if got.ErrorType != wantNames[code] {
			t.Errorf("%s is reported as %s, want %s", code, got.ErrorType, wantNames[code])
		}
	}
}

func startFunction(ctx context.Context, t *testing.T, api string) (stop func()) {
	t.Helper()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = []string{runAsFunction + "=1", "AWS_LAMBDA_RUNTIME_API=" + api}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}
}

// runtimeAPI is the part of Lambda's Runtime API that a function needs.
type runtimeAPI struct {
	events   chan []byte
	outcomes chan outcome
	served   int
}

type outcome struct {
	id           string
	failed       bool
	ErrorType    string
	ErrorMessage string
}

func newRuntimeAPI() *runtimeAPI {
	return &runtimeAPI{events: make(chan []byte), outcomes: make(chan outcome, 1)}
}

func (a *runtimeAPI) outcome(ctx context.Context) (outcome, error) {
	select {
	case o := <-a.outcomes:
		return o, nil
	case <-ctx.Done():
		return outcome{}, errors.New("the function did not answer")
	}
}

// ServeHTTP is called by one function, one request at a time.
func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const prefix = "/2018-06-01/runtime/invocation/"
	rest := strings.TrimPrefix(r.URL.Path, prefix)
	if rest == "next" {
		select {
		case event := <-a.events:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprint(a.served))
			w.Header().Set("Lambda-Runtime-Deadline-Ms", "4102444800000")
			a.served++
			_, _ = w.Write(event)
		case <-r.Context().Done():
		}
		return
	}
	id, verb, _ := strings.Cut(rest, "/")
	o := outcome{id: id, failed: verb == "error"}
	body, err := io.ReadAll(r.Body)
	if err == nil && o.failed {
		err = json.Unmarshal(body, &o)
	}
	if err != nil {
		o.ErrorMessage = err.Error()
	}
	w.WriteHeader(http.StatusAccepted)
	a.outcomes <- o
}
