package client

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// LogQuery narrows a run's output. The zero LogQuery is all of it.
type LogQuery struct {
	Attempt   int    // 0: all attempts
	Task      string // its id or ARN
	Container string
	Since     string // RFC 3339, or a duration back from now such as 15m
	Tail      int    // the last n lines, 1 to 10,000
	Limit     int    // of a page, 1 to 1,000; 0 is the server's
	// Unavailable is called once for each stream that cannot be read, unless it is nil.
	Unavailable func(Unavailable)
}

// LogEvent is a line of output, or a part of one.
type LogEvent struct {
	At        time.Time `json:"at"`
	Attempt   int       `json:"attempt"`
	Task      string    `json:"task"` // its id
	Container string    `json:"container"`
	Text      string    `json:"text"`
	// Partial is set where the line goes on in the next event of its stream.
	Partial bool `json:"partial,omitempty"`
}

// Unavailable is a stream that cannot be read, and why.
type Unavailable struct {
	Attempt   int    `json:"attempt"`
	Task      string `json:"task"`
	Container string `json:"container"`
	Driver    string `json:"driver"`
	Where     string `json:"where"`
	Reason    string `json:"reason"`
}

// LogPage is a part of a run's output.
type LogPage struct {
	Events []LogEvent
	// NextCursor asks for what came since; "" once Complete.
	NextCursor string
	// PollAfter is when to ask again; 0 is at once.
	PollAfter time.Duration
	// Complete is set when nothing more will come.
	Complete    bool
	Unavailable []Unavailable
}

// LogPage returns a page of a run's output: the first for the cursor "", else the one of NextCursor.
func (c *Client) LogPage(ctx context.Context, id string, q LogQuery, cursor string) (*LogPage, error) {
	return c.logPage(ctx, id, q, cursor, 0)
}

func (c *Client) logPage(ctx context.Context, id string, q LogQuery, cursor string, patience time.Duration) (*LogPage, error) {
	query := q.values()
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	a, err := c.do(ctx, request{method: http.MethodGet, path: "/runs/" + url.PathEscape(id) + "/logs", query: query, patience: patience})
	if err != nil {
		return nil, err
	}
	var page struct {
		Events           []LogEvent    `json:"events"`
		NextCursor       string        `json:"nextCursor"`
		PollAfterSeconds float64       `json:"pollAfterSeconds"`
		Complete         bool          `json:"complete"`
		Unavailable      []Unavailable `json:"unavailable"`
	}
	if err := decode(a.body, &page); err != nil {
		return nil, err
	}
	after := time.Duration(page.PollAfterSeconds * float64(time.Second))
	return &LogPage{page.Events, page.NextCursor, after, page.Complete, page.Unavailable}, nil
}

func (q LogQuery) values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"task": q.Task, "container": q.Container, "since": q.Since} {
		if text != "" {
			v.Set(name, text)
		}
	}
	for name, n := range map[string]int{"attempt": q.Attempt, "tail": q.Tail, "limit": q.Limit} {
		if n != 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	return v
}

// Logs yields the output that there is now, to its end. It ends with the first error. No more than a page is in memory.
func (c *Client) Logs(ctx context.Context, id string, q LogQuery) iter.Seq2[LogEvent, error] {
	return c.events(ctx, id, q, false)
}

// Follow yields the output until nothing more will come of the run: until it has ended and its last line was read. Failing networks and servers are waited out until ctx
// ends. A *Problem that does not pass is yielded, and ends it.
func (c *Client) Follow(ctx context.Context, id string, q LogQuery) iter.Seq2[LogEvent, error] {
	return c.events(ctx, id, q, true)
}

func (c *Client) events(ctx context.Context, id string, q LogQuery, follow bool) iter.Seq2[LogEvent, error] {
	return func(yield func(LogEvent, error) bool) {
		r := &logReader{client: c, id: id, query: q, told: map[Unavailable]bool{}}
		if follow {
			r.patience = forEver
		}
		for {
			page, err := r.next(ctx)
			if err != nil {
				yield(LogEvent{}, err)
				return
			}
			for _, e := range page.Events {
				if !yield(e, nil) {
					return
				}
			}
			if page.Complete || !follow && page.PollAfter > 0 {
				return
			}
			if err := sleep(ctx, page.PollAfter); err != nil {
				yield(LogEvent{}, err)
				return
			}
		}
	}
}

// logReader reads page after page.
type logReader struct {
	client   *Client
	id       string
	query    LogQuery
	cursor   string
	patience time.Duration
	told     map[Unavailable]bool
	seen     seenEvents
}

// next returns the next page, without the events that were read already.
func (r *logReader) next(ctx context.Context) (*LogPage, error) {
	page, err := r.client.logPage(ctx, r.id, r.query, r.cursor, r.patience)
	if r.cursor != "" && cursorRefused(err) {
		r.query, r.cursor = r.seen.query(r.query), ""
		page, err = r.client.logPage(ctx, r.id, r.query, "", r.patience)
		if err == nil {
			page.Events = r.seen.unread(page.Events)
		}
	}
	if err != nil {
		return nil, err
	}
	if page.NextCursor != "" {
		r.cursor = page.NextCursor
	}
	r.seen.add(page.Events)
	r.tell(page.Unavailable)
	return page, nil
}

// tell calls Unavailable for each stream that it was not called for yet.
func (r *logReader) tell(list []Unavailable) {
	for _, u := range list {
		if r.query.Unavailable != nil && !r.told[u] {
			r.told[u] = true
			r.query.Unavailable(u)
		}
	}
}

// cursorRefused reports whether the server no longer takes a cursor, for example one of an earlier version.
func cursorRefused(err error) bool {
	var p *Problem
	if !errors.As(err, &p) || p.Status != http.StatusBadRequest {
		return false
	}
	for _, v := range p.Errors {
		if v.Field == "query:cursor" {
			return true
		}
	}
	return false
}

// seenEvents holds the events of the latest time that was read.
type seenEvents struct {
	at     time.Time
	events map[LogEvent]int
}

func (s *seenEvents) add(events []LogEvent) {
	for _, e := range events {
		if e.At.After(s.at) || s.events == nil {
			s.at, s.events = e.At, map[LogEvent]int{}
		}
		if e.At.Equal(s.at) {
			s.events[e]++
		}
	}
}

// query returns q from the latest time on.
func (s *seenEvents) query(q LogQuery) LogQuery {
	if !s.at.IsZero() {
		q.Since, q.Tail = s.at.UTC().Format(time.RFC3339Nano), 0
	}
	return q
}

// unread returns the events without those of the latest time that were read.
func (s *seenEvents) unread(events []LogEvent) []LogEvent {
	var left []LogEvent
	again := map[LogEvent]int{}
	for _, e := range events {
		if again[e] < s.events[e] {
			again[e]++
			continue
		}
		left = append(left, e)
	}
	return left
}
