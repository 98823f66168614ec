package local

import (
	"testing"
	"time"

	"davit/internal/ecsspec"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

func TestStopBeforeLaunch(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		id := f.submit(job)
		f.stop(id)
		f.start()
		r := f.end(id)
		f.wantRun(r, run.Stopped, run.ClassStopped, 0)
		f.wantCalls("RunTask", 0)
		f.wantPath(r, "Launch Done", "Launch Done")
	})
}

func TestStopDuringLaunch(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		f.ECS.Faults().AnswerLate("RunTask", 5*time.Second)
		f.start()
		id := f.submit(job)
		// LAUNCHING lasts no time where the task's event overtakes the late answer, so it is the call that is waited for.
		f.until(id, "launching", func(r *run.Run) bool { return len(r.Attempts) > 0 && r.Attempts[0].Calls > 0 })
		f.stop(id)
		r := f.end(id)
		f.wantRun(r, run.Stopped, run.ClassStopped, 1)
		f.wantCalls("RunTask", 1)
		f.wantCalls("StopTask", 1)
		f.wantNoProcesses()
	})
}

func TestStopWhileRunning(t *testing.T) {
	for name, script := range map[string]scripted.Script{
		"obeys":   {Forever: true},
		"ignores": {Forever: true, IgnoreTerm: true},
		"exits 0": {Forever: true, TermAfter: 3 * time.Second, TermCode: 1},
	} {
		t.Run(name, func(t *testing.T) {
			withAndWithoutEvents(t, app(script), func(f *fixture) {
				f.start()
				id := f.submit(job)
				f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
				f.stop(id)
				f.stop(id)
				r := f.end(id)
				f.wantRun(r, run.Stopped, run.ClassStopped, 1)
				f.wantStopReasons("enough")
				if took := r.StoppedAt.Sub(r.CreatedAt); took > 3*time.Minute {
					t.Errorf("took %s, want at most 3 minutes", took)
				}
			})
		})
	}
}

func TestStopDuringRetryPause(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{ExitCode: 1}), func(f *fixture) {
		f.start()
		id := f.submit(`{"taskDefinition":"job","policy":{"retry":{"on":["EXIT:1"],"intervalSeconds":3600,"maxIntervalSeconds":3600}}}`)
		f.until(id, "in its pause", func(r *run.Run) bool { return len(r.Attempts) == 2 })
		f.stop(id)
		r := f.end(id)
		f.wantRun(r, run.Stopped, run.ClassStopped, 2)
		f.wantCalls("RunTask", 1)
	})
}

// A stop of a run that has ended changes nothing.
func TestStopAfterItsOwnEnd(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		before := f.end(id)
		f.stop(id)
		after := f.get(id)
		f.wantRun(after, run.Succeeded, "", 1)
		if after.Version != before.Version {
			t.Errorf("version %d, was %d: a stop of an ended run must change nothing", after.Version, before.Version)
		}
		f.wantCalls("StopTask", 0)
	})
}

func TestStopOfOneTask(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: 10 * time.Minute}), func(f *fixture) {
		f.start()
		id := f.submit(`{"taskDefinition":"job","count":2}`)
		r := f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running && len(r.Attempts[0].Tasks) == 2 })
		f.call("POST", "/runs/"+id+"/stop", `{"reason":"this one","task":"`+r.Attempts[0].Tasks[1].ShortID()+`"}`, 202)
		r = f.end(id)
		f.wantRun(r, run.Stopped, run.ClassStopped, 1)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 10*time.Minute {
			t.Errorf("took %s, want at least 10 minutes: the other task was to run to its end", took)
		}
		f.wantCalls("StopTask", 1)
		f.wantCalls("RunTask", 1)
	})
}

