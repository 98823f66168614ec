package run

import (
	"testing"

	"davit/internal/storedtest"
)

// TestStoredNames reads what version 1d4d5c3 wrote, every field of it filled, and of a record what was added since, and writes it again: the same members with the same
// values. Go's names are free to change, the stored ones are not.
func TestStoredNames(t *testing.T) {
	for file, into := range map[string]any{
		"run.json": &Run{}, "run-rerun.json": &Run{}, "lock.json": &Lock{}, "tally.json": &MetricCounts{}, "statuschange.json": &StatusChange{}, "missed.json": &Missed{},
		"stepinput.json": &StepInput{}, "stepoutput.json": &StepOutput{},
	} {
		storedtest.Check(t, file, storedtest.File(t, file), into, nil)
	}
}
