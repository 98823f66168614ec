package run

import (
	"strings"
	"testing"
	"time"
)

// end kinds of a task, stopped a number of seconds after the start.
func kind(id, what string, at int) TaskState {
	when := after(time.Duration(at) * time.Second)
	base := func(changes ...with) TaskState {
		return described(id, "STOPPED", append([]with{version(9), stoppedAt(when)}, changes...)...)
	}
	ran := startedAt(after(time.Second))
	switch what {
	case "ok":
		return ended(id, when, 0)
	case "exit1":
		return ended(id, when, 1)
	case "exit137":
		return ended(id, when, 137)
	case "never":
		return base(code("TaskFailedToStart"), because("CannotPullContainerError"))
	case "spot":
		return base(ran, code("SpotInterruption"), exited("app", 143))
	case "byus":
		return base(ran, code("UserInitiated"), exited("app", 143))
	default:
		return described(id, "RUNNING", ran)
	}
}

// TestConclude ends the tasks of a first attempt and says where the run stands.
func TestConclude(t *testing.T) {
	retry := func(n int, on ...string) func(*Run) {
		return func(r *Run) { r.Policy.Retry.MaxAttempts, r.Policy.Retry.On = n, on }
	}
	stop := func(cause StopCause, tasks ...int) func(*Run) {
		return func(r *Run) {
			for _, i := range tasks {
				r.Attempts[0].Tasks[i].Stop = &StopOrder{Cause: cause, Reason: "enough", At: start}
			}
		}
	}
	stopRun := func(r *Run) { r.Stop = &StopOrder{Cause: ByCaller, Reason: "enough", At: start} }
	lost := func(i int) func(*Run) { return func(r *Run) { r.Attempts[0].Tasks[i].Lost = true } }
	givenUp := func(class Class) func(*Run) {
		return func(r *Run) {
			r.Count, r.Attempts[0].Want = r.Count+1, r.Count+1
			r.Attempts[0].GivenUp = &Refusal{Class: class, Reason: "no room", Count: 1, LastAt: start}
		}
	}
	unplaced := func(r *Run) { r.Count, r.Attempts[0].Want = r.Count+1, r.Count+1 }
	all := func(changes ...func(*Run)) func(*Run) {
		return func(r *Run) {
			for _, change := range changes {
				change(r)
			}
		}
	}
	same := func(*Run) {}
	for _, c := range []struct {
		name  string
		prep  func(*Run)
		ends  string // of t1, t2…, a second apart
		want  string
		next  int // tasks of a second attempt
		says  string
		class Class // of the attempt's outcome
	}{
		{"one succeeds", same, "ok", "SUCCEEDED  exit=0", 0, "the task succeeded", ""},
		{"all succeed", same, "ok ok ok", "SUCCEEDED  exit=0", 0, "all 3 tasks succeeded", ""},
		{"one of two fails", same, "ok exit1", "FAILED EXIT:1 exit=1", 0, "task t2: container app exited with 1", "EXIT:1"},
		{"first failing code by stop time", same, "exit137 exit1", "FAILED EXIT:137 exit=137", 0, "task t1", "EXIT:137"},
		{"never started is retried", same, "never ok never", "LAUNCHING  exit=-", 2, "attempt 1 ended NEVER_STARTED", NeverStarted},
		{"never started, attempts used up", retry(1, "NEVER_STARTED"), "never", "FAILED NEVER_STARTED exit=-", 0, "CannotPull", NeverStarted},
		{"one failure that is not retried ends it", same, "never exit1", "FAILED NEVER_STARTED exit=1", 0, "task t1", NeverStarted},
		{"exit codes retried when asked", retry(2, "EXIT:*"), "exit1 exit137 ok", "LAUNCHING  exit=-", 2, "attempt 1 ended EXIT:1", "EXIT:1"},
		{"spot retried when asked", retry(2, "INTERRUPTED"), "spot", "LAUNCHING  exit=-", 1, "", Interrupted},
		{"spot not retried by default", same, "spot", "FAILED INTERRUPTED exit=143", 0, "", Interrupted},
		{"stopped by someone else", same, "byus ok", "FAILED STOPPED exit=143", 0, "someone other", ClassStopped},

		{"run stopped by a caller", all(stopRun, stop(ByCaller, 0, 1)), "byus byus", "STOPPED STOPPED exit=143", 0, "stopped by a caller: enough", ClassStopped},
		{"run stopped, one had failed", all(stopRun, stop(ByCaller, 0, 1)), "byus exit1", "FAILED EXIT:1 exit=143", 0, "task t2", "EXIT:1"},
		{"run stopped, all had succeeded", all(stopRun, stop(ByCaller, 0, 1)), "ok ok", "SUCCEEDED  exit=0", 0, "", ""},
		{"run stopped, one had succeeded", all(stopRun, stop(ByCaller, 0, 1)), "ok byus", "STOPPED STOPPED exit=143", 0, "", ClassStopped},
		{"run stopped before all was placed", all(stopRun, unplaced), "ok", "STOPPED STOPPED exit=-", 0, "", ClassStopped},
		{"run stopped, never started after that", all(stopRun, stop(ByCaller, 0)), "never", "STOPPED STOPPED exit=-", 0, "", ClassStopped},
		{"run stopped, no retries any more", all(stopRun, retry(3, "INTERRUPTED"), stop(ByCaller, 0)), "spot", "FAILED INTERRUPTED exit=143", 0, "", Interrupted},
		{"one task stopped, the other succeeds", stop(ByCaller, 0), "byus ok", "STOPPED STOPPED exit=143", 0, "task t1: stopped by a caller: enough", ClassStopped},
		{"one task stopped, the other fails", stop(ByCaller, 0), "byus exit1", "FAILED EXIT:1 exit=143", 0, "task t2", "EXIT:1"},
		{"one task stopped is not retried", stop(ByCaller, 0), "byus never ok", "LAUNCHING  exit=-", 1, "", NeverStarted},

		{"start timeout is retried", stop(ByStartTimeout, 0), "never", "LAUNCHING  exit=-", 1, "", NeverStarted},
		{"start timeout, attempts used up", all(retry(1, "NEVER_STARTED"), stop(ByStartTimeout, 0)), "never", "TIMED_OUT NEVER_STARTED exit=-", 0, "", NeverStarted},
		{"ran into its timeout", stop(ByTimeout, 0), "byus", "TIMED_OUT TIMED_OUT exit=143", 0, "enough", ClassTimeout},
		{"timeouts retried when asked", all(retry(2, "TIMED_OUT"), stop(ByTimeout, 0)), "byus", "LAUNCHING  exit=-", 1, "", ClassTimeout},
		{"one timed out, one failed by itself", stop(ByTimeout, 0), "byus exit1", "FAILED EXIT:1 exit=143", 0, "task t2", ClassTimeout},
		{"one timed out, one was lost", all(stop(ByTimeout, 0), lost(1)), "byus run", "FAILED LOST exit=143", 0, "", ""},

		{"lost", lost(0), "run", "LOST LOST exit=-", 0, "no longer knows", ClassLost},
		{"lost after a caller's stop", all(stopRun, stop(ByCaller, 0), lost(0)), "run", "LOST LOST exit=-", 0, "", ClassLost},
		{"one lost, one failed", lost(0), "run exit1", "FAILED EXIT:1 exit=1", 0, "task t2", ""},
		{"one lost, one succeeded", lost(0), "run ok", "LOST LOST exit=-", 0, "", ClassLost},

		{"placing given up", givenUp(Capacity), "ok", "FAILED CAPACITY exit=-", 0, "no room", Capacity},
		{"placing given up, and a failure", givenUp(Invalid), "never", "FAILED INVALID exit=-", 0, "no room", Invalid},
		{"a launch call lost", givenUp(ClassLost), "ok", "LOST LOST exit=-", 0, "no room", ClassLost},
	} {
		t.Run(c.name, func(t *testing.T) {
			var live, over []TaskState
			for i, what := range strings.Fields(c.ends) {
				id := "t" + string(rune('1'+i))
				live = append(live, described(id, "RUNNING", startedAt(after(time.Second))))
				if what != "run" {
					over = append(over, kind(id, what, 10+i))
				}
			}
			r := launched(live...)
			c.prep(r)
			r.show(after(time.Minute), over...)
			if got := summary(r); got != c.want {
				t.Errorf("%s (%s), want %s", got, r.StatusReason, c.want)
			}
			if !strings.Contains(r.StatusReason, c.says) {
				t.Errorf("reason %q lacks %q", r.StatusReason, c.says)
			}
			switch o := r.Attempts[0].Outcome; {
			case o == nil:
				t.Error("o is nil")
			case c.class != "" && o.Class != c.class:
				t.Errorf("o.Class is %v, want %v", o.Class, c.class)
			}
			checkNext(t, r, c.next)
		})
	}
}

