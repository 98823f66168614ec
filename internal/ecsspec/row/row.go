// Package row is the form of the rule table: one Row a rule, whatever package checks it.
package row

import "davit/internal/run"

// Kind says what becomes of input that breaks a row.
type Kind string

// The kinds of rows.
const (
	Checked   Kind = "V" // refused with 400, before any call of ECS
	Passed    Kind = "P" // only ECS can judge it: its refusal is mapped to the row
	Behaviour Kind = "N" // nothing to refuse; a test shows that Davit goes by it
)

// Row is one line of the rule table, as docs/rules.md prints it.
type Row struct {
	ID         string
	Kind       Kind
	Operations []run.Operation
	Field      string    // JSON pointer into the operation's input (N: or its answer); * is every item, "" the whole of it
	Limit      string    // V: what is allowed; P: what ECS wants; N: what happens
	Message    string    // what a refused caller reads; … stands for what was given, or for ECS's words. N: ""
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
