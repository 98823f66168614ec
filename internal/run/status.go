package run

// Status is where a run stands.
type Status string

// The statuses; terminal ones are final.
const (
	Submitted Status = "SUBMITTED" // recorded
	Queued    Status = "QUEUED"    // held by its overlap policy
	Launching Status = "LAUNCHING" // being placed, or waiting to be
	Pending   Status = "PENDING"   // placed, none running yet
	Running   Status = "RUNNING"   // a task of the current attempt ran
	Stopping  Status = "STOPPING"  // a stop or deadline is being carried out
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
	Stopped   Status = "STOPPED"   // by a caller
	TimedOut  Status = "TIMED_OUT" // a deadline stopped it
	Lost      Status = "LOST"      // ECS no longer knows it and no outcome was seen
	Skipped   Status = "SKIPPED"   // its overlap policy let it not run
)

// Statuses lists all of them, in the order of a run's life.
func Statuses() []Status {
	return []Status{Submitted, Queued, Launching, Pending, Running, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost, Skipped}
}

// transitions is the one table of legal moves. A retry goes back to LAUNCHING.
var transitions = map[Status][]Status{
	Submitted: {Queued, Launching, Failed, Stopped, TimedOut, Skipped},
	Queued:    {Launching, Stopped, TimedOut, Skipped},
	Launching: {Pending, Running, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost},
	Pending:   {Launching, Running, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost},
	Running:   {Launching, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost},
	Stopping:  {Launching, Succeeded, Failed, Stopped, TimedOut, Lost},
}

// Terminal reports whether nothing moves the run any more.
func (s Status) Terminal() bool { return s != "" && transitions[s] == nil }

// May reports whether a run may go from s to next in one step.
func (s Status) May(next Status) bool {
	for _, to := range transitions[s] {
		if to == next {
			return true
		}
	}
	return false
}
