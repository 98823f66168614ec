package asl

import "time"

// step is one transition of one execution: all that happens at one moment, up to where it has to wait.
// It changes the execution in memory and collects what must be on disk before anything is acted upon.
// The execution is locked while a step lives.
type step struct {
	e      *Engine
	x      *execution
	at     *state // that the execution is in
	now    time.Time
	events []Event
	dirty  bool // there is something to write
	invoke *call
	to     string // state to enter next
	with   document
}

func (e *Engine) newStep(x *execution) *step {
	s := &step{e: e, x: x, now: e.clock.Now().Round(0).UTC()}
	if x.machine != nil {
		s.at = x.machine.states[x.rec.At.State]
	}
	return s
}

func (s *step) open() bool { return s.x.rec.Status == Running }

// record appends an event. The one that would leave no room for the last of the history ends the
// execution in its place.
func (s *step) record(kind string, details Details) {
	if !s.open() {
		return
	}
	if s.x.rec.Events+1 >= s.e.maxEvents {
		s.finish(Failed, document{}, runtimeFault(historyOverflow, s.e.maxEvents))
		return
	}
	s.push(kind, details)
}

func (s *step) push(kind string, details Details) {
	s.x.rec.Events++
	id := s.x.rec.Events
	s.events = append(s.events, Event{ID: id, PreviousID: precedes(id, kind), Time: s.now, Type: kind, Details: details})
	s.dirty = true
}

// run enters states until the execution waits or is closed.
func (s *step) run() {
	for s.to != "" && s.open() {
		s.enter(s.to, s.with)
	}
}

func (s *step) enter(name string, input document) {
	s.to = ""
	s.at = s.x.machine.states[name]
	s.x.in = input
	s.x.rec.At = position{State: name, Input: input.text, Entered: s.now, EnteredEvent: s.x.rec.Events + 1}
	s.record(s.at.kind+"StateEntered", Details{Name: name, Input: input.text})
	if s.open() {
		s.at.does.run(s)
	}
}

// scope is what the paths of the present state see: its input after InputPath, and the context object.
func (s *step) scope() (scope, *fault) {
	sc := scope{s.x.in.value, s.context}
	data, f := s.at.effective(sc)
	sc.data = data
	return sc, f
}

// through leaves a state whose result is its effective input.
func (s *step) through() {
	sc, f := s.scope()
	if f != nil {
		s.abandon(f)
		return
	}
	s.leaveWith(s.at.emit(sc, sc.data))
}

// leaveWith leaves the state for its Next, or ends the execution when it has none.
func (s *step) leaveWith(out document, f *fault) {
	if f != nil {
		s.abandon(f)
		return
	}
	s.moveOn(out, s.at.next)
}

// moveOn leaves the state for the one named, or ends the execution when next is empty.
func (s *step) moveOn(out document, next string) {
	s.record(s.at.kind+"StateExited", Details{Name: s.at.name, Output: out.text})
	if next == "" {
		s.finish(Succeeded, out, nil)
		return
	}
	s.to, s.with = next, out
}

// abandon ends the execution for an error that nothing catches.
func (s *step) abandon(f *fault) { s.finish(Failed, document{}, s.locate(f)) }

// finish closes the execution with its last event. A time-out shows its error only in that event.
func (s *step) finish(status Status, out document, f *fault) {
	if !s.open() {
		return
	}
	rec := &s.x.rec
	details := Details{Output: out.text}
	if f != nil {
		details.Error, details.Cause = clip(f.name, maxErrorLength), clip(f.cause, maxCauseLength)
	}
	s.push(finalEvent(status), details)
	rec.Status, rec.Stopped, rec.Output = status, s.now, out.text
	if status != TimedOut {
		rec.Error, rec.Cause = details.Error, details.Cause
	}
	rec.At = position{}
	s.to, s.invoke = "", nil
}

// tick does what has become due, if anything has.
func (s *step) tick() {
	rec := &s.x.rec
	if !s.open() {
		return
	}
	if !rec.Deadline.After(s.now) {
		s.now = rec.Deadline
		s.finish(TimedOut, document{}, &fault{name: errTimeout})
		return
	}
	if own := rec.At.due(); own.IsZero() || own.After(s.now) {
		return
	}
	switch rec.At.Phase {
	case phaseWaiting:
		s.through()
	case phaseRetrying:
		s.at.does.(*task).attempt(s)
	default:
		s.expire()
	}
}

// lost closes an execution whose definition this version cannot run any more.
func (s *step) lost() {
	s.finish(Failed, document{}, runtimeFault("the definition that this execution was started with cannot be run any more"))
}
