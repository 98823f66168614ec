package run

import "time"

// Attempt is one set of up to count tasks, placed by one or more launch calls.
type Attempt struct {
	// Number counts from 1.
	Number int `json:"number"`
	// StartedBy is <prefix>-<runId>-<nn>: how an event, an orphan or a lost reply finds its run.
	StartedBy string `json:"startedBy"`
	// Want is how many tasks to place: those that did not succeed in earlier attempts.
	Want int `json:"want"`
	// BeganAt is when its first launch call was due; launchTimeoutSeconds counts from it.
	BeganAt time.Time `json:"beganAt"`
	// NotBefore is when the next launch call is due.
	NotBefore time.Time `json:"notBefore"`
	// LaunchedAt is when the first task was placed; nil while none is.
	LaunchedAt *time.Time `json:"launchedAt,omitempty"`
	// Calls counts the launch calls written down so far.
	Calls int `json:"calls"`
	// Open is the call that was written down and whose outcome is not yet clear; nil: none.
	Open *Call `json:"open,omitempty"`
	// Refused counts the refusals in a row: the exponent of the pause. A placed task sets it to 0.
	Refused int `json:"refused,omitempty"`
	// Refusals are the last ten kinds, by class and reason.
	Refusals []Refusal `json:"refusals,omitempty"`
	// OmittedRefusals counts, by class, the refusals that were dropped for later ones.
	OmittedRefusals map[Class]int `json:"omittedRefusals,omitempty"`
	// GivenUp is why no further launch call is made; nil while calls may be made.
	GivenUp *Refusal `json:"givenUp,omitempty"`
	// Withdrawn is set where only a part was placed and ALL_OR_NOTHING stops it again. Such an attempt counts for nothing.
	Withdrawn bool   `json:"withdrawn,omitempty"`
	Tasks     []Task `json:"tasks,omitempty"`
	// OmittedTasks is how many tasks of an ended attempt the record no longer holds.
	OmittedTasks int `json:"omittedTasks,omitempty"`
	// Unclear is set where a launch call was given up without knowing what came of it: tasks of it may live unknown.
	Unclear bool `json:"unclear,omitempty"`
	// Failures are those of the last call that had any, at most 10.
	Failures []Failure `json:"failures,omitempty"`
	// Outcome is set once every task has ended; nil before.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// Call is a launch call that was written down before it was made.
type Call struct {
	// Number counts the attempt's calls from 1.
	Number int `json:"number"`
	// Token is RunTask's clientToken; "" for StartTask, which has none.
	Token string `json:"token,omitempty"`
	Count int    `json:"count"`
	// Instances are StartTask's; nil for RunTask.
	Instances []string `json:"instances,omitempty"`
	// IntentAt is when the call was first written down; the life of its token counts from it.
	IntentAt time.Time `json:"intentAt"`
	// Until is when the invocation that claimed a StartTask call is surely over; nobody repeats it before.
	Until time.Time `json:"until,omitzero"`
	// NotBefore is when the call may be repeated or reconciled.
	NotBefore time.Time `json:"notBefore"`
	// Tries counts the times that the call was made.
	Tries int `json:"tries"`
	// Unclear is set while a try may have been carried out and its reply is not recorded.
	Unclear bool `json:"unclear,omitempty"`
	// Reconciliations counts the complete lists by startedBy that did not show all of its tasks.
	Reconciliations int `json:"looks,omitempty"`
	// Refusal is what ECS answered a repetition with, after a try that may have been carried out. It counts once the reconciliations confirm it; nil: none.
	Refusal *Refusal `json:"refusal,omitempty"`
}

// Refusal is what ECS refused a launch call with, counted.
type Refusal struct {
	Class  Class  `json:"class"`
	Reason string `json:"reason"`
	// Rule is the id of the rule that it is about; "" where none is known.
	Rule   string    `json:"rule,omitempty"`
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
