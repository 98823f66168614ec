package faults

import (
	"net/http"
	"sync"
	"time"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/placement"
)

// Any stands for every operation where Faults takes one.
const Any = "*"

// Faults makes a Server misbehave as ECS does at times. The zero value is a well-behaved server. Everything can be changed while the
// server runs; "the next n" counts calls from then on, and setting a fault again replaces what was left of it.
type Faults struct {
	mu         sync.Mutex
	hiding     Hiding
	placement  Refusal
	operations map[string]*misbehaviour
	buckets    *bucketSet
	agentless  map[string]bool // by id of the instance
}

// Hiding keeps a task that is launched from now on MISSING for DescribeTasks: until both the time has passed and the calls
// that asked for it were made. The zero value hides nothing.
type Hiding struct {
	For   time.Duration
	Calls int
	// Lists hides the task from ListTasks for the same time.
	Lists bool
}

// Refusal makes RunTask answer failures where it could have placed tasks.
type Refusal struct {
	Reason string // RESOURCE:MEMORY when empty
	Calls  int    // the next n calls
	Tasks  int    // as many tasks of each call, 0 for all
}

// Loss is how a reply gets lost.
type Loss int

const (
	// DropConnection ends the connection without an answer.
	DropConnection Loss = iota
	// AnswerServerError replies with 500 ServerException.
	AnswerServerError
)

type misbehaviour struct {
	lost    int
	loss    Loss
	refused int
	refusal *ecserror.Error
	delay   time.Duration
}

// HideNewTasks hides tasks launched from now on; the zero Hiding ends it for later ones.
func (f *Faults) HideNewTasks(h Hiding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hiding = h
}

// RefusePlacement makes the next calls of RunTask lack capacity.
func (f *Faults) RefusePlacement(r Refusal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Reason == "" {
		r.Reason = placement.ReasonMemory
	}
	f.placement = r
}

// LoseReplies carries the next calls of an operation out and loses their replies.
func (f *Faults) LoseReplies(operation string, calls int, how Loss) {
	f.set(operation, func(m *misbehaviour) { m.lost, m.loss = calls, how })
}

// Throttle refuses the next calls of an operation with ThrottlingException.
func (f *Faults) Throttle(operation string, calls int) {
	f.set(operation, func(m *misbehaviour) { m.refused, m.refusal = calls, ecserror.Throttled() })
}

// Refuse makes the next calls of an operation fail with an error, and does not carry them out. The HTTP status is 500 for
// ServerException and 400 for all others.
func (f *Faults) Refuse(operation string, calls int, code, message string) {
	refusal := ecserror.Refuse(code, "%s", message)
	if code == "ServerException" {
		refusal.Status = http.StatusInternalServerError
	}
	f.set(operation, func(m *misbehaviour) { m.refused, m.refusal = calls, refusal })
}

// AnswerLate holds the replies of an operation back for d after it was carried out, until it is set to 0.
func (f *Faults) AnswerLate(operation string, d time.Duration) {
	f.set(operation, func(m *misbehaviour) { m.delay = d })
}

// ThrottleLikeAWS refuses calls beyond the burst and the sustained rate that AWS grants an account.
func (f *Faults) ThrottleLikeAWS(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buckets = nil
	if on {
		f.buckets = newBucketSet()
	}
}

func (f *Faults) set(operation string, change func(*misbehaviour)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.operations == nil {
		f.operations = map[string]*misbehaviour{}
	}
	m := f.operations[operation]
	if m == nil {
		m = new(misbehaviour)
		f.operations[operation] = m
	}
	change(m)
}

// each calls use for what is set for the operation and for all, until use returns true. The caller holds mu.
func (f *Faults) each(operation string, use func(*misbehaviour) bool) {
	for _, name := range []string{operation, Any} {
		if m := f.operations[name]; m != nil && use(m) {
			return
		}
	}
}

// Before is asked before a call is carried out; an error takes its place.
func (f *Faults) Before(operation string, now time.Time) (refusal *ecserror.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.each(operation, func(m *misbehaviour) bool {
		if m.refused > 0 {
			m.refused--
			refusal = m.refusal
		}
		return refusal != nil
	})
	if refusal == nil && f.buckets != nil && !f.buckets.take(operation, now) {
		refusal = ecserror.Throttled()
	}
	return refusal
}

// After is asked once a call was carried out.
func (f *Faults) After(operation string) (delay time.Duration, lost bool, how Loss) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.each(operation, func(m *misbehaviour) bool {
		delay = max(delay, m.delay)
		return false
	})
	f.each(operation, func(m *misbehaviour) bool {
		if m.lost > 0 {
			m.lost--
			lost, how = true, m.loss
		}
		return lost
	})
	return delay, lost, how
}

// Lacking is asked once for each RunTask: how many of its tasks are refused, and why.
func (f *Faults) Lacking(count int) (refused int, reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.placement.Calls <= 0 {
		return 0, ""
	}
	f.placement.Calls--
	refused = f.placement.Tasks
	if refused <= 0 || refused > count {
		refused = count
	}
	return refused, f.placement.Reason
}

// Hide is what a new task is hidden by, nil for nothing.
func (f *Faults) Hide(now time.Time) *Hidden {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hiding.For <= 0 && f.hiding.Calls <= 0 {
		return nil
	}
	return &Hidden{until: now.Add(f.hiding.For), calls: f.hiding.Calls, lists: f.hiding.Lists}
}

// Hidden keeps one task from being seen. Server.mu guards it.
type Hidden struct {
	until time.Time
	calls int
	lists bool
}

// Described counts a DescribeTasks that asked for the task, and reports whether it is to be MISSING.
func (h *Hidden) Described(now time.Time) bool {
	if h == nil {
		return false
	}
	hides := h.calls > 0 || now.Before(h.until)
	h.calls--
	return hides
}

// Unlisted reports whether ListTasks leaves the task out.
func (h *Hidden) Unlisted(now time.Time) bool {
	return h != nil && h.lists && (h.calls > 0 || now.Before(h.until))
}
