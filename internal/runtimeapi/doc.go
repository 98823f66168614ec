// Package runtimeapi runs a Lambda function's bootstrap as a process and serves Lambda's Runtime API to it.
//
// It is for local invocations and for tests. One process serves one invocation at a time, as in Lambda. It does not freeze the process
// between invocations, and has no extensions, response streaming or memory limits.
package runtimeapi
