package logstest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"davit/internal/clock"
	"davit/internal/logs"
	"davit/internal/run"
)

// world is one test: a run, its containers, and a reader of their output.
type world struct {
	*testing.T
	h      Harness
	run    *run.Run
	reader *logs.Reader
}

// RunID is the id of the suite's run.
const RunID = "logslogslogslogslogslogslo"

func newWorld(t *testing.T, h Harness) *world {
	w := &world{T: t, h: h}
	w.run = &run.Run{
		ID: RunID, Incarnation: "abcdefgh", Status: run.Running, Count: 1, CreatedAt: time.Now().UTC(),
		Attempts: []run.Attempt{{Number: 1, Want: 1}},
	}
	w.reopen()
	return w
}

// reopen restarts the server.
func (w *world) reopen() {
	w.reader = &logs.Reader{Runs: w, Source: w.h.Open(), Clock: clock.System}
}

// Get implements logs.Runs.
func (w *world) Get(context.Context, string, string) (*run.Run, error) { return w.run.Clone(), nil }

// define sets the run's definition. It is called before the first task.
func (w *world) define(containers ...string) {
	w.run.Definition = nil
	for _, name := range containers {
		s := w.h.Stream("", name)
		if !s.Defined {
			continue
		}
		if w.run.Definition == nil {
			w.run.Definition = &run.Definition{ARN: "arn:aws:ecs:eu-west-1:123456789012:task-definition/f:1", Family: "f", Revision: 1}
		}
		w.run.Definition.Containers = append(w.run.Definition.Containers, run.Container{Name: name, Essential: true, LogDriver: s.Driver, LogOptions: s.Options})
	}
}

func (w *world) attempt() *run.Attempt { return &w.run.Attempts[len(w.run.Attempts)-1] }

// place adds tasks with the containers that were defined.
func (w *world) place(tasks ...string) {
	for _, id := range tasks {
		w.attempt().Tasks = append(w.attempt().Tasks, run.Task{
			ARN: w.h.Stream(id, "").TaskARN, Raw: w.raw("RUNNING"), LaunchedAt: time.Now().UTC(), SeenAt: time.Now().UTC(),
		})
	}
	w.attempt().Want = len(w.attempt().Tasks)
}

func (w *world) raw(status string) json.RawMessage {
	return fmt.Appendf(nil, `{"lastStatus":%q,"containers":[{"name":"app"},{"name":"side"}]}`, status)
}

func (w *world) write(task, container, output string) { w.h.Write(task, container, []byte(output)) }

// stop ends the containers of a task, those that wrote, and shows the task as stopped.
func (w *world) stop(task string, containers ...string) {
	for _, c := range containers {
		w.h.End(task, c)
	}
	for i := range w.run.Attempts {
		for j := range w.run.Attempts[i].Tasks {
			if t := &w.run.Attempts[i].Tasks[j]; t.ShortID() == task {
				*t = run.Task{ARN: t.ARN, Raw: w.raw("STOPPED"), LaunchedAt: t.LaunchedAt, SeenAt: time.Now().UTC()}
			}
		}
	}
}

// finish makes the run terminal.
func (w *world) finish() {
	now := time.Now().UTC()
	w.attempt().Outcome = &run.Outcome{}
	w.run.Status, w.run.StoppedAt = run.Succeeded, &now
}

// retry ends the attempt and begins the next.
func (w *world) retry() {
	w.attempt().Outcome = &run.Outcome{Class: run.ClassLost}
	w.run.Attempts = append(w.run.Attempts, run.Attempt{Number: len(w.run.Attempts) + 1, Want: 1, BeganAt: time.Now().UTC()})
}

// page reads one page, and checks what holds for every page.
func (w *world) page(q logs.Request) logs.Page {
	w.Helper()
	q.Caller, q.RunID = "caller", RunID
	page, err := w.reader.Logs(context.Background(), q)
	if err != nil {
		w.Fatalf("Logs(%+v): %v", q, err)
	}
	w.check(q, page)
	return page
}

func (w *world) check(q logs.Request, page logs.Page) {
	w.Helper()
	most := q.Limit
	if most == 0 {
		most = logs.DefaultLimit
	}
	if len(page.Events) > most {
		w.Errorf("got %d events, want at most %d", len(page.Events), most)
	}
	if len(page.NextCursor) > logs.MaxCursor {
		w.Errorf("got a cursor of %d characters, want at most %d", len(page.NextCursor), logs.MaxCursor)
	}
	if page.Complete != (page.NextCursor == "") {
		w.Errorf("got complete %v with cursor %q", page.Complete, page.NextCursor)
	}
	if page.PollAfter < 0 || page.PollAfter > 5*time.Second || page.PollAfter%time.Second != 0 {
		w.Errorf("got a pause of %v, want 0 to 5 whole seconds", page.PollAfter)
	}
	for _, e := range page.Events {
		if len(e.Text) > logs.MaxText || !utf8.ValidString(e.Text) {
			w.Errorf("got a text of %d bytes, UTF-8: %v", len(e.Text), utf8.ValidString(e.Text))
		}
	}
}

// mostPages bounds how many pages a test reads, so that one that never completes ends.
const mostPages = 100_000

// follow reads pages from a request on until one is complete, and returns all events.
func (w *world) follow(q logs.Request) []logs.Event {
	w.Helper()
	var all []logs.Event
	w.pages(q, func(p logs.Page) bool {
		all = append(all, p.Events...)
		return !p.Complete
	})
	return all
}

// pages reads pages from a request on, with the pauses that they ask for, until f returns false.
func (w *world) pages(q logs.Request, f func(logs.Page) bool) {
	w.Helper()
	for range mostPages {
		page := w.page(q)
		if !f(page) {
			return
		}
		if page.Complete {
			w.Fatal("the output is complete too early")
		}
		time.Sleep(page.PollAfter)
		q.Cursor = page.NextCursor
	}
	w.Fatalf("not complete after %d pages", mostPages)
}

// upTo reads pages from a request on until n events were seen. It returns them and the next cursor.
func (w *world) upTo(n int, q logs.Request) (events []logs.Event, cursor string) {
	w.Helper()
	w.pages(q, func(p logs.Page) bool {
		events, cursor = append(events, p.Events...), p.NextCursor
		return len(events) < n
	})
	return events, cursor
}

// lines returns the texts of events, with parts of a line put together.
func lines(events []logs.Event) []string {
	var out []string
	open := map[string]string{}
	for _, e := range events {
		stream := fmt.Sprint(e.Attempt, e.Task, e.Container)
		open[stream] += e.Text
		if !e.Partial {
			out = append(out, open[stream])
			delete(open, stream)
		}
	}
	for _, rest := range open {
		out = append(out, rest+"…")
	}
	return out
}

// wantLines fails the test unless the events are these lines.
func (w *world) wantLines(events []logs.Event, want ...string) {
	w.Helper()
	got := lines(events)
	if len(got) != len(want) {
		w.Fatalf("got %d lines, want %d: %.200q, want %.200q", len(got), len(want), got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			w.Errorf("line %d: got %.200q, want %.200q", i, got[i], want[i])
		}
	}
}

// of returns the events of one task.
func of(events []logs.Event, task string) []logs.Event {
	var out []logs.Event
	for _, e := range events {
		if e.Task == task {
			out = append(out, e)
		}
	}
	return out
}

// numbered returns lines from one number to another, such as "line 7\n".
func numbered(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}
