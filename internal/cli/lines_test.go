package cli

import (
	"testing"

	"davit/client"
	"davit/internal/cli/render"
)

func TestLineWriter_PartsBecomeALine(t *testing.T) {
	l := &lineWriter{options: render.LogOptions{Streams: true}}
	var got string
	for _, e := range []client.LogEvent{
		{Task: "t1", Container: "a", Text: "one ", Partial: true}, {Task: "t1", Container: "a", Text: "line"},
		{Task: "t1", Container: "a", Text: "two ", Partial: true}, {Task: "t2", Container: "a", Text: "between"}, {Task: "t1", Container: "a", Text: "lines"},
	} {
		got += l.text(e)
	}
	if want := "t1/a | one line\nt1/a | two \nt2/a | between\nt1/a | lines\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