// The sweep starts the execution of a run whose record was written before a crash and whose execution was never started.
func TestCrashBeforeStartExecution(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		broken := &run.Submitter{
			Keeper: run.Keeper{Store: f.Store, Clock: f.options.Clock, Tuning: run.Tuning{Prefix: prefix, TaskEvents: f.options.TaskEvents}, Workflow: deadWorkflow{}},
			Spec:   ecsspec.Spec{}, Catalog: unknownCatalog{},
		}
		got, err := broken.Submit(t.Context(), run.SubmitRequest{Caller: "local", Key: "k", HasKey: true, Body: []byte(job)})
		if err != nil {
			t.Fatal(err)
		}
		r := f.end(got.Run.ID)
		f.wantRun(r, run.Succeeded, "", 1)
		if late := r.Attempts[0].BeganAt.Sub(r.CreatedAt); late > 10*time.Minute {
			t.Errorf("launched %s after it was accepted, want at most 10 minutes", late)
		}
		f.wantCalls("RunTask", 1)
	})
}

// An execution that is aborted is replaced at once by the next generation.
func TestAbortedExecution_IsReplaced(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Hour}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		r := f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		if err := f.Machine.Stop(t.Context(), f.execution(r), "Test.Aborted", "by the test"); err != nil {
			t.Fatal(err)
		}
		r = f.end(id)
		f.wantRun(r, run.Succeeded, "", 1)
		if r.Generation != 2 {
			t.Errorf("generation %d, want 2", r.Generation)
		}
		f.wantCalls("RunTask", 1)
	})
}

// A run takes 30 days. One that polls, every 5 minutes, continues in further executions. Under the race detector it takes only 5 days
// when it polls, which is two executions.
func TestRunOfThirtyDays(t *testing.T) {
	for name, events := range map[string]bool{"events": true, "polling": false} {
		t.Run(name, func(t *testing.T) {
			days, generations := 30, 1
			if !events {
				generations = 9
			}
			if !events && raceDetector {
				days, generations = 5, 2
			}
			length := time.Duration(days) * 24 * time.Hour
			withFixture(t, app(scripted.Script{For: length})(), func(o *Options) { o.TaskEvents = events }, func(f *fixture) {
				f.start()
				r := f.end(f.submit(job))
				f.wantRun(r, run.Succeeded, "", 1)
				if took := r.StoppedAt.Sub(*r.StartedAt); took < length || took > length+10*time.Minute {
					t.Errorf("took %s, want %s and at most 10 minutes more", took, length)
				}
				if r.Generation < generations {
					t.Errorf("generation %d, want at least %d", r.Generation, generations)
				}
				f.wantCalls("RunTask", 1)
			})
		})
	}
}

// After a crash with a run in flight, the run's task is stopped and its end is recorded.
func TestCrashWhileRunning_EndsTheRunInterrupted(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		f.restart()
		r := f.end(id)
		f.wantRun(r, run.Failed, run.Interrupted, 1)
	})
}

func TestInterruptedAndRetried(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		id := f.submit(`{"taskDefinition":"job","policy":{"retry":{"on":["INTERRUPTED"]}}}`)
		r := f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		if err := f.ECS.Interrupt(r.Attempts[0].Tasks[0].ARN); err != nil {
			t.Fatal(err)
		}
		r = f.end(id)
		f.wantRun(r, run.Succeeded, "", 2)
		f.wantClass(&r.Attempts[0], run.Interrupted)
	})
}

func TestStartTask(t *testing.T) {
	for name, lose := range map[string]int{"clear": 0, "lost reply": 1} {
		t.Run(name, func(t *testing.T) {
			withAndWithoutEvents(t, app(scripted.Script{For: 10 * time.Minute}), func(f *fixture) {
				f.ECS.Faults().LoseReplies("StartTask", lose, faults.DropConnection)
				f.start()
				r := f.end(f.submit(`{"taskDefinition":"job","containerInstances":["` + f.instance() + `"]}`))
				f.wantRun(r, run.Succeeded, "", 1)
				f.wantCalls("StartTask", 1)
				if n := len(f.runner.Started()); n != 2 {
					t.Errorf("%d processes, want those of one task: 2", n)
				}
			})
		})
	}
}
