package local

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

func policy(count int, text string) string {
	return fmt.Sprintf(`{"taskDefinition":"job","count":%d,"policy":%s}`, count, text)
}

// wantDuration holds how long the run took against what its policy says; a poll may be up to five minutes late.
func (f *fixture) wantDuration(r *run.Run, least, most time.Duration) {
	f.t.Helper()
	if !f.options.TaskEvents {
		most += 6 * time.Minute
	}
	if d := r.StoppedAt.Sub(r.CreatedAt); d < least || d > most {
		f.t.Errorf("took %s, want %s to %s", d, least, most)
	}
}

func TestTimeout(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true, IgnoreTerm: true}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(policy(1, `{"timeoutSeconds":300}`)))
		f.wantRun(r, run.TimedOut, run.ClassTimeout, 1)
		f.wantDuration(r, 5*time.Minute, 7*time.Minute)
		f.wantCalls("StopTask", 1)
		if call := f.calls("StopTask")[0]; call["reason"] != "Davit: timeoutSeconds (300) is over" {
			t.Errorf("%v", call)
		}
		if f.runner.Running() != 0 {
			t.Errorf("%d processes are left", f.runner.Running())
		}
		f.wantPath(r, "Launch Follow Observe Follow Done", "Launch Pause Observe Done")
	})
}

func TestTimeoutRetried(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		r := f.end(f.submit(policy(1, `{"timeoutSeconds":300,"retry":{"on":["TIMED_OUT"]}}`)))
		f.wantRun(r, run.Succeeded, "", 2)
		if o := r.Attempts[0].Outcome; o == nil || o.Class != run.ClassTimeout {
			t.Errorf("%+v", o)
		}
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

// TestDeadlines: the whole run's, wherever it is.
func TestDeadlines(t *testing.T) {
	const within = `{"deadlineSeconds":1200,"retry":{"on":["EXIT:*"],"intervalSeconds":3600,"maxIntervalSeconds":3600}}`
	for name, c := range map[string]struct {
		script scripted.Script
		prep   func(*fixture)
		says   string
	}{
		"running":            {scripted.Script{Forever: true}, func(*fixture) {}, "deadlineSeconds (1200) is over"},
		"being placed":       {scripted.Script{}, func(f *fixture) { f.ECS.Faults().RefusePlacement(localecs.Refusal{Calls: 1 << 20}) }, "before it was launched"},
		"in a retry's pause": {scripted.Script{For: time.Minute, ExitCode: 3}, func(*fixture) {}, "attempt 1 ended EXIT:3"},
	} {
		t.Run(name, func(t *testing.T) {
			withAndWithoutEvents(t, app(c.script), func(f *fixture) {
				c.prep(f)
				f.start()
				r := f.end(f.submit(policy(1, within)))
				if r.Status != run.TimedOut || r.Class != run.ClassTimeout || !strings.Contains(r.StatusReason, c.says) {
					t.Errorf("%s %s %q", r.Status, r.Class, r.StatusReason)
				}
				f.wantDuration(r, 20*time.Minute, 21*time.Minute)
				if f.runner.Running() != 0 {
					t.Errorf("%d processes are left", f.runner.Running())
				}
			})
		})
	}
}

func TestPlacement(t *testing.T) {
	for mode, c := range map[string]struct {
		status run.Status
		class  run.Class
		tasks  int // that were placed, in all
		calls  int // of RunTask
		stops  int
	}{
		run.Fill:       {run.Succeeded, "", 3, 2, 0},
		run.BestEffort: {run.Succeeded, "", 2, 1, 0},
		run.AllOrNone:  {run.Succeeded, "", 5, 2, 2},
	} {
		t.Run(mode, func(t *testing.T) {
			withAndWithoutEvents(t, app(scripted.Script{For: 2 * time.Minute}), func(f *fixture) {
				f.ECS.Faults().RefusePlacement(localecs.Refusal{Calls: 1, Tasks: 1})
				f.start()
				r := f.end(f.submit(policy(3, `{"placement":"`+mode+`"}`)))
				if r.Status != c.status || r.Class != c.class {
					t.Errorf("%s %s %q", r.Status, r.Class, r.StatusReason)
				}
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

// TestPlacementGivenUp: what FILL placed runs to its end, what ALL_OR_NOTHING placed does not.
func TestPlacementGivenUp(t *testing.T) {
	for mode, stops := range map[string]bool{run.Fill: false, run.AllOrNone: true} {
		t.Run(mode, func(t *testing.T) {
			withAndWithoutEvents(t, app(scripted.Script{For: 2 * time.Hour}), func(f *fixture) {
				f.ECS.Faults().RefusePlacement(localecs.Refusal{Calls: 1 << 20, Tasks: 1})
				f.start()
				r := f.end(f.submit(policy(2, `{"launchTimeoutSeconds":600,"placement":"`+mode+`"}`)))
				if r.Status != run.Failed || r.Class != run.Capacity || !strings.Contains(r.StatusReason, "launchTimeoutSeconds (600)") {
					t.Errorf("%s %s %q", r.Status, r.Class, r.StatusReason)
				}
				if n := len(f.calls("StopTask")); (n > 0) != stops {
					t.Errorf("%d tasks were stopped", n)
				}
				if f.runner.Running() != 0 {
					t.Errorf("%d processes are left", f.runner.Running())
				}
			})
		})
	}
}

// TestAStopThatIsRefused is told, and carried out as soon as ECS lets it.
func TestAStopThatIsRefused(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}), func(f *fixture) {
		f.start()
		id := f.submit(job)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		f.ECS.Faults().Refuse("StopTask", 8, "AccessDeniedException", "not authorized to perform: ecs:StopTask")
		f.stop(id)
		f.until(id, "told of the refusal", func(r *run.Run) bool { return strings.Contains(r.StatusReason, "ECS refuses to stop task") })
		f.until(id, "flagged", func(r *run.Run) bool { return r.MetricCounts().Stuck == 1 })
		f.wantRun(f.end(id), run.Stopped, run.ClassStopped, 1)
	})
}

// TestManyAtOnce: AWS throttles RunTask after a hundred, and all of them succeed with one attempt each.
func TestManyAtOnce(t *testing.T) {
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
		if n := len(f.runner.Started()); n != 240 || refused == 0 {
			t.Errorf("%d processes, want two of each run; %d launch calls were refused", n, refused)
		}
	})
}
