package run

import (
	"context"
	"errors"
	"testing"
	"time"

	"davit/internal/jsontree"
)

// following is a fixture whose execution follows its tasks with the token "token".
func following(t *testing.T, count int) *fixture {
	w := placed(t, count)
	w.clock.advance(300 * time.Millisecond) // an invocation takes a moment
	w.follow("token")
	w.workflow.woken()
	return w
}

func TestEventsThatAreNobodys(t *testing.T) {
	w := following(t, 1)
	other := keyID("someone", "else")
	for name, s := range map[string]TaskState{
		"another service's task":  described("x", "RUNNING", startedBy("ecs-svc/123")),
		"a task without one":      described("x", "RUNNING"),
		"another stack's":         described("x", "RUNNING", startedBy("other-"+testID+"-01")),
		"of a run that is gone":   described("x", "RUNNING", startedBy(StartedBy("davit", other, 1))),
		"stopped, of a gone run":  described("x", "STOPPED", startedBy(StartedBy("davit", other, 1))),
		"of an attempt not begun": described("x", "STOPPED", startedBy(StartedBy("davit", testID, 2))),
	} {
		version := w.run().Version
		w.handle(s)
		if w.run().Version != version || w.ecs.count("Stop") > 0 || len(w.workflow.woken()) > 0 {
			t.Errorf("%s did something", name)
		}
	}
}

func TestEventsThatAreNone(t *testing.T) {
	w := following(t, 1)
	for _, text := range []string{
		``, `[]`, `null`, `{}`, `{"source":"aws.ecs","detail-type":"ECS Task State Change","detail":{}}`, `{"source":"aws.ecs","detail-type":"ECS Task State Change"}`,
		`{"source":"me","detail-type":"ECS Task State Change","detail":{"taskArn":"x"}}`,
		`{"source":"aws.ecs","detail-type":"ECS Service Action","detail":{"taskArn":"x"}}`,
		`{"source":"aws.ecs","detail-type":"ECS Task State Change","detail":"x"}`,
	} {
		if err := w.events().Handle(context.Background(), []byte(text)); CodeOf(err) != CodeInvalid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestEventsInAnyOrder(t *testing.T) {
	w := following(t, 1)
	pending := w.ecs.set("t1", "PENDING")
	runs := w.ecs.set("t1", "RUNNING", startedAt(start))
	w.handle(runs)
	version := w.run().Version
	for _, s := range []TaskState{pending, runs, pending, runs} {
		w.handle(s)
	}
	if r := w.run(); r.Version != version || r.Status != Running {
		t.Errorf("old and doubled events wrote: version %d -> %d, %s", version, r.Version, r.Status)
	}
	stopped := w.ecs.finish("t1", 0)
	w.handle(stopped)
	version = w.run().Version
	for _, s := range []TaskState{stopped, runs, pending} {
		w.handle(s)
	}
	if r := w.run(); r.Version != version || summary(r) != "SUCCEEDED  exit=0" {
		t.Errorf("%s, version %d -> %d", summary(r), version, r.Version)
	}
}

func TestAnEventBeforeTheLaunchReply(t *testing.T) {
	w := ready(t, 2)
	w.ecs.launches = []launchFault{{during: func() { w.handle(w.ecs.set("t1", "RUNNING", startedAt(start))) }}}
	w.launch()
	r := w.run()
	switch {
	case len(r.attempt().Tasks) != 2:
		t.Errorf("len(r.attempt().Tasks) is %v, want 2", len(r.attempt().Tasks))
	case r.Status != Running:
		t.Errorf("r.Status is %v, want %v", r.Status, Running)
	case r.attempt().Open != nil:
		t.Errorf("r.attempt().Open is %v, want nil", r.attempt().Open)
	case r.attempt().LaunchedAt == nil:
		t.Error("r.attempt().LaunchedAt is nil")
	}
	if r.find(arnOf("t1")).State().Version != 2 {
		t.Error("the reply is older than the event")
	}
}

// TestAnEndBeforeTheLaunchReply: the task's whole life passed while the call was under way, and the retry is laid out.
func TestAnEndBeforeTheLaunchReply(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{during: func() {
		w.handle(w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start)))
	}}}
	out := w.launch()
	r := w.run()
	switch {
	case len(r.Attempts) != 2:
		t.Errorf("len(r.Attempts) is %v, want 2", len(r.Attempts))
	case len(r.Attempts[0].Tasks) != 1:
		t.Errorf("len(r.Attempts[0].Tasks) is %v, want 1", len(r.Attempts[0].Tasks))
	case len(r.Attempts[1].Tasks) != 0:
		t.Errorf("len(r.Attempts[1].Tasks) is %v, want 0", len(r.Attempts[1].Tasks))
	case r.Attempts[1].Open != nil:
		t.Errorf("r.Attempts[1].Open is %v, want nil", r.Attempts[1].Open)
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	}
}

