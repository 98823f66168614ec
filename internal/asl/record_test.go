package asl

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecordsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, want := range []record{
		{Name: "é\"\\\n\u0001<&>\u2028", Status: Running, Started: at, Deadline: at, Input: []byte(`{"a":"<"}`), Events: 7,
			At: position{State: "A", Input: []byte(`1`), Entered: at, Phase: phaseToken, Due: at, Retries: []int{0, 12}, RetryCount: 12,
				Attempt: 5, Timeout: at, Heartbeat: at, HeartbeatSeconds: 9}},
		{Name: "x", Definition: "d", Status: Failed, Started: at, Stopped: at, Deadline: at, Input: []byte(`null`), Output: []byte(`[]`), Error: "E", Cause: "c"},
	} {
		var got record
		if err := json.Unmarshal(appendRecord(nil, &want), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestEventsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	want := []Event{
		{ID: 1, Time: time.Unix(1, 1).UTC(), Type: ExecutionStarted, Details: Details{Input: []byte(`{}`)}},
		{ID: 2, PreviousID: 1, Time: time.Unix(2, 0).UTC(), Type: "T", Details: Details{Name: "n", Output: []byte(`1`), ResourceType: "t", Resource: "r",
			Parameters: []byte(`{"a":1}`), TimeoutInSeconds: 1, HeartbeatInSeconds: 2, Error: "e", Cause: "c"}},
		{ID: 3, Time: time.Unix(3, 0).UTC(), Type: "E"},
	}
	var got []Event
	if err := json.Unmarshal(appendEvents(nil, want), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
