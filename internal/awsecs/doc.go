// Package awsecs is Davit's ECS client: run.Engine, run.Catalog and taskdef.Definitions on aws-sdk-go-v2. The
// same code talks to AWS and to the local ECS endpoint; only the client's endpoint differs.
//
// # One struct an operation
//
// Launcher, Describer, Lister, Stopper, Catalog and Registrar each ask for the few methods that they call, all of which *ecs.Client
// has. A binary links, and its role needs, only the operations that its code can reach; Engine puts the first four together.
//
// # How often a call is made
//
// RunTask, StartTask and RegisterTaskDefinition go out once, whatever the client's own retry settings are: a retry inside could hide
// a first try that was carried out. Reads, StopTask and DeregisterTaskDefinition, which do no harm twice, are tried up to three times
// with at most two seconds between tries. Nothing here sets a time limit: that is the context's.
//
// # Whether a call was carried out
//
// Every error is a *run.EngineError; errors.go says how Unclear is decided. Replies that lack what ECS always sends count as lost.
//
// # What does not come through
//
// The SDK drops members of a reply that it does not know, and sends no boolean that is false and no plain number that is zero, which
// ECS reads as the same.
package awsecs
