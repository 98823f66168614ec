package client

import (
	"context"
	"fmt"
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
	// PollAfter is when to ask again; 0 is at once, because there is more.
	PollAfter time.Duration
	// Complete is set when nothing more will come.
	Complete    bool
	Unavailable []Unavailable
}

// LogPage returns a page of a run's output: the first for the cursor "", else the one of NextCursor.
func (c *Client) LogPage(ctx context.Context, id string, q LogQuery, cursor string) (*LogPage, error) {
	return c.logPage(ctx, id, q, cursor, nil)
}

func (c *Client) logPage(ctx context.Context, id string, q LogQuery, cursor string, w *waiting) (*LogPage, error) {
	query := q.values()
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	a, err := c.do(ctx, request{method: http.MethodGet, path: "/runs/" + url.PathEscape(id) + "/logs", query: query, waiting: w})
	if err != nil {
		return nil, err
	}
	var page struct {
		Events           []LogEvent    `json:"events"`
		NextCursor       string        `json:"nextCursor"`
		PollAfterSeconds float64       `json:"pollAfterSeconds"`
		Complete         *bool         `json:"complete"`
		Unavailable      []Unavailable `json:"unavailable"`
	}
	if err := decode(a.body, &page); err != nil {
		return nil, err
	}
	if page.Complete == nil || !*page.Complete && page.NextCursor == "" {
		return nil, fmt.Errorf("%w: a page of output is complete, or has a nextCursor", ErrNotDavit)
	}
	return &LogPage{page.Events, page.NextCursor, pollAfter(page.PollAfterSeconds), *page.Complete, page.Unavailable}, nil
}

// pollAfter returns the pause of a number of seconds, which a server may not make longer than a minute.
func pollAfter(seconds float64) time.Duration {
	return time.Duration(max(0, min(seconds, 60)) * float64(time.Second))
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
