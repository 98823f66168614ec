// Package run is Davit's domain: what a Run is, how it moves, and the use cases that move it.
//
// It imports the standard library only. The records hold requests and tasks as raw ECS JSON plus the few
// fields that decide. Decisions are pure functions of a record and a time (Settle, Decide, the pauses, the
// classifier); the use cases (Submit, Reader, Stop, Launch, Observe, TaskEvent, Sweep) read a record, look at ECS
// where needed, settle, and write back under the record's version. Each of them may run twice, late, or in
// any order. What they need of the world they ask of the interfaces in ports.go.
package run
