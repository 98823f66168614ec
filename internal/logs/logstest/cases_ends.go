package logstest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"davit/internal/logs"
)

func testTail(w *world) {
	w.twoTasks()
	want := w.alternate(20)
	w.bothOver()
	time.Sleep(w.h.Lag)
	for _, n := range []int{1, 2, 7, 20, 21, logs.MaxTail} {
		w.wantLines(w.follow(logs.Request{Tail: n}), want[max(0, len(want)-n):]...)
		w.wantLines(w.follow(logs.Request{Tail: n, Limit: 3}), want[max(0, len(want)-n):]...)
	}
	w.wantLines(w.follow(logs.Request{Tail: 2, Task: first}), "line 16", "line 18")
}

func testTailThenFollow(w *world) {
	w.twoTasks()
	w.write(first, app, numbered(1, 50))
	time.Sleep(w.h.Lag + time.Second)
	events, cursor := w.upTo(3, logs.Request{Tail: 3})
	w.wantLines(events, "line 48", "line 49", "line 50")
	w.write(first, app, "next\n")
	time.Sleep(time.Second)
	w.write(second, app, "late\n")
	w.bothOver()
	w.wantLines(w.follow(logs.Request{Tail: 3, Cursor: cursor}), "next", "late")
}

func testTailOfLongLine(w *world) {
	w.oneTask()
	long := strings.Repeat("0123456789äöü€😀", 50_000)
	w.write(first, app, "before\n"+long+"\n")
	w.over()
	time.Sleep(w.h.Lag)
	events := w.follow(logs.Request{Tail: 2})
	if len(events) != 2 {
		w.Fatalf("got %d events, want 2", len(events))
	}
	if text := events[0].Text + events[1].Text; !strings.HasSuffix(long, text) || len(text) < logs.MaxText {
		w.Errorf("got %d bytes, want the line's last", len(text))
	}
}

// minutes writes a line a minute, and returns when it wrote them.
func (w *world) minutes(n int) (at []time.Time) {
	for i := range n {
		time.Sleep(time.Minute)
		at = append(at, time.Now())
		w.write(first, app, fmt.Sprintf("line %d\n", i))
	}
	return at
}

func testSince(w *world) {
	w.oneTask()
	at := w.minutes(6)
	time.Sleep(w.h.Lag + 5*time.Second)
	w.over()
	w.wantLines(w.follow(logs.Request{Since: "150s"}), "line 3", "line 4", "line 5")
	w.wantLines(w.follow(logs.Request{Since: at[4].Add(-time.Second).Format(time.RFC3339)}), "line 4", "line 5")
	w.wantLines(w.follow(logs.Request{Since: at[4].Add(10 * time.Second).Format(time.RFC3339)}), "line 5")
	w.wantLines(w.follow(logs.Request{Since: "1s"}))
	w.wantLines(w.follow(logs.Request{Since: "2d", Limit: 2}), "line 0", "line 1", "line 2", "line 3", "line 4", "line 5")
}

func testSinceAndTail(w *world) {
	w.oneTask()
	w.minutes(6)
	time.Sleep(w.h.Lag)
	w.over()
	w.wantLines(w.follow(logs.Request{Since: "150s", Tail: 2}), "line 4", "line 5")
	w.wantLines(w.follow(logs.Request{Since: "150s", Tail: 100}), "line 3", "line 4", "line 5")
}

// testCompleteNotEarly asks while the run goes on and right after its end: no page is complete before the last line was given.
func testCompleteNotEarly(w *world) {
	w.define(app, side)
	w.place(first)
	w.write(first, app, "one\n")
	cursor := ""
	for range 20 {
		page := w.page(logs.Request{Cursor: cursor})
		if page.Complete {
			w.Fatal("complete while the run goes on")
		}
		cursor = page.NextCursor
		time.Sleep(time.Second)
	}
	w.write(first, side, "of the sidecar\n")
	w.write(first, app, "last\n")
	w.stop(first, app, side)
	if w.page(logs.Request{Cursor: cursor}).Complete {
		w.Error("complete before the run is over")
	}
	w.finish()
	if got := w.follow(logs.Request{Cursor: cursor}); len(got) != 2 {
		w.Errorf("got %d events behind the cursor, want 2", len(got))
	}
}

// testPageSize writes what grows most in JSON.
func testPageSize(w *world) {
	w.oneTask()
	const lines = 12 // two fit a page
	for range lines {
		w.write(first, app, strings.Repeat("\x1b", 60_000)+"\n")
	}
	w.over()
	events := 0
	w.pages(logs.Request{Limit: logs.MaxLimit}, func(p logs.Page) bool {
		text, err := json.Marshal(p)
		if err != nil {
			w.Fatal(err)
		}
		if len(text) > logs.MaxPage {
			w.Errorf("got a page of %d bytes, want at most %d", len(text), logs.MaxPage)
		}
		events += len(p.Events)
		return !p.Complete
	})
	if events != lines {
		w.Errorf("got %d events, want %d", events, lines)
	}
}
