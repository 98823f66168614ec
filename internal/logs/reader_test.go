package logs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"davit/internal/logs"
	"davit/internal/run"
)

func TestLogs_FewCalls_StreamsInTurn(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.attempt(20)
		for round := range 3 {
			for i := range 20 {
				f.source.write(task(1, i), "app", fmt.Sprintf("line %d\n", round))
			}
		}
		f.end()
		read, q := map[string]int{}, logs.Request{}
		for range 6 {
			page := f.page(q)
			if got := len(f.source.reads); got > 8 {
				t.Errorf("got %d calls for a page, want at most 8", got)
			}
			for _, task := range f.source.reads {
				read[task]++
			}
			q.Cursor = page.NextCursor
		}
		for i := range 20 {
			if n := read[task(1, i)]; n < 2 || n > 3 {
				t.Errorf("stream %d was read %d times in 48 calls, want 2 or 3", i, n)
			}
		}
		for task, n := range f.follow(logs.Request{}) {
			if n != 3 {
				t.Errorf("task %s: got %d events, want 3", task, n)
			}
		}
	})
}

func TestLogs_Throttled_KeepsItsPosition(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.attempt(2)
		f.source.write(task(1, 0), "app", "one\n")
		first := f.page(logs.Request{})
		f.source.write(task(1, 0), "app", "two\n")
		f.source.write(task(1, 1), "app", "other\n")
		f.end()
		time.Sleep(time.Hour)
		f.source.refuse = func(s logs.Stream) (logs.State, *logs.Unreadable) {
			if s.Task == task(1, 0) {
				return logs.Throttled, nil
			}
			return logs.More, nil
		}
		page := f.page(logs.Request{Cursor: first.NextCursor})
		if page.Complete {
			t.Error("complete while a stream is throttled")
		}
		if page.PollAfter != 5*time.Second {
			t.Errorf("got a pause of %v, want 5s", page.PollAfter)
		}
		if len(page.Events) != 1 || page.Events[0].Text != "other" {
			t.Errorf("got %v, want the other stream's line", page.Events)
		}
		f.source.refuse = nil
		if got := f.follow(logs.Request{Cursor: page.NextCursor}); got[task(1, 0)] != 1 || got[task(1, 1)] != 0 {
			t.Errorf("got %v behind the throttled page, want the one line that was left", got)
		}
	})
}

func TestLogs_Unavailable_IsListedAndDoesNotHoldUp(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.attempt(2)
		f.source.refuse = func(s logs.Stream) (logs.State, *logs.Unreadable) {
			if s.Task == task(1, 0) {
				return logs.Unavailable, &logs.Unreadable{Where: "there", Reason: "the group is not allowed"}
			}
			return logs.More, nil
		}
		f.source.write(task(1, 1), "app", "one\n")
		f.end()
		time.Sleep(10 * time.Second)
		page := f.page(logs.Request{})
		want := logs.Missing{Attempt: 1, Task: task(1, 0), Container: "app", Driver: "awslogs", Where: "there", Reason: "the group is not allowed"}
		if len(page.Unavailable) != 1 || page.Unavailable[0] != want {
			t.Errorf("got %+v, want %+v", page.Unavailable, want)
		}
		if !page.Complete || len(page.Events) != 1 {
			t.Errorf("got complete %v with %d events, want all of it", page.Complete, len(page.Events))
		}
	})
}

func TestLogs_Complete_OnlyAfterTheSettleTime(t *testing.T) {
	for name, tt := range map[string]struct {
		late time.Duration // after the end: a record arrives
		want time.Duration
	}{
		"quiet at the end":         {0, 10 * time.Second},
		"a record comes late":      {9 * time.Second, 19 * time.Second},
		"a record comes too late":  {25 * time.Second, 10 * time.Second},
		"a record at the very end": {10 * time.Second, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, func(f *fixture) {
				f.attempt(1)
				f.source.lag = tt.late
				f.source.write(task(1, 0), "app", "one\n")
				f.end()
				over := time.Now()
				f.follow(logs.Request{})
				if took := time.Since(over); took < tt.want || took > tt.want+5*time.Second {
					t.Errorf("complete after %v, want %v and at most a pause more", took, tt.want)
				}
			})
		})
	}
}

