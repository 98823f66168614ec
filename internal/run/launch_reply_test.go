package run

import (
	"errors"
	"testing"
	"time"
)

// calling is a run whose first attempt has a call open, made n times.
func calling(count, tries int, unclear bool) (*Run, *Attempt) {
	r := newRun(count)
	r.begin("davit", start)
	a := r.attempt()
	for range tries {
		r.openCall(a, start, time.Minute)
	}
	a.Open.Unclear = unclear
	Settle(r, start)
	return r, a
}

func TestOpenCall(t *testing.T) {
	r, a := calling(3, 1, true)
	first := *a.Open
	switch {
	case first.Number != 1:
		t.Errorf("first.Number is %v, want 1", first.Number)
	case first.Count != 3:
		t.Errorf("first.Count is %v, want 3", first.Count)
	case first.Tries != 1:
		t.Errorf("first.Tries is %v, want 1", first.Tries)
	case first.Token != r.token(1, 1):
		t.Error("first.Token is not r.token(1, 1)")
	case !first.NotBefore.Equal(start):
		t.Errorf("first.NotBefore is %v, want %v", first.NotBefore, start)
	}
	r.openCall(a, after(time.Minute), time.Minute)
	again := *a.Open
	switch {
	case again.Token != first.Token:
		t.Errorf("a repetition is the same call: again.Token is %v, want %v", again.Token, first.Token)
	case again.Number != 1:
		t.Errorf("a repetition is the same call: again.Number is %v, want 1", again.Number)
	case again.Tries != 2:
		t.Errorf("a repetition is the same call: again.Tries is %v, want 2", again.Tries)
	case !again.IntentAt.Equal(start):
		t.Errorf("a repetition is the same call: again.IntentAt is %v, want %v", again.IntentAt, start)
	case a.Calls != 1:
		t.Errorf("a repetition is the same call: a.Calls is %v, want 1", a.Calls)
	}
	input := string(r.callInput(a))
	if want := `{"clientToken":"` + first.Token + `","cluster":"jobs","count":3,"startedBy":"` + a.StartedBy + `","taskDefinition":"arn:job:1"}`; input != want {
		t.Errorf("%s\nwant %s", input, want)
	}
	if string(r.Clone().callInput(r.Clone().attempt())) != input {
		t.Error("a stored call asks for something else")
	}
}

