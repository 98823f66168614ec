package run

import "time"

// Policy is what the caller asks of Davit beyond ECS, with every default filled in (DefaultPolicy). Times are in seconds; 0 of an optional one is none.
type Policy struct {
	Retry Retry `json:"retry"`
	// TimeoutSeconds bounds an attempt, from its first RUNNING; 0: none.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty"`
	// StartTimeoutSeconds bounds how long each task may be placed and not RUNNING.
	StartTimeoutSeconds int `json:"startTimeoutSeconds"`
	// LaunchTimeoutSeconds bounds how long refusals are retried inside an attempt.
	LaunchTimeoutSeconds int `json:"launchTimeoutSeconds"`
	// DeadlineSeconds bounds the whole run, from its acceptance; 0: none.
	DeadlineSeconds int `json:"deadlineSeconds,omitempty"`
	// Overlap is nil for ALLOW, and where the caller gave none.
	Overlap *Overlap `json:"overlap,omitempty"`
	// Placement is FILL, ALL_OR_NOTHING or BEST_EFFORT.
	Placement string  `json:"placement"`
	Verdict   Verdict `json:"verdict"`
}

// Retry decides which outcomes of an attempt are followed by another attempt, and after what pause.
type Retry struct {
	// MaxAttempts counts attempts that placed a task, 1 to 20.
	MaxAttempts int `json:"maxAttempts"`
	// On holds NEVER_STARTED, STARTED_IN_PART, INTERRUPTED, OUT_OF_MEMORY, TIMED_OUT, EXIT:<code> and EXIT:*.
	On []string `json:"on"`
	// IntervalSeconds is the pause before the second attempt; BackoffRate multiplies it for each later one, up to MaxIntervalSeconds.
	IntervalSeconds    int     `json:"intervalSeconds"`
	BackoffRate        float64 `json:"backoffRate"`
	MaxIntervalSeconds int     `json:"maxIntervalSeconds"`
}

// Overlap bounds how many runs of a key are under way at once.
type Overlap struct {
	Key string `json:"key"`
	// Mode is FORBID, REPLACE or QUEUE.
	Mode string `json:"mode"`
	// Limit is how many runs may hold the key at once, 1 to 1,000.
	Limit int `json:"limit"`
	// MaxQueued is how many runs may wait by QUEUE, at most 5,000.
	MaxQueued int `json:"maxQueued,omitempty"`
	// QueueTimeoutSeconds bounds the wait; 0: none.
	QueueTimeoutSeconds int `json:"queueTimeoutSeconds,omitempty"`
}

// Verdict decides which containers' exit codes count, and which codes are success.
type Verdict struct {
	// Container is the one that decides; "": all essential containers.
	Container        string `json:"container,omitempty"`
	SuccessExitCodes []int  `json:"successExitCodes"`
}

// Values of Policy.Placement and Overlap.Mode.
const (
	Fill       = "FILL"
	AllOrNone  = "ALL_OR_NOTHING"
	BestEffort = "BEST_EFFORT"

	OverlapAllow   = "ALLOW"
	OverlapForbid  = "FORBID"
	OverlapReplace = "REPLACE"
	OverlapQueue   = "QUEUE"
)

// DefaultPolicy is the contract's table of defaults.
func DefaultPolicy() Policy {
	return Policy{
		Retry: Retry{
			MaxAttempts: 3, On: []string{string(NeverStarted)},
			IntervalSeconds: 10, BackoffRate: 2, MaxIntervalSeconds: 300,
		},
		StartTimeoutSeconds:  900,
		LaunchTimeoutSeconds: 3600,
		Placement:            Fill,
		Verdict:              Verdict{SuccessExitCodes: []int{0}},
	}
}

func (p Policy) startTimeout() time.Duration  { return seconds(p.StartTimeoutSeconds) }
func (p Policy) launchTimeout() time.Duration { return seconds(p.LaunchTimeoutSeconds) }
func (p Policy) timeout() time.Duration       { return seconds(p.TimeoutSeconds) }
func (p Policy) deadline() time.Duration      { return seconds(p.DeadlineSeconds) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// MaxTries returns how many attempts may be made: 1 where nothing is retried.
func (r Retry) MaxTries() int {
	if len(r.On) == 0 {
		return 1
	}
	return max(1, r.MaxAttempts)
}

// retries reports whether the policy answers a task of this class with another attempt.
func (r Retry) retries(c Class) bool {
	for _, on := range r.On {
		if on == string(c) || (on == string(AnyExit) && len(c) > 5 && c[:5] == "EXIT:") {
			return true
		}
	}
	return false
}

// succeeds reports whether an exit code counts as success.
func (v Verdict) succeeds(code int) bool {
	for _, ok := range v.SuccessExitCodes {
		if ok == code {
			return true
		}
	}
	return false
}
