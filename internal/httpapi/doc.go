// Package httpapi is Davit's HTTP API. It has one constructor a route; each handler decodes, calls one use case and encodes.
//
// The same handlers serve API Gateway events and a local listener; Routes mounts those that a process serves. Errors are translated in one
// place, problem.go: from a run.Code, or from a fault that only HTTP knows, to a status and an RFC 9457 problem. The run as callers see it
// is in view.go. Every environment value is masked, and what the domain keeps for itself (tokens, fingerprint, waiting executions) is
// never shown.
package httpapi
