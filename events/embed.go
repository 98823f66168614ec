// Package events embeds samples of every request and event. Unit tests, local invocations and the documentation use the same files.
package events

import "embed"

// TaskDefinition is the sample job's task definition: a POST /task-definitions body, which is RegisterTaskDefinition's input.
//
//go:embed task-definition.json
var TaskDefinition []byte

// Run is the sample job: a POST /runs body.
//
//go:embed run.json
var Run []byte

// Samples holds every JSON file of this folder: for each function its triggers' events, in the shape in which the service sends them.
// <function>.json is the simplest of them, <function>-<variant>.json are the others. env.json is not an event but the variables that
// `sam local invoke --env-vars` and lambda-invoke pass to the functions.
//
//go:embed *.json
var Samples embed.FS
