// Package submit builds the use case behind POST /runs and behind schedules.
package submit

import (
	"davit/functions/internal/wiring/dynamodb"
	"davit/functions/internal/wiring/ecs"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/sfn"
	"davit/internal/clock"
	"davit/internal/ecsspec"
	"davit/internal/run"
)

// Submitter returns the use case that accepts runs under the stack's rules. It caches task definitions and clusters for a minute.
func Submitter(rt *runtime.Runtime) *run.Submitter {
	return &run.Submitter{
		Keeper: dynamodb.Keeper(rt, sfn.Workflow(rt)), Spec: ecsspec.Spec{},
		Catalog: run.NewCatalogCache(ecs.Catalog(rt), clock.System),
		Stack:   run.Stack{Defaults: rt.RunDefaults(ecsspec.Spec{}), Families: rt.Families(), OwnerOnly: rt.OwnerOnly(), ExecuteCommand: rt.ExecuteCommand()},
	}
}
