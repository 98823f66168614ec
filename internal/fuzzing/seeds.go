// Package fuzzing is what the fuzz targets share: seeds from the samples of events/, other spellings of a JSON value, and the shape
// of a violation. Only tests import it.
package fuzzing

import (
	"encoding/json"
	"testing"

	"davit/events"
)

// Samples are all files of events/.
func Samples(t testing.TB) [][]byte {
	t.Helper()
	files, err := events.Samples.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, file := range files {
		text, err := events.Samples.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// Bodies are the requests' bodies: those that the samples of HTTP events carry, and the two that are samples themselves.
func Bodies(t testing.TB) [][]byte {
	t.Helper()
	bodies := [][]byte{events.Run, events.TaskDefinition}
	for _, text := range Samples(t) {
		var event struct{ Body string }
		if err := json.Unmarshal(text, &event); err != nil {
			t.Fatal(err)
		}
		if event.Body != "" {
			bodies = append(bodies, []byte(event.Body))
		}
	}
	return bodies
}
