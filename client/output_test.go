package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"davit/client"
)

// output is a transport: a server that has the output of one run, which is written over time.
type output struct {
	mu    sync.Mutex
	begun time.Time
	lines []line        // in the order in which the server sees them
	ends  time.Duration // when nothing more comes
	limit int           // of a page
	epoch int           // a cursor of another epoch is refused
	fault func() fault  // of each request; nil is none
	gone  []client.Unavailable

	requests int
	offered  bool // a complete page was answered
}

// line is an event that is there after a time.
type line struct {
	after time.Duration
	client.LogEvent
}

// fault is what happens to a request.
type fault int

const (
	none      fault = iota
	broken          // nothing arrives
	lost            // it is carried out, and the answer is lost
	cut             // the answer ends in the middle
	failed          // 500 of Davit's own
	bad             // 502 of a proxy
	throttled       // 429
	faults
)

// RoundTrip serves GET …/logs.
func (o *output) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.requests++
	f := none
	if o.fault != nil {
		f = o.fault()
	}
	w := httptest.NewRecorder()
	switch f {
	case failed:
		return answered(w, 500, `{"type":"internal","title":"Davit failed"}`), nil
	case bad:
		return answered(w, 502, `<html>Bad Gateway</html>`), nil
	case throttled:
		return answered(w, 429, `{"message":"Too Many Requests"}`), nil
	case broken:
		return nil, errors.New("connection reset by peer")
	}
	status, body := o.page(r)
	switch resp := answered(w, status, body); f {
	case lost:
		return nil, io.ErrUnexpectedEOF
	case cut:
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:len(body)/2]), brokenReader{}))
		return resp, nil
	default:
		return resp, nil
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

func answered(w *httptest.ResponseRecorder, status int, body string) *http.Response {
	w.WriteHeader(status)
	_, _ = w.WriteString(body)
	return w.Result()
}

// page returns what there is from the cursor on, or from since on.
func (o *output) page(r *http.Request) (status int, body string) {
	q := r.URL.Query()
	epoch, from := o.epoch, 0
	if c := q.Get("cursor"); c != "" {
		_, _ = fmt.Sscanf(c, "%d-%d", &epoch, &from) // cursors are those of this server
	}
	if epoch != o.epoch {
		return 400, `{"type":"invalid-request","title":"T","errors":[{"field":"query:cursor","rule":"DV-11","detail":"not a cursor of this list"}]}`
	}
	since, _ := time.Parse(time.RFC3339Nano, q.Get("since"))
	page := map[string]any{"events": []any{}, "complete": false, "unavailable": o.gone}
	var events []client.LogEvent
	now := time.Since(o.begun)
	for from < len(o.lines) && o.lines[from].after <= now && len(events) < o.limit {
		if e := o.lines[from].LogEvent; !e.At.Before(since) {
			events = append(events, e)
		}
		from++
	}
	switch {
	case from < len(o.lines) && o.lines[from].after <= now:
	case now >= o.ends:
		page["complete"], o.offered = true, true
	default:
		page["pollAfterSeconds"] = 1
	}
	if page["complete"] == false {
		page["nextCursor"] = fmt.Sprintf("%d-%d", o.epoch, from)
	}
	if events != nil {
		page["events"] = events
	}
	text, _ := json.Marshal(page)
	return 200, string(text)
}

// client returns a client of the server, whose time begins now.
func (o *output) client() *client.Client {
	o.begun = time.Now()
	if o.limit == 0 {
		o.limit = 100
	}
	for i := range o.lines {
		o.lines[i].At = o.lines[i].At.Add(o.begun.Add(o.lines[i].after).Truncate(time.Millisecond).Sub(time.Time{}))
	}
	return &client.Client{URL: "http://davit.example", HTTP: &http.Client{Transport: o}}
}

// texts is the output of each stream.
func texts(events []client.LogEvent) map[string]string {
	all := map[string]string{}
	for _, e := range events {
		all[fmt.Sprintf("%d/%s/%s", e.Attempt, e.Task, e.Container)] += e.Text + " "
	}
	return all
}

// written is the whole output of each stream.
func (o *output) written() map[string]string {
	var all []client.LogEvent
	for _, l := range o.lines {
		all = append(all, l.LogEvent)
	}
	return texts(all)
}

// steady returns n lines of one stream, one each pause.
func steady(n int, pause time.Duration) []line {
	lines := make([]line, n)
	for i := range lines {
		lines[i] = line{time.Duration(i) * pause, client.LogEvent{Attempt: 1, Task: "t", Container: "c", Text: fmt.Sprint(i)}}
	}
	return lines
}