func checkNext(t *testing.T, r *Run, want int) {
	t.Helper()
	if want == 0 {
		if !r.Status.Terminal() || r.StoppedAt == nil || len(r.Attempts) != 1 {
			t.Errorf("not over: %s, %d attempts", r.Status, len(r.Attempts))
		}
		return
	}
	switch {
	case len(r.Attempts) != 2:
		t.Fatalf("len(r.Attempts) is %v, want 2", len(r.Attempts))
	case r.Attempts[1].Want != want:
		t.Fatalf("r.Attempts[1].Want is %v, want %v", r.Attempts[1].Want, want)
	case r.Attempts[1].StartedBy != StartedBy("davit", testID, 2):
		t.Fatal("r.Attempts[1].StartedBy is not StartedBy(\"davit\", testID, 2)")
	}
	within(t, "the pause", r.Attempts[1].NotBefore.Sub(after(time.Minute)), 5*time.Second, 10*time.Second)
}

func TestAttemptsAreCountedByPlacement(t *testing.T) {
	r := launched(described("t1", "PENDING"))
	for n := 1; n <= 3; n++ {
		if n > 1 {
			a := r.attempt()
			a.Open = &Call{Number: 1, Count: 1}
			r.takeReply(reply(a, Placement{Tasks: list(described("t"+string(rune('0'+n)), "PENDING"))}, nil), after(time.Hour))
			Settle(r, after(time.Hour))
		}
		r.show(after(time.Hour), kind("t"+string(rune('0'+n)), "never", 3000))
	}
	if summary(r) != "FAILED NEVER_STARTED exit=-" || len(r.Attempts) != 3 {
		t.Errorf("%s after %d attempts", summary(r), len(r.Attempts))
	}
}