// TestTakeReply is what each shape of an answer leaves: of a call for two tasks.
func TestTakeReply(t *testing.T) {
	one, two := described("t1", "PROVISIONING"), described("t2", "PROVISIONING")
	full := Failure{ARN: "arn:i", Reason: "RESOURCE:MEMORY"}
	for _, c := range []struct {
		name    string
		unclear bool // an earlier try was
		placed  Placement
		err     error
		adopted []TaskState
		open    bool
		tasks   int
		class   Class // of the only refusal
		givenUp Class
		wait    time.Duration // until the next call, at most; 0: none
	}{
		{name: "tasks only", placed: Placement{Tasks: list(one, two)}, tasks: 2},
		{name: "tasks only, after an unclear try", unclear: true, placed: Placement{Tasks: list(one, two)}, tasks: 2},
		{name: "failures only", placed: Placement{Failures: []Failure{full, full}}, class: Capacity, wait: 5 * time.Second},
		{name: "both", placed: Placement{Tasks: list(one), Failures: []Failure{full}}, tasks: 1, class: Capacity, wait: 5 * time.Second},
		{name: "neither", class: Unavailable, wait: 2 * time.Second},
		{name: "fewer tasks without a word", placed: Placement{Tasks: list(one)}, tasks: 1, class: Unavailable, wait: 2 * time.Second},
		{name: "failures that no wait cures", placed: Placement{Tasks: list(one), Failures: []Failure{{Reason: "ATTRIBUTE"}}}, tasks: 1, class: Invalid, givenUp: Invalid},
		{name: "throttled failures", placed: Placement{Failures: []Failure{{Reason: "Rate exceeded"}}}, class: Throttled, wait: 2 * time.Second},
		{name: "throttle", err: throttled(), class: Throttled, wait: 2 * time.Second},
		{name: "throttle after an unclear try", unclear: true, err: throttled(), open: true, class: Throttled, wait: 2 * time.Second},
		{name: "5xx", err: serverFault(), open: true, class: Unavailable, wait: 2 * time.Second},
		{name: "lost reply", err: lostReply(), open: true, class: Unavailable, wait: 2 * time.Second},
		{name: "an error of another kind", err: errors.New("what"), open: true, class: Unavailable, wait: 2 * time.Second},
		{name: "never sent", err: &EngineError{Operation: "RunTask"}, class: Unavailable, wait: 2 * time.Second},
		{name: "never sent, after an unclear try", unclear: true, err: &EngineError{Operation: "RunTask"}, open: true, class: Unavailable, wait: 2 * time.Second},
		{name: "4xx", err: refusal("InvalidParameterException", "no"), class: Invalid, givenUp: Invalid},
		{name: "4xx after an unclear try is not believed yet", unclear: true, err: refusal("InvalidParameterException", "no"), open: true, class: Invalid, wait: time.Nanosecond},
		{name: "4xx after an unclear try, tasks found", unclear: true, err: refusal("InvalidParameterException", "no"), adopted: []TaskState{one, two}, tasks: 2},
		{name: "conflict, all found", err: refusal("ConflictException", "used"), adopted: []TaskState{one, two}, tasks: 2},
		{name: "conflict, some found", err: refusal("ConflictException", "used"), adopted: []TaskState{one}, tasks: 1, wait: time.Nanosecond},
		{name: "capacity in an exception", err: refusal("ClientException", "Capacity is unavailable at this time"), class: Capacity, wait: 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, a := calling(2, 1, true)
			answer := reply(a, c.placed, c.err)
			answer.wasUnclear, answer.adopted = c.unclear, list(c.adopted...)
			token := a.Open.Token
			r.takeReply(answer, start)
			if (a.Open != nil) != c.open || len(a.Tasks) != c.tasks {
				t.Fatalf("open %v, %d tasks", a.Open != nil, len(a.Tasks))
			}
			if a.Open != nil && a.Open.Token != token {
				t.Error("an open call keeps its token")
			}
			switch {
			case c.class == "" && len(a.Refusals) > 0, c.class != "" && (len(a.Refusals) != 1 || a.Refusals[0].Class != c.class || a.Refusals[0].Reason == ""):
				t.Errorf("refusals %+v, want %q", a.Refusals, c.class)
			case (a.GivenUp == nil) != (c.givenUp == "") || a.GivenUp != nil && a.GivenUp.Class != c.givenUp:
				t.Errorf("given up %+v, want %q", a.GivenUp, c.givenUp)
			}
			if at, due := r.launchDue(a); due != (c.wait > 0) {
				t.Errorf("another call is due: %v", due)
			} else if due {
				within(t, "the pause", at.Sub(start), c.wait/2, c.wait)
			}
			if len(a.Failures) != len(c.placed.Failures) {
				t.Errorf("%d failures kept", len(a.Failures))
			}
			if (a.LaunchedAt != nil) != (c.tasks > 0) {
				t.Errorf("launched at %v", a.LaunchedAt)
			}
		})
	}
}

func TestAReplyToAnotherCallIsOldNews(t *testing.T) {
	r, a := calling(2, 1, true)
	old := reply(a, Placement{}, refusal("ClientException", "no"))
	a.Open = nil
	r.openCall(a, after(time.Minute), time.Minute)
	r.takeReply(old, after(time.Minute))
	switch {
	case a.Open == nil:
		t.Error("a.Open is nil")
	case a.Open.Number != 2:
		t.Errorf("a.Open.Number is %v, want 2", a.Open.Number)
	case a.GivenUp != nil:
		t.Errorf("a.GivenUp is %v, want nil", a.GivenUp)
	case len(a.Refusals) > 0:
		t.Errorf("len(a.Refusals) is %v, want at most %v", len(a.Refusals), 0)
	}
	old.err, old.placed = nil, Placement{Tasks: list(described("t1", "PENDING"))}
	r.takeReply(old, after(time.Minute))
	switch {
	case a.Open == nil:
		t.Error("its tasks are none the less there: a.Open is nil")
	case len(a.Tasks) != 1:
		t.Errorf("its tasks are none the less there: len(a.Tasks) is %v, want 1", len(a.Tasks))
	}
}

// TestARefusalOfAnEarlierTry comes late, after a later try of the same call may have been carried out.
func TestARefusalOfAnEarlierTry(t *testing.T) {
	for _, late := range []launchReply{{err: throttled()}, {err: refusal("ClientException", "no")}, {placed: Placement{Failures: []Failure{{Reason: "RESOURCE:CPU"}}}}} {
		r, a := calling(1, 2, true)
		late.attempt, late.call, late.try = 1, 1, 1
		r.takeReply(late, start)
		switch {
		case a.Open == nil:
			t.Error("a.Open is nil")
		case a.GivenUp != nil:
			t.Errorf("a.GivenUp is %v, want nil", a.GivenUp)
		case len(a.Refusals) > 0:
			t.Errorf("len(a.Refusals) is %v, want at most %v", len(a.Refusals), 0)
		}
	}
	r, a := calling(1, 2, true)
	r.takeReply(launchReply{attempt: 1, call: 1, try: 1, placed: Placement{Tasks: list(described("t1", "PENDING"))}}, start)
	switch {
	case a.Open != nil:
		t.Errorf("tasks are the same whichever try's answer names them: a.Open is %v, want nil", a.Open)
	case len(a.Tasks) != 1:
		t.Errorf("tasks are the same whichever try's answer names them: len(a.Tasks) is %v, want 1", len(a.Tasks))
	}
}

