// Package logsfake is a fake of CloudWatch Logs for tests: GetLogEvents, as AWS documents it.
//
// An event is read once it was ingested, which takes Options.Delay. A page holds at most 10,000 events and 1 MB, and may end early or be empty
// although more follows. A forward token stands behind the last event that was read: what is ingested later with an earlier time is not read with
// it. The token repeats at the end of the stream, and is refused after 24 hours. Events of one time keep the order in which they were put.
package logsfake