func TestAnEventAddsTheTaskOfALostReply(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.follow("token")
	w.workflow.woken()
	w.handle(w.ecs.set("t1", "PENDING"))
	switch r := w.run(); {
	case len(r.attempt().Tasks) != 1:
		t.Errorf("len(r.attempt().Tasks) is %v, want 1", len(r.attempt().Tasks))
	case r.attempt().LaunchedAt == nil:
		t.Error("r.attempt().LaunchedAt is nil")
	case r.Status != Pending:
		t.Errorf("r.Status is %v, want %v", r.Status, Pending)
	}
}

func TestOrphans(t *testing.T) {
	stranger := described("x", "RUNNING", startedBy(StartedBy("davit", testID, 1)))
	for _, c := range []struct {
		name    string
		prepare func(w *fixture)
		s       TaskState
		stopped bool
	}{
		{"of no call that the record knows", func(*fixture) {}, stranger, true},
		{"of an attempt that is not there", func(*fixture) {}, described("x", "PENDING", startedBy(StartedBy("davit", testID, 9))), true},
		{"of a terminal run", func(w *fixture) { w.handle(w.ecs.finish("t1", 0)) }, stranger, true},
		{"being stopped already", func(*fixture) {}, described("x", "RUNNING", startedBy(stranger.StartedBy), code("UserInitiated")), false},
		{"stopped already", func(*fixture) {}, described("x", "STOPPED", startedBy(stranger.StartedBy)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := following(t, 1)
			c.prepare(w)
			s := c.s
			w.ecs.tasks = append(w.ecs.tasks, &s)
			before := summary(w.run())
			w.handle(c.s)
			if got := w.ecs.count("Stop") == 1; got != c.stopped {
				t.Errorf("%v", w.ecs.calls)
			}
			if after := summary(w.run()); after != before {
				t.Errorf("%s -> %s", before, after)
			}
		})
	}
}

func TestAnOrphanWhoseStopFails(t *testing.T) {
	w := following(t, 1)
	orphan := described("x", "RUNNING", startedBy(StartedBy("davit", testID, 1)))
	for _, c := range []struct {
		err  error
		want Code
	}{{throttled(), CodeThrottled}, {serverFault(), CodeUnavailable}, {refusal("InvalidParameterException", "The referenced task was not found."), ""}} {
		w.ecs.fails["Stop"] = []error{c.err}
		if err := w.events().Handle(context.Background(), event(orphan)); CodeOf(err) != c.want {
			t.Errorf("%v: %v", c.err, err)
		}
	}
}

// TestALostTaskThatRuns: the run ended LOST, its task is alive and is stopped; its end ties the loose end.
func TestALostTaskThatRuns(t *testing.T) {
	w := following(t, 1)
	w.ecs.hidden[arnOf("t1")] = after(100 * time.Hour)
	w.clock.advance(2 * time.Hour)
	w.observe()
	if r := w.run(); r.Status != Lost || r.SweepAt.IsZero() {
		t.Fatalf("%s sweep at %v", r.Status, r.SweepAt)
	}
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	if w.ecs.count("Stop") != 1 || w.run().Status != Lost {
		t.Errorf("%v %s", w.ecs.calls, w.run().Status)
	}
	w.handle(w.ecs.finish("t1", 0))
	if r := w.run(); summary(r) != "LOST LOST exit=-" || !r.SweepAt.IsZero() {
		t.Errorf("%s sweep at %v", summary(r), r.SweepAt)
	}
}

