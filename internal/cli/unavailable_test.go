package cli

import (
	"testing"

	"davit/client"
)

func TestMissing_StreamWithOutputLater_IsNotMissed(t *testing.T) {
	var m missing
	m.add(client.Unavailable{Attempt: 1, Task: "t", Container: "a", Reason: "not there yet"})
	m.add(client.Unavailable{Attempt: 1, Task: "t", Container: "b", Reason: "not there yet"})
	m.add(client.Unavailable{Attempt: 1, Task: "t", Container: "b", Reason: "another driver"})
	m.seen(client.LogEvent{Attempt: 1, Task: "t", Container: "a"})
	got := m.list()
	if len(got) != 1 || got[0].Container != "b" || got[0].Reason != "another driver" {
		t.Errorf("got %v, want b alone, with the last reason", got)
	}
}
