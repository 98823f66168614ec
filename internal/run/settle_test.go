package run

import (
	"slices"
	"testing"
	"time"
)

func TestSettleBeforeLaunch(t *testing.T) {
	r := newRun(1)
	Settle(r, start)
	if r.Status != Submitted || r.StoppedAt != nil {
		t.Errorf("%s", summary(r))
	}
	r.Stop = &StopOrder{Cause: ByCaller, Reason: "typo", At: start}
	Settle(r, after(time.Second))
	if summary(r) != "STOPPED STOPPED exit=-" || r.StatusReason != "stopped by a caller before it was launched: typo" || !r.StoppedAt.Equal(after(time.Second)) {
		t.Errorf("%s %q", summary(r), r.StatusReason)
	}
}

func TestSettleLeavesATerminalRecordAlone(t *testing.T) {
	r := launched(described("t1", "RUNNING"))
	r.show(after(time.Minute), kind("t1", "exit1", 5))
	before := string(raw(r))
	Settle(r, after(time.Hour))
	if string(raw(r)) != before {
		t.Errorf("%s\n%s", before, raw(r))
	}
}

// TestStanding is the status of a run that goes on.
func TestStanding(t *testing.T) {
	stopTask := func(i int) func(*Run) {
		return func(r *Run) { r.Attempts[0].Tasks[i].Stop = &StopOrder{Cause: ByCaller, At: start} }
	}
	stopRun := func(r *Run) { r.Stop = &StopOrder{Cause: ByCaller, At: start} }
	wantMore := func(r *Run) { r.Count++; r.attempt().Want++ }
	open := func(r *Run) { r.attempt().Open = &Call{Number: 2, Count: 1, IntentAt: start, NotBefore: start} }
	was := func(s Status) func(*Run) { return func(r *Run) { r.Status = s } }
	for _, c := range []struct {
		name  string
		tasks []string // last status of each
		prep  []func(*Run)
		want  Status
	}{
		{"nothing placed yet", nil, []func(*Run){wantMore}, Launching},
		{"placed", []string{"PROVISIONING"}, nil, Pending},
		{"activating", []string{"ACTIVATING"}, nil, Pending},
		{"some placed", []string{"PENDING"}, []func(*Run){wantMore}, Launching},
		{"some running, some not placed", []string{"RUNNING"}, []func(*Run){wantMore}, Running},
		{"one of two running", []string{"PENDING", "RUNNING"}, nil, Running},
		{"deactivating", []string{"DEACTIVATING"}, nil, Running},
		{"running, never back to pending", []string{"PENDING"}, []func(*Run){was(Running)}, Running},
		{"one of two stopping", []string{"RUNNING", "RUNNING"}, []func(*Run){stopTask(0)}, Running},
		{"both stopping", []string{"RUNNING", "RUNNING"}, []func(*Run){stopTask(0), stopTask(1)}, Stopping},
		{"the only live one stopping", []string{"RUNNING", "STOPPED"}, []func(*Run){stopTask(0)}, Stopping},
		{"run stopped", []string{"RUNNING"}, []func(*Run){stopRun}, Stopping},
		{"run stopped while a call is open", nil, []func(*Run){wantMore, open, stopRun}, Stopping},
		{"all placed stop, more to place", []string{"PENDING"}, []func(*Run){stopTask(0), wantMore}, Launching},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tasks []TaskState
			for i, status := range c.tasks {
				s := described("t"+string(rune('1'+i)), status)
				if status == "STOPPED" {
					s = kind(s.TaskARN, "ok", 1)
				}
				tasks = append(tasks, s)
			}
			r := newRun(len(tasks))
			r.begin("davit", start)
			for _, s := range tasks {
				r.attempt().Tasks = append(r.attempt().Tasks, Task{ARN: s.TaskARN, Raw: raw(s), LaunchedAt: start, SeenAt: start})
			}
			r.Status = Launching
			for _, change := range c.prep {
				change(r)
			}
			Settle(r, after(time.Second))
			if r.Status != c.want {
				t.Errorf("%s, want %s", r.Status, c.want)
			}
		})
	}
}

func TestRetryGoesBackToLaunching(t *testing.T) {
	for _, from := range []string{"PENDING", "RUNNING"} {
		r := launched(described("t1", from))
		r.Policy.Retry.On = []string{"NEVER_STARTED", "EXIT:1"}
		end := "never"
		if from == "RUNNING" {
			end = "exit1"
		}
		r.show(after(time.Minute), kind("t1", end, 30))
		if r.Status != Launching || len(r.Attempts) != 2 || r.Attempts[1].live() {
			t.Errorf("from %s: %s", from, r.Status)
		}
	}
}

func TestStartedAtIsTheFirstRunning(t *testing.T) {
	r := launched(described("t1", "PENDING"), described("t2", "PENDING"))
	r.show(after(time.Minute), described("t2", "RUNNING", version(2), startedAt(after(40*time.Second))))
	r.show(after(2*time.Minute), described("t1", "RUNNING", version(2), startedAt(after(50*time.Second))))
	if !r.StartedAt.Equal(after(40 * time.Second)) {
		t.Errorf("%v", r.StartedAt)
	}
}