func TestLogs_NamedAttempt_IsCompleteWhenItIsOver(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.attempt(1)
		f.source.write(task(1, 0), "app", "one\n")
		f.attempt(1)
		f.source.write(task(2, 0), "app", "two\n")
		if got := f.follow(logs.Request{Attempt: 1}); got[task(1, 0)] != 1 || len(got) != 1 {
			t.Errorf("got %v, want the first attempt's line", got)
		}
		time.Sleep(time.Hour)
		for _, q := range []logs.Request{{}, {Attempt: 2}, {Task: task(1, 0)}, {Attempt: 3}} {
			if f.page(q).Complete {
				t.Errorf("%+v: complete while the run goes on", q)
			}
		}
	})
}

func TestLogs_NoStreams_Waits(t *testing.T) {
	for name, tt := range map[string]struct {
		status run.Status
		want   time.Duration
	}{"queued": {run.Queued, 5 * time.Second}, "launching": {run.Launching, 2 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, func(f *fixture) {
				f.run.Status = tt.status
				page := f.page(logs.Request{})
				if page.Complete || page.NextCursor == "" {
					t.Error("complete before it began")
				}
				if page.PollAfter != tt.want {
					t.Errorf("got a pause of %v, want %v", page.PollAfter, tt.want)
				}
				f.end()
				if !f.page(logs.Request{Cursor: page.NextCursor}).Complete {
					t.Error("a run that ended without a task is not complete")
				}
			})
		})
	}
}

func TestLogs_TooManyStreams_AreRefusedByName(t *testing.T) {
	for name, set := range map[string]func(f *fixture){
		"one attempt":        func(f *fixture) { f.attempt(33) },
		"several attempts":   func(f *fixture) { f.attempt(11); f.attempt(11); f.attempt(11) },
		"before it launches": func(f *fixture) { f.run.Count = 33 },
		"while it is placed": func(f *fixture) { f.attempt(5); f.run.Attempts[0].Want = 33 },
	} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, func(f *fixture) {
				set(f)
				_, err := f.try(logs.Request{})
				if run.CodeOf(err) != run.CodeInvalid {
					t.Fatalf("got %v, want a refusal", err)
				}
				fields := ""
				for _, v := range run.ViolationsOf(err) {
					fields += v.Field + " "
				}
				if fields != "query:task query:container " {
					t.Errorf("got %q, want task and container", fields)
				}
			})
		})
	}
}

// A cursor leads through more streams than a request may ask for, if they are of several attempts.
func TestLogs_ManyAttempts_AreFollowed(t *testing.T) {
	withFixture(t, func(f *fixture) {
		q := logs.Request{}
		for a := 1; a <= 4; a++ {
			f.attempt(20)
			for i := range 20 {
				f.source.write(task(a, i), "app", "line\n")
			}
			if a == 1 {
				q.Cursor = f.page(logs.Request{Limit: 1}).NextCursor
			}
			time.Sleep(3 * time.Second)
		}
		f.end()
		got := f.follow(q)
		sum := 0
		for task, n := range got {
			if sum += n; n != 1 {
				t.Errorf("task %s: got %d lines, want 1", task, n)
			}
		}
		if sum != 79 {
			t.Errorf("got %d lines behind the first, want 79", sum)
		}
	})
}

