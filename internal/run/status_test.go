package run

import (
	"slices"
	"testing"
)

func TestTransitionsCoverEveryStatus(t *testing.T) {
	terminal := []Status{Succeeded, Failed, Stopped, TimedOut, Lost, Skipped}
	for _, s := range Statuses() {
		if got, want := s.Terminal(), slices.Contains(terminal, s); got != want {
			t.Errorf("%s: terminal %v, want %v", s, got, want)
		}
		if s.May(s) {
			t.Errorf("%s may move to itself", s)
		}
		if s.Terminal() {
			for _, next := range Statuses() {
				if s.May(next) {
					t.Errorf("%s is final and may move to %s", s, next)
				}
			}
		}
	}
	if n := len(Statuses()); n != 12 {
		t.Errorf("%d statuses, want 12", n)
	}
	if Status("").Terminal() || Status("").May(Launching) {
		t.Error("no status is not a status")
	}
}

func TestTransitions(t *testing.T) {
	legal := map[Status][]Status{
		Submitted: {Queued, Launching, Failed, Stopped, TimedOut, Skipped},
		Queued:    {Launching, Stopped, TimedOut, Skipped},
		Launching: {Pending, Running, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost},
		Pending:   {Launching, Running, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost},
		Running:   {Launching, Stopping, Succeeded, Failed, Stopped, TimedOut, Lost},
		Stopping:  {Launching, Succeeded, Failed, Stopped, TimedOut, Lost},
	}
	for _, from := range Statuses() {
		for _, to := range Statuses() {
			if got, want := from.May(to), slices.Contains(legal[from], to); got != want {
				t.Errorf("%s -> %s: %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestMoveToKeepsToTheTable(t *testing.T) {
	for _, c := range []struct{ from, to, want Status }{
		{Running, Pending, Running}, {Running, Launching, Launching}, {Stopping, Running, Stopping}, {Succeeded, Launching, Succeeded},
		{Submitted, Launching, Launching},
	} {
		r := newRun(1)
		r.Status, r.Restarts = c.from, 3
		r.moveTo(c.to)
		if r.Status != c.want {
			t.Errorf("%s to %s: %s, want %s", c.from, c.to, r.Status, c.want)
		}
		if moved := c.from != r.Status; moved != (r.Restarts == 0) {
			t.Errorf("%s to %s: heals %d; a move, and nothing else, ends a row of deaths", c.from, c.to, r.Restarts)
		}
	}
}
