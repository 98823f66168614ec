package local

import (
	"testing"
	"time"

	"davit/internal/localecs/faults"
	"davit/internal/localecs/process"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

const job = `{"taskDefinition":"job"}`

// app returns a function that returns a new Pick: the essential container follows the scripts in turn, the sidecar runs until it is stopped.
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

func TestExitZero_Succeeds(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(`{"taskDefinition":"job","count":2}`))
		f.wantRun(r, run.Succeeded, "", 1)
		f.wantExitCode(r, 0)
		if n := len(r.Attempts[0].Tasks); n != 2 {
			t.Errorf("%d tasks, want 2", n)
		}
		f.wantPath(r, "Launch Follow Done", "Launch Pause Observe Done")
		f.wantCalls("RunTask", 1)
		f.wantCalls("StopTask", 0)
		if f.options.TaskEvents {
			f.wantCalls("DescribeTasks", 0)
		}
	})
}

func TestExitThree_Fails(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute, ExitCode: 3}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Failed, "EXIT:3", 1)
		f.wantExitCode(r, 3)
		f.wantPath(r, "Launch Follow Done", "Launch Pause Observe Done")
		f.wantCalls("RunTask", 1)
	})
}

func TestRetry_SecondAttemptSucceeds(t *testing.T) {
	bad, good := scripted.Script{For: time.Minute, ExitCode: 75}, scripted.Script{For: time.Minute}
	withAndWithoutEvents(t, app(bad, good), func(f *fixture) {
		f.start()
		r := f.end(f.submit(`{"taskDefinition":"job","policy":{"retry":{"maxAttempts":3,"on":["EXIT:75"]}}}`))
		f.wantRun(r, run.Succeeded, "", 2)
		f.wantPath(r, "Launch Follow Observe Launch Follow Done", "Launch Pause Observe Launch Pause Observe Done")
		calls := f.calls("RunTask")
		if len(calls) != 2 {
			t.Fatalf("%d RunTask calls, want 2", len(calls))
		}
		for _, member := range []string{"clientToken", "startedBy"} {
			if calls[0][member] == calls[1][member] {
				t.Errorf("both RunTask calls have the %s %v, want different ones", member, calls[0][member])
			}
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
		f.ECS.Faults().RefusePlacement(faults.Refusal{Reason: "RESOURCE:MEMORY", Calls: 3})
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Succeeded, "", 1)
		f.wantCalls("RunTask", 4)
		if n := r.Attempts[0].Calls; n != 4 {
			t.Errorf("the record has %d launch calls, want 4", n)
		}
		f.wantRefusals(&r.Attempts[0], refusal{run.Capacity, 3})
		f.wantPath(r,
			"Launch Follow Observe Launch Follow Observe Launch Follow Observe Launch Follow Done",
			"Launch Pause Observe Launch Pause Observe Launch Pause Observe Launch Pause Observe Done")
	})
}

func TestNoCapacityForGood(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{}), func(f *fixture) {
		f.ECS.Faults().RefusePlacement(faults.Refusal{Reason: "RESOURCE:CPU", Calls: 1_000_000})
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
		f.wantRefusals(&r.Attempts[0], refusal{run.Throttled, 2})
	})
}

// A launch call whose reply is lost is repeated with the same token, unless the task's event arrives before.
func TestLostReply(t *testing.T) {
	for name, how := range map[string]faults.Loss{"dropped": faults.DropConnection, "500": faults.AnswerServerError} {
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
				if n := len(f.runner.Started()); n != 2 {
					f.t.Errorf("%d processes, want the two of one task", n)
				}
				if n := len(r.Attempts[0].Tasks); n != 1 {
					f.t.Errorf("%d tasks, want 1", n)
				}
			})
		})
	}
}

func TestMissingRightAfterLaunch(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: 5 * time.Minute}), func(f *fixture) {
		f.ECS.Faults().HideNewTasks(faults.Hiding{For: 90 * time.Second})
		f.start()
		r := f.end(f.submit(job))
		f.wantRun(r, run.Succeeded, "", 1)
		f.wantCalls("RunTask", 1)
	})
}
