package sim

import (
	"math/rand/v2"
	"time"
)

// Seam is a place where a process calls a service, or a service a function.
type Seam string

// The seams.
const (
	GetItem       Seam = "dynamodb GetItem"
	CreateItem    Seam = "dynamodb PutItem new"
	UpdateItem    Seam = "dynamodb PutItem"
	PutLock       Seam = "dynamodb PutItem lock"
	QueryIndex    Seam = "dynamodb Query"
	RunTask       Seam = "ecs RunTask"
	StartTask     Seam = "ecs StartTask"
	DescribeTasks Seam = "ecs DescribeTasks"
	ListTasks     Seam = "ecs ListTasks"
	StopTask      Seam = "ecs StopTask"
	DescribeDef   Seam = "ecs DescribeTaskDefinition"
	DescribeClust Seam = "ecs DescribeClusters"
	StartExec     Seam = "sfn StartExecution"
	SendSuccess   Seam = "sfn SendTaskSuccess"
	PutEvents     Seam = "events PutEvents"
	InvokeStep    Seam = "sfn invokes a step"
	TaskEvent     Seam = "ecs task event"
	ExecEvent     Seam = "sfn execution event"
	StreamBatch   Seam = "dynamodb stream"
	SweepTimer    Seam = "sweep schedule"
	ScheduleTimer Seam = "run schedule"
	HTTPRequest   Seam = "client request"
	Invoke        Seam = "lambda invoke"
)

// Seams lists all of them.
func Seams() []Seam {
	return []Seam{
		GetItem, CreateItem, UpdateItem, PutLock, QueryIndex, RunTask, StartTask, DescribeTasks, ListTasks, StopTask, DescribeDef, DescribeClust,
		StartExec, SendSuccess, PutEvents, InvokeStep, TaskEvent, ExecEvent, StreamBatch, SweepTimer, ScheduleTimer, HTTPRequest,
		Invoke,
	}
}

// Fault is what goes wrong with one call.
type Fault string

// The faults.
const (
	None        Fault = ""
	LostRequest Fault = "lost request" // not carried out; the caller gets no answer
	LostReply   Fault = "lost reply"   // carried out; the caller gets no answer
	Late        Fault = "late"         // the caller gets no answer; carried out up to 8 s later. An event: delivered minutes later
	Throttle    Fault = "throttle"     // refused for the time being
	ServerFault Fault = "server fault" // a 5xx, not carried out
	Dial        Fault = "no connection"
	Denied      Fault = "denied"        // AccessDeniedException
	Refuse      Fault = "refused"       // ClientException, InvalidParameterException and the like
	Disguised   Fault = "disguised"     // an InvalidParameterException that is a throttle
	Partial     Fault = "partial"       // capacity for a part only
	NoCapacity  Fault = "no capacity"   // for none
	DieBefore   Fault = "dies before"   // the process dies before the call
	DieAfter    Fault = "dies after"    // the process dies after it
	Slow        Fault = "slow"          // the answer takes up to 90 s
	Twice       Fault = "twice"         // delivered twice
	Lost        Fault = "lost"          // an event that is never delivered
	Stale       Fault = "stale"         // an index, or a list of tasks, that lags
	TwiceLate   Fault = "twice, late"   // delivered again up to 2 minutes later
	Nothing     Fault = "empty success" // a 200 with neither tasks nor failures
	Abort       Fault = "aborted"       // somebody stops the execution up to a minute later, whatever it does then
)

// Applicable lists the faults that a seam can have.
func Applicable(s Seam) []Fault {
	calls := []Fault{LostRequest, LostReply, Late, Throttle, ServerFault, Dial, DieBefore, DieAfter, Slow}
	switch s {
	case GetItem, QueryIndex:
		return []Fault{LostReply, Throttle, ServerFault, Dial, DieBefore, DieAfter, Slow}
	case RunTask:
		return append(calls, Denied, Refuse, Disguised, Partial, NoCapacity, Nothing, Stale)
	case StartTask:
		return append(calls, Denied, Refuse, Disguised, Partial, NoCapacity, Nothing, Stale)
	case DescribeTasks, ListTasks, DescribeDef, DescribeClust:
		return []Fault{LostReply, Throttle, ServerFault, Dial, DieBefore, DieAfter, Slow, Denied}
	case StopTask:
		return append(calls, Denied)
	case TaskEvent, ExecEvent:
		return []Fault{Late, Twice, TwiceLate, Lost}
	case InvokeStep:
		return []Fault{LostRequest, LostReply, Throttle, Twice, TwiceLate, Late, Abort}
	case StreamBatch, ScheduleTimer:
		return []Fault{Late, Twice, TwiceLate}
	case SweepTimer:
		return []Fault{Lost, Twice, Late}
	case Invoke:
		return []Fault{Throttle, DieBefore, Slow}
	case HTTPRequest:
		return []Fault{LostRequest, LostReply, Twice, TwiceLate, Late}
	default:
		return calls
	}
}

// fate is a fault with how long it lasts: through all of a client's own retries, or for its first try.
type fate struct {
	fault  Fault
	sticky bool
}

// plan decides what goes wrong.
type plan interface {
	// fate is that of the n-th call at a seam, from 1.
	fate(w *world, seam Seam, n int) fate
}

// Outage is a time in which a service answers nobody.
type Outage struct {
	Service  string // ecs, dynamodb, sfn, lambda
	From, To time.Duration
	Dark     bool // requests vanish; otherwise connections are refused
}

// service is whose seam it is.
func (s Seam) service() string {
	for i := range s {
		if s[i] == ' ' {
			return string(s[:i])
		}
	}
	return string(s)
}

// random draws faults with rates that differ by seam, until they stop.
type random struct {
	rates   map[Seam]int // in a thousand
	kinds   map[Seam][]Fault
	outages []Outage
	until   time.Duration
	rng     *rand.Rand // of its own: a script with the same faults gives the same simulation
}

func (r *random) fate(w *world, seam Seam, _ int) fate {
	since := w.now.Sub(start)
	if since >= r.until {
		return fate{}
	}
	for _, o := range r.outages {
		if o.Service == seam.service() && since >= o.From && since < o.To && seam != InvokeStep && seam != TaskEvent && seam != ExecEvent && seam != StreamBatch {
			if o.Dark {
				return fate{LostRequest, true}
			}
			return fate{Dial, true}
		}
	}
	if kinds := r.kinds[seam]; len(kinds) > 0 && r.rng.IntN(1000) < r.rates[seam] {
		return fate{kinds[r.rng.IntN(len(kinds))], r.rng.IntN(2) == 0}
	}
	return fate{}
}

// Scripted is one fault of a script: at the N-th call of a seam.
type Scripted struct {
	Seam   Seam
	N      int
	Fault  Fault
	Sticky bool
}

// script has the faults that it lists, and no others.
type script []Scripted

func (s script) fate(_ *world, seam Seam, n int) fate {
	for _, f := range s {
		if f.Seam == seam && f.N == n {
			return fate{f.Fault, f.Sticky}
		}
	}
	return fate{}
}
