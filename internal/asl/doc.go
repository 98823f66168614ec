// Package asl runs Amazon States Language definitions in this process, as Step Functions runs
// Standard executions, so that local mode drives the very file that is deployed.
//
// A [Machine] is what [Parse] made of a definition: immutable, without any run state. An [Engine]
// holds the executions of one machine in a file of its own and survives the end of the process at
// any moment: each transition is on disk before it is acted upon, and due times are absolute.
//
// # What is implemented
//
//   - States: Task, Wait, Choice, Pass, Succeed, Fail.
//   - Task resources: arn:aws:states:::lambda:invoke and its .waitForTaskToken form, with the
//     parameters FunctionName and Payload.
//   - InputPath, Parameters, ResultSelector, ResultPath, OutputPath; reference paths ($, $.a.b,
//     $['a'], $.a[0]); the context object ($$) but for Execution.RoleArn.
//   - Retry and Catch in full; TimeoutSeconds, HeartbeatSeconds and their Path forms; the machine's
//     TimeoutSeconds, at most one year.
//   - Every comparison of Choice but StringMatches.
//   - The limits of 256 KiB for data and 25,000 history events; names taken for 90 days.
//
// # What is not
//
// Everything else refuses the definition, naming the state and the field: Map, Parallel, JSONata,
// variables (Assign), intrinsic functions, credentials, other resources and parameters, paths that
// can select more than one node. There is no redrive and no ListExecutions paging.
//
// # Where the documentation leaves a choice
//
//   - States.Runtime escapes every Retry and Catch, also one that names it. States.DataLimitExceeded
//     escapes States.ALL and States.TaskFailed unless it is a task's result that is too large
//     (Options.DataLimitEscapes); it may be named.
//   - A path of Parameters, InputPath, OutputPath or Choice that finds nothing is States.Runtime.
//   - A missed heartbeat shows as States.Timeout. States.Timeout and States.HeartbeatTimeout match it,
//     States.TaskFailed does not.
//   - A .waitForTaskToken state that hands its token to nobody waits for its timeout.
//   - The heartbeat of a token task runs from the return of its function. A plain lambda:invoke has none.
//   - Start compares inputs as JSON text without white space.
//   - TaskStarted is written with TaskScheduled; the wait for one of Options.Invocations places
//     counts towards the task's timeout.
//   - A state that times out, or that is answered early, does not end its function, as in AWS.
//     How long a function may run is for the Invoker to say.
package asl
