package cases_test

import (
	"net/http"
	"strings"
	"time"

	"davit/internal/localecs/process"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// commands script the processes of the cases' definitions by a part of their command lines.
func commands(spec process.Spec) scripted.Script {
	switch line := strings.Join(spec.Argv, " "); {
	case strings.Contains(line, "/no/such/app"):
		return scripted.Script{FailStart: "no such file or directory"}
	case strings.Contains(line, "exec sleep 100"):
		return scripted.Script{For: 100 * time.Second}
	case strings.Contains(line, "sleep 1; exit 0"):
		return scripted.Script{For: time.Second}
	case strings.Contains(line, "while :"):
		return scripted.Script{Forever: true, IgnoreTerm: true}
	case line == "echo b":
		return scripted.Script{StartAfter: 10 * time.Millisecond}
	default:
		return scripted.Script{}
	}
}

// judge registers a definition, runs a request of it and returns the run at its end.
func (f *fixture) judge(definition, request string) *run.Run {
	f.t.Helper()
	f.call(http.MethodPost, "/task-definitions", definition).want(http.StatusCreated)
	return f.end(f.call(http.MethodPost, "/runs", request).want(http.StatusAccepted).member("runId"))
}

// appNeverStarts is an app that cannot start beside an essential log router, which does not decide: it never started, and is tried again.
func appNeverStarts(f *fixture, definition string) {
	r := f.judge(definition, file(f.t, "app-never-starts-beside-essential-sidecar.run.json"))
	if r.Status != run.Failed || r.Class != run.NeverStarted || r.ExitCode != nil {
		f.t.Errorf("got %s %s, exit code %v, want FAILED NEVER_STARTED without one: %s", r.Status, r.Class, r.ExitCode, r.StatusReason)
	}
	if got := len(r.Attempts); got != 3 {
		f.t.Errorf("got %d attempts, want 3", got)
	}
}

// sidecarKilled is a job that succeeds, and an essential sidecar that ECS kills then: a failure whose reason names both ways out.
func sidecarKilled(f *fixture, definition string) {
	r := f.judge(definition, `{"taskDefinition":"side"}`)
	if r.Status != run.Failed || r.Class != "EXIT:137" {
		f.t.Errorf("got %s %s, want FAILED EXIT:137", r.Status, r.Class)
	}
	for _, text := range []string{"had ended with success", "essential: false", `verdict.container "job"`} {
		if !strings.Contains(r.StatusReason, text) {
			f.t.Errorf("got the reason %q, want %q in it", r.StatusReason, text)
		}
	}
	r = f.end(f.call(http.MethodPost, "/runs", `{"taskDefinition":"side","policy":{"verdict":{"container":"job"}}}`).want(http.StatusAccepted).member("runId"))
	if r.Status != run.Succeeded {
		f.t.Errorf("with verdict.container: got %s, want SUCCEEDED: %s", r.Status, r.StatusReason)
	}
}

// twoShortOnes are two essential containers of which one ends before the other has been started. Real processes are played in internal/localecs.
func twoShortOnes(f *fixture, definition string) {
	f.call(http.MethodPost, "/task-definitions", definition).want(http.StatusCreated)
	for range 20 {
		r := f.end(f.call(http.MethodPost, "/runs", `{"taskDefinition":"race"}`).want(http.StatusAccepted).member("runId"))
		if r.Status != run.Succeeded {
			f.t.Fatalf("got %s %s, want SUCCEEDED: %s", r.Status, r.Class, r.StatusReason)
		}
	}
}

// part is a file that belongs to a case of another name.
func part(*fixture, string) {}
