package run

import "time"

// Policy is what the caller asks of Davit beyond ECS, with every default filled in.
type Policy struct {
	Retry                Retry    `json:"retry"`
	TimeoutSeconds       int      `json:"timeoutSeconds,omitempty"`  // an attempt, from its first RUNNING; 0: none
	StartTimeoutSeconds  int      `json:"startTimeoutSeconds"`       // each task placed but not RUNNING
	LaunchTimeoutSeconds int      `json:"launchTimeoutSeconds"`      // how long refusals are retried inside an attempt
	DeadlineSeconds      int      `json:"deadlineSeconds,omitempty"` // the whole run, from acceptance; 0: none
	Overlap              *Overlap `json:"overlap,omitempty"`
	Placement            string   `json:"placement"`
	Verdict              Verdict  `json:"verdict"`
}

// Retry is which ends of an attempt are followed by another, and after what pause.
type Retry struct {
	MaxAttempts        int      `json:"maxAttempts"` // attempts that placed a task, 1..20
	On                 []string `json:"on"`          // NEVER_STARTED, INTERRUPTED, OUT_OF_MEMORY, TIMED_OUT, EXIT:<code>, EXIT:*
	IntervalSeconds    int      `json:"intervalSeconds"`
	BackoffRate        float64  `json:"backoffRate"`
	MaxIntervalSeconds int      `json:"maxIntervalSeconds"`
}

// Overlap bounds how many runs of a key are under way at once.
type Overlap struct {
	Key                 string `json:"key"`
	Mode                string `json:"mode"`
	Limit               int    `json:"limit"`
	MaxQueued           int    `json:"maxQueued,omitempty"`
	QueueTimeoutSeconds int    `json:"queueTimeoutSeconds,omitempty"`
}

// Verdict is whose exit code decides.
type Verdict struct {
	Container        string `json:"container,omitempty"` // "": all essential containers
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

// retries reports whether the policy answers a task of this class with another attempt.
func (r Retry) retries(c Class) bool {
	for _, on := range r.On {
		if on == string(c) || (on == "EXIT:*" && len(c) > 5 && c[:5] == "EXIT:") {
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
