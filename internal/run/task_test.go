package run

import (
	"encoding/json"
	"testing"
	"time"

	"davit/internal/jsontree"
)

func TestReadStateIsLenient(t *testing.T) {
	for _, text := range []string{
		`{"taskArn":"a","lastStatus":"RUNNING","version":7,"startedAt":"soon"}`,
		`{"taskArn":"a","lastStatus":"RUNNING","version":7,"containers":{"no":"list"}}`,
		`{"taskArn":"a","lastStatus":"RUNNING","version":7,"stopCode":5,"newField":[1,{"x":2}]}`,
		`{"taskArn":"a","lastStatus":"RUNNING","version":7,"stoppedReason":null,"startedBy":["x"]}`,
	} {
		s := readState(json.RawMessage(text))
		switch {
		case s.TaskARN != "a":
			t.Errorf("s.TaskARN is %v, want a", s.TaskARN)
		case s.LastStatus != "RUNNING":
			t.Errorf("s.LastStatus is %v, want RUNNING", s.LastStatus)
		case s.Version != 7:
			t.Errorf("s.Version is %v, want 7", s.Version)
		case s.StopCode != "":
			t.Errorf("s.StopCode is %v, want ", s.StopCode)
		case s.StartedAt != nil:
			t.Errorf("s.StartedAt is %v, want nil", s.StartedAt)
		case len(s.Containers) > 0:
			t.Errorf("len(s.Containers) is %v, want at most %v", len(s.Containers), 0)
		}
	}
	for _, text := range []string{``, `null`, `[]`, `"x"`, `{`, `3`} {
		switch s := readState(json.RawMessage(text)); {
		case s.TaskARN != "":
			t.Errorf("s.TaskARN is %v, want ", s.TaskARN)
		case s.stopped():
			t.Error("s.stopped() is true, want false")
		case s.ran():
			t.Error("s.ran() is true, want false")
		}
	}
}

// TestMerge lays one description over another: known version 5 of a RUNNING task.
func TestMerge(t *testing.T) {
	known := func() Task {
		return Task{ARN: arnOf("t1"), SeenAt: start, Raw: json.RawMessage(`{"taskArn":"` + arnOf("t1") + `","lastStatus":"RUNNING","version":5,"tags":[1],"healthStatus":"HEALTHY"}`)}
	}
	for _, c := range []struct {
		name    string
		raw     string
		from    source
		changed bool
		status  string
		keeps   bool // tags, which the newcomer lacks
		seen    bool
	}{
		{"newer from ECS", `{"lastStatus":"RUNNING","version":6,"tags":[]}`, fromECS, true, "RUNNING", false, true},
		{"newer from ECS, stopping", `{"lastStatus":"RUNNING","desiredStatus":"STOPPED","version":6,"tags":[]}`, fromECS, true, "RUNNING", true, true},
		{"newer from ECS, stopped", `{"lastStatus":"STOPPED","version":6,"tags":[]}`, fromECS, true, "STOPPED", true, true},
		{"newer from ECS, without a word of tags", `{"lastStatus":"RUNNING","version":6}`, fromECS, true, "RUNNING", true, true},
		{"same version from ECS, complete", `{"lastStatus":"RUNNING","version":5,"cpu":"256","tags":[]}`, fromECS, true, "RUNNING", false, true},
		{"older from ECS", `{"lastStatus":"PENDING","version":4}`, fromECS, false, "RUNNING", true, true},
		{"newer event", `{"lastStatus":"STOPPED","version":6}`, fromEvent, true, "STOPPED", true, true},
		{"same event again", `{"lastStatus":"RUNNING","version":5}`, fromEvent, false, "RUNNING", true, true},
		{"same version adds what lacks", `{"lastStatus":"STOPPED","version":5,"cpu":"256"}`, fromEvent, true, "RUNNING", true, true},
		{"older from ECS adds what lacks", `{"lastStatus":"PENDING","version":4,"cpu":"256"}`, fromECS, true, "RUNNING", true, true},
		{"older event", `{"lastStatus":"STOPPED","version":4}`, fromEvent, false, "RUNNING", true, false},
		{"no JSON", `{`, fromEvent, false, "RUNNING", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			task, now := known(), after(time.Minute)
			if got := task.merge(readDescription(json.RawMessage(c.raw)), c.from, now); got != c.changed {
				t.Errorf("changed %v", got)
			}
			var members map[string]json.RawMessage
			if err := json.Unmarshal(task.Raw, &members); err != nil {
				t.Fatal(err)
			}
			if task.State().LastStatus != c.status || (string(members["tags"]) == "[1]") != c.keeps {
				t.Errorf("%s", task.Raw)
			}
			if task.SeenAt.Equal(now) != c.seen {
				t.Errorf("seen at %v", task.SeenAt)
			}
		})
	}
}

