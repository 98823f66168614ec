package localecs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
)

// TestStoredNames reads the records that version 1d4d5c3 wrote, and writes them again: the same members with the same values. Go's names are
// free to change, the stored ones are not.
func TestStoredNames(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "stored", "ecs.json"))
	if err != nil {
		t.Fatal(err)
	}
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
			checkStored(t, bucket+" "+name, data, record())
		}
	}
	checkStored(t, "a folder", []byte(`{"Due":"2026-11-29T01:00:00Z"}`), &journal.FolderRecord{})
}

func checkStored(t *testing.T, what string, stored []byte, into any) {
	t.Helper()
	strict := json.NewDecoder(bytes.NewReader(stored))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err != nil {
		t.Errorf("%s: read: %v", what, err)
		return
	}
	again, err := json.Marshal(into)
	if err != nil {
		t.Errorf("%s: write: %v", what, err)
		return
	}
	if diff := cmp.Diff(jsonValue(t, stored), jsonValue(t, again)); diff != "" {
		t.Errorf("%s, written again (-stored +written):\n%s", what, diff)
	}
}

func jsonValue(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
