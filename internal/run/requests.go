package run

// SubmitRequest asks for a run.
type SubmitRequest struct {
	Caller string // who asks; never empty
	Key    string // the Idempotency-Key header; "" when absent
	HasKey bool   // the header was given, also when empty
	Body   []byte // POST /runs body, at most 256 KiB
	DryRun bool   // check and resolve, record nothing
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

// ListRequest filters a list of runs. Status goes with at most one of the other filters.
type ListRequest struct {
	Caller    string
	Status    string
	Family    string
	Group     string
	StartedBy string
	// Key is an idempotency key of the caller's: the page has its run, or is empty. It goes with no other filter.
	Key    string
	Limit  int    // 0: 20
	Cursor string // of an earlier answer with the same filters
}

// List is a page of runs, newest first. It may be short, even empty, with a NextCursor.
type List struct {
	Runs       []*Run
	NextCursor string // "" when nothing is left
}

// StopRequest asks that a run, or one task of it, stops.
type StopRequest struct {
	Caller string
	RunID  string
	Reason string // at most 255 characters
	Task   string // id or ARN of one task; "" for the whole run
}
