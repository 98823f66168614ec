package run

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// fakeECS is an Engine that behaves: tokens, failures, startedBy, versions. Tests script its faults.
type fakeECS struct {
	clock Clock

	mu            sync.Mutex
	tasks         []*TaskState
	hidden        map[string]time.Time // not shown by Describe and List before
	tokens        map[string]usedToken // of RunTask
	inputs        []launchInput
	calls         []string // "Launch", "Describe 3", "List RUNNING", "Stop <id>"
	reasons       []string // of stops
	launches      []launchFault
	fails         map[string][]error // of Describe, List and Stop: one error a call; nil lets it pass
	created       func(*TaskState)   // told of a new task
	stopRequested func(*TaskState)   // told of a stop
	listing       func()             // called at the end of each List
}

// launchFault is what one launch call does instead of succeeding. The zero value lets it pass.
type launchFault struct {
	err      error     // the answer
	carried  bool      // although it was carried out
	failures []Failure // instead of that many tasks
	silent   bool      // places nothing and says nothing
	during   func()    // happens while the call is under way
}

type launchInput struct {
	Op        Operation `json:"-"`
	Raw       string    `json:"-"`
	Token     string    `json:"clientToken"`
	Count     int       `json:"count"`
	StartedBy string    `json:"startedBy"`
	Instances []string  `json:"containerInstances"`
}

func newFakeECS(clock Clock) *fakeECS {
	return &fakeECS{clock: clock, hidden: map[string]time.Time{}, tokens: map[string]usedToken{}, fails: map[string][]error{}}
}

// note writes a call down and gives the error that was ordered for it. The caller holds mu.
func (e *fakeECS) note(method, what string) error {
	e.calls = append(e.calls, strings.TrimSpace(method+" "+what))
	if queue := e.fails[method]; len(queue) > 0 {
		e.fails[method] = queue[1:]
		return queue[0]
	}
	return nil
}

func (e *fakeECS) Launch(ctx context.Context, op Operation, input json.RawMessage) (Placement, error) {
	in := launchInput{Op: op, Raw: string(input)}
	if err := json.Unmarshal(input, &in); err != nil {
		return Placement{}, &EngineError{Operation: string(op), Code: "ClientException", Message: err.Error()}
	}
	e.mu.Lock()
	_ = e.note("Launch", "")
	e.inputs = append(e.inputs, in)
	var fault launchFault
	if len(e.launches) > 0 {
		fault, e.launches = e.launches[0], e.launches[1:]
	}
	var placed Placement
	if fault.err == nil || fault.carried {
		placed = e.place(in, fault)
	}
	e.mu.Unlock()
	if fault.during != nil {
		fault.during()
	}
	if fault.err == nil {
		fault.err = ctx.Err()
	}
	if fault.err != nil {
		return Placement{}, fault.err
	}
	return placed, nil
}

// place makes the tasks. The caller holds mu.
func (e *fakeECS) place(in launchInput, fault launchFault) Placement {
	if used, known := e.tokens[in.Token]; known && e.remembers(used) {
		return e.replay(used.arns)
	}
	want := in.Count
	if in.Op == StartTask {
		want = len(in.Instances)
	}
	placed := Placement{Failures: fault.failures}
	if fault.silent {
		want = 0
	}
	arns := []string{}
	for i := range want - len(fault.failures) {
		s := described(fmt.Sprintf("t%d", len(e.tasks)+1), "PROVISIONING", startedBy(in.StartedBy))
		if in.Op == StartTask {
			s.InstanceARN = in.Instances[i]
		}
		e.tasks = append(e.tasks, &s)
		if e.created != nil {
			e.created(&s)
		}
		arns = append(arns, s.TaskARN)
		placed.Tasks = append(placed.Tasks, raw(s))
	}
	if in.Token != "" {
		e.tokens[in.Token] = usedToken{arns, e.clock.Now()}
	}
	return placed
}

// usedToken is a client token that ECS knows, with what its call placed.
type usedToken struct {
	arns []string
	at   time.Time
}

