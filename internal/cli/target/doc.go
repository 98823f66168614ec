// Package target finds the Davit that commands talk to: where its API is, and who asks.
//
// A Context is one Davit with a name. Load reads them from a file, Resolve chooses one and returns a Target with a client, FromStack makes one of a CloudFormation stack.
// Credentials are retrieved with the first request. Explain returns what any error means, and what to do.
package target
