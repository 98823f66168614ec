package logs_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/clock"
	"davit/internal/logs"
	"davit/internal/run"
)

const runID = "abcdefghijklmnopqrstuvwxyz"

// fixture is a run whose tasks write to a memory source, in virtual time.
type fixture struct {
	*testing.T
	source *memory
	run    *run.Run
	reader *logs.Reader
}

func withFixture(t *testing.T, test func(*fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fixture{T: t, source: newMemory(0), run: &run.Run{
			ID: runID, Incarnation: "abcdefgh", Status: run.Running, Count: 1,
			Definition: &run.Definition{Containers: []run.Container{{Name: "app", LogDriver: "awslogs"}}},
		}}
		f.reader = &logs.Reader{Runs: f, Source: f.source, Clock: clock.System}
		test(f)
	})
}

// Get implements logs.Runs.
func (f *fixture) Get(context.Context, string, string) (*run.Run, error) { return f.run.Clone(), nil }

// attempt begins an attempt of n tasks, named after it: 1-0, 1-1 …
func (f *fixture) attempt(n int) {
	now := time.Now().UTC()
	number := len(f.run.Attempts) + 1
	if number > 1 {
		f.run.Attempts[number-2].Outcome = &run.Outcome{Class: run.ClassLost}
		f.stopTasks(&f.run.Attempts[number-2])
	}
	a := run.Attempt{Number: number, Want: n, BeganAt: now}
	for i := range n {
		a.Tasks = append(a.Tasks, run.Task{ARN: arn(number, i), Raw: []byte(`{"lastStatus":"RUNNING"}`), LaunchedAt: now, SeenAt: now})
	}
	f.run.Attempts = append(f.run.Attempts, a)
}

func task(attempt, i int) string { return fmt.Sprintf("%d-%d", attempt, i) }

func arn(attempt, i int) string {
	return "arn:aws:ecs:eu-west-1:123456789012:task/jobs/" + task(attempt, i)
}

func (f *fixture) stopTasks(a *run.Attempt) {
	for i := range a.Tasks {
		a.Tasks[i] = run.Task{ARN: a.Tasks[i].ARN, Raw: []byte(`{"lastStatus":"STOPPED"}`), LaunchedAt: a.Tasks[i].LaunchedAt, SeenAt: time.Now().UTC()}
	}
}

// end makes the run terminal.
func (f *fixture) end() {
	now := time.Now().UTC()
	if n := len(f.run.Attempts); n > 0 {
		f.run.Attempts[n-1].Outcome = &run.Outcome{}
		f.stopTasks(&f.run.Attempts[n-1])
	}
	f.run.Status, f.run.StoppedAt = run.Succeeded, &now
}

func (f *fixture) try(q logs.Request) (logs.Page, error) {
	q.Caller, q.RunID = "caller", runID
	return f.reader.Logs(context.Background(), q)
}

func (f *fixture) page(q logs.Request) logs.Page {
	f.Helper()
	f.source.reads = nil
	page, err := f.try(q)
	if err != nil {
		f.Fatalf("Logs(%+v): %v", q, err)
	}
	return page
}

// follow reads to the end. It returns how many events each task had.
func (f *fixture) follow(q logs.Request) map[string]int {
	f.Helper()
	count := map[string]int{}
	for range 10_000 {
		page := f.page(q)
		for _, e := range page.Events {
			count[e.Task]++
		}
		if page.Complete {
			return count
		}
		time.Sleep(page.PollAfter)
		q.Cursor = page.NextCursor
	}
	f.Fatal("not complete after 10,000 pages")
	return nil
}