// remembers reports whether ECS still repeats a token's answer: for the life of its tasks and an hour, at most a day. The caller holds mu.
func (e *fakeECS) remembers(used usedToken) bool {
	now, ended := e.clock.Now(), used.at
	for _, arn := range used.arns {
		switch s := e.find(arn); {
		case s.StoppedAt == nil:
			ended = now
		case s.StoppedAt.After(ended):
			ended = *s.StoppedAt
		}
	}
	return now.Before(ended.Add(time.Hour)) && now.Before(used.at.Add(24*time.Hour))
}

// replay repeats the answer of a token. Of a stopped task ECS then shows only this much.
func (e *fakeECS) replay(arns []string) Placement {
	var placed Placement
	for _, arn := range arns {
		s := e.find(arn)
		if s.stopped() {
			placed.Tasks = append(placed.Tasks, raw(map[string]any{"taskArn": arn, "lastStatus": s.LastStatus, "desiredStatus": "STOPPED"}))
			continue
		}
		placed.Tasks = append(placed.Tasks, raw(s))
	}
	return placed
}

func (e *fakeECS) find(arn string) *TaskState {
	for _, s := range e.tasks {
		if s.TaskARN == arn || s.TaskARN == arnOf(arn) {
			return s
		}
	}
	return nil
}

func (e *fakeECS) shown(s *TaskState) bool {
	return s != nil && !e.clock.Now().Before(e.hidden[s.TaskARN])
}

func (e *fakeECS) Describe(_ context.Context, _ string, arns []string) (Description, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.note("Describe", fmt.Sprint(len(arns))); err != nil {
		return Description{}, err
	}
	var out Description
	for _, arn := range arns {
		if s := e.find(arn); e.shown(s) {
			out.Tasks = append(out.Tasks, raw(s))
		} else {
			out.Missing = append(out.Missing, arn)
		}
	}
	return out, nil
}

func (e *fakeECS) List(_ context.Context, q TaskQuery) ([]string, error) {
	if e.listing != nil {
		defer e.listing()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	what := "RUNNING"
	if q.Stopped {
		what = "STOPPED"
	}
	if err := e.note("List", what); err != nil {
		return nil, err
	}
	var arns []string
	for _, s := range e.tasks {
		if e.shown(s) && s.stopped() == q.Stopped && (q.StartedBy == "" || q.StartedBy == s.StartedBy) {
			arns = append(arns, s.TaskARN)
		}
	}
	return arns, nil
}

func (e *fakeECS) Stop(_ context.Context, _, arn, reason string) (json.RawMessage, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.find(arn)
	if err := e.note("Stop", arn[strings.LastIndexByte(arn, '/')+1:]); err != nil {
		return nil, err
	}
	if s == nil {
		return nil, &EngineError{Operation: "StopTask", Code: "InvalidParameterException", Message: "The referenced task was not found.", Unknown: true}
	}
	e.reasons = append(e.reasons, reason)
	if !s.stopped() {
		s.DesiredStatus, s.StopCode, s.StoppedReason = "STOPPED", "UserInitiated", reason
		s.Version++
		if e.stopRequested != nil {
			e.stopRequested(s)
		}
	}
	return raw(s), nil
}

// set changes a task, as time or ECS would, and gives its description.
func (e *fakeECS) set(id, status string, changes ...with) TaskState {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.find(id)
	s.LastStatus = status
	s.Version++
	for _, change := range changes {
		change(s)
	}
	return *s
}

// finish stops a task with an exit code, as one that ran.
func (e *fakeECS) finish(id string, exit int) TaskState {
	now := e.clock.Now()
	return e.set(id, "STOPPED", startedAt(now.Add(-time.Second)), stoppedAt(now), func(s *TaskState) {
		s.DesiredStatus = "STOPPED"
		if s.StopCode == "" {
			s.StopCode, s.StoppedReason = "EssentialContainerExited", "Essential container in task exited"
		}
	}, exited("app", exit))
}

// count counts the calls of a method.
func (e *fakeECS) count(method string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, c := range e.calls {
		if c == method || strings.HasPrefix(c, method+" ") {
			n++
		}
	}
	return n
}
