package client

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"
)

// Logs yields the output that there is now, to its end. It ends with the first error. No more than a page is in memory.
func (c *Client) Logs(ctx context.Context, id string, q LogQuery) iter.Seq2[LogEvent, error] {
	return c.events(ctx, id, q, false)
}

// Follow yields the output until nothing more will come of the run: until it has ended and its last line was read. No more than a page is in memory.
//
// Failing networks and servers are waited out until ctx ends, and a server that was started again goes on where it was. Where it no longer takes the cursor of an earlier
// version, Follow reads again from the time of the last events on, and leaves out what it has yielded. A *Problem that does not pass is yielded, and ends it; of a 401 or 403
// holds what Wait promises.
func (c *Client) Follow(ctx context.Context, id string, q LogQuery) iter.Seq2[LogEvent, error] {
	return c.events(ctx, id, q, true)
}

// idlePause is the pause after a page that brought nothing new and names none.
const idlePause = time.Second

func (c *Client) events(ctx context.Context, id string, q LogQuery, follow bool) iter.Seq2[LogEvent, error] {
	return func(yield func(LogEvent, error) bool) {
		r := &logReader{client: c, id: id, query: q, told: map[Unavailable]bool{}, read: positions{}, limited: q.Since != "" || q.Tail != 0}
		if follow {
			r.waiting = &waiting{}
		}
		for {
			page, err := r.next(ctx)
			if err != nil {
				yield(LogEvent{}, err)
				return
			}
			for _, e := range page.Events {
				if r.isNew(e) && !yield(e, nil) {
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
	client  *Client
	id      string
	query   LogQuery
	cursor  string
	waiting *waiting // nil: it does not follow
	told    map[Unavailable]bool

	read     positions // what was yielded
	first    time.Time // the earliest of it
	limited  bool      // the caller leaves out what is early
	again    positions // what is read again, since the cursor was refused
	restarts int       // with no new event and no cursor taken since
}

// next returns the next page.
func (r *logReader) next(ctx context.Context) (*LogPage, error) {
	for {
		page, err := r.client.logPage(ctx, r.id, r.query, r.cursor, r.waiting)
		if err == nil {
			r.take(page)
			return page, nil
		}
		if r.cursor == "" || !cursorRefused(err) || r.restarts == maxRestarts {
			return nil, err
		}
		if err := r.restart(ctx); err != nil {
			return nil, err
		}
	}
}

func (r *logReader) take(page *LogPage) {
	if len(page.Events) == 0 && page.NextCursor == r.cursor && page.PollAfter == 0 {
		page.PollAfter = idlePause
	}
	if r.cursor != "" {
		r.restarts = 0
	}
	r.cursor = page.NextCursor
	for _, u := range page.Unavailable {
		if r.query.Unavailable != nil && !r.told[u] {
			r.told[u] = true
			r.query.Unavailable(u)
		}
	}
}

// maxRestarts is how many cursors in a row may be refused that bring no new event.
const maxRestarts = 10

// lateness is by how much a stream's output may be there later than that of another one.
const lateness = time.Minute

// restart goes back to the time of the last event of each stream, and further for streams of which none was there yet, but not beyond what was asked for.
func (r *logReader) restart(ctx context.Context) error {
	if r.restarts > 0 {
		if err := sleep(ctx, backoff(r.restarts)); err != nil {
			return err
		}
	}
	r.restarts++
	r.cursor = ""
	if since := r.read.earliest(); !since.IsZero() {
		if since = since.Add(-lateness); r.limited && since.Before(r.first) {
			since = r.first
		}
		r.query.Since, r.query.Tail = since.UTC().Format(time.RFC3339Nano), 0
	}
	r.again = r.read.clone()
	return nil
}

// isNew records an event. It reports whether the event was not read before.
func (r *logReader) isNew(e LogEvent) bool {
	if r.again.take(e) {
		return false
	}
	r.read.add(e)
	if r.first.IsZero() || e.At.Before(r.first) {
		r.first = e.At
	}
	r.restarts = 0
	return true
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