// TestAReplyToAnEarlierAttempt: calls are numbered within their attempt, so the number alone does not tell.
func TestAReplyToAnEarlierAttempt(t *testing.T) {
	r, a := calling(1, 1, true)
	late := reply(a, Placement{}, refusal("ClientException", "no"))
	r.takeReply(reply(a, Placement{Tasks: list(described("t1", "PENDING"))}, nil), start)
	r.show(after(time.Minute), kind("t1", "never", 30))
	b := r.attempt()
	r.openCall(b, after(2*time.Minute), time.Minute)
	switch {
	case b.Number != 2:
		t.Fatalf("b.Number is %v, want 2", b.Number)
	case b.Open.Number != late.call:
		t.Fatalf("b.Open.Number is %v, want %v", b.Open.Number, late.call)
	}
	r.takeReply(late, after(2*time.Minute))
	switch {
	case b.Open == nil:
		t.Error("attempt 2 took attempt 1's answer: b.Open is nil")
	case b.GivenUp != nil:
		t.Errorf("attempt 2 took attempt 1's answer: b.GivenUp is %v, want nil", b.GivenUp)
	case len(b.Refusals) > 0:
		t.Errorf("attempt 2 took attempt 1's answer: len(b.Refusals) is %v, want at most %v", len(b.Refusals), 0)
	}
}

func TestTakeRefusesStrangers(t *testing.T) {
	_, a := calling(1, 1, true)
	for _, s := range []TaskState{described("t1", "PENDING", startedBy("someone")), {LastStatus: "PENDING"}, described("t1", "PENDING", startedBy(StartedBy("davit", testID, 2)))} {
		switch {
		case a.take(readDescription(raw(s)), fromECS, start):
			t.Error("a.take(readDescription(raw(s)), fromECS, start) is true, want false")
		case len(a.Tasks) > 0:
			t.Errorf("len(a.Tasks) is %v, want at most %v", len(a.Tasks), 0)
		}
	}
}

func TestPausesGrowWithRefusalsInARow(t *testing.T) {
	r, a := calling(1, 1, false)
	last := time.Duration(0)
	for i := range 8 {
		if a.Open == nil {
			r.openCall(a, start, time.Minute)
		}
		r.takeReply(reply(a, Placement{Failures: []Failure{{Reason: "RESOURCE:CPU"}}}, nil), start)
		pause := a.NotBefore.Sub(start)
		full := RefusalPause(Capacity, i+1, 1)
		within(t, "the pause", pause, full/2, full)
		if pause < last/2 {
			t.Errorf("refusal %d: %v after %v", i+1, pause, last)
		}
		last = pause
	}
	switch {
	case a.Refused != 8:
		t.Errorf("a.Refused is %v, want 8", a.Refused)
	case len(a.Refusals) != 1:
		t.Errorf("len(a.Refusals) is %v, want 1", len(a.Refusals))
	case a.Refusals[0].Count != 8:
		t.Errorf("a.Refusals[0].Count is %v, want 8", a.Refusals[0].Count)
	}
	r.openCall(a, start, time.Minute)
	r.takeReply(reply(a, Placement{Tasks: list(described("t1", "PENDING"))}, nil), start)
	if a.Refused != 0 {
		t.Error("a placement ends the row")
	}
}

func TestTheLastCallIsDueAtTheLaunchDeadline(t *testing.T) {
	r, a := calling(1, 1, false)
	now := after(time.Hour - time.Second)
	a.Refused = 10
	r.takeReply(reply(a, Placement{Failures: []Failure{{Reason: "RESOURCE:CPU"}}}, nil), now)
	if !a.NotBefore.Equal(after(time.Hour)) {
		t.Errorf("%v", a.NotBefore.Sub(start))
	}
}

func TestFailuresAreBounded(t *testing.T) {
	if n := len(firstFailures(make([]Failure, 25))); n != 10 {
		t.Errorf("%d", n)
	}
}

func TestTakePlacement_StartTaskFailure_NamesTheInstance(t *testing.T) {
	missing := Failure{ARN: "arn:aws:ecs:r:1:container-instance/c/i", Reason: "MISSING"}
	for op, want := range map[Operation]string{
		StartTask: "MISSING: container instance arn:aws:ecs:r:1:container-instance/c/i",
		RunTask:   "MISSING",
	} {
		if got := failureReason(op, missing); got != want {
			t.Errorf("%s: got %q, want %q", op, got, want)
		}
	}
}
