// Package row has the type of the rule table's rows: one Row a rule, whichever package checks it.
package row

import "davit/internal/run"

// Kind is what happens to input that breaks a row.
type Kind string

// The kinds of rows.
const (
	Checked   Kind = "V" // refused with 400, before any call of ECS
	Passed    Kind = "P" // only ECS can judge it: its refusal is mapped to the row
	Behaviour Kind = "N" // nothing to refuse; a test shows that Davit takes it into account
)

// Row is one line of the rule table, as docs/rules.md prints it.
type Row struct {
	ID         string
	Kind       Kind
	Operations []run.Operation
	Field      string    // JSON pointer into the operation's input (N: or its answer); * is every item, "" the whole of it
	Limit      string    // V: what is allowed; P: what ECS wants; N: what happens
	Message    string    // what a refused caller reads; … stands for what was given, or for ECS's words. N: ""
	Words      string    // V: ECS's words to it, where they are known; {member}, {value}, {container} and {protocol} stand for those of the input
	Says       []string  // P: the codes, words or reasons of failures by which ECS's refusal is known; * is any text
	Class      run.Class // P: of a refused run
	Status     int       // P: of a refused task-definition route; 0 elsewhere
	Test       string    // N: the package folder and the test that covers it
	Source     string    // the public page
}

// The operations that the table covers beside run.RunTask and run.StartTask.
const (
	StopTask                 run.Operation = "StopTask"
	DescribeTasks            run.Operation = "DescribeTasks"
	RegisterTaskDefinition   run.Operation = "RegisterTaskDefinition"
	DescribeTaskDefinition   run.Operation = "DescribeTaskDefinition"
	DeregisterTaskDefinition run.Operation = "DeregisterTaskDefinition"
)

// The public pages that the rows come from, as docs/rules.md names them.
const (
	PageRunTask  = "AWS CLI reference, ecs run-task"
	PageStart    = "ECS API reference, StartTask"
	PageStop     = "boto3 reference, ECS stop_task"
	PageDescribe = "ECS API reference, DescribeTasks"
	PageRegister = "ECS API reference, RegisterTaskDefinition"
	PageShow     = "ECS API reference, DescribeTaskDefinition"
	PageRemove   = "ECS API reference, DeregisterTaskDefinition"
	Page2016     = "AWS API changes, 13 July 2016, Amazon ECS"
	PageSDK      = "aws-sdk-go-v2, service/ecs"
	PageQuotas   = "AWS General Reference, Amazon ECS endpoints and quotas"
	PageFargate  = "ECS Developer Guide, task definition differences for Fargate"
	PageSize     = "ECS Developer Guide, invalid CPU or memory value"
	PageFailures = "ECS Developer Guide, API failure reasons"
	PageTokens   = "ECS Developer Guide, ensuring idempotency" //nolint:gosec // the title of a page
	PageSpot     = "ECS Developer Guide, Fargate capacity providers"
	PageDavit    = "Davit"
)
