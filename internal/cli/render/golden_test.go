package render_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/client"
	"davit/internal/cli/render"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// golden compares what was written with testdata/name.txt.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// now is the time of every case, on the day of the runs.
var now = at("05:14:00")

// at returns a time of 28 November 2026.
func at(clock string) time.Time {
	when, err := time.Parse(time.DateTime, "2026-11-28 "+clock)
	if err != nil {
		panic(err)
	}
	return when
}

// terminal is a terminal of 120 columns without colours.
var terminal = render.Style{Terminal: true, Width: 120, Now: now}

// pipe is a pipe.
var pipe = render.Style{Now: now}

// read returns a run as the client reads it from an answer.
func read(t *testing.T, answer string) *client.Run {
	t.Helper()
	r := &client.Run{JSON: json.RawMessage(answer)}
	if err := json.Unmarshal(r.JSON, r); err != nil {
		t.Fatal(err)
	}
	return r
}
