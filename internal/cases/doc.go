// Package cases plays inputs that once went wrong through the whole of local mode and compares what comes of them with the right answer. An input is a
// file of testdata; each is played through both doors where both take it: the HTTP API and the ECS endpoint. `make cases` runs it.
package cases
