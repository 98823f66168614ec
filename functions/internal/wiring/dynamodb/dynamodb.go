// Package dynamodb makes a function's store.
package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/clock"
	"davit/internal/dynamo"
	"davit/internal/run"
)

// Store is the records in DAVIT_TABLE.
func Store(rt *runtime.Runtime) *dynamo.Store {
	return dynamo.NewStore(dynamodb.NewFromConfig(rt.AWS), dynamo.Table{Name: rt.Table()})
}

// Keeper is what every function has that writes records: DAVIT_TABLE, DAVIT_PREFIX, DAVIT_TASK_EVENTS, DAVIT_RETENTION_DAYS.
// Whoever ends a run lets the next of its overlap key go on, and so needs the way to the state machine.
func Keeper(rt *runtime.Runtime, machine run.Workflow) run.Keeper {
	return run.Keeper{Store: Store(rt), Clock: clock.System, Tuning: rt.Tuning(), Workflow: machine, Retention: rt.Retention()}
}
