package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/clock"
	"davit/internal/httpapi"
	"davit/internal/logs"
	"davit/internal/run"
)

func TestOutput_Request(t *testing.T) {
	var got logs.Request
	h := (&cases{t: t, logs: func(q logs.Request) (logs.Page, error) { got = q; return logs.Page{Complete: true}, nil }}).handler(httpapi.Options{})
	for query, want := range map[string]logs.Request{
		"": {},
		"?attempt=2&task=arn:aws:ecs:a:b:task%2Fc&container=app&since=15m&tail=10000&limit=1000&cursor=x": {
			Attempt: 2, Task: "arn:aws:ecs:a:b:task/c", Container: "app", Since: "15m", Tail: 10_000, Limit: 1000, Cursor: "x"},
		"?since=2026-01-02T03:04:05%2B01:00": {Since: "2026-01-02T03:04:05+01:00"},
	} {
		w := call{method: "GET", target: "/runs/" + runID + "/logs" + query}.to(h)
		want.Caller, want.RunID = caller, runID
		wantStatus(t, w, http.StatusOK)
		wantBody(t, w, `{"events":[],"complete":true}`+"\n")
		wantHeader(t, w, "Link", "")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestOutput_Refusals(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	for query, field := range map[string]string{
		"attempt=0": "attempt", "attempt=x": "attempt", "tail=0": "tail", "tail=10001": "tail", "limit=1001": "limit", "limit=01": "limit",
		"task=": "task", "container=" + strings.Repeat("a", 256): "container", "follow=true": "follow", "cursor=" + strings.Repeat("a", 4097): "cursor",
	} {
		w := call{method: "GET", target: "/runs/" + runID + "/logs?" + query}.to(h)
		p := wantProblem(t, w, http.StatusBadRequest, "invalid-request")
		if len(p.Errors) != 1 || p.Errors[0].Field != "query:"+field {
			t.Errorf("%s: got %v, want %s named", query, p.Errors, field)
		}
	}
}

var page = logs.Page{
	Events: []logs.Event{
		{At: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), Attempt: 1, Task: "t", Container: "app", Text: "\x1b[1mone</b> & \"two\"", Partial: true},
		{At: time.Date(2026, 1, 2, 3, 4, 5, 7e6, time.UTC), Attempt: 1, Task: "t", Container: "app", Text: "three"},
		{At: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC), Attempt: 2, Task: "u", Container: "app"},
	},
	NextCursor: "next", PollAfter: 3 * time.Second,
	Unavailable: []logs.Missing{{Attempt: 1, Task: "t", Container: "side", Driver: "splunk", Reason: "kept elsewhere"}, {Attempt: 2, Reason: "omitted"}},
}

func TestOutput_JSON(t *testing.T) {
	h := (&cases{t: t, logs: func(logs.Request) (logs.Page, error) { return page, nil }}).handler(httpapi.Options{})
	w := call{method: "GET", target: "/runs/" + runID + "/logs?limit=3"}.to(h)
	wantBody(t, w, `{"events":[`+
		`{"at":"2026-01-02T03:04:05.006Z","attempt":1,"task":"t","container":"app","text":"\u001b[1mone</b> & \"two\"","partial":true},`+
		`{"at":"2026-01-02T03:04:05.007Z","attempt":1,"task":"t","container":"app","text":"three"},`+
		`{"at":"2026-01-02T03:04:06.000Z","attempt":2,"task":"u","container":"app","text":""}],`+
		`"nextCursor":"next","pollAfterSeconds":3,"complete":false,"unavailable":[`+
		`{"attempt":1,"task":"t","container":"side","driver":"splunk","reason":"kept elsewhere"},{"attempt":2,"reason":"omitted"}]}`+"\n")
	wantHeader(t, w, "Content-Type", "application/json")
	wantHeader(t, w, "Link", "</runs/"+runID+`/logs?cursor=next&limit=3>; rel="next"`)
	wantHeader(t, w, "Vary", "Accept")
	again := call{method: "GET", target: "/runs/" + runID + "/logs?limit=3", header: http.Header{"If-None-Match": {w.Header().Get("ETag")}}}.to(h)
	wantStatus(t, again, http.StatusNotModified)
	wantBody(t, again, "")
}

