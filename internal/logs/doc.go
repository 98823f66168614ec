// Package logs is the use case behind GET /runs/{runId}/logs: it reads what a run's containers wrote, one bounded page at a time.
//
// The Reader chooses the streams of a run, one for each container of each task, reads each through the Source, merges them by time and
// returns a page with the cursor of the next one. It keeps nothing between two requests: a cursor holds each stream's Position, so that it
// survives a restart of the server. A Source knows one kind of place where output is kept; package logstest has the suite that every
// Source passes.
package logs
