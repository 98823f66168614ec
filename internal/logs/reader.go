package logs

import (
	"context"
	"errors"
	"time"

	"davit/internal/run"
)

// Reader is GET /runs/{runId}/logs.
type Reader struct {
	Runs   Runs
	Source Source
	Clock  run.Clock
}

// Runs returns one run that the caller may see, or CodeNotFound. *run.Reader does.
type Runs interface {
	Get(ctx context.Context, caller, id string) (*run.Run, error)
}

// Logs returns a page of a run's output. CodeInvalid: the request breaks a rule, asks for too many streams, or has a cursor of another request. CodeNotFound: no
// such run, attempt, task or container.
func (d *Reader) Logs(ctx context.Context, q Request) (Page, error) {
	if v := q.violations(); len(v) > 0 {
		return Page{}, run.InvalidRequest(v...)
	}
	// The source is read after the record, so that what the record says is over was written before.
	r, err := d.Runs.Get(ctx, q.Caller, q.RunID)
	if err != nil {
		return Page{}, err
	}
	now := d.Clock.Now()
	chosen, err := choose(r, q)
	if err != nil {
		return Page{}, err
	}
	c, err := q.open(r, now)
	if err != nil {
		return Page{}, err
	}
	w, err := openWindow(c, r, chosen, q)
	if err != nil {
		return Page{}, err
	}
	s := &session{window: w, source: d.Source, traits: d.Source.Traits(), run: r, chosen: chosen, request: q, now: now}
	return s.page(ctx)
}

// session is one request.
type session struct {
	*window
	source  Source
	traits  Traits
	run     *run.Run
	chosen  choice
	request Request
	now     time.Time

	calls     int // made so far
	throttled bool
	out       Page
	size      int // bytes of out, as JSON
}

func (s *session) page(ctx context.Context) (Page, error) {
	s.out.Unavailable = s.chosen.omitted
	err := s.seekTails(ctx)
	if err == nil {
		err = s.merge(ctx)
	}
	if errors.Is(err, ErrPosition) {
		err = run.InvalidCursor()
	}
	if err != nil {
		return Page{}, err
	}
	s.finish()
	return s.out, nil
}

// mayCall reports whether the request may make another call, and counts it.
func (s *session) mayCall() bool {
	if s.traits.Calls > 0 && s.calls >= s.traits.Calls {
		return false
	}
	s.calls++
	return true
}

func (s *session) unavailable(i int, why *Unreadable) {
	m := Missing{Attempt: s.streams[i].Attempt, Task: s.streams[i].Task, Container: s.streams[i].Container, Driver: s.streams[i].Driver}
	if why != nil {
		m.Where, m.Reason = why.Where, why.Reason
	}
	s.out.Unavailable = append(s.out.Unavailable, m)
}

// finish writes whether the page is the last one, and else its cursor and when to ask again.
func (s *session) finish() {
	settle := s.traits.Settle
	s.pass(s.run, s.chosen.streams, settle)
	if s.chosen.over && s.whole && s.allSettled(s.chosen.at, settle) {
		s.out.Complete = true
		return
	}
	s.out.PollAfter = s.pollAfter()
	s.out.NextCursor = s.encode(s.request.binding(s.run.Incarnation))
}

// The pauses between two pages.
const (
	shortPause = time.Second
	placePause = 2 * time.Second // until a task is placed, which takes seconds
	longPause  = 5 * time.Second
)

// pollAfter returns when to ask again.
func (s *session) pollAfter() time.Duration {
	switch {
	case s.throttled:
		return longPause
	case s.hasMore():
		return 0
	case len(s.streams) == 0 && s.run.Status == run.Queued:
		return longPause
	case len(s.streams) == 0:
		return placePause
	}
	pause := shortPause
	if s.traits.Calls > 0 {
		pause += time.Duration((len(s.streams)-1)/s.traits.Calls) * time.Second
	}
	if s.chosen.over { // nothing but the end is waited for
		rest := s.chosen.at.Add(s.traits.Settle).Sub(s.now)
		pause = max(pause, (rest + time.Second - 1).Truncate(time.Second))
	}
	return min(pause, longPause)
}

// hasMore reports whether another page can be had at once: a stream was not read to its end, or not since its last records are there.
func (s *session) hasMore() bool {
	for i := range s.entries {
		e := &s.entries[i]
		if e.untailed || e.quiet.IsZero() {
			return true
		}
		if due := s.chosen.at.Add(s.traits.Settle); s.chosen.over && e.quiet.Before(due) && !s.now.Before(due) && !e.quiet.Equal(s.now) {
			return true
		}
	}
	return !s.whole && len(s.entries) < MaxStreams
}
