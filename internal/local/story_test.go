package local

import (
	"testing"
	"time"

	"davit/internal/localecs"
	"davit/internal/localecs/process"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

const job = `{"taskDefinition":"job"}`

// app scripts the essential container; the sidecar runs until it is stopped.
func app(scripts ...scripted.Script) func() scripted.Pick {
	return func() scripted.Pick {
		turns := scripted.InTurn(scripts...)
		sidecar := scripted.Script{Forever: true}
		return func(spec process.Spec) scripted.Script {
			if spec.Argv[0] == "tail" {
				return sidecar
			}
			return turns(spec)
		}
	}
}

func TestSuccess(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(`{"taskDefinition":"job","count":2}`))
		f.wantRun(r, run.Succeeded, "", 1)
		if r.ExitCode == nil || *r.ExitCode != 0 || len(r.Attempts[0].Tasks) != 2 {
			t.Errorf("exit code %v, %d tasks; want 0, 2", r.ExitCode, len(r.Attempts[0].Tasks))
		}
		f.wantPath(r, "Launch Follow Done", "Launch Pause Observe Done")
		f.wantCalls("RunTask", 1)
		f.wantCalls("StopTask", 0)
		if f.options.TaskEvents {
			f.wantCalls("DescribeTasks", 0)
		}
	})
}

func TestFailingExitCode(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute, ExitCode: 3}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Failed, "EXIT:3", 1)
		if r.ExitCode == nil || *r.ExitCode != 3 {
			t.Errorf("exit code %v, want 3", r.ExitCode)
		}
		f.wantPath(r, "Launch Follow Done", "Launch Pause Observe Done")
		f.wantCalls("RunTask", 1)
	})
}

func TestRetriedThenGood(t *testing.T) {
	bad, good := scripted.Script{For: time.Minute, ExitCode: 75}, scripted.Script{For: time.Minute}
	withAndWithoutEvents(t, app(bad, good), func(f *fixture) {
		f.start()
		r := f.end(f.submit(`{"taskDefinition":"job","policy":{"retry":{"maxAttempts":3,"on":["EXIT:75"]}}}`))
		f.wantRun(r, run.Succeeded, "", 2)
		f.wantPath(r, "Launch Follow Observe Launch Follow Done", "Launch Pause Observe Launch Pause Observe Done")
		calls := f.calls("RunTask")
		if len(calls) != 2 || calls[0]["clientToken"] == calls[1]["clientToken"] || calls[0]["startedBy"] == calls[1]["startedBy"] {
			t.Errorf("RunTask calls %v; want two, of different tokens and startedBy", calls)
		}
	})
}

func TestNeverStarts(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{NeverStarts: true}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.TimedOut, run.NeverStarted, 3)
		f.wantCalls("RunTask", 3)
		f.wantCalls("StopTask", 3)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 45*time.Minute || took > 60*time.Minute {
			t.Errorf("took %s, want three start timeouts of 15 minutes and two short pauses", took)
		}
	})
}

func TestNoCapacityThenCapacity(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.ECS.Faults().RefusePlacement(localecs.Refusal{Reason: "RESOURCE:MEMORY", Calls: 3})
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Succeeded, "", 1)
		f.wantCalls("RunTask", 4)
		a := r.Attempts[0]
		if a.Calls != 4 || len(a.Refusals) != 1 || a.Refusals[0].Class != run.Capacity || a.Refusals[0].Count != 3 {
			t.Errorf("%d calls, refusals %+v; want 4 and CAPACITY three times", a.Calls, a.Refusals)
		}
		f.wantPath(r,
			"Launch Follow Observe Launch Follow Observe Launch Follow Observe Launch Follow Done",
			"Launch Pause Observe Launch Pause Observe Launch Pause Observe Launch Pause Observe Done")
	})
}

func TestNoCapacityForGood(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{}), func(f *fixture) {
		f.ECS.Faults().RefusePlacement(localecs.Refusal{Reason: "RESOURCE:CPU", Calls: 1_000_000})
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Failed, run.Capacity, 1)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < time.Hour || took > time.Hour+10*time.Minute {
			t.Errorf("gave up after %s, want launchTimeoutSeconds, one hour", took)
		}
	})
}

func TestThrottled(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.ECS.Faults().Throttle("RunTask", 2)
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Succeeded, "", 1)
		f.wantCalls("RunTask", 3)
		if x := r.Attempts[0].Refusals; len(x) != 1 || x[0].Class != run.Throttled || x[0].Count != 2 {
			t.Errorf("refusals %+v, want THROTTLED twice", x)
		}
	})
}

// TestLostReply: the call is repeated with its token, unless the task's own event says meanwhile that it was carried out.
func TestLostReply(t *testing.T) {
	for name, how := range map[string]localecs.Loss{"dropped": localecs.DropConnection, "500": localecs.AnswerServerError} {
		t.Run(name, func(t *testing.T) {
			withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
				f.ECS.Faults().LoseReplies("RunTask", 2, how)
				f.start()
				r := f.end(f.submit(job))
				f.wantRun(r, run.Succeeded, "", 1)
				want := 3
				if f.options.TaskEvents {
					want = 1
				}
				f.wantCalls("RunTask", want)
				for _, call := range f.calls("RunTask") {
					if call["clientToken"] != f.calls("RunTask")[0]["clientToken"] {
						f.t.Errorf("token %v, want the first call's", call["clientToken"])
					}
				}
				if n := len(f.runner.Started()); n != 2 || len(r.Attempts[0].Tasks) != 1 {
					f.t.Errorf("%d processes, %d tasks; want the two of one task", n, len(r.Attempts[0].Tasks))
				}
			})
		})
	}
}

func TestMissingRightAfterLaunch(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: 5 * time.Minute}), func(f *fixture) {
		f.ECS.Faults().HideNewTasks(localecs.Hiding{For: 90 * time.Second})
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Succeeded, "", 1)
		f.wantCalls("RunTask", 1)
	})
}
