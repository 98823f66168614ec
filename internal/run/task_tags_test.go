package run

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

const teamTag = `{"key":"team","value":"a"}`

// tagging makes ECS tag its tasks, and delete the tags with the stop as it does (SP-06).
func tagging(w *fixture) *fixture {
	w.ecs.stopRequested = func(s *TaskState) { s.Tags = []json.RawMessage{} }
	for _, s := range w.ecs.tasks {
		s.Tags = []json.RawMessage{json.RawMessage(teamTag)}
	}
	return w
}

func asks(resolved string) func(*Run) {
	return func(r *Run) { r.Resolved = json.RawMessage(resolved) }
}

const withTags = `{"taskDefinition":"arn:job:1","tags":[` + teamTag + `]}`

func (w *fixture) wantTags(when string) {
	w.t.Helper()
	for _, task := range w.run().Attempts[0].Tasks {
		if got := task.State().Tags; len(got) != 1 || string(got[0]) != teamTag {
			w.t.Errorf("%s: %s has the tags %s", when, task.ShortID(), got)
		}
	}
}

// TestTagsAreSeenBeforeAStop: where the launch call's answer had none to show, they are looked up before ECS is asked to stop.
func TestTagsAreSeenBeforeAStop(t *testing.T) {
	t.Run("events", func(t *testing.T) {
		w := tagging(placed(t, 2, asks(withTags)))
		w.stop("")
		w.observe()
		if want := []string{"Launch", "Describe 2", "Stop t1", "Stop t2"}; !slices.Equal(w.ecs.calls, want) {
			t.Errorf("%v, want %v", w.ecs.calls, want)
		}
		w.handle(w.ecs.finish("t1", 143))
		w.handle(w.ecs.finish("t2", 143))
		w.wantTags("at the end")
	})
	t.Run("polling", func(t *testing.T) {
		w := tagging(polling(placed(t, 2, asks(withTags))))
		if r := w.stop(""); w.ecs.count("Stop") != 0 || !r.attempt().Tasks[0].Stop.AskedAt.IsZero() {
			t.Errorf("%v: nobody had seen the tags", w.ecs.calls)
		}
		w.observe()
		if want := []string{"Launch", "Describe 2", "Stop t1", "Stop t2"}; !slices.Equal(w.ecs.calls, want) {
			t.Errorf("%v, want %v", w.ecs.calls, want)
		}
		w.ecs.finish("t1", 143)
		w.ecs.finish("t2", 143)
		w.clock.advance(time.Minute)
		w.observe()
		w.wantTags("at the end")
	})
	t.Run("a task known by its event only", func(t *testing.T) {
		w := ready(t, 1, asks(withTags))
		w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
		w.launch()
		w.handle(w.ecs.set("t1", "PENDING"))
		tagging(w)
		w.stop("")
		w.observe()
		if want := []string{"Launch", "Describe 1", "Stop t1"}; !slices.Equal(w.ecs.calls, want) {
			t.Errorf("%v, want %v", w.ecs.calls, want)
		}
		w.wantTags("after the stop")
	})
}

