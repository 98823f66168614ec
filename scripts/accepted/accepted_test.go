package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

// Every accepted request is sent to ECS, enough requests are accepted, and the same seed generates the same requests.
func TestAcceptedIsSent(t *testing.T) {
	const each = 60
	printed := func() []byte {
		var b bytes.Buffer
		if err := record(json.NewEncoder(&b), each, 3); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	text := printed()
	counts := map[string]int{}
	for line := range bytes.Lines(text) {
		var a accepted
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		if a.Operation == "" {
			continue // the counts
		}
		counts[a.Operation]++
		if len(a.Sent) == 0 {
			t.Errorf("%s %s was accepted, and not sent: %s", a.Operation, a.Input, a.Error)
		}
	}
	for _, op := range operations() {
		if counts[op.name] < each/5 {
			t.Errorf("%s: %d of %d are accepted", op.name, counts[op.name], each)
		}
	}
	if again := inputs(t, printed()); again != inputs(t, text) {
		t.Error("the second time other requests were accepted")
	}
}

// inputs returns the output without what is random in each submission.
func inputs(t *testing.T, text []byte) string {
	t.Helper()
	var all []byte
	for line := range bytes.Lines(text) {
		var a accepted
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		all = append(append(all, a.Operation...), a.Input...)
	}
	return string(all)
}
