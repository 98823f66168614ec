package awslogs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"davit/internal/logs"
	"davit/internal/run"
)

// settle is how long after a container's end its last events may still be on their way. What is ingested later is read when it is asked for again.
const settle = 10 * time.Second

// maxCalls is how many calls one request may make.
const maxCalls = 8

// margin is by how much the times of a container's events may precede the time at which Davit learned of its task. A bound spares empty pages.
const margin = 24 * time.Hour

// Source reads the streams of CloudWatch Logs. It is safe for concurrent use.
type Source struct {
	API   API
	Clock run.Clock
	// Region is that of the API.
	Region string
	// Groups are the log groups that may be read, each a name or a prefix with a * at its end.
	Groups []string
	Log    *slog.Logger
}

var _ logs.Source = (*Source)(nil)

// Traits implements logs.Source.
func (s *Source) Traits() logs.Traits { return logs.Traits{Settle: settle, Calls: maxCalls} }

// Read implements logs.Source. It makes one call, and another one where a token has expired.
func (s *Source) Read(ctx context.Context, st logs.Stream, q logs.Query) (logs.Batch, error) {
	pos, err := parsePosition(q.After)
	if err != nil {
		return logs.Batch{}, err
	}
	if q.After == "" && !q.Since.IsZero() {
		pos.at = roundUp(q.Since)
	}
	p, unreadable := s.locate(st)
	if unreadable != nil {
		return logs.Batch{State: logs.Unavailable, Unreadable: unreadable}, nil
	}
	answer, pos, err := s.readFrom(ctx, st, p, pos, q.Records)
	if err != nil {
		state, unreadable, err := s.failed(ctx, st, p, err)
		return logs.Batch{State: state, Unreadable: unreadable}, err
	}
	return batch(answer, pos, q), nil
}

// readFrom reads the page of a position. It returns the position again: without its token, where that has expired.
func (s *Source) readFrom(ctx context.Context, st logs.Stream, p place, pos position, records int) (page, position, error) {
	q := query{place: p, token: pos.token, from: earliest(st), limit: pos.ahead() + records}
	if at := pos.start(); at != 0 {
		q.from = time.UnixMilli(at)
	}
	answer, err := s.call(ctx, q)
	if errors.Is(err, errToken) {
		return s.readFrom(ctx, st, p, pos.expired(), records)
	}
	// A token that no position has room for is used up here.
	for n := 1; err == nil && n < maxCalls && !answer.end && pos.before(answer.events) == len(answer.events) && !pos.next(answer.forward).fits(); n++ {
		left := pos.ahead() - len(answer.events)
		pos = pos.next(answer.forward)
		q.token, pos.skip = answer.forward, max(0, left)
		answer, err = s.call(ctx, q)
	}
	return answer, pos, err
}

// earliest returns a time before the first event of a stream; zero where there is none.
func earliest(st logs.Stream) time.Time {
	if st.LaunchedAt.IsZero() {
		return time.Time{}
	}
	return st.LaunchedAt.Add(-margin)
}

// failed returns the state of a stream that could not be read, or the error that fails the request.
func (s *Source) failed(ctx context.Context, st logs.Stream, p place, err error) (logs.State, *logs.Unreadable, error) {
	mayCome := !st.Over || s.Clock.Now().Before(st.OverAt.Add(settle))
	unavailable := func(reason string, mayCome bool) (logs.State, *logs.Unreadable, error) {
		return logs.Unavailable, &logs.Unreadable{Where: p.String(), Reason: reason, MayCome: mayCome}, nil
	}
	switch {
	case ctx.Err() != nil:
		return logs.Throttled, nil, &run.Error{Code: run.CodeUnavailable, Message: errNoAnswer.Error(), Err: err}
	case errors.Is(err, errThrottled), errors.Is(err, errSpent):
		return logs.Throttled, nil, nil
	case errors.Is(err, errNoAnswer):
		s.Log.WarnContext(ctx, "a log stream cannot be read now", slog.String("stream", p.String()), slog.Any("error", err))
		return logs.Throttled, nil, nil
	case errors.Is(err, errNoGroup) && mayCome:
		return unavailable("the log group is not there yet", true)
	case errors.Is(err, errNoGroup):
		return unavailable("the log group is not there: it was deleted, or never made", false)
	case errors.Is(err, errNoStream) && mayCome:
		return unavailable("the log stream is not there yet", true)
	case errors.Is(err, errNoStream):
		return unavailable("the log stream is not there: it was deleted, or the container never started", false)
	case errors.Is(err, errDenied):
		return unavailable("Davit may not read this log group", false)
	default:
		return logs.Throttled, nil, &run.Error{Code: run.CodeInternal, Err: err}
	}
}