func TestAStoppedTaskStaysStopped(t *testing.T) {
	s := ended("t1", after(time.Minute), 3)
	for _, from := range []source{fromECS, fromEvent} {
		task := Task{ARN: s.TaskARN, Raw: raw(s)}
		task.merge(readDescription(raw(described("t1", "RUNNING", version(99)))), from, after(time.Hour))
		if !task.Ended() || task.State().Containers[0].ExitCode == nil {
			t.Errorf("%s", task.Raw)
		}
		task.merge(readDescription(raw(described("t1", "DELETED", version(100), exited("app", 3)))), from, after(time.Hour))
		if !task.Ended() {
			t.Errorf("%s", task.Raw)
		}
	}
}

func TestALostTaskThatShowsUpIsNotLost(t *testing.T) {
	s := described("t1", "RUNNING", startedAt(start))
	task := Task{ARN: s.TaskARN, Raw: raw(s), Lost: true}
	switch {
	case !task.Ended():
		t.Error("task.Ended() is false, want true")
	case !task.merge(readDescription(raw(ended("t1", after(time.Minute), 0))), fromEvent, after(time.Minute)):
		t.Error("task.merge(readDescription(raw(ended(\"t1\", after(time.Minute), 0))), fromEvent, after(time.Minute)) is false, want true")
	case task.Lost:
		t.Error("task.Lost is true, want false")
	}
	for _, from := range []source{fromECS, fromEvent} {
		task = Task{ARN: s.TaskARN, Raw: raw(s), Lost: true}
		switch {
		case !task.merge(readDescription(raw(s)), from, after(time.Minute)):
			t.Error("shown as it was last known: task.merge(readDescription(raw(s)), from, after(time.Minute)) is false, want true")
		case task.Lost:
			t.Error("shown as it was last known: task.Lost is true, want false")
		}
	}
}

func TestCompactKeepsWhatDecides(t *testing.T) {
	s := raw(ended("t1", after(time.Minute), 3))
	task := Task{ARN: arnOf("t1"), Raw: jsontree.SetMembers(s, map[string]any{"overrides": "long", "attachments": []int{1}})}
	before := newRun(1).judge(&task)
	task.compact()
	var members map[string]any
	if err := json.Unmarshal(task.Raw, &members); err != nil || members["overrides"] != nil || members["attachments"] != nil {
		t.Errorf("%s %v", task.Raw, err)
	}
	if got := newRun(1).judge(&task); got != before {
		t.Errorf("compacted it is judged %+v, before %+v", got, before)
	}
	broken := Task{Raw: json.RawMessage(`[`)}
	broken.compact()
	if string(broken.Raw) != "[" {
		t.Errorf("%s", broken.Raw)
	}
}

func TestCompact_KeepsTheTimesOfEachPhase(t *testing.T) {
	at := "2026-01-02T03:04:05Z"
	times := map[string]any{"createdAt": at, "pullStartedAt": at, "pullStoppedAt": at, "startedAt": at, "stoppingAt": at, "stoppedAt": at}
	task := Task{ARN: arnOf("t1"), Raw: jsontree.SetMembers(raw(ended("t1", after(time.Minute), 3)), times)}
	task.compact()
	var kept map[string]any
	if err := json.Unmarshal(task.Raw, &kept); err != nil {
		t.Fatal(err)
	}
	for name := range times {
		if kept[name] != at {
			t.Errorf("%s: got %v, want %s", name, kept[name], at)
		}
	}
}

func TestMarkMissing(t *testing.T) {
	for _, c := range []struct {
		name                string
		launched, seen, now time.Duration
		ended, want         bool
	}{
		{"just launched", 0, 0, time.Second, false, false},
		{"9 minutes after launch", 0, -2 * time.Hour, 9 * time.Minute, false, false},
		{"seen half an hour ago", 0, 0, 30 * time.Minute, false, false},
		{"a second before the hour", 0, time.Minute, time.Hour + 59*time.Second, false, false},
		{"an hour after it was seen", 0, time.Minute, time.Hour + time.Minute, false, true},
		{"it had ended", 0, 0, 3 * time.Hour, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := described("t1", "RUNNING")
			if c.ended {
				s = succeeded("t1", after(time.Second))
			}
			task := Task{ARN: s.TaskARN, Raw: raw(s), LaunchedAt: after(c.launched), SeenAt: after(c.seen)}
			if got := task.markMissing(after(c.now)); got != c.want || task.Lost != c.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestCloneSharesNothing(t *testing.T) {
	r := launched(described("t1", "RUNNING", startedAt(start)))
	c := r.Clone()
	c.Attempts[0].Tasks[0].Raw[0] = 'x'
	c.Policy.Retry.On[0] = "x"
	if r.Attempts[0].Tasks[0].Raw[0] != '{' || r.Policy.Retry.On[0] == "x" {
		t.Error("a clone shares memory")
	}
}
