package localecs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs"
	"davit/internal/localecs/placement"
)

func TestParseMachines(t *testing.T) {
	got, err := localecs.ParseMachines([]byte(`[
		{"cpu": 4096, "memory": 8192, "gpus": 1, "attributes": {"stack": "prod"}, "lacks": ["ecs.ami-id"], "capacityProvider": "steady"},
		{"count": 2}
	]`))
	want := []placement.Machine{
		{CPU: 4096, Memory: 8192, GPUs: 1, Attributes: map[string]string{"stack": "prod"}, Lacks: []string{"ecs.ami-id"}, CapacityProvider: "steady"}, {}, {},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := localecs.ParseMachines([]byte(`[]`)); err != nil || got == nil || len(got) != 0 {
		t.Errorf("no machine at all: %v, %v", got, err)
	}
	for text, says := range map[string]string{
		``: "JSON list", `{}`: "JSON list", `[{"cpus": 1}]`: `"cpus"`, `[{"cpu": "1"}]`: "cpu", `[] []`: "more after", `[{"count": 0}]`: "count must be at least 1",
		`[{"count": 999}, {"count": 2}]`: "container instance 2", `[{}, {"gpus": -1}]`: "container instance 2: cpu, memory and gpus must not be negative",
	} {
		if _, err := localecs.ParseMachines([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v does not say %q", text, err, says)
		}
	}
}
