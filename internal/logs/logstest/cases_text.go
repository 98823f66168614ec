package logstest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"davit/internal/logs"
)

// The tasks and the container that most tests use.
const (
	first  = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	second = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	app    = "app"
	side   = "side"
)

// oneTask defines the container app and places one task.
func (w *world) oneTask() {
	w.define(app)
	w.place(first)
}

// over ends a run of one task.
func (w *world) over() {
	w.stop(first, app)
	w.finish()
}

func testLines(w *world) {
	w.oneTask()
	var written []time.Time
	for i := range 3 {
		time.Sleep(time.Second)
		written = append(written, time.Now())
		w.write(first, app, fmt.Sprintf("line %d\n", i))
	}
	time.Sleep(time.Second)
	w.over()
	events := w.follow(logs.Request{})
	w.wantLines(events, "line 0", "line 1", "line 2")
	for i, e := range events {
		if e.Attempt != 1 || e.Task != first || e.Container != app {
			w.Errorf("event %d is of attempt %d, task %s, container %s", i, e.Attempt, e.Task, e.Container)
		}
		if off := e.At.Sub(written[i]).Abs(); off > w.h.Coarse {
			w.Errorf("the time of event %d is off by %v, want at most %v", i, off, w.h.Coarse)
		}
	}
}

func testLongLine(w *world) {
	w.oneTask()
	long := strings.Repeat("0123456789äöü€😀", 20_000)
	w.write(first, app, "before\n")
	w.write(first, app, long+"\nafter\n")
	w.over()
	events := w.follow(logs.Request{})
	w.wantLines(events, "before", long, "after")
	if want := len(long)/logs.MaxText + 3; len(events) < want {
		w.Errorf("got %d events, want at least %d", len(events), want)
	}
}

func testManyLines(w *world) {
	many := w.h.Many
	if many == 0 {
		many = 1_000_000
	}
	if testing.Short() {
		many = max(1, many/100)
	}
	w.oneTask()
	for from := 1; from <= many; from += 1000 {
		w.write(first, app, numbered(from, min(many, from+999)))
		if from%100_000 == 1 {
			time.Sleep(time.Second)
		}
	}
	w.over()
	seen := 0
	w.pages(logs.Request{Limit: logs.MaxLimit}, func(p logs.Page) bool {
		for _, e := range p.Events {
			if seen++; e.Text != fmt.Sprint("line ", seen) {
				w.Fatalf("line %d is %q", seen, e.Text)
			}
		}
		return !p.Complete
	})
	if seen != many {
		w.Errorf("got %d lines, want %d", seen, many)
	}
}

func testNotUTF8(w *world) {
	w.oneTask()
	w.write(first, app, "a\xff\xfeb\n\xe2\x82\n\x00\x80\n")
	w.over()
	events := w.follow(logs.Request{})
	if w.h.Raw {
		w.wantLines(events, "a\uFFFD\uFFFDb", "\uFFFD\uFFFD", "\x00\uFFFD")
	}
	if len(events) != 3 {
		w.Errorf("got %d events, want 3", len(events))
	}
}

func testCharacterAtPartsEnd(w *world) {
	w.oneTask()
	for shift := range utf8.UTFMax {
		w.write(first, app, strings.Repeat("x", logs.MaxText-shift)+"😀€ä\n")
	}
	w.over()
	var want []string
	for shift := range utf8.UTFMax {
		want = append(want, strings.Repeat("x", logs.MaxText-shift)+"😀€ä")
	}
	w.wantLines(w.follow(logs.Request{}), want...)
}

func testANSI(w *world) {
	w.oneTask()
	text := "\x1b[1;31mred\x1b[0m\ttab \x1b]8;;http://x\x07link\r50 %\r100 %"
	w.write(first, app, text+"\n")
	w.over()
	w.wantLines(w.follow(logs.Request{}), text)
}

func testEmptyOutput(w *world) {
	w.oneTask()
	w.stop(first)
	w.finish()
	w.wantLines(w.follow(logs.Request{}))
}

func testEmptyLines(w *world) {
	w.oneTask()
	w.write(first, app, "\n\na\n\n")
	w.over()
	want := []string{"", "", "a", ""}
	got := lines(w.follow(logs.Request{}))
	if !w.h.Raw { // such drivers may drop them
		want, got = []string{"a"}, slices.DeleteFunc(got, func(s string) bool { return s == "" })
	}
	if !slices.Equal(got, want) {
		w.Errorf("got %q, want %q", got, want)
	}
}

func testUnfinishedLine(w *world) {
	w.oneTask()
	w.write(first, app, "whole\nunfin")
	time.Sleep(w.h.Lag + time.Second)
	events, cursor := w.upTo(1, logs.Request{})
	w.wantLines(events, "whole")
	w.write(first, app, "ished\nlast")
	w.over()
	w.wantLines(w.follow(logs.Request{Cursor: cursor}), "unfinished", "last")
}

func testRestart(w *world) {
	w.oneTask()
	w.write(first, app, "one\nunfinished")
	time.Sleep(time.Second)
	w.h.Restart(first, app)
	w.write(first, app, "two\n")
	time.Sleep(time.Second)
	w.h.Restart(first, app)
	w.write(first, app, "three\n")
	w.over()
	w.wantLines(w.follow(logs.Request{}), "one", "unfinished", "two", "three")
}
