package local

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/asl"
	"davit/internal/httpapi"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// fixture is a System whose processes follow scripts, in virtual time. Only the processes are not real: the deployed
// definition runs on the interpreter, through the handlers, the SDK adapter and the ECS endpoint.
type fixture struct {
	*System
	t      *testing.T
	runner *scripted.Runner
}

// endpointTransport passes the SDK's calls to the System's endpoint in the same process. The System is opened after it.
type endpointTransport struct{ s **System }

func (l endpointTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return scripted.Transport((*l.s).ECS).RoundTrip(r)
}

// withFixture runs a test in virtual time, on a System that is not started. change may adjust the options.
func withFixture(t *testing.T, pick scripted.Pick, change func(*Options), test func(f *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fixture{t: t, runner: scripted.New(nil, pick)}
		o := Options{
			Dir: t.TempDir(), Runner: f.runner, TaskEvents: true, ECS: endpointTransport{&f.System},
			Faults: new(faults.Faults), RecordCalls: true, NoSync: true,
		}
		if change != nil {
			change(&o)
		}
		var err error
		if f.System, err = Open(o); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
			f.runner.Crash()
		}()
		f.call("POST", "/task-definitions", `{"family":"job","containerDefinitions":[
			{"name":"app","image":"busybox","memory":128,"cpu":256,"command":["work"]},
			{"name":"log","image":"busybox","memory":64,"essential":false,"command":["tail"]}]}`, 201)
		test(f)
	})
}

// withAndWithoutEvents runs a test once with task events and once without.
func withAndWithoutEvents(t *testing.T, pick func() scripted.Pick, test func(f *fixture)) {
	t.Helper()
	for name, events := range map[string]bool{"events": true, "polling": false} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, pick(), func(o *Options) { o.TaskEvents = events }, test)
		})
	}
}

func (f *fixture) start() {
	f.t.Helper()
	if err := f.Start(); err != nil {
		f.t.Fatal(err)
	}
}

// restart closes the System, ends its processes as a crash of the machine does, and starts a System on the same folder.
func (f *fixture) restart() {
	f.t.Helper()
	if err := f.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.runner.Crash()
	synctest.Wait()
	again, err := Open(f.options)
	if err != nil {
		f.t.Fatal(err)
	}
	f.System = again
	f.start()
}

// call makes a request as a local caller and checks its status.
func (f *fixture) call(method, path, body string, status int) map[string]any {
	f.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	f.API.ServeHTTP(rec, req.WithContext(httpapi.WithCaller(req.Context(), "local")))
	if rec.Code != status {
		f.t.Fatalf("%s %s: %d %s, want %d", method, path, rec.Code, rec.Body, status)
	}
	var out map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *fixture) submit(body string) string {
	f.t.Helper()
	return f.call("POST", "/runs", body, 202)["runId"].(string)
}

func (f *fixture) stop(id string) {
	f.t.Helper()
	f.call("POST", "/runs/"+id+"/stop", `{"reason":"enough"}`, 202)
}

// get reads the record.
func (f *fixture) get(id string) *run.Run {
	f.t.Helper()
	r, err := f.Store.Get(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// until waits, at most 92 virtual days, until is reports true of the record.
func (f *fixture) until(id, what string, is func(*run.Run) bool) *run.Run {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 92*24*time.Hour)
	defer cancel()
	changed, stop := f.Store.Notify()
	defer stop()
	for {
		r := f.get(id)
		if is(r) {
			return r
		}
		select {
		case <-changed:
		case <-ctx.Done():
			f.t.Fatalf("run is %s (%s), never %s", r.Status, r.StatusReason, what)
		}
	}
}

// end waits, at most 92 virtual days, for the end of the run and of its execution, which must have SUCCEEDED.
func (f *fixture) end(id string) *run.Run {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 92*24*time.Hour)
	defer cancel()
	changed, stop := f.Store.Notify()
	defer stop()
	for after, over := uint64(0), false; !over; {
		changes, err := f.Store.Changes(ctx, after, 1000)
		if err != nil {
			r := f.get(id)
			f.t.Fatalf("%v: run is %s (%s), never terminal", err, r.Status, r.StatusReason)
		}
		for _, c := range changes {
			after = c.Position
			over = over || c.RunID == id && c.To.Terminal()
		}
		if !over {
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
	}
	synctest.Wait()
	if !f.options.TaskEvents {
		time.Sleep(5 * time.Minute) // virtual: an execution that polls learns of a stop when its pause is over
		synctest.Wait()
	}
	r := f.get(id)
	x, err := f.Machine.Describe(f.execution(r))
	if err != nil {
		f.t.Fatal(err)
	}
	if x.Status != asl.Succeeded {
		f.t.Errorf("the execution is %s (%s: %s), want SUCCEEDED", x.Status, x.Error, x.Cause)
	}
	return r
}

func (f *fixture) execution(r *run.Run) string {
	return run.Execution{RunID: r.ID, Incarnation: r.Incarnation, Generation: r.Generation}.Name()
}

// path returns the states that the run's execution entered, without Route. Repeated states and repeated pairs of states are shown once,
// because the number of polls does not matter.
func (f *fixture) path(r *run.Run) string {
	f.t.Helper()
	states, err := f.Machine.Path(f.execution(r))
	if err != nil {
		f.t.Fatal(err)
	}
	var folded []string
	for i := 0; i < len(states); i++ {
		if states[i] == "Route" {
			continue
		}
		folded = append(folded, states[i])
		for n := len(folded); n >= 4 && slices.Equal(folded[n-4:n-2], folded[n-2:]); n = len(folded) {
			folded = folded[:n-2]
		}
		for n := len(folded); n >= 2 && folded[n-1] == folded[n-2]; n = len(folded) {
			folded = folded[:n-1]
		}
	}
	return strings.Join(folded, " ")
}

// calls returns the inputs of the ECS calls of an operation.
func (f *fixture) calls(operation string) []map[string]any {
	f.t.Helper()
	var out []map[string]any
	for _, c := range f.ECS.Calls() {
		if c.Operation != operation {
			continue
		}
		var input map[string]any
		if err := json.Unmarshal(c.Input, &input); err != nil {
			f.t.Fatal(err)
		}
		out = append(out, input)
	}
	return out
}

// unknownCatalog is a catalog that ECS throttles at submission, so that the launch makes the look-up.
type unknownCatalog struct{}

func (unknownCatalog) Definition(context.Context, string) (run.Definition, error) {
	return run.Definition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Code: "ThrottlingException", Message: "Rate exceeded"}
}

func (unknownCatalog) Cluster(context.Context, string) error {
	return &run.EngineError{Operation: "DescribeClusters", Code: "ThrottlingException", Message: "Rate exceeded"}
}

// deadWorkflow fails as when the process dies after the record is written and before StartExecution.
type deadWorkflow struct{}

var errDead = errors.New("the process died")

func (deadWorkflow) Start(context.Context, run.Execution, string) error { return errDead }
func (deadWorkflow) Wake(context.Context, string, run.StepOutput) error { return errDead }

// instance returns the ARN of the cluster's container instance.
func (f *fixture) instance() string {
	f.t.Helper()
	out, err := newECSClient(f.options).ListContainerInstances(f.t.Context(), &ecs.ListContainerInstancesInput{})
	if err != nil || len(out.ContainerInstanceArns) == 0 {
		f.t.Fatalf("no container instance: %v", err)
	}
	return out.ContainerInstanceArns[0]
}
