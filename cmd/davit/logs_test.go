package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// logPage is a page of a run's output.
type logPage struct {
	Events []struct {
		At                    time.Time
		Task, Container, Text string
		Partial               bool
	}
	NextCursor       string
	PollAfterSeconds int
	Complete         bool
}

// logs returns a page of a run's output; query holds parameters, and the cursor where it is not "".
func (l *served) logs(id, query, cursor string) logPage {
	l.t.Helper()
	if cursor != "" {
		query += "&cursor=" + cursor
	}
	r := l.call("GET", "/runs/"+id+"/logs?"+strings.TrimPrefix(query, "&"), "")
	if r.status != http.StatusOK {
		l.t.Fatalf("logs: %d %s", r.status, r.body)
	}
	return decode[logPage](l.t, r.body)
}

// follow calls each with every page from a cursor on, until one is complete. It asks again at once, more often than a page says.
func (l *served) follow(id, query, cursor string, each func(logPage)) {
	l.t.Helper()
	for begin := time.Now(); time.Since(begin) < 10*patience; {
		page := l.logs(id, query, cursor)
		each(page)
		if page.Complete {
			return
		}
		if cursor = page.NextCursor; len(page.Events) == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
	l.t.Fatalf("the output of %s is not complete", id)
}

// texts follows a run's output to its end.
func (l *served) texts(id, query, cursor string) (texts []string) {
	l.t.Helper()
	l.follow(id, query, cursor, func(p logPage) {
		for _, e := range p.Events {
			texts = append(texts, e.Text)
		}
	})
	return texts
}

// The output of runs that end at once is followed from before they begin: no page is complete before the last line was given.
func TestLogs_CompleteComesAfterTheLastLine(t *testing.T) {
	t.Parallel()
	l := serveLocal(t, t.TempDir())
	l.register(shell)
	runs, followers := size(100, 1000), make(chan struct{}, 8)
	var all sync.WaitGroup
	for n := range runs {
		followers <- struct{}{}
		all.Go(func() {
			defer func() { <-followers }()
			line := fmt.Sprint("last ", n)
			feed := []string{`\n`, ``}[n%2] // the last line of output may be without a line feed
			id := l.submit(script("printf '" + line + feed + "'")).RunID
			if got := l.texts(id, "", ""); !slices.Equal(got, []string{line}) {
				t.Errorf("run %d: got %q, want its one line", n, got)
			}
		})
	}
	all.Wait()
}

// Output is followed while it is written, and read from its beginning and from its end, in little memory.
func TestLogs_MuchOutput(t *testing.T) {
	t.Parallel()
	l := serveBinary(t, build(t), t.TempDir())
	l.register(shell)
	const width = 100 // bytes a line
	lines := size(20<<20, 200<<20) / width
	id := l.submit(script(fmt.Sprintf("seq -f '%%0%d.0f' 1 %d", width-1, lines))).RunID
	last, pages, begin := 0, 0, time.Now()
	l.follow(id, "limit=1000", "", func(p logPage) {
		pages++
		for _, e := range p.Events {
			n, err := strconv.Atoi(e.Text)
			if err != nil || n != last+1 || len(e.Text) != width-1 {
				t.Fatalf("got %q behind line %d", e.Text, last)
			}
			last = n
		}
	})
	if last != lines {
		t.Errorf("got %d lines, want %d", last, lines)
	}
	tailed := time.Now()
	if got := l.texts(id, "tail=3", ""); len(got) != 3 || !strings.HasSuffix(got[2], strconv.Itoa(lines)) {
		t.Errorf("the tail is %q, want the last three lines", got)
	}
	memory := resident(t, l.cmd.Process.Pid, "VmHWM")
	t.Logf("%d MB in %d pages in %v, the tail in %v, %d MB resident at most", lines*width>>20, pages, tailed.Sub(begin).Round(time.Millisecond), time.Since(tailed).Round(time.Millisecond), memory>>20)
	if most := 50 << 20; memory > most {
		t.Errorf("%d MB were resident, want at most %d", memory>>20, most>>20)
	}
}

// davit is killed while a run's output is followed. After its restart the cursor leads on to the last line, and what was read has the same times.
func TestLogs_AfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := serveLocal(t, dir)
	l.register(shell)
	id := l.submit(script("i=0; while :; do echo $i; i=$((i+1)); sleep 0.02; done")).RunID
	cursor := ""
	var before []logPage
	count := func() (n int) {
		for _, p := range before {
			n += len(p.Events)
		}
		return n
	}
	within(t, patience, "fifty lines", func() bool {
		page := l.logs(id, "limit=7", cursor)
		before, cursor = append(before, page), page.NextCursor
		return count() >= 50
	})
	l.kill()
	l = serveLocal(t, dir)
	rest := l.texts(id, "limit=7", cursor)
	var whole []string
	l.follow(id, "", "", func(p logPage) {
		for _, e := range p.Events {
			if n := len(whole); n < count() {
				seen := nth(before, n)
				if !seen.Equal(e.At) {
					t.Errorf("line %d was seen %v, and is dated %v after the restart", n, seen, e.At)
				}
			}
			whole = append(whole, e.Text)
		}
	})
	for i, text := range whole {
		if text != strconv.Itoa(i) {
			t.Fatalf("line %d is %q", i, text)
		}
	}
	if got := count() + len(rest); got != len(whole) {
		t.Errorf("the cursor led to %d lines, want %d", got, len(whole))
	}
}

// nth returns the time of the n-th event of pages.
func nth(pages []logPage, n int) time.Time {
	for _, p := range pages {
		if n < len(p.Events) {
			return p.Events[n].At
		}
		n -= len(p.Events)
	}
	return time.Time{}
}

// A shell reads the output as text.
func TestLogs_Text(t *testing.T) {
	t.Parallel()
	l := serveLocal(t, t.TempDir())
	l.register(shell)
	id := l.submit(script("echo one; echo two >&2; exit 3")).RunID
	l.end(id)
	path := "/runs/" + id + "/logs"
	r := l.call("GET", path+"?limit=1", "", "Accept: text/plain")
	if r.body != "one\n" || r.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("got %q as %s", r.body, r.header.Get("Content-Type"))
	}
	next, found := strings.CutSuffix(strings.TrimPrefix(r.header.Get("Link"), "<"), `>; rel="next"`)
	if !found || !strings.HasPrefix(next, path+"?") {
		t.Fatalf("got the Link %q", r.header.Get("Link"))
	}
	r = l.call("GET", next, "", "Accept: text/plain")
	if r.body != "two\n" {
		t.Errorf("the next page is %q", r.body)
	}
	whole := l.call("GET", path, "", "Accept: text/plain")
	if whole.body != "one\ntwo\n" || whole.header.Get("Link") != "" {
		t.Errorf("got %q with the Link %q", whole.body, whole.header.Get("Link"))
	}
	if again := l.call("GET", path, "", "Accept: text/plain", "If-None-Match: "+whole.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("with the ETag: status %d, want 304", again.status)
	}
	for query, want := range map[string]int{"?tail=0": 400, "?since=yesterday": 400, "?nope=1": 400, "?cursor=abc": 400, "?task=0123": 404, "?container=nope": 404, "?attempt=2": 404} {
		if r := l.call("GET", path+query, ""); r.status != want {
			t.Errorf("%s: status %d, want %d: %s", query, r.status, want, r.body)
		}
	}
}
