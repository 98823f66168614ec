package local

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"davit/internal/localecs/faults"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// policy returns the body of a run of count tasks with that policy.
func policy(count int, text string) string {
	return fmt.Sprintf(`{"taskDefinition":"job","count":%d,"policy":%s}`, count, text)
}

// wantDuration checks how long the run took. Without task events it may take 6 minutes more, because it polls every 5 minutes.
func (f *fixture) wantDuration(r *run.Run, least, most time.Duration) {
	f.t.Helper()
	if !f.options.TaskEvents {
		most += 6 * time.Minute
	}
	if d := r.StoppedAt.Sub(r.CreatedAt); d < least || d > most {
		f.t.Errorf("took %s, want %s to %s", d, least, most)
	}
}

func TestTimeout_StopsTheRun(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true, IgnoreTerm: true}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(policy(1, `{"timeoutSeconds":300}`)))
		f.wantRun(r, run.TimedOut, run.ClassTimeout, 1)
		f.wantDuration(r, 5*time.Minute, 7*time.Minute)
		f.wantStopReasons("Davit: timeoutSeconds (300) is over")
		f.wantNoProcesses()
		f.wantPath(r, "Launch Follow Observe Follow Done", "Launch Pause Observe Done")
	})
}

func TestTimeoutRetried(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(policy(1, `{"timeoutSeconds":300,"retry":{"on":["TIMED_OUT"]}}`)))
		f.wantRun(r, run.Succeeded, "", 2)
		f.wantClass(&r.Attempts[0], run.ClassTimeout)
	})
}

func TestStartTimeoutOfTheCaller(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{NeverStarts: true}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(policy(1, `{"startTimeoutSeconds":60}`)))
		f.wantRun(r, run.Succeeded, "", 2)
		f.wantDuration(r, 2*time.Minute, 4*time.Minute)
	})
}

// The deadline ends a run in every state.
func TestDeadline_EndsTheRunInEveryState(t *testing.T) {
	const within = `{"deadlineSeconds":1200,"retry":{"on":["EXIT:*"],"intervalSeconds":3600,"maxIntervalSeconds":3600}}`
	for name, c := range map[string]struct {
		script scripted.Script
		setup  func(*fixture)
		reason string // part of the statusReason
	}{
		"running":            {scripted.Script{Forever: true}, func(*fixture) {}, "deadlineSeconds (1200) is over"},
		"being placed":       {scripted.Script{}, func(f *fixture) { f.ECS.Faults().RefusePlacement(faults.Refusal{Calls: 1 << 20}) }, "before it was launched"},
		"in a retry's pause": {scripted.Script{For: time.Minute, ExitCode: 3}, func(*fixture) {}, "attempt 1 ended EXIT:3"},
	} {
		t.Run(name, func(t *testing.T) {
			withAndWithoutEvents(t, app(c.script), func(f *fixture) {
				c.setup(f)
				f.start()
				r := f.end(f.submit(policy(1, within)))
				f.wantEnd(r, run.TimedOut, run.ClassTimeout, c.reason)
				f.wantDuration(r, 20*time.Minute, 21*time.Minute)
				f.wantNoProcesses()
			})
		})
	}
}

func TestPlacementModes(t *testing.T) {
	for mode, c := range map[string]struct {
		status run.Status
		class  run.Class
		tasks  int // placed in all attempts
		calls  int // of RunTask
		stops  int // calls of StopTask
	}{
		run.Fill:       {run.Succeeded, "", 3, 2, 0},
		run.BestEffort: {run.Succeeded, "", 2, 1, 0},
		run.AllOrNone:  {run.Succeeded, "", 5, 2, 2},
	} {
		t.Run(mode, func(t *testing.T) {
			withAndWithoutEvents(t, app(scripted.Script{For: 2 * time.Minute}), func(f *fixture) {
				f.ECS.Faults().RefusePlacement(faults.Refusal{Calls: 1, Tasks: 1})
				f.start()
				r := f.end(f.submit(policy(3, `{"placement":"`+mode+`"}`)))
				f.wantEnd(r, c.status, c.class, "")
				f.wantCalls("RunTask", c.calls)
				f.wantCalls("StopTask", c.stops)
				placed := 0
				for _, a := range r.Attempts {
					placed += len(a.Tasks)
				}
				if placed != c.tasks {
					t.Errorf("%d tasks were placed, want %d", placed, c.tasks)
				}
			})
		})
	}
}

// When the launch timeout ends, the tasks that FILL placed run to their end, and those of ALL_OR_NOTHING are stopped.
func TestPlacement_AfterTheLaunchTimeout(t *testing.T) {
	for mode, stops := range map[string]bool{run.Fill: false, run.AllOrNone: true} {
		t.Run(mode, func(t *testing.T) {
			withAndWithoutEvents(t, app(scripted.Script{For: 2 * time.Hour}), func(f *fixture) {
				f.ECS.Faults().RefusePlacement(faults.Refusal{Calls: 1 << 20, Tasks: 1})
				f.start()
				r := f.end(f.submit(policy(2, `{"launchTimeoutSeconds":600,"placement":"`+mode+`"}`)))
				f.wantEnd(r, run.Failed, run.Capacity, "launchTimeoutSeconds (600)")
				if n := len(f.calls("StopTask")); (n > 0) != stops {
					t.Errorf("%d StopTask calls, want some: %v", n, stops)
				}
				f.wantNoProcesses()
			})
		})
	}
}

// A stop that ECS refuses shows in the statusReason and is repeated until ECS accepts it.
func TestStop_RefusedByECS_IsRepeated(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		f.ECS.Faults().Refuse("StopTask", 8, "AccessDeniedException", "not authorized to perform: ecs:StopTask")
		f.stop(id)
		f.until(id, "refused in its statusReason", func(r *run.Run) bool { return strings.Contains(r.StatusReason, "ECS refuses to stop task") })
		f.until(id, "flagged", func(r *run.Run) bool { return r.MetricCounts().Stuck == 1 })
		f.wantRun(f.end(id), run.Stopped, run.ClassStopped, 1)
	})
}

// ECS throttles RunTask after a hundred calls, as AWS does. Each of 120 runs succeeds in one attempt.
func TestThrottledLikeAWS_EveryRunSucceeds(t *testing.T) {
	withFixture(t, app(scripted.Script{For: time.Minute})(), nil, func(f *fixture) {
		var ids []string
		for range 120 {
			ids = append(ids, f.submit(job))
		}
		f.ECS.Faults().ThrottleLikeAWS(true)
		f.start()
		time.Sleep(30 * time.Minute) // virtual
		refused := 0
		for _, id := range ids {
			r := f.get(id)
			f.wantRun(r, run.Succeeded, "", 1)
			for _, x := range r.Attempts[0].Refusals {
				refused += x.Count
			}
		}
		if n := len(f.runner.Started()); n != 240 {
			t.Errorf("%d processes, want 240: two of each run", n)
		}
		if refused == 0 {
			t.Error("no launch call was refused, want some")
		}
	})
}
