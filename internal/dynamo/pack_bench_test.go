package dynamo

import (
	"encoding/json"
	"os"
	"testing"

	"davit/internal/run"
)

// BenchmarkUnpack reads a record of 4 KB of JSON, as each GET and each step does.
func BenchmarkUnpack(b *testing.B) {
	data, err := os.ReadFile("../run/testdata/stored/run.json")
	if err != nil {
		b.Fatal(err)
	}
	var r run.Run
	if err := json.Unmarshal(data, &r); err != nil {
		b.Fatal(err)
	}
	packed, err := pack(&r)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
