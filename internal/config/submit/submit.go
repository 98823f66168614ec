// Package submit makes the use case behind POST /runs and behind schedules.
package submit

import (
	"davit/internal/clock"
	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/machine"
	"davit/internal/config/table"
	"davit/internal/ecsspec"
	"davit/internal/run"
)

// Submitter takes runs under the stack's rules. It keeps what it looked up for a minute.
func Submitter(b *boot.Boot) *run.Submitter {
	return &run.Submitter{
		Keeper: table.Keeper(b, machine.Workflow(b)), Spec: ecsspec.Spec{},
		Catalog: run.NewCatalogCache(engine.Catalog(b), clock.System),
		Stack:   run.Stack{Defaults: b.RunDefaults(ecsspec.Spec{}), Families: b.Families(), OwnerOnly: b.OwnerOnly(), ExecuteCommand: b.ExecuteCommand()},
	}
}