// TestWhenAnEventWakes: only when the next decision is another than the one that the execution waits for.
func TestWhenAnEventWakes(t *testing.T) {
	w := following(t, 2)
	for _, s := range []TaskState{w.ecs.set("t1", "PENDING"), w.ecs.set("t1", "RUNNING", startedAt(start)), w.ecs.set("t2", "RUNNING", startedAt(start)), w.ecs.finish("t1", 0)} {
		w.handle(s)
		if woken := w.workflow.woken(); len(woken) > 0 {
			t.Errorf("%s %s woke: %+v, it waits until %v", s.TaskARN, s.LastStatus, woken[0].answer, w.run().Waiting.Due)
		}
	}
	last := w.ecs.finish("t2", 0)
	w.handle(last)
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token":
		t.Errorf("woken[0].token is %v, want token", woken[0].token)
	case woken[0].answer.Next != StepDone:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepDone)
	}
	w.handle(last)
	if woken := w.workflow.woken(); len(woken) != 1 {
		t.Errorf("an event that comes again wakes again, for the first may have been lost: %+v", woken)
	}
	w.workflow.gone = map[string]bool{"token": true}
	w.handle(last)
}

func TestAnEventWakesForARetryPause(t *testing.T) {
	w := following(t, 1)
	w.handle(w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start)))
	woken := w.workflow.woken()
	switch {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].answer.Next != StepFollow:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepFollow)
	case woken[0].answer.WaitSeconds < 5:
		t.Errorf("woken[0].answer.WaitSeconds is %v, want at least %v", woken[0].answer.WaitSeconds, 5)
	case woken[0].answer.WaitSeconds > 10:
		t.Errorf("woken[0].answer.WaitSeconds is %v, want at most %v", woken[0].answer.WaitSeconds, 10)
	}
}

func TestAnEventThatCannotWake(t *testing.T) {
	w := following(t, 1)
	w.workflow.wake = errors.New("away")
	err := w.events().Handle(context.Background(), event(w.ecs.finish("t1", 0)))
	if CodeOf(err) != CodeUnavailable || w.run().Status != Succeeded {
		t.Errorf("%v %s", err, w.run().Status)
	}
}

// TestALateEventDoesNotSwellAnEndedAttempt: what an ended attempt need not keep does not come back with a doubled event.
func TestALateEventDoesNotSwellAnEndedAttempt(t *testing.T) {
	w := following(t, 1)
	s := w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start))
	big := jsontree.SetMembers(event(s), map[string]any{"detail": jsontree.SetMembers(raw(s), map[string]any{"overrides": "long"})})
	for range 2 {
		if err := w.events().Handle(context.Background(), big); err != nil {
			t.Fatal(err)
		}
		if got := jsontree.StringMember(w.run().Attempts[0].Tasks[0].Raw, "overrides"); got != "" {
			t.Errorf("kept %q", got)
		}
	}
}

func TestEventsAgainstOtherWriters(t *testing.T) {
	w := following(t, 1)
	w.store.otherWriters = []func(*Run){func(r *Run) { r.Observations++ }, func(r *Run) { r.show(after(time.Second), succeeded("t1", start)); r.Expires = after(time.Hour) }}
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	if r := w.run(); summary(r) != "SUCCEEDED  exit=0" {
		t.Errorf("%s", summary(r))
	}
	w = following(t, 1)
	w.store.fail = func(string) error { return &Error{Code: CodeUnavailable} }
	if err := w.events().Handle(context.Background(), event(described("t1", "RUNNING", startedBy(StartedBy("davit", testID, 1))))); CodeOf(err) != CodeUnavailable {
		t.Errorf("%v", err)
	}
}