// TestAnExtraTaskDoesNotUndoSuccess: ECS placed more than was asked, for example a stranger with our startedBy.
func TestAnExtraTaskDoesNotUndoSuccess(t *testing.T) {
	r := launched(described("t1", "RUNNING"), described("t2", "RUNNING"))
	r.Count, r.Attempts[0].Want = 1, 1
	r.show(after(time.Minute), kind("t1", "ok", 5), kind("t2", "ok", 6))
	if summary(r) != "SUCCEEDED  exit=0" {
		t.Errorf("%s %s", summary(r), r.StatusReason)
	}
	r = launched(described("t1", "RUNNING"), described("t2", "RUNNING"))
	r.Count, r.Attempts[0].Want = 1, 1
	r.Attempts[0].Tasks[0].Stop = &StopOrder{Cause: ByCaller}
	r.show(after(time.Minute), kind("t1", "byus", 5), kind("t2", "never", 6))
	if !r.Status.Terminal() {
		t.Errorf("%s, next attempt wants %d", r.Status, r.attempt().Want)
	}
}

func TestStoppedReasonNamesTheTaskOfAnEarlierAttempt(t *testing.T) {
	r := launched(described("t1", "RUNNING"), described("t2", "PENDING"))
	r.Attempts[0].Tasks[0].Stop = &StopOrder{Cause: ByCaller, Reason: "enough"}
	r.show(after(time.Minute), kind("t1", "byus", 5), kind("t2", "never", 6))
	a := r.attempt()
	a.Open = &Call{Number: 1, Count: 1}
	r.takeReply(reply(a, Placement{Tasks: list(described("t3", "PENDING"))}, nil), after(time.Hour))
	r.show(after(time.Hour), kind("t3", "ok", 3600))
	if summary(r) != "STOPPED STOPPED exit=143" || !strings.Contains(r.StatusReason, "task t1: stopped by a caller: enough") {
		t.Errorf("%s %q", summary(r), r.StatusReason)
	}
}
