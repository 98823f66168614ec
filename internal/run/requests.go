package run

// SubmitRequest asks for a run.
type SubmitRequest struct {
	Caller string // who asks; never empty
	Key    string // the Idempotency-Key header; "" when absent
	HasKey bool   // the header was given, also when empty
	Body   []byte // POST /runs body, at most 256 KiB
	DryRun bool   // check and resolve, record nothing
	// By is the person or program behind the caller. It may be zero.
	By SubmittedBy
	// StartedBy is the run's where the body has none.
	StartedBy string
	// Schedule is the name of the schedule that submits it; "" for another caller.
	Schedule string
}

// SubmitResult is the recorded run; for a dry run, what would be recorded.
type SubmitResult struct {
	Run      *Run
	Replayed bool // the key was used before, with the same body
}

// StopRequest asks that a run, or one task of it, stops.
type StopRequest struct {
	Caller string
	RunID  string
	Reason string // at most 255 characters
	Task   string // id or ARN of one task; "" for the whole run
}
