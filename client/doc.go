// Package client calls Davit's HTTP API: it submits runs, waits for their end, lists and stops them.
//
// A request that got no answer is repeated: reads and stops have no other effect the second time, and a submission carries an idempotency key, so that it is one run
// however often it is sent. What the API refuses is a *Problem, to be found with errors.As.
//
// It imports the standard library only. Requests are signed by Client.Sign; package client/sigv4 signs with AWS credentials.
package client
