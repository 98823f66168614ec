// Package awslogs reads the output of containers from CloudWatch Logs, where ECS's awslogs driver writes it: one stream a container of a task,
// PREFIX/CONTAINER/TASK. GetLogEvents is the one operation that it calls.
//
// # Pages
//
// A stream is read with forward tokens, from its head or from a time. An empty page is not the end: CloudWatch Logs cuts pages by time. The end is a
// token that is returned again. A token lives for 24 hours; after that the stream is read again from the time of the last event that was given.
//
// # How often a call is made
//
// Once: GetLogEvents has a quota of some 25 calls a second for the whole account and Region. A call that is throttled, or gets no answer, is Busy, and
// the reader repeats it with the token that it has.
package awslogs
