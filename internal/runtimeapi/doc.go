// Package runtimeapi is a small Lambda: it runs a function's real bootstrap as a process and speaks Lambda's Runtime API to it.
//
// It is for trying functions and for tests. One process serves one invocation at a time, as in Lambda. What it lacks: freezing between
// invocations, extensions, response streaming, memory limits.
package runtimeapi