// TestDeadlines is which stop is ordered, and when.
func TestDeadlines(t *testing.T) {
	never := func(*Policy) {}
	for _, c := range []struct {
		name   string
		policy func(*Policy)
		status string
		at     time.Duration
		want   StopCause
	}{
		{"pending", never, "PENDING", 900*time.Second - time.Millisecond, ""},
		{"pending for too long", never, "PENDING", 900 * time.Second, ByStartTimeout},
		{"running for ever", never, "RUNNING", 30 * 24 * time.Hour, ""},
		{"timeout not reached", func(p *Policy) { p.TimeoutSeconds = 60 }, "RUNNING", 60 * time.Second, ""},
		{"timeout from first RUNNING", func(p *Policy) { p.TimeoutSeconds = 60 }, "RUNNING", 61 * time.Second, ByTimeout},
		{"deadline from acceptance", func(p *Policy) { p.DeadlineSeconds = 60 }, "RUNNING", 60 * time.Second, ByDeadline},
		{"deadline while pending", func(p *Policy) { p.DeadlineSeconds = 60 }, "PENDING", 60 * time.Second, ByDeadline},
		{"the deadline goes before the timeout", func(p *Policy) { p.DeadlineSeconds, p.TimeoutSeconds = 60, 10 }, "RUNNING", time.Hour, ByDeadline},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := described("t1", c.status)
			if c.status == "RUNNING" {
				s = described("t1", "RUNNING", startedAt(after(time.Second)))
			}
			r := launched(s)
			c.policy(&r.Policy)
			if c.want != "" && c.at < time.Hour {
				Settle(r, after(c.at-time.Second))
				if r.Attempts[0].Tasks[0].Stop != nil {
					t.Error("ordered a second early")
				}
			}
			r.Attempts[0].Tasks[0].SeenAt = after(c.at)
			Settle(r, after(c.at))
			order := r.Attempts[0].Tasks[0].Stop
			switch {
			case (order == nil) != (c.want == ""):
				t.Errorf("(order == nil) is %v, want %v", (order == nil), (c.want == ""))
			case order != nil && (order.Cause != c.want || order.Reason == "" || !order.At.Equal(after(c.at))):
				t.Errorf("the order is %+v, want cause %s with a reason, at %v", *order, c.want, after(c.at))
			}
			if d := Decide(r, after(c.at)); c.want != "" && !slices.Equal(d.Stops, []int{0}) {
				t.Errorf("d.Stops is %v, want [0]", d.Stops)
			}
		})
	}
}

func TestTheFirstCauseOfAStopStays(t *testing.T) {
	r := launched(described("t1", "PENDING"))
	r.show(after(time.Hour), described("t1", "PENDING"))
	r.Stop = &StopOrder{Cause: ByCaller, At: after(time.Hour)}
	Settle(r, after(time.Hour+time.Second))
	if got := r.Attempts[0].Tasks[0].Stop.Cause; got != ByStartTimeout {
		t.Errorf("%s", got)
	}
}

func TestGiveUp(t *testing.T) {
	setup := func() (*Run, *Attempt) {
		r := newRun(2)
		r.begin("davit", start)
		Settle(r, start)
		return r, r.attempt()
	}
	r, a := setup()
	Settle(r, after(48*time.Hour))
	if a.GivenUp != nil {
		t.Error("nothing was refused")
	}
	a.count(Refusal{Class: Capacity, Reason: "RESOURCE:CPU"}, start)
	a.count(Refusal{Class: Throttled, Reason: "Rate exceeded"}, after(time.Minute))
	a.count(Refusal{Class: Capacity, Reason: "RESOURCE:CPU"}, after(2*time.Minute))
	a.Open = &Call{Number: 1}
	Settle(r, after(time.Hour))
	if a.GivenUp != nil {
		t.Error("an unclear call is first made clear")
	}
	a.Open = nil
	Settle(r, after(time.Hour-time.Millisecond))
	if a.GivenUp != nil {
		t.Error("early")
	}
	Settle(r, after(time.Hour))
	switch {
	case a.GivenUp == nil:
		t.Error("a.GivenUp is nil")
	case a.GivenUp.Class != Capacity:
		t.Errorf("a.GivenUp.Class is %v, want %v", a.GivenUp.Class, Capacity)
	case summary(r) != "FAILED CAPACITY exit=-":
		t.Errorf("summary(r) is %v, want FAILED CAPACITY exit=-", summary(r))
	}
	r, a = setup()
	a.Tasks = append(a.Tasks, Task{ARN: arnOf("t1"), Raw: raw(described("t1", "RUNNING"))})
	a.count(Refusal{Class: Capacity, Reason: "RESOURCE:CPU"}, start)
	Settle(r, after(2*time.Hour))
	switch {
	case a.GivenUp == nil:
		t.Error("what was placed runs on: a.GivenUp is nil")
	case r.Status != Running:
		t.Errorf("what was placed runs on: r.Status is %v, want %v", r.Status, Running)
	}
	r.show(after(3*time.Hour), kind("t1", "ok", 9000))
	if summary(r) != "FAILED CAPACITY exit=-" {
		t.Errorf("%s", summary(r))
	}
}

func TestRefusalsAreCounted(t *testing.T) {
	a := &Attempt{}
	for i := range 30 {
		a.count(Refusal{Class: Capacity, Reason: "RESOURCE:CPU"}, after(time.Duration(i)))
		a.count(Refusal{Class: Throttled, Reason: string(rune('a' + i))}, after(time.Duration(i)))
	}
	if len(a.Refusals) != 10 {
		t.Fatalf("%d refusals", len(a.Refusals))
	}
	switch last := a.Refusals[len(a.Refusals)-1]; {
	case last.Count < 1:
		t.Errorf("last.Count is %v, want at least %v", last.Count, 1)
	case last.LastAt.Before(after(29)):
		t.Error("last.LastAt.Before(after(29)) is true, want false")
	}
}
