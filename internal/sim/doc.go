// Package sim is a deterministic simulator of Davit in AWS: the real handlers, use cases and store code, and the deployed state machine,
// over models of ECS, DynamoDB, Step Functions, EventBridge and Lambda that misbehave as the services may.
//
// Every process (an invocation of a function, a client) is a coroutine, of which exactly one runs at a time. Each call to the outside is
// a point where the scheduler, drawing from the seed, may let others go first. Time is virtual and passes only when nobody can run. The
// same seed gives the same simulation, call for call.
//
// Only tests and cmd tools import it.
package sim
