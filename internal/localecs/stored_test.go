package localecs

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/storedtest"
)

// TestStoredNames reads the records that version 1d4d5c3 wrote, and writes them again: the same members with the same values. Go's names are
// free to change, the stored ones are not.
func TestStoredNames(t *testing.T) {
	data := storedtest.File(t, "ecs.json")
	var stored map[string]map[string]json.RawMessage
	if err := json.Unmarshal(data, &stored); err != nil {
		t.Fatal(err)
	}
	for bucket, record := range map[string]func() any{
		journal.BucketClusters: func() any { return &types.Cluster{} }, journal.BucketDefinitions: func() any { return &journal.Definition{} },
		journal.BucketTasks: func() any { return &journal.TaskRecord{} }, journal.BucketTokens: func() any { return &journal.TokenRecord{} },
		journal.BucketInstances: func() any { return &placement.Registration{} },
	} {
		if len(stored[bucket]) == 0 {
			t.Errorf("no record of %s", bucket)
		}
		for name, data := range stored[bucket] {
			storedtest.Check(t, bucket+" "+name, data, record(), nil)
		}
	}
	storedtest.Check(t, "a folder", []byte(`{"Due":"2026-11-29T01:00:00Z"}`), &journal.FolderRecord{}, nil)
}
