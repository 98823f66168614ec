// Package events holds a sample of every request and event. Unit tests, local invocations and the documentation use
// the same files.
package events

import _ "embed"

// TaskDefinition is the sample job's definition: a POST /task-definitions body, RegisterTaskDefinition's input.
//
//go:embed task-definition.json
var TaskDefinition []byte

// Run is the sample job: a POST /runs body.
//
//go:embed run.json
var Run []byte
