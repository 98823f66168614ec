// Package awssfn is run.Workflow on Step Functions: it starts and wakes executions of the state machine.
//
// StartExecution is idempotent by the execution's name as long as that execution is open, and SendTaskSuccess by its token, so the
// SDK's own retries (three tries) are left on: a first try whose reply was lost does no harm. StartSyncExecution, which waits for an
// express execution and goes to another host, is never called.
package awssfn
