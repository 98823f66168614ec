package local

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/asl"
	"davit/internal/httpapi"
	"davit/internal/localecs"
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

// lateECS carries the SDK's calls to the endpoint in the same process.
type lateECS struct{ s **System }

func (l lateECS) RoundTrip(r *http.Request) (*http.Response, error) {
	return scripted.Transport((*l.s).ECS).RoundTrip(r)
}

// inWorld runs a test in virtual time. change may adjust the options.
func withFixture(t *testing.T, pick scripted.Pick, change func(*Options), test func(w *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &fixture{t: t, runner: scripted.New(nil, pick)}
		o := Options{
			Dir: t.TempDir(), Runner: w.runner, TaskEvents: true, ECS: lateECS{&w.System},
			Faults: new(localecs.Faults), RecordCalls: true, NoSync: true,
		}
		if change != nil {
			change(&o)
		}
		var err error
		if w.System, err = Open(o); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			w.runner.Crash()
		}()
		w.call("POST", "/task-definitions", `{"family":"job","containerDefinitions":[
			{"name":"app","image":"busybox","memory":128,"cpu":256,"command":["work"]},
			{"name":"log","image":"busybox","memory":64,"essential":false,"command":["tail"]}]}`, 201)
		test(w)
	})
}

// eachWay runs a test with task events and without.
func eachWay(t *testing.T, pick func() scripted.Pick, test func(w *fixture)) {
	t.Helper()
	for name, events := range map[string]bool{"events": true, "polling": false} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, pick(), func(o *Options) { o.TaskEvents = events }, test)
		})
	}
}

func (w *fixture) start() {
	w.t.Helper()
	if err := w.Start(); err != nil {
		w.t.Fatal(err)
	}
}

// call makes a request as a local caller and checks its status.
func (w *fixture) call(method, path, body string, status int) map[string]any {
	w.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.API.ServeHTTP(rec, req.WithContext(httpapi.WithCaller(req.Context(), "local")))
	if rec.Code != status {
		w.t.Fatalf("%s %s: %d %s, want %d", method, path, rec.Code, rec.Body, status)
	}
	var out map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *fixture) submit(body string) string {
	w.t.Helper()
	return w.call("POST", "/runs", body, 202)["runId"].(string)
}

func (w *fixture) stop(id string) {
	w.t.Helper()
	w.call("POST", "/runs/"+id+"/stop", `{"reason":"enough"}`, 202)
}

// get reads the record.
func (w *fixture) get(id string) *run.Run {
	w.t.Helper()
	r, err := w.Store.Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// until waits, at most a virtual quarter, until the record is as wanted.
func (w *fixture) until(id, what string, is func(*run.Run) bool) *run.Run {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 92*24*time.Hour)
	defer cancel()
	changed, stop := w.Store.Notify()
	defer stop()
	for {
		r := w.get(id)
		if is(r) {
			return r
		}
		select {
		case <-changed:
		case <-ctx.Done():
			w.t.Fatalf("run is %s (%s), never %s", r.Status, r.StatusReason, what)
		}
	}
}

// end waits, at most a virtual quarter, for the run's end and its execution's.
func (w *fixture) end(id string) *run.Run {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 92*24*time.Hour)
	defer cancel()
	changed, stop := w.Store.Notify()
	defer stop()
	for after, over := uint64(0), false; !over; {
		changes, err := w.Store.Changes(ctx, after, 1000)
		if err != nil {
			r := w.get(id)
			w.t.Fatalf("%v: run is %s (%s), never terminal", err, r.Status, r.StatusReason)
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
	if !w.options.TaskEvents {
		time.Sleep(5 * time.Minute) // virtual: an execution that polls learns of a stop when its pause is over
		synctest.Wait()
	}
	r := w.get(id)
	x, err := w.Machine.Describe(w.execution(r))
	if err != nil || x.Status != asl.Succeeded {
		w.t.Errorf("execution: %s %s %s %v, want SUCCEEDED", x.Status, x.Error, x.Cause, err)
	}
	return r
}

func (w *fixture) execution(r *run.Run) string {
	return run.Execution{RunID: r.ID, Incarnation: r.Incarnation, Generation: r.Generation}.Name()
}

// path is the states that the run's execution entered, with turns of the same kind folded: a poll or a wait that
// changed nothing is not the story.
func (w *fixture) path(r *run.Run) string {
	w.t.Helper()
	states, err := w.Machine.Path(w.execution(r))
	if err != nil {
		w.t.Fatal(err)
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

// calls counts ECS calls by operation, and lists those of one.
func (w *fixture) calls(operation string) []map[string]any {
	w.t.Helper()
	var out []map[string]any
	for _, c := range w.ECS.Calls() {
		if c.Operation != operation {
			continue
		}
		var input map[string]any
		if err := json.Unmarshal(c.Input, &input); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, input)
	}
	return out
}

func (w *fixture) want(r *run.Run, status run.Status, class run.Class, attempts int) {
	w.t.Helper()
	if r.Status != status || r.Class != class || len(r.Attempts) != attempts {
		w.t.Errorf("run: %s %q after %d attempts (%s), want %s %q after %d", r.Status, r.Class, len(r.Attempts), r.StatusReason, status, class, attempts)
	}
}

func (w *fixture) wantPath(r *run.Run, events, polling string) {
	w.t.Helper()
	want := polling
	if w.options.TaskEvents {
		want = events
	}
	if got := w.path(r); got != want {
		w.t.Errorf("path of states: %s\nwant %s", got, want)
	}
}

func (w *fixture) wantCalls(operation string, n int) {
	w.t.Helper()
	if got := len(w.calls(operation)); got != n {
		w.t.Errorf("%d %s calls, want %d", got, operation, n)
	}
}
