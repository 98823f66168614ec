package emf_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"davit/internal/clock"
	"davit/internal/emf"
	"davit/internal/run"
)

// CloudWatch takes a line for a metric by its _aws member, and each dimension and metric by the member of its name.
func TestLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		emf.New(&out, "jobs", clock.System).Record([]run.Measure{
			{Name: "RunsAccepted", Unit: "Count", Amount: 1},
			{Name: "LaunchesRefused", Unit: "Count", Amount: 3, Dimension: "Class", Value: "CAPACITY"},
			{Name: "LaunchToRunning", Unit: "Seconds", Amount: 12.5},
		})
		want := []string{
			`{"Stack":"jobs","RunsAccepted":1,"level":"INFO","_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"Davit",
				"Dimensions":[["Stack"]],"Metrics":[{"Name":"RunsAccepted","Unit":"Count"}]}]}}`,
			`{"Stack":"jobs","Class":"CAPACITY","LaunchesRefused":3,"level":"INFO","_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"Davit",
				"Dimensions":[["Stack","Class"]],"Metrics":[{"Name":"LaunchesRefused","Unit":"Count"}]}]}}`,
			`{"Stack":"jobs","LaunchToRunning":12.5,"level":"INFO","_aws":{"Timestamp":946684800000,"CloudWatchMetrics":[{"Namespace":"Davit",
				"Dimensions":[["Stack"]],"Metrics":[{"Name":"LaunchToRunning","Unit":"Seconds"}]}]}}`,
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != len(want) {
			t.Fatalf("%d lines:\n%s", len(lines), out.String())
		}
		for i := range want {
			if diff := cmp.Diff(value(t, want[i]), value(t, lines[i])); diff != "" {
				t.Errorf("line %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

func value(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type broken struct{ writes int }

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errors.New("full") }

func TestAWriterThatFails(t *testing.T) {
	b := &broken{}
	emf.New(b, "jobs", clock.System).Record(make([]run.Measure, 3))
	if b.writes != 1 {
		t.Errorf("%d writes", b.writes)
	}
}
