package run

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStoredNames reads what version 1d4d5c3 wrote, every field of it filled, and writes it again: the same members with the same
// values. Go's names are free to change, the stored ones are not.
func TestStoredNames(t *testing.T) {
	for file, into := range map[string]any{
		"run.json": &Run{}, "lock.json": &Lock{}, "tally.json": &MetricCounts{}, "statuschange.json": &StatusChange{}, "missed.json": &Missed{},
		"stepinput.json": &StepInput{}, "stepoutput.json": &StepOutput{},
	} {
		t.Run(file, func(t *testing.T) {
			stored, err := os.ReadFile(filepath.Join("testdata", "stored", file))
			if err != nil {
				t.Fatal(err)
			}
			strict := json.NewDecoder(bytes.NewReader(stored))
			strict.DisallowUnknownFields()
			if err := strict.Decode(into); err != nil {
				t.Fatalf("read: %v", err)
			}
			again, err := json.Marshal(into)
			if err != nil {
				t.Fatalf("write: %v", err)
			}
			if diff := cmp.Diff(jsonValue(t, stored), jsonValue(t, again)); diff != "" {
				t.Errorf("written again (-stored +written):\n%s", diff)
			}
		})
	}
}

func jsonValue(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
