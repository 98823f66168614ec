package run

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// tokenLife is how long an unclear call may be repeated with its token. ECS keeps a token for the shorter
// of 24 h and its tasks' life plus one hour; a repetition after that could launch again.
const tokenLife = 50 * time.Minute

// conflict is ECS's code for a token that it knows with other parameters.
const conflict = "ConflictException"

// launchReply is what came of one try of a launch call.
type launchReply struct {
	attempt    int // number
	call       int // number within the attempt
	try        int // of that call
	placed     Placement
	err        error
	wasUnclear bool              // an earlier try of the same call may have been carried out
	adopted    []json.RawMessage // tasks of this attempt that ECS showed when asked again
	rules      RefusalRules
}

// takeReply records a reply in the attempt whose call is open. Of a reply to another call only the tasks count; so of a refusal of an earlier try, because only
// the later try's own reply shows what that did.
func (r *Run) takeReply(reply launchReply, now time.Time) {
	a := &r.Attempts[reply.attempt-1]
	r.place(a, append(reply.placed.Tasks, reply.adopted...), now)
	if a.Open == nil || a.Open.Number != reply.call {
		return
	}
	if a.Open.Tries != reply.try && (reply.err != nil || len(reply.placed.Tasks) == 0) {
		return
	}
	switch {
	case reply.err == nil:
		r.takePlacement(a, reply, now)
	case len(reply.adopted) > 0:
		a.Open, a.Refused = nil, 0
		a.NotBefore = now
	default:
		r.takeError(a, reply, now)
	}
}

// place records tasks that a launch call placed. Where ECS described each of them, the next DescribeTasks can wait.
func (r *Run) place(a *Attempt, tasks []json.RawMessage, now time.Time) {
	for _, raw := range tasks {
		d := readDescription(raw)
		r.dropElsewhere(d.state.TaskARN)
		if t := a.find(d.state.TaskARN); t != nil && t.State().stopped() && a != r.attempt() {
			continue // it says nothing that an ended attempt keeps
		}
		a.take(d, fromECS, now)
	}
	if len(a.Tasks) == 0 {
		return
	}
	r.noteLaunch(a, now)
	if a.described() {
		r.LastHeardAt = now
	}
}

// noteLaunch records when the attempt's first task was placed.
func (r *Run) noteLaunch(a *Attempt, now time.Time) {
	if a.LaunchedAt != nil {
		return
	}
	first := true
	for i := range r.Attempts {
		first = first && r.Attempts[i].LaunchedAt == nil
	}
	a.LaunchedAt = &now
	r.news.launched = first
}

// described reports whether each of the attempt's tasks is known by more than its ARN.
func (a *Attempt) described() bool {
	for i := range a.Tasks {
		if a.Tasks[i].State().Version == 0 {
			return false
		}
	}
	return true
}

// take adds a task to the attempt or merges it, and reports whether anything changed.
func (a *Attempt) take(d description, from source, now time.Time) bool {
	s := &d.state
	if s.TaskARN == "" || (s.StartedBy != "" && s.StartedBy != a.StartedBy) {
		return false
	}
	if t := a.find(s.TaskARN); t != nil {
		return t.merge(d, from, now)
	}
	a.Tasks = append(a.Tasks, Task{ARN: s.TaskARN, Raw: d.raw, LaunchedAt: now, SeenAt: now})
	return true
}

// takePlacement records a 200: tasks, failures, or both. What is still missing is asked for under a new token.
func (r *Run) takePlacement(a *Attempt, reply launchReply, now time.Time) {
	p := reply.placed
	missing := a.Open.Count - len(p.Tasks)
	a.Open = nil
	a.Failures = firstFailures(p.Failures)
	if missing <= 0 {
		a.Refused = 0
		return
	}
	if len(p.Failures) == 0 {
		r.refuse(a, Refusal{Class: Unavailable, Reason: "ECS answered without tasks and without failures"}, now)
		return
	}
	worst := decidingFailure(r.Operation, p.Failures)
	r.refuse(a, Refusal{
		Class: ClassifyFailure(worst), Reason: failureReason(r.Operation, worst), Rule: failureRule(reply.rules, r.Operation, worst),
	}, now)
}

