package httpapi

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"davit/internal/logs"
)

// OutputReader is the use case of Output: it returns a page of what a run's containers wrote.
type OutputReader interface {
	Logs(ctx context.Context, req logs.Request) (logs.Page, error)
}

// Output is GET /runs/{runId}/logs?attempt=&task=&container=&since=&tail=&limit=&cursor=: 200 with a page and its ETag, or 304. A Link leads to the next page. Where
// Accept prefers text/plain to JSON, the page is its texts, one a line.
func Output(d OutputReader, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		req, err := outputRequest(r, caller)
		if err != nil {
			return err
		}
		page, err := d.Logs(r.Context(), req)
		if err != nil {
			return err
		}
		w.Header().Set("Vary", "Accept")
		if page.NextCursor != "" {
			w.Header().Set("Link", "<"+nextPage(req, page.NextCursor)+`>; rel="next"`)
		}
		if !prefersText(r.Header.Values("Accept")) {
			o.writeTagged(w, r, viewPage(page))
			return nil
		}
		writeTaggedBody(w, r, "text/plain; charset=utf-8", texts(page))
		return nil
	})
}

// maxAttempt is above any number of attempts that a policy allows.
const maxAttempt = 1_000_000

func outputRequest(r *http.Request, caller string) (logs.Request, error) {
	q := parseQuery(r, "attempt", "task", "container", "since", "tail", "limit", "cursor")
	req := logs.Request{
		Caller: caller, RunID: r.PathValue(runIDName), Task: q.values["task"], Container: q.values["container"],
		Since: q.values["since"], Cursor: q.values["cursor"],
	}
	q.bounded(logs.MaxCursor, "task", "container", "since")
	req.Attempt = q.count("attempt", maxAttempt)
	req.Tail = q.count("tail", logs.MaxTail)
	req.Limit = q.count("limit", logs.MaxLimit)
	return req, q.err()
}

type pageView struct {
	Events           []eventView   `json:"events"`
	NextCursor       string        `json:"nextCursor,omitempty"`
	PollAfterSeconds int           `json:"pollAfterSeconds,omitempty"`
	Complete         bool          `json:"complete"`
	Unavailable      []missingView `json:"unavailable,omitempty"`
}

type eventView struct {
	At        timestamp `json:"at"`
	Attempt   int       `json:"attempt"`
	Task      string    `json:"task"`
	Container string    `json:"container"`
	Text      string    `json:"text"`
	Partial   bool      `json:"partial,omitempty"`
}

type missingView struct {
	Attempt   int    `json:"attempt"`
	Task      string `json:"task,omitempty"`
	Container string `json:"container,omitempty"`
	Driver    string `json:"driver,omitempty"`
	Where     string `json:"where,omitempty"`
	Reason    string `json:"reason"`
}

func viewPage(p logs.Page) pageView {
	v := pageView{
		Events: make([]eventView, 0, len(p.Events)), NextCursor: p.NextCursor, PollAfterSeconds: int(p.PollAfter / time.Second), Complete: p.Complete,
	}
	for _, e := range p.Events {
		v.Events = append(v.Events, eventView{timestamp(e.At), e.Attempt, e.Task, e.Container, e.Text, e.Partial})
	}
	for _, m := range p.Unavailable {
		v.Unavailable = append(v.Unavailable, missingView(m))
	}
	return v
}

// texts returns a page's texts, each with a line feed behind it unless its line goes on.
func texts(p logs.Page) []byte {
	var b []byte
	for _, e := range p.Events {
		b = append(b, e.Text...)
		if !e.Partial {
			b = append(b, '\n')
		}
	}
	return b
}

// nextPage returns where the page behind a cursor is.
func nextPage(req logs.Request, cursor string) string {
	q := url.Values{"cursor": {cursor}}
	for name, value := range map[string]string{"task": req.Task, "container": req.Container, "since": req.Since} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, n := range map[string]int{"attempt": req.Attempt, "tail": req.Tail, "limit": req.Limit} {
		if n != 0 {
			q.Set(name, strconv.Itoa(n))
		}
	}
	return "/runs/" + req.RunID + "/logs?" + q.Encode()
}

// prefersText reports whether Accept ranks text/plain above application/json.
func prefersText(fields []string) bool {
	text, json := 0.0, 0.0
	for _, field := range fields {
		for part := range strings.SplitSeq(field, ",") {
			switch name, quality := acceptPart(part); name {
			case "text/plain", "text/*":
				text = max(text, quality)
			case "application/json", "application/*", "*/*":
				json = max(json, quality)
			}
		}
	}
	return text > json
}

// acceptPart returns a media range of Accept with its quality, 1 where none is given.
func acceptPart(part string) (name string, quality float64) {
	name, parameters, err := mime.ParseMediaType(part)
	if err != nil {
		return "", 0
	}
	quality = 1
	if q, given := parameters["q"]; given {
		if quality, err = strconv.ParseFloat(q, 64); err != nil {
			return "", 0
		}
	}
	return name, quality
}
