package run

import (
	"context"
	"testing"
	"time"
)

// ECS forgets a token an hour after the end of its last task: a repetition would run again what has ended.
func TestLaunch_TokenThatECSForgot_IsNotRepeated(t *testing.T) {
	for _, c := range []struct {
		name   string
		idle   time.Duration
		shown  bool
		status Status
	}{
		{"the end is still shown", 55 * time.Minute, true, Succeeded},
		{"nothing is shown any more", 70 * time.Minute, false, Lost},
		{"two days later", 48 * time.Hour, false, Lost},
	} {
		w := polling(ready(t, 1))
		w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
		w.launch()
		w.clock.advance(10 * time.Second)
		w.ecs.finish("t1", 0)
		w.clock.advance(c.idle)
		if !c.shown {
			w.hide(1000*time.Hour, "t1")
		}
		r := w.launchUntilSettled(10 * time.Minute)
		if got := len(w.ecs.tasks); got != 1 {
			t.Errorf("%s: ECS ran %d tasks, want 1", c.name, got)
		}
		if r.Status != c.status {
			t.Errorf("%s: %s (%s), want %s", c.name, r.Status, r.StatusReason, c.status)
		}
	}
}

// The fake is held against what ECS's pages say of tokens, since the tests above rest on it.
func TestFakeECS_Token_LivesAnHourLongerThanItsTasks(t *testing.T) {
	for _, c := range []struct {
		name     string
		ends     bool
		after    time.Duration
		launched int
	}{
		{"within the hour", true, 59 * time.Minute, 1},
		{"after the hour", true, time.Hour, 2},
		{"while its task runs", false, 23 * time.Hour, 1},
		{"after a day", false, 24 * time.Hour, 2},
	} {
		w := newFixture(t)
		input := raw(map[string]any{"clientToken": "token", "count": 1, "startedBy": "x"})
		for range 2 {
			if _, err := w.ecs.Launch(context.Background(), RunTask, input); err != nil {
				t.Fatal(err)
			}
			if len(w.ecs.tasks) == 1 && c.ends {
				w.ecs.finish("t1", 0)
			}
			w.clock.advance(c.after)
		}
		if got := len(w.ecs.tasks); got != c.launched {
			t.Errorf("%s: %d tasks, want %d", c.name, got, c.launched)
		}
	}
}

// A task of an open call that turns up only when its stopped run is over is watched for, and stopped.
func TestStop_OpenCallThatLooksDoNotShow_ItsTaskIsStoppedWhenItTurnsUp(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.hide(30*time.Minute, "t1")
	w.stop("")
	for range 9 {
		w.clock.advance(time.Minute)
		w.launch()
	}
	if r := w.run(); r.Status != Stopped || !r.attempt().Unclear {
		t.Fatalf("%s, unclear %v, want STOPPED and true", r.Status, r.attempt().Unclear)
	}
	for range 8 {
		w.clock.advance(orphanSweep)
		w.sweep()
	}
	if got := w.ecs.find("t1").DesiredStatus; got != desiredStopped {
		t.Errorf("the task that turned up is to be %s, want %s", got, desiredStopped)
	}
}

// However many executions have died, the one that repeats an open call comes while the call's token is good.
func TestSweep_ExecutionsDieWithAnOpenCall_ItIsRepeatedWhileItsTokenLives(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.store.mu.Lock()
	r := w.store.get(testID)
	r.Restarts = 10
	w.store.put(r)
	w.store.mu.Unlock()
	for w.run().Generation < 4 && w.clock.Now().Before(after(3*time.Hour)) {
		if err := w.sweeper().ExecutionEnded(context.Background(), w.run().execution()); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(time.Minute)
	}
	if took := w.clock.Now().Sub(start); took > 45*time.Minute {
		t.Errorf("the third execution after the call began %v after it, want at most 45 min", took)
	}
	w.launch()
	if got := len(w.ecs.inputs); got != 2 {
		t.Errorf("%d launch calls, want 2: the open one is to be repeated", got)
	}
}
