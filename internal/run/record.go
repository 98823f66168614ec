package run

import (
	"encoding/json"
	"time"
)

// Run is one accepted request, from submission to a terminal status: the record that the store keeps.
// Times are UTC in whole milliseconds.
type Run struct {
	ID          string `json:"runId"`                    // 26 characters of [a-z2-7]
	Incarnation string `json:"born"`                     // 8 characters of [a-z2-7], random per record: a reused key never meets an old execution's name
	Version     int64  `json:"version"`                  // 1 when created, +1 per write; the store's compare-and-set
	Owner       string `json:"owner"`                    // the caller whose idempotency keys these are
	Key         string `json:"idempotencyKey,omitempty"` // as the caller gave it
	Fingerprint string `json:"fingerprint"`              // hash of the body's canonical value

	Status       Status     `json:"status"`
	StatusReason string     `json:"statusReason,omitempty"`
	Class        Class      `json:"class,omitempty"` // why it did not succeed
	ExitCode     *int       `json:"exitCode,omitempty"`
	CreatedAt    time.Time  `json:"createdAt"`
	StartedAt    *time.Time `json:"startedAt,omitempty"` // the first task was RUNNING
	StoppedAt    *time.Time `json:"stoppedAt,omitempty"` // it became terminal

	Operation        Operation       `json:"operation"`
	Request          json.RawMessage `json:"request"`  // the caller's, without the policy
	Resolved         json.RawMessage `json:"resolved"` // what ECS is asked: defaults filled, revision pinned
	Policy           Policy          `json:"policy"`
	Count            int             `json:"count"`
	UnplacedByPolicy int             `json:"short,omitempty"`   // of count, the tasks that BEST_EFFORT went without
	Cluster          string          `json:"cluster,omitempty"` // "" is ECS's default cluster
	Family           string          `json:"family"`
	Group            string          `json:"group,omitempty"`     // the caller's
	StartedBy        string          `json:"startedBy,omitempty"` // the caller's; ECS's startedBy is Davit's
	Instances        []string        `json:"instances,omitempty"` // StartTask: the container instances asked for
	// Definition is nil while the look-up at submission was throttled or denied; Launch looks again.
	Definition *Definition `json:"definition,omitempty"`

	// OwnerOnly: Visibility was `owner` when it was accepted. Its overlap policy touches, and names, only runs that its owner may see.
	OwnerOnly bool `json:"ownerOnly,omitempty"`

	Attempts     []Attempt  `json:"attempts,omitempty"`
	Stop         *StopOrder `json:"stop,omitempty"`      // asked for the whole run: by a caller, its deadline, or a run that takes its place
	AdmittedAt   time.Time  `json:"admittedAt,omitzero"` // its overlap key let it launch
	Released     bool       `json:"released,omitempty"`  // it is over, and its overlap key is free of it
	Waiting      *Waiting   `json:"waiting,omitempty"`
	Generation   int        `json:"generation"`       // of the execution that may write; 1 at first
	Observations int        `json:"turns,omitempty"`  // observations of this generation
	Restarts     int        `json:"heals,omitempty"`  // generations started in a row because an execution died
	RestartAt    time.Time  `json:"healAt,omitzero"`  // not before this may the next one start
	StepAt       time.Time  `json:"stepAt,omitzero"`  // an execution of this generation last took a step; zero: none has, or it is known to have died
	LastHeardAt  time.Time  `json:"freshAt,omitzero"` // ECS was last heard of: by launch, event, observation or sweep
	SweepAt      time.Time  `json:"sweepAt,omitzero"` // key of the open index; zero: not in it
	Expires      time.Time  `json:"expires,omitzero"` // set at the end; later the record counts as absent
}

// Definition is what a run keeps of its task definition.
type Definition struct {
	ARN      string `json:"arn"`
	Family   string `json:"family"`
	Revision int    `json:"revision"`
	// NetworkMode is the definition's: awsvpc, bridge, host, none, or "" for ECS's default.
	NetworkMode string      `json:"networkMode,omitempty"`
	TaskRoleARN string      `json:"taskRoleArn,omitempty"`
	Containers  []Container `json:"containers"`
}

// Container is what a run keeps of a container definition.
type Container struct {
	Name       string            `json:"name"`
	Essential  bool              `json:"essential"`
	LogDriver  string            `json:"logDriver,omitempty"`
	LogOptions map[string]string `json:"logOptions,omitempty"` // awslogs-group, awslogs-region, awslogs-stream-prefix only
}