func TestLogs_Cursor_IsBoundToTheRequest(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.attempt(2)
		f.attempt(2)
		q := logs.Request{Attempt: 1, Since: "1h", Tail: 5}
		q.Cursor = f.page(q).NextCursor
		for name, change := range map[string]func(*logs.Request){
			"attempt": func(q *logs.Request) { q.Attempt = 2 }, "task": func(q *logs.Request) { q.Task = task(1, 0) },
			"container": func(q *logs.Request) { q.Container = "app" }, "since": func(q *logs.Request) { q.Since = "" },
			"tail": func(q *logs.Request) { q.Tail = 6 }, "text": func(q *logs.Request) { q.Cursor = q.Cursor[:5] + "~" + q.Cursor[6:] },
			"cut": func(q *logs.Request) { q.Cursor = q.Cursor[:len(q.Cursor)-4] },
		} {
			other := q
			change(&other)
			_, err := f.try(other)
			if v := run.ViolationsOf(err); len(v) != 1 || v[0].Rule != run.RuleCursor {
				t.Errorf("another %s: got %v, want the cursor refused", name, err)
			}
		}
		q.Limit = 3
		if _, err := f.try(q); err != nil {
			t.Errorf("another limit: %v", err)
		}
		f.run.Incarnation = "hgfedcba"
		if _, err := f.try(q); run.CodeOf(err) != run.CodeInvalid {
			t.Errorf("another run under the id: got %v, want the cursor refused", err)
		}
	})
}

func TestLogs_Refusals(t *testing.T) {
	for name, tt := range map[string]struct {
		q     logs.Request
		code  run.Code
		field string
	}{
		"attempt":          {logs.Request{Attempt: -1}, run.CodeInvalid, "query:attempt"},
		"tail":             {logs.Request{Tail: 10_001}, run.CodeInvalid, "query:tail"},
		"limit":            {logs.Request{Limit: 1_001}, run.CodeInvalid, "query:limit"},
		"since":            {logs.Request{Since: "yesterday"}, run.CodeInvalid, "query:since"},
		"since ahead":      {logs.Request{Since: "-5m"}, run.CodeInvalid, "query:since"},
		"since of nothing": {logs.Request{Since: "0s"}, run.CodeInvalid, "query:since"},
		"since of days":    {logs.Request{Since: "99999999d"}, run.CodeInvalid, "query:since"},
		"no attempt":       {logs.Request{Attempt: 2}, run.CodeNotFound, "query:attempt"},
		"no task":          {logs.Request{Task: "1-7"}, run.CodeNotFound, "query:task"},
		"another's task":   {logs.Request{Attempt: 2, Task: "1-0"}, run.CodeNotFound, "query:attempt"},
		"no container":     {logs.Request{Container: "nope"}, run.CodeNotFound, "query:container"},
		"cursor":           {logs.Request{Cursor: "AAAA"}, run.CodeInvalid, "query:cursor"},
		"a long cursor":    {logs.Request{Cursor: strings.Repeat("A", 5000)}, run.CodeInvalid, "query:cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			withFixture(t, func(f *fixture) {
				f.attempt(1)
				f.end()
				_, err := f.try(tt.q)
				if got := run.CodeOf(err); got != tt.code {
					t.Fatalf("got %v, want %s", err, tt.code)
				}
				if v := run.ViolationsOf(err); len(v) != 1 || v[0].Field != tt.field {
					t.Errorf("got %v, want %s named", v, tt.field)
				}
			})
		})
	}
}

func TestLogs_OmittedTasks_AreListed(t *testing.T) {
	withFixture(t, func(f *fixture) {
		f.attempt(1)
		f.run.Attempts[0].OmittedTasks = 3
		f.source.write(task(1, 0), "app", "one\n")
		page := f.page(logs.Request{})
		if len(page.Unavailable) != 1 || !strings.Contains(page.Unavailable[0].Reason, "3 of the attempt's tasks") {
			t.Errorf("got %+v, want the omitted tasks", page.Unavailable)
		}
	})
}

// Of more streams than a request has calls for, those of the latest tasks have the tail.
func TestLogs_TailOfManyStreams_IsOfTheLatest(t *testing.T) {
	withFixture(t, func(f *fixture) {
		for a := range 3 {
			f.attempt(10)
			for i := range 10 {
				f.source.write(task(a+1, i), "app", "one\ntwo\n")
			}
			time.Sleep(time.Minute)
		}
		f.end()
		got := f.follow(logs.Request{Tail: 5})
		sum := 0
		for name, n := range got {
			sum += n
			if !strings.HasPrefix(name, "3-") {
				t.Errorf("got %d lines of task %s, want those of the last attempt", n, name)
			}
		}
		if sum != 5 {
			t.Errorf("got %d lines, want 5", sum)
		}
	})
}
