package run

import (
	"encoding/json"
	"time"
)

// Run is one accepted request, from submission to a terminal status: the record that the store keeps.
// Times are UTC in whole milliseconds.
type Run struct {
	// Identity. Submit sets it; it never changes.

	// ID is 26 characters of [a-z2-7]: the hash of Owner and Key, or random where no key was given.
	ID string `json:"runId"`
	// Incarnation is 8 characters of [a-z2-7], random per record: a reused key never meets an old execution's name.
	Incarnation string `json:"born"`
	// Version is 1 when the record is created and one higher with each write: the store's compare-and-set.
	Version int64 `json:"version"`
	// Owner is the caller whose idempotency keys these are; `schedule:<name>` for a scheduled run.
	Owner string `json:"owner"`
	// Key is the idempotency key as the caller gave it; "" where none was given.
	Key string `json:"idempotencyKey,omitempty"`
	// Fingerprint is the hash of the request body's canonical value, by which a reused key is told from a repetition.
	Fingerprint string `json:"fingerprint"`
	// PlainFingerprint is that of the body without its null members, "" where that is the same.
	PlainFingerprint string `json:"plainFingerprint,omitempty"`
	// RerunOf is the ID of the run that this one repeats; "" where it repeats none.
	RerunOf string `json:"rerunOf,omitempty"`
	// Schedule is the name of the schedule that submitted it; "" where none did.
	Schedule string `json:"schedule,omitempty"`
	// SubmittedBy is who submitted it; of a record of an earlier version nobody is known.
	SubmittedBy SubmittedBy `json:"submittedBy,omitzero"`
	// ValuesOf is the owner of the environment values that a rerun by another caller kept; "": they are Owner's.
	ValuesOf string `json:"valuesOf,omitempty"`

	// Progress. Settle moves it along the table of transitions.

	Status Status `json:"status"`
	// StatusReason is one sentence for a user; "" while there is nothing to explain.
	StatusReason string `json:"statusReason,omitempty"`
	// Class is why a terminal run did not succeed; "" while it is open, and of success.
	Class Class `json:"class,omitempty"`
	// ExitCode is set at the end: the first failing code by stop time, else 0; nil where no deciding container has one.
	ExitCode  *int      `json:"exitCode,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	// StartedAt is when the first task was RUNNING; nil while none was.
	StartedAt *time.Time `json:"startedAt,omitempty"`
	// StoppedAt is when the run became terminal; nil before.
	StoppedAt *time.Time `json:"stoppedAt,omitempty"`

	// Request. Submit sets it; Launch sets what was left open because ECS could not be asked.

	Operation Operation `json:"operation"`
	// Request is the caller's body without the policy.
	Request json.RawMessage `json:"request"`
	// Resolved is what ECS is asked: defaults filled, revision pinned.
	Resolved json.RawMessage `json:"resolved"`
	Policy   Policy          `json:"policy"`
	// Count is how many tasks are wanted, 1 to 10.
	Count int `json:"count"`
	// UnplacedByPolicy is how many of Count BEST_EFFORT went without; 0 for other placements.
	UnplacedByPolicy int `json:"short,omitempty"`
	// Cluster is a name or ARN; "" is ECS's default cluster.
	Cluster string `json:"cluster,omitempty"`
	Family  string `json:"family"`
	// Group is the caller's.
	Group string `json:"group,omitempty"`
	// StartedBy is the caller's; ECS's startedBy is Davit's own (Attempt.StartedBy).
	StartedBy string `json:"startedBy,omitempty"`
	// Instances are the container instances that a StartTask asks for; nil for RunTask.
	Instances []string `json:"instances,omitempty"`
	// Definition is nil while the look-up at submission was throttled or denied; Launch repeats it.
	Definition *Definition `json:"definition,omitempty"`
	// OwnerOnly is set where Visibility was `owner` when the run was accepted: its overlap policy touches, and names, only runs that its owner may see.
	OwnerOnly bool `json:"ownerOnly,omitempty"`

	// Execution: what was launched, what is to stop, and which execution of the state machine works for the run.

	// Attempts are in order; the last one is the current one. Launch appends the first, Settle the others.
	Attempts []Attempt `json:"attempts,omitempty"`
	// Dropped is what metrics counted of tasks and refusals that cutAttempts dropped; zero while it has dropped none.
	Dropped MetricCounts `json:"dropped,omitzero"`
	// Stop is the order to stop the whole run: by a caller, its deadline, or a run that replaces it. The first order stays; nil: none.
	Stop *StopOrder `json:"stop,omitempty"`
	// AdmittedAt is when its overlap key let it launch; zero: not yet, or it has no overlap policy.
	AdmittedAt time.Time `json:"admittedAt,omitzero"`
	// Released is set once the run is terminal and known to have left the lock of its overlap key.
	Released bool `json:"released,omitempty"`
	// Waiting is the token of the execution that waits in Follow; nil: none is known to wait.
	Waiting *Waiting `json:"waiting,omitempty"`
	// Generation is that of the execution that may write; 1 at first.
	Generation int `json:"generation"`
	// Observations counts those of this generation; at maxObservations the next one takes over.
	Observations int `json:"turns,omitempty"`
	// Restarts counts the generations started in a row because an execution died; a change of status sets it to 0.
	Restarts int `json:"heals,omitempty"`
	// RestartAt is the earliest time of the next restart; zero: at once.
	RestartAt time.Time `json:"healAt,omitzero"`
	// StepAt is when an execution of this generation last took a step; zero: none has, or it is known to have died.
	StepAt time.Time `json:"stepAt,omitzero"`
	// LastHeardAt is when ECS last reported on the live tasks: by launch, event, observation or sweep.
	LastHeardAt time.Time `json:"freshAt,omitzero"`

	// Index. Keeper sets it with each write.

	// SweepAt is when the sweep must examine the record, the key of the open index; zero: the record is not in it.
	SweepAt time.Time `json:"sweepAt,omitzero"`
	// Expires is set at the end; later the record counts as absent.
	Expires time.Time `json:"expires,omitzero"`

	// news is what happened since the record was read. It is not stored.
	news news
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
	Name      string `json:"name"`
	Essential bool   `json:"essential"`
	// ServesOthers is set for a container that is there for others only: a FireLens router, the proxy of proxyConfiguration. It never decides.
	ServesOthers bool   `json:"servesOthers,omitempty"`
	LogDriver    string `json:"logDriver,omitempty"`
	// LogOptions holds awslogs-group, awslogs-region and awslogs-stream-prefix only.
	LogOptions map[string]string `json:"logOptions,omitempty"`
}

// Waiting is the task token that an execution left, with what it waits for.
type Waiting struct {
	Token string `json:"token"`
	// Due is when the execution goes on by itself.
	Due time.Time `json:"due"`
	// EnteredAt and RetryCount are those of the step that left the token: only a later one may replace it. Zero: of a definition that does not send them.
	EnteredAt  time.Time `json:"enteredAt,omitzero"`
	RetryCount int       `json:"retryCount,omitempty"`
}

func (r *Run) attempt() *Attempt {
	if len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

// Tries returns how many attempts were made so far, the one that is being launched included. One that ALL_OR_NOTHING withdrew is none.
func (r *Run) Tries() int {
	n := 0
	for i := range r.Attempts {
		if !r.Attempts[i].Withdrawn {
			n++
		}
	}
	return n
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
