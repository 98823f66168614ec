package client

import (
	"encoding/json"
	"time"
)

// Status is where a run stands.
type Status string

// The statuses. Those from Succeeded on are final.
const (
	Submitted Status = "SUBMITTED" // recorded
	Queued    Status = "QUEUED"    // held by its overlap policy
	Launching Status = "LAUNCHING" // being placed, or waiting to be
	Pending   Status = "PENDING"   // placed, none running yet
	Running   Status = "RUNNING"   // a task of the current attempt ran
	Stopping  Status = "STOPPING"  // a stop or a deadline is being carried out
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
	Stopped   Status = "STOPPED" // by a caller
	TimedOut  Status = "TIMED_OUT"
	Lost      Status = "LOST"    // no outcome was seen
	Skipped   Status = "SKIPPED" // by its overlap policy
)

// Statuses returns every status, in the order of a run's life.
func Statuses() []Status {
	return []Status{Submitted, Queued, Launching, Pending, Running, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost, Skipped}
}

// Final reports whether nothing more will come of a run with the status. A status that this package does not know is not final.
func (s Status) Final() bool {
	switch s {
	case Succeeded, Failed, Stopped, TimedOut, Lost, Skipped:
		return true
	default:
		return false
	}
}

// Summary is a run as lists show it. Times are zero, and texts empty, where the answer has none.
type Summary struct {
	ID           string `json:"runId"`
	Owner        string `json:"owner"`
	Status       Status `json:"status"`
	StatusReason string `json:"statusReason"`
	// Class is why the run did not succeed, for example NEVER_STARTED or EXIT:137.
	Class     string    `json:"class"`
	CreatedAt time.Time `json:"createdAt"`
	StartedAt time.Time `json:"startedAt"` // its first task was RUNNING
	StoppedAt time.Time `json:"stoppedAt"` // it ended
	// ExitCode is the first failing exit code, 0 for a run that succeeded, and nil where there is none.
	ExitCode  *int   `json:"exitCode"`
	Key       string `json:"idempotencyKey"`
	Family    string `json:"family"`
	Group     string `json:"group"`
	StartedBy string `json:"startedBy"`
	Count     int    `json:"count"`
	// Tries is how many attempts were made so far, MaxTries how many the policy allows.
	Tries    int `json:"tries"`
	MaxTries int `json:"maxTries"`
	// RerunOf is the run that this one repeats, Schedule the schedule that submitted it.
	RerunOf  string `json:"rerunOf"`
	Schedule string `json:"schedule"`
	// SubmittedBy is who submitted it, where that is known and the answer has it.
	SubmittedBy *Submitter `json:"submittedBy"`
	// JSON is the summary as it came; of a Run, Run.JSON is.
	JSON json.RawMessage `json:"-"`
}

// Run is one run with its attempts.
type Run struct {
	Summary
	// Request is the body that was submitted; Resolved is what was made of it. Values of environment variables are masked.
	Request  json.RawMessage `json:"request"`
	Resolved json.RawMessage `json:"resolved"`
	Policy   json.RawMessage `json:"policy"`
	// DecidingContainers are those whose exit codes count, where that is known.
	DecidingContainers []string  `json:"decidingContainers"`
	Attempts           []Attempt `json:"attempts"`
	// Replayed is set on the answer to a submission whose key an earlier request had used for the same run.
	Replayed bool `json:"-"`
	// JSON is the whole answer, as it came.
	JSON json.RawMessage `json:"-"`
}

// Submitter is the person or program behind a submission.
type Submitter struct {
	Principal string `json:"principal"`
	Session   string `json:"session"`
	RequestID string `json:"requestId"`
	SourceIP  string `json:"sourceIp"`
}

// Attempt is one try to run the tasks.
type Attempt struct {
	Number     int       `json:"number"`
	BeganAt    time.Time `json:"beganAt"`    // its first launch call was due
	LaunchedAt time.Time `json:"launchedAt"` // its first task was placed
	Calls      int       `json:"calls"`      // of RunTask or StartTask
	Refusals   []Refusal `json:"refusals"`
	// Outcome is nil until every task has ended. Its Class is empty for a success.
	Outcome      *Outcome `json:"outcome"`
	Tasks        []Task   `json:"tasks"`
	TasksOmitted int      `json:"tasksOmitted"` // ended tasks that the record no longer holds
	// Failures are those of the last launch call that had any.
	Failures []Failure `json:"failures"`
}

// Failure is a task that a launch call did not place, as ECS describes it.
type Failure struct {
	ARN    string `json:"arn"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// Refusal is a launch call that ECS refused, counted by its class.
type Refusal struct {
	Class  string    `json:"class"`
	Reason string    `json:"reason"`
	Rule   string    `json:"rule"`
	Count  int       `json:"count"`
	LastAt time.Time `json:"lastAt"`
}

// Outcome is how an attempt ended.
type Outcome struct {
	Class  string `json:"class"`
	Detail string `json:"detail"`
}

// Task is an ECS task, under ECS's own names. Only what most clients need is here; Run.JSON has all of it.
type Task struct {
	ARN                string      `json:"taskArn"`
	Group              string      `json:"group"`
	StartedBy          string      `json:"startedBy"` // Davit's own
	LastStatus         string      `json:"lastStatus"`
	DesiredStatus      string      `json:"desiredStatus"`
	HealthStatus       string      `json:"healthStatus"` // HEALTHY, UNHEALTHY or UNKNOWN
	StopCode           string      `json:"stopCode"`
	StoppedReason      string      `json:"stoppedReason"`
	Connectivity       string      `json:"connectivity"` // CONNECTED or DISCONNECTED
	Version            int64       `json:"version"`      // rises with each change
	CreatedAt          time.Time   `json:"createdAt"`
	PullStartedAt      time.Time   `json:"pullStartedAt"`
	PullStoppedAt      time.Time   `json:"pullStoppedAt"`
	ConnectivityAt     time.Time   `json:"connectivityAt"`
	StartedAt          time.Time   `json:"startedAt"`
	StoppingAt         time.Time   `json:"stoppingAt"`
	ExecutionStoppedAt time.Time   `json:"executionStoppedAt"`
	StoppedAt          time.Time   `json:"stoppedAt"`
	Containers         []Container `json:"containers"`
}

// Container is a container of a task.
type Container struct {
	Name       string `json:"name"`
	LastStatus string `json:"lastStatus"`
	ExitCode   *int   `json:"exitCode"`
	Reason     string `json:"reason"`
	// Log is where its output is: a file in local mode, a group and stream of CloudWatch Logs in AWS; nil where that is not known.
	Log *Log `json:"log"`
}

// Log is where a container's output is.
type Log struct {
	File   string `json:"file"`
	Group  string `json:"group"`
	Stream string `json:"stream"`
}