func TestOutput_Text(t *testing.T) {
	shown := page
	h := (&cases{t: t, logs: func(logs.Request) (logs.Page, error) { return shown, nil }}).handler(httpapi.Options{})
	ask := func(tag string) call {
		return call{method: "GET", target: "/runs/" + runID + "/logs?task=t&since=15m", header: http.Header{"Accept": {"text/plain"}, "If-None-Match": {tag}}}
	}
	w := ask("").to(h)
	wantBody(t, w, "\x1b[1mone</b> & \"two\"three\n\n")
	wantHeader(t, w, "Content-Type", "text/plain; charset=utf-8")
	wantHeader(t, w, "Link", "</runs/"+runID+`/logs?cursor=next&since=15m&task=t>; rel="next"`)
	wantStatus(t, ask(w.Header().Get("ETag")).to(h), http.StatusNotModified)
	shown.NextCursor = "another"
	wantStatus(t, ask(w.Header().Get("ETag")).to(h), http.StatusOK)
}

func TestOutput_Accept(t *testing.T) {
	h := (&cases{t: t, logs: func(logs.Request) (logs.Page, error) { return page, nil }}).handler(httpapi.Options{})
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/plain": "text/plain; charset=utf-8", "text/*": "text/plain; charset=utf-8",
		"text/plain, */*;q=0.5": "text/plain; charset=utf-8", "text/plain;q=0.1, application/json": "application/json", "text/html": "application/json",
		"text/html, text/plain": "text/plain; charset=utf-8", "nonsense;;": "application/json", "text/plain;q=x": "application/json",
		"application/json, text/plain": "application/json",
	} {
		w := call{method: "GET", target: "/runs/" + runID + "/logs", header: http.Header{"Accept": {accept}}}.to(h)
		if got := w.Header().Get("Content-Type"); got != want {
			t.Errorf("Accept %q: got %s, want %s", accept, got, want)
		}
	}
}

// endless is a source of lines without an end.
type endless struct{ line string }

func (endless) Traits() logs.Traits { return logs.Traits{Calls: 8} }

func (d endless) Read(_ context.Context, _ logs.Stream, q logs.Query) (logs.Batch, error) {
	b := logs.Batch{Next: "x", State: logs.More}
	for range q.Records {
		b.Records = append(b.Records, logs.Record{Text: d.line, After: "x"})
	}
	return b, nil
}

func (endless) Tail(context.Context, logs.Stream, int, time.Time) (logs.Tail, error) {
	return logs.Tail{State: logs.Quiet}, nil
}

// Whatever the output is made of, a page fits an answer, and that fits a Lambda's.
func TestOutput_PageSize(t *testing.T) {
	shown := &run.Run{ID: runID, Status: run.Running, Definition: &run.Definition{}, Attempts: []run.Attempt{{Number: 1, Tasks: []run.Task{{ARN: "a/t"}}}}}
	for range 31 {
		shown.Definition.Containers = append(shown.Definition.Containers, run.Container{Name: strings.Repeat("c", 255)})
	}
	for _, text := range []string{"", "a", "\x1b", "\"\\", "<>&", "\uFFFD", "😀", "\u2028"} {
		for _, width := range []int{0, 100, logs.MaxText - 8} {
			line := strings.Repeat(text, width/max(1, len(text)))
			u := &cases{t: t, get: func(string, string) (*run.Run, error) { return shown, nil }}
			reader := &logs.Reader{Runs: u, Source: endless{line}, Clock: clock.System}
			u.logs = func(q logs.Request) (logs.Page, error) { return reader.Logs(t.Context(), q) }
			w := call{method: "GET", target: "/runs/" + runID + "/logs?limit=1000"}.to(u.handler(httpapi.Options{}))
			wantStatus(t, w, http.StatusOK)
			if got := w.Body.Len(); got > logs.MaxPage {
				t.Errorf("lines of %d bytes of %q: a page of %d bytes, want at most %d", width, text, got, logs.MaxPage)
			}
			proxied, err := json.Marshal(w.Body.String())
			if err != nil {
				t.Fatal(err)
			}
			if got := len(proxied) - 5*strings.Count(w.Body.String(), "<") - 5*strings.Count(w.Body.String(), ">") - 5*strings.Count(w.Body.String(), "&"); got > 3<<20 {
				t.Errorf("lines of %d bytes of %q: %d bytes as a Lambda's answer", width, text, got)
			}
		}
	}
}
