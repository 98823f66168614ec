package logstest

import (
	"context"
	"fmt"
	"time"

	"davit/internal/logs"
	"davit/internal/run"
)

func testBeginsLate(w *world) {
	w.define(app)
	w.run.Attempts = nil // the run waits to be placed
	page := w.page(logs.Request{})
	if len(page.Events) > 0 || page.Complete {
		w.Errorf("got %d events, complete %v of a run that was not placed", len(page.Events), page.Complete)
	}
	w.run.Attempts = []run.Attempt{{Number: 1}}
	w.place(first)
	w.write(first, app, "one\n")
	time.Sleep(w.h.Lag)
	events, cursor := w.upTo(1, logs.Request{Cursor: page.NextCursor})
	w.wantLines(events, "one")
	w.place(second)
	time.Sleep(10 * time.Second)
	w.write(second, app, "two\n")
	w.stop(first, app)
	w.stop(second, app)
	w.finish()
	w.wantLines(w.follow(logs.Request{Cursor: cursor}), "two")
}

func testLaterAttempt(w *world) {
	w.oneTask()
	w.write(first, app, "one\n")
	time.Sleep(w.h.Lag)
	events, cursor := w.upTo(1, logs.Request{})
	w.wantLines(events, "one")
	w.write(first, app, "last of one\n")
	w.stop(first, app)
	w.retry()
	w.wantLines(w.follow(logs.Request{Attempt: 1}), "one", "last of one")
	w.place(second)
	w.write(second, app, "two\n")
	w.stop(second, app)
	w.finish()
	w.wantLines(w.follow(logs.Request{Cursor: cursor}), "last of one", "two")
	w.wantLines(w.follow(logs.Request{Attempt: 2}), "two")
	w.wantLines(w.follow(logs.Request{Task: second}), "two")
	w.wantLines(w.follow(logs.Request{Task: w.h.Stream(first, app).TaskARN}), "one", "last of one")
}

// alternate writes lines to two tasks' containers in turn, a second apart.
func (w *world) alternate(n int) (want []string) {
	for i := range n {
		task := []string{first, second}[i%2]
		w.write(task, app, fmt.Sprintf("line %d\n", i))
		want = append(want, fmt.Sprint("line ", i))
		time.Sleep(time.Second)
	}
	return want
}

func (w *world) twoTasks() {
	w.define(app)
	w.place(first, second)
}

func (w *world) bothOver() {
	w.stop(first, app)
	w.stop(second, app)
	w.finish()
}

func testMerged(w *world) {
	w.twoTasks()
	want := w.alternate(9)
	w.bothOver()
	w.wantLines(w.follow(logs.Request{}), want...)
	w.wantLines(w.follow(logs.Request{Limit: 2}), want...)
	w.wantLines(w.follow(logs.Request{Container: app}), want...)
}

func testClocksDiffer(w *world) {
	if w.h.Skew == nil {
		w.Skip("all streams have one clock")
	}
	w.twoTasks()
	w.h.Skew(second, app, -time.Hour)
	w.alternate(4)
	w.h.Skew(second, app, time.Minute)
	w.alternate(4)
	w.bothOver()
	for _, limit := range []int{1, 200} {
		events := w.follow(logs.Request{Limit: limit})
		w.wantLines(of(events, first), "line 0", "line 2", "line 0", "line 2")
		w.wantLines(of(events, second), "line 1", "line 3", "line 1", "line 3")
	}
}

func testCursorAcrossRestart(w *world) {
	w.twoTasks()
	want := w.alternate(11)
	w.bothOver()
	var events []logs.Event
	w.pages(logs.Request{Limit: 2}, func(p logs.Page) bool {
		events = append(events, p.Events...)
		w.reopen()
		return !p.Complete
	})
	w.wantLines(events, want...)
}

func testSameCursorTwice(w *world) {
	w.twoTasks()
	want := w.alternate(8)
	w.bothOver()
	time.Sleep(w.h.Lag)
	_, cursor := w.upTo(3, logs.Request{Limit: 3})
	w.wantLines(w.follow(logs.Request{Cursor: cursor}), want[3:]...)
	w.wantLines(w.follow(logs.Request{Cursor: cursor, Limit: 1}), want[3:]...)
}

func testForgedPosition(w *world) {
	source := w.h.Open()
	s := w.h.Stream(first, app)
	s.Attempt, s.Task, s.Container, s.LaunchedAt = 1, first, app, time.Now().UTC()
	w.write(first, app, "line\n")
	time.Sleep(w.h.Lag)
	for _, p := range []logs.Position{"x", "-1", "\x00", "9999999999999999999999", "é", " 1", "1 "} {
		batch, err := source.Read(context.Background(), s, logs.Query{After: p, Records: 10, Bytes: 1 << 20})
		if err == nil && len(batch.Records) > 0 {
			w.Errorf("position %q is taken: %d records", p, len(batch.Records))
		}
	}
}