// TestTagsThatWereSeenCostNoLook: with the tags in the launch call's answer, or none to be expected, nothing is read before a stop.
func TestTagsThatWereSeenCostNoLook(t *testing.T) {
	for name, c := range map[string]struct {
		resolved string
		tags     []json.RawMessage
	}{
		"seen":            {withTags, []json.RawMessage{json.RawMessage(teamTag)}},
		"seen to be none": {`{"propagateTags":"TASK_DEFINITION"}`, []json.RawMessage{}},
		"none asked for":  {`{"propagateTags":"NONE","tags":[],"enableECSManagedTags":false}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, events := range []bool{true, false} {
				w := ready(t, 1, asks(c.resolved))
				w.tuning.TaskEvents = events
				w.ecs.created = func(s *TaskState) { s.Tags = c.tags }
				w.launch()
				w.stop("")
				if events {
					w.observe()
				}
				if w.ecs.count("Describe") > 0 || w.ecs.count("Stop") != 1 {
					t.Errorf("events %v: %v", events, w.ecs.calls)
				}
			}
		})
	}
}

func TestTaggedAtLaunch(t *testing.T) {
	for resolved, want := range map[string]bool{
		withTags: true, `{"propagateTags":"TASK_DEFINITION"}`: true, `{"enableECSManagedTags":true}`: true,
		`{}`: false, `{"tags":[],"propagateTags":"NONE","enableECSManagedTags":false}`: false, `{"tags":null}`: false,
	} {
		if got := newRun(1, asks(resolved)).taggedAtLaunch(); got != want {
			t.Errorf("%s: %v", resolved, got)
		}
	}
}

// TestTagsOutliveTheTask: whichever way the end is heard of, and however often.
func TestTagsOutliveTheTask(t *testing.T) {
	launch := func(t *testing.T) *fixture {
		w := ready(t, 1, asks(withTags))
		w.ecs.created = func(s *TaskState) { s.Tags = []json.RawMessage{json.RawMessage(teamTag)} }
		w.launch()
		return w
	}
	t.Run("an event tells the end", func(t *testing.T) {
		w := launch(t)
		s := w.ecs.finish("t1", 0)
		s.Tags = nil
		w.handle(s)
		w.wantTags("at the end")
	})
	t.Run("a look finds the end", func(t *testing.T) {
		w := polling(launch(t))
		w.ecs.finish("t1", 0)
		w.ecs.find("t1").Tags = []json.RawMessage{}
		w.clock.advance(time.Minute)
		w.observe()
		w.wantTags("at the end")
	})
	t.Run("looks while it stops", func(t *testing.T) {
		w := polling(tagging(launch(t)))
		w.stop("")
		for range 3 {
			w.clock.advance(time.Minute)
			w.observe()
			w.wantTags("while it stops")
		}
		w.ecs.finish("t1", 143)
		w.clock.advance(time.Minute)
		w.observe()
		w.wantTags("at the end")
	})
	t.Run("somebody takes them away", func(t *testing.T) {
		w := polling(launch(t))
		w.ecs.set("t1", "RUNNING", startedAt(start), func(s *TaskState) { s.Tags = []json.RawMessage{} })
		w.clock.advance(time.Minute)
		w.observe()
		if tags := w.run().attempt().Tasks[0].State().Tags; len(tags) > 0 {
			t.Errorf("the task runs without tags, the record has %s", tags)
		}
	})
}

// TestAnAnswerThatIsLateStillTellsTheTags: the task's event came, and even its end, before the launch call's own answer.
func TestAnAnswerThatIsLateStillTellsTheTags(t *testing.T) {
	for _, end := range []bool{false, true} {
		w := ready(t, 1, asks(withTags))
		w.ecs.created = func(s *TaskState) { s.Tags = []json.RawMessage{json.RawMessage(teamTag)} }
		w.ecs.launches = []launchFault{{during: func() {
			s := w.ecs.set("t1", "RUNNING", startedAt(start))
			if end {
				s = w.ecs.finish("t1", 0)
			}
			s.Tags = nil
			w.handle(s)
		}}}
		w.launch()
		w.wantTags("after the answer")
		if r := w.run(); (r.Status == Succeeded) != end || r.attempt().Tasks[0].State().Version < 2 {
			t.Errorf("%s %s", r.Status, r.attempt().Tasks[0].Raw)
		}
	}
}

// TestALateAnswerDoesNotSwellAnEndedAttempt: nor does it of one that another attempt has followed.
func TestALateAnswerDoesNotSwellAnEndedAttempt(t *testing.T) {
	w := ready(t, 1, asks(withTags))
	w.ecs.created = func(s *TaskState) { s.Tags = []json.RawMessage{json.RawMessage(teamTag)} }
	w.ecs.launches = []launchFault{{during: func() {
		w.handle(w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start)))
	}}}
	w.launch()
	if r := w.run(); len(r.Attempts) != 2 || strings.Contains(string(r.Attempts[0].Tasks[0].Raw), "team") {
		t.Errorf("%d attempts, %s", len(r.Attempts), r.Attempts[0].Tasks[0].Raw)
	}
}
