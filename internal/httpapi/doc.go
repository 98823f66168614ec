// Package httpapi is Davit's HTTP API: one constructor a route, each of them decode, call one use case, encode.
//
// The same handlers answer API Gateway events and a local listener; Routes mounts those that a process serves.
// What may go wrong is translated in one place, problem.go: from a run.Code, or from a fault that only HTTP
// knows, to a status and an RFC 9457 problem. The run as callers see it is in view.go. Every environment
// value is masked on its way out, and what the domain keeps for itself (tokens, fingerprint, what waits) is never shown.
package httpapi