// failureReason is what a user reads of a failure. StartTask names the container instances, so its failures name the one that is meant.
func failureReason(op Operation, f Failure) string {
	reason := withReason(f.Reason, f.Detail)
	if op != StartTask || f.ARN == "" || strings.Contains(reason, f.ARN) {
		return reason
	}
	return withReason(reason, "container instance "+f.ARN)
}

func firstFailures(failures []Failure) []Failure {
	var first []Failure
	for _, f := range failures[:min(len(failures), 10)] {
		first = append(first, Failure{ARN: shorten(f.ARN, maxReason), Reason: shorten(f.Reason, maxReason), Detail: shorten(f.Detail, maxReason)})
	}
	return first
}

// decidingFailure is the failure that decides. StartTask's are of an instance each that was asked for: one that no wait can cure stays
// so. RunTask's may be of every instance of the cluster: as long as one of them may get room, a wait can cure it.
func decidingFailure(op Operation, failures []Failure) Failure {
	for _, f := range failures {
		if (ClassifyFailure(f) == Invalid) == (op == StartTask) {
			return f
		}
	}
	return failures[0]
}

// takeError records a try that was answered with an error, or not at all. An unclear one keeps its call open, for
// the same token; so does a throttle of a call whose earlier try is unclear.
func (r *Run) takeError(a *Attempt, reply launchReply, now time.Time) {
	said := Refusal{Class: ClassifyError(reply.err), Reason: refusalText(reply.err), Rule: errorRule(reply.rules, reply.err)}
	call := a.Open
	var e *EngineError
	answered := errors.As(reply.err, &e) && !e.Unclear
	switch {
	case answered && !reply.wasUnclear && e.Code != conflict:
		a.Open = nil
		r.refuse(a, said, now)
	case !answered || said.Class == Throttled || said.Class == Unavailable:
		r.refuse(a, said, now)
		call.NotBefore, a.GivenUp = a.NotBefore, nil
	default:
		a.count(said, now)
		call.Refusal, call.Reconciliations, call.NotBefore = &said, 0, now
	}
}

// refusalText is what a user reads of a refused call: ECS's code and words, never ours.
func refusalText(err error) string {
	var e *EngineError
	if !errors.As(err, &e) || (e.Code == "" && e.Message == "") {
		return "ECS did not answer"
	}
	if e.Code == "" {
		return e.Message
	}
	return withReason(e.Code, e.Message)
}

// refuse counts a refusal and applies it.
func (r *Run) refuse(a *Attempt, said Refusal, now time.Time) {
	a.count(said, now)
	r.applyRefusal(a, said, now)
}

// applyRefusal sets the pause before the next launch call, or gives up where no repetition can help.
func (r *Run) applyRefusal(a *Attempt, said Refusal, now time.Time) {
	a.Refused++
	if !said.Class.retriedInAttempt() {
		said.Count, said.LastAt = 1, now
		a.GivenUp = &said
		return
	}
	a.NotBefore = now.Add(RefusalPause(said.Class, a.Refused, r.draw("launch", a.Number*1000+a.Calls+a.Refused)))
	if last := r.launchDeadline(a); a.NotBefore.After(last) && last.After(now) {
		a.NotBefore = last
	}
}

// count counts refusals by class and reason, at most ten of them; the oldest is dropped for an eleventh.
func (a *Attempt) count(said Refusal, now time.Time) {
	said.Reason = shorten(said.Reason, maxReason)
	for i := range a.Refusals {
		x := &a.Refusals[i]
		if x.Class == said.Class && x.Reason == said.Reason {
			x.Count++
			x.LastAt = now
			return
		}
	}
	said.Count, said.LastAt = 1, now
	a.Refusals = append(a.Refusals, said)
	if len(a.Refusals) > 10 {
		oldest := a.Refusals[0]
		a.OmittedRefusals = addCount(a.OmittedRefusals, oldest.Class, oldest.Count)
		a.Refusals = a.Refusals[1:]
	}
}