// Attempt is one set of up to count tasks, placed by one or more launch calls.
type Attempt struct {
	Number    int    `json:"number"`    // from 1
	StartedBy string `json:"startedBy"` // <prefix>-<runId>-<nn>: how an event, an orphan or a lost reply finds its run
	Want      int    `json:"want"`      // tasks to place: what did not succeed in earlier attempts
	// BeganAt is when its first launch call was due; launchTimeoutSeconds counts from it.
	BeganAt    time.Time  `json:"beganAt"`
	NotBefore  time.Time  `json:"notBefore"` // the next launch call
	LaunchedAt *time.Time `json:"launchedAt,omitempty"`
	Calls      int        `json:"calls"`             // launch calls written down so far
	Open       *Call      `json:"open,omitempty"`    // written down, outcome not yet clear
	Refused    int        `json:"refused,omitempty"` // refusals in a row: the pause's exponent
	Refusals   []Refusal  `json:"refusals,omitempty"`
	GivenUp    *Refusal   `json:"givenUp,omitempty"` // no further launch call is made, for this reason
	// Withdrawn: only a part was placed, and ALL_OR_NOTHING stops it again. Such an attempt counts for nothing.
	Withdrawn bool      `json:"withdrawn,omitempty"`
	Tasks     []Task    `json:"tasks,omitempty"`
	Unclear   bool      `json:"unclear,omitempty"`  // a launch call was given up without knowing what came of it
	Failures  []Failure `json:"failures,omitempty"` // of the last call that had any, at most 10
	Outcome   *Outcome  `json:"outcome,omitempty"`  // once every task has ended
}

// Call is a launch call that was written down before it was made.
type Call struct {
	Number    int       `json:"number"`
	Token     string    `json:"token,omitempty"` // RunTask's clientToken
	Count     int       `json:"count"`
	Instances []string  `json:"instances,omitempty"` // StartTask
	IntentAt  time.Time `json:"intentAt"`
	// Until is when the invocation that claimed a StartTask call is surely over; nobody repeats it before.
	Until           time.Time `json:"until,omitzero"`
	NotBefore       time.Time `json:"notBefore"`         // the next repeat
	Tries           int       `json:"tries"`             // times that it was made
	Unclear         bool      `json:"unclear,omitempty"` // a try may have been carried out
	Reconciliations int       `json:"looks,omitempty"`   // StartTask: empty looks by startedBy
}

// Refusal is what ECS said no with, counted.
type Refusal struct {
	Class  Class     `json:"class"`
	Reason string    `json:"reason"`
	Rule   string    `json:"rule,omitempty"` // of the rule table that it is about, where one is known
	Count  int       `json:"count"`
	LastAt time.Time `json:"lastAt"`
}

// Failure is one of a launch answer's failures, as ECS describes it.
type Failure struct {
	ARN    string `json:"arn,omitempty"`
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Outcome is how an attempt or task ended. Class is "" for success.
type Outcome struct {
	Class  Class  `json:"class,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// StopOrder is somebody's or a deadline's wish that tasks stop.
type StopOrder struct {
	Cause     StopCause `json:"cause"`
	Reason    string    `json:"reason,omitempty"` // the caller's words, at most 255 characters
	At        time.Time `json:"at"`
	AskedAt   time.Time `json:"askedAt,omitzero"` // of a task: the last StopTask call
	StopCalls int       `json:"asks,omitempty"`
	Refused   string    `json:"refused,omitempty"` // ECS's words, where it refuses StopTask for good
	Stuck     bool      `json:"stuck,omitempty"`   // not reported STOPPED for long; set once
}

// StopCause is who wants a stop.
type StopCause string

// The causes of a stop.
const (
	ByCaller       StopCause = "CALLER"
	ByStartTimeout StopCause = "START_TIMEOUT"
	ByTimeout      StopCause = "TIMEOUT"
	ByDeadline     StopCause = "DEADLINE"
	ByPlacement    StopCause = "PLACEMENT" // ALL_OR_NOTHING takes a part back
	ByReplace      StopCause = "REPLACE"   // a later run with its overlap key takes its place
)

// Waiting is the task token that an execution left, with what it waits for.
type Waiting struct {
	Token string    `json:"token"`
	Due   time.Time `json:"due"` // when it wakes by itself
}

func (r *Run) attempt() *Attempt {
	if len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

// Clone is a deep copy: what a caller does to it does not touch r.
func (r *Run) Clone() *Run {
	data, err := json.Marshal(r)
	if err != nil {
		return nil
	}
	var c Run
	if err := json.Unmarshal(data, &c); err != nil {
		return nil
	}
	return &c
}
