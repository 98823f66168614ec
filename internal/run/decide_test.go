package run

import (
	"slices"
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	now := after(time.Hour)
	placing := func(at time.Time, changes ...func(*Run)) *Run {
		r := newRun(1)
		r.begin("davit", start)
		r.Status, r.attempt().NotBefore = Launching, at
		for _, change := range changes {
			change(r)
		}
		return r
	}
	refused := func(r *Run) { r.attempt().count(Refusal{Class: Capacity, Reason: "RESOURCE:CPU"}, start) }
	open := func(at time.Time) func(*Run) {
		return func(r *Run) { r.attempt().Open = &Call{Number: 1, Count: 1, NotBefore: at} }
	}
	ordered := func(asked time.Time, s TaskState) *Run {
		r := launched(s)
		r.attempt().Tasks[0].Stop = &StopOrder{Cause: ByCaller, At: after(time.Minute), AskedAt: asked}
		return r
	}
	runs := described("t1", "RUNNING", startedAt(after(time.Second)))
	for _, c := range []struct {
		name  string
		r     *Run
		next  Step
		due   time.Time
		stops []int
	}{
		{"not begun", newRun(1), StepLaunch, start, nil},
		{"terminal", newRun(1, func(r *Run) { r.Status = Failed }), StepDone, time.Time{}, nil},
		{"a call is due", placing(after(time.Minute)), StepLaunch, after(time.Minute), nil},
		{"a call is due now", placing(now), StepLaunch, now, nil},
		{"a pause", placing(now.Add(time.Minute)), StepObserve, now.Add(time.Minute), nil},
		{"a pause past the launch deadline", placing(now.Add(time.Hour), refused, func(r *Run) { r.attempt().BeganAt = after(time.Minute) }), StepObserve, after(time.Hour + time.Minute), nil},
		{"an open call to repeat", placing(now.Add(time.Hour), open(now)), StepLaunch, now, nil},
		{"an open call to wait for", placing(start, open(now.Add(time.Minute))), StepObserve, now.Add(time.Minute), nil},
		{"running", launched(runs), StepObserve, now.Add(24 * time.Hour), nil},
		{"pending", launched(described("t1", "PENDING")), StepObserve, after(900 * time.Second), nil},
		{"a stop never asked", ordered(time.Time{}, runs), StepObserve, after(time.Minute), []int{0}},
		{"a stop asked lately", ordered(now.Add(-time.Minute), runs), StepObserve, now.Add(time.Minute), nil},
		{"a stop asked long ago", ordered(now.Add(-2*time.Minute), runs), StepObserve, now, []int{0}},
		{"a stop goes before a launch", func() *Run {
			r := ordered(time.Time{}, runs)
			r.Count, r.attempt().Want = 2, 2
			return r
		}(), StepObserve, start, []int{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Decide(c.r, now)
			if d.Next != c.next || !d.Due.Equal(c.due) || !slices.Equal(d.Stops, c.stops) {
				t.Errorf("%s %v %v, want %s %v %v", d.Next, d.Due.Sub(start), d.Stops, c.next, c.due.Sub(start), c.stops)
			}
			switch again := Decide(c.r.Clone(), now); {
			case again.Next != d.Next:
				t.Errorf("an equal record decides otherwise: again.Next is %v, want %v", again.Next, d.Next)
			case !again.Due.Equal(d.Due):
				t.Errorf("an equal record decides otherwise: again.Due is %v, want %v", again.Due, d.Due)
			}
		})
	}
}

func TestDecideKnowsEveryDeadline(t *testing.T) {
	r := launched(described("t1", "RUNNING", startedAt(after(time.Second))), described("t2", "PENDING"))
	r.Policy.TimeoutSeconds = 7200
	if d := Decide(r, start); !d.Due.Equal(after(900 * time.Second)) {
		t.Errorf("start timeout: %v", d.Due.Sub(start))
	}
	r.show(after(time.Minute), described("t2", "RUNNING", version(2), startedAt(after(time.Minute))))
	if d := Decide(r, start); !d.Due.Equal(after(7201 * time.Second)) {
		t.Errorf("timeout: %v", d.Due.Sub(start))
	}
	r.Policy.DeadlineSeconds = 3600
	if d := Decide(r, start); !d.Due.Equal(after(time.Hour)) {
		t.Errorf("deadline: %v", d.Due.Sub(start))
	}
}

func TestAnswer(t *testing.T) {
	follow, poll := Tuning{Prefix: "davit", TaskEvents: true}, Tuning{Prefix: "davit"}
	runs := launched(described("t1", "RUNNING", startedAt(after(time.Second))))
	waits := newRun(1)
	waits.begin("davit", start)
	waits.Status = Launching
	now := after(10 * time.Minute)
	at := func(d time.Duration) Decision { return Decision{Next: StepObserve, Due: now.Add(d)} }
	for _, c := range []struct {
		name        string
		tuning      Tuning
		r           *Run
		d           Decision
		next        Step
		least, most int
	}{
		{"launch", follow, runs, Decision{Next: StepLaunch, Due: start}, StepLaunch, 1, 1},
		{"done", poll, runs, Decision{Next: StepDone}, StepDone, 1, 1},
		{"due at once", follow, runs, at(0), StepObserve, 1, 1},
		{"overdue", poll, runs, at(-time.Hour), StepObserve, 1, 1},
		{"follow", follow, runs, at(time.Minute), StepFollow, 60, 60},
		{"follow rounds up", follow, runs, at(time.Minute + time.Millisecond), StepFollow, 61, 61},
		{"follow a moment", follow, runs, at(time.Millisecond), StepFollow, 1, 1},
		{"follow a day", follow, runs, at(48 * time.Hour), StepFollow, 86_400, 86_400},
		{"poll a live task", poll, runs, at(24 * time.Hour), StepPause, 54, 60},
		{"poll, but something is due before", poll, runs, at(3 * time.Second), StepPause, 3, 3},
		{"pause before a launch", poll, waits, at(time.Minute), StepPause, 60, 60},
		{"a long pause still sees a stop", poll, waits, at(time.Hour), StepPause, 300, 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := c.tuning.answer(c.r, c.d, now)
			if out.Next != c.next || out.WaitSeconds < c.least || out.WaitSeconds > c.most {
				t.Errorf("%s %d, want %s %d..%d", out.Next, out.WaitSeconds, c.next, c.least, c.most)
			}
			if out.Execution != c.r.execution() {
				t.Error("out.Execution is not c.r.execution()")
			}
		})
	}
}
