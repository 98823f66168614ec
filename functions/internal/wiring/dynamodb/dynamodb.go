// Package dynamodb builds a function's store.
package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/clock"
	"davit/internal/dynamo"
	"davit/internal/run"
)

// Store returns the store of the table DAVIT_TABLE.
func Store(rt *runtime.Runtime) *dynamo.Store {
	return dynamo.NewStore(dynamodb.NewFromConfig(rt.AWS), dynamo.Table{Name: rt.Table()})
}

// Keeper returns what every function needs that writes records. It reads DAVIT_TABLE, DAVIT_PREFIX, DAVIT_TASK_EVENTS and
// DAVIT_RETENTION_DAYS. Each such function may end a run and then wakes the next run of its overlap key through machine.
func Keeper(rt *runtime.Runtime, machine run.Workflow) run.Keeper {
	return run.Keeper{Store: Store(rt), Clock: clock.System, Tuning: rt.Tuning(), Workflow: machine, Retention: rt.Retention(), Log: rt.Log}
}
