package logsfake

import (
	"fmt"
	"math"
	"net/http"
	"sort"
	"strings"
	"time"
)

// The limits of a page and of a token's life.
const (
	maxEvents = 10_000
	maxBytes  = 1 << 20
	overhead  = 26 // bytes of an event besides its message
	tokenLife = 24 * time.Hour
)

// page is an answer of GetLogEvents.
type page struct {
	Events   []output `json:"events"`
	Forward  string   `json:"nextForwardToken"`
	Backward string   `json:"nextBackwardToken"`
}

type output struct {
	Timestamp     int64  `json:"timestamp"`
	Message       string `json:"message"`
	IngestionTime int64  `json:"ingestionTime"`
}

// get returns the answer to a call, or why it is refused.
func (l *Logs) get(c Call) (page, *Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
	if l.refuse != nil {
		if r := l.refuse(c); r != nil {
			return page{}, r
		}
	}
	group, has := l.groups[c.Group]
	if !has {
		return page{}, notFound("The specified log group does not exist.")
	}
	s := group[c.Stream]
	if s == nil {
		return page{}, notFound("The specified log stream does not exist.")
	}
	limit := maxEvents
	if c.Limit != nil {
		limit = *c.Limit
	}
	if limit < 1 || limit > maxEvents {
		return page{}, invalid(fmt.Sprintf("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint", limit))
	}
	return l.read(s.readable(c, l.options.Now()), c, limit)
}

func notFound(message string) *Refusal {
	return &Refusal{http.StatusBadRequest, "ResourceNotFoundException", message}
}

func invalid(message string) *Refusal {
	return &Refusal{http.StatusBadRequest, "InvalidParameterException", message}
}

// readable returns the events that are ingested and in the time range of the call.
func (s *stream) readable(c Call, now time.Time) []stored {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if c.StartTime != nil {
		from = *c.StartTime
	}
	if c.EndTime != nil {
		to = *c.EndTime
	}
	first := sort.Search(len(s.events), func(i int) bool { return s.events[i].place.at >= from })
	last := sort.Search(len(s.events), func(i int) bool { return s.events[i].place.at >= to })
	all := s.events[first:max(first, last)]
	for i := range all {
		if !all[i].ingested.After(now) {
			continue
		}
		ready := append([]stored(nil), all[:i]...)
		for _, e := range all[i:] {
			if !e.ingested.After(now) {
				ready = append(ready, e)
			}
		}
		return ready
	}
	return all
}

// token is a position: forward behind a place, backward before it. Its text has 56 digits, as those of CloudWatch Logs have.
type token struct {
	forward bool
	place   place
	issued  int64 // seconds
}

func (t token) String() string {
	direction := "b"
	if t.forward {
		direction = "f"
	}
	return fmt.Sprintf("%s/%020d%020d%016d/s", direction, t.place.at, t.place.seq, t.issued)
}

func parseToken(text string) (t token, ok bool) {
	direction, rest, _ := strings.Cut(text, "/")
	if direction != "f" && direction != "b" || len(rest) != 58 {
		return t, false
	}
	t.forward = direction == "f"
	n, err := fmt.Sscanf(rest, "%20d%20d%16d/s", &t.place.at, &t.place.seq, &t.issued)
	return t, err == nil && n == 3
}

// read cuts a page out of the readable events.
func (l *Logs) read(all []stored, c Call, limit int) (page, *Refusal) {
	from, forward, refusal := l.begin(c)
	if refusal != nil {
		return page{}, refusal
	}
	cut := cutForward
	if !forward {
		cut = cutBackward
	}
	events, reached := cut(all, from, limit, l.options.Span)
	answer := page{Events: []output{}}
	for _, e := range events {
		answer.Events = append(answer.Events, output{e.place.at, e.Message, e.ingested.UnixMilli()})
	}
	first, last := reached, reached
	if len(events) > 0 {
		first, last = events[0].place, events[len(events)-1].place
	}
	issued := l.options.Now().Unix()
	answer.Forward = token{true, last, issued}.String() + l.options.Token
	answer.Backward = token{false, first, issued}.String() + l.options.Token
	if c.Token != "" && reached == from { // the end
		if forward {
			answer.Forward = c.Token
		} else {
			answer.Backward = c.Token
		}
	}
	return answer, nil
}

// begin returns the place at which a call begins, and its direction.
func (l *Logs) begin(c Call) (from place, forward bool, refusal *Refusal) {
	now := l.options.Now()
	if c.Token != "" {
		t, ok := parseToken(strings.TrimSuffix(c.Token, l.options.Token))
		if !ok || now.Unix()-t.issued > int64(tokenLife/time.Second) {
			return from, false, invalid("The specified nextToken is invalid.")
		}
		if t.forward && !c.StartFromHead {
			return from, false, invalid("startFromHead must be true with a forward token.")
		}
		return t.place, t.forward, nil
	}
	switch {
	case !c.StartFromHead:
		from.at = now.Add(1000 * time.Hour).UnixMilli() // behind everything
	case c.StartTime != nil:
		from.at = *c.StartTime
	}
	return from, c.StartFromHead, nil
}

// cutForward returns the events of a page behind a place, and the place that the page reached: from itself at the end.
func cutForward(all []stored, from place, limit int, span time.Duration) (events []stored, reached place) {
	start := sort.Search(len(all), func(i int) bool { return all[i].place.compare(from) > 0 })
	if start == len(all) {
		return nil, from
	}
	if span > 0 && all[start].place.at-from.at > span.Milliseconds() { // an empty page: the next one begins right before the event
		return nil, place{at: all[start].place.at - 1, seq: math.MaxInt64 / 2}
	}
	end, size := start, 0
	for end < len(all) && end-start < limit {
		size += len(all[end].Message) + overhead
		if end > start && (size > maxBytes || span > 0 && all[end].place.at-all[start].place.at > span.Milliseconds()) {
			break
		}
		end++
	}
	return all[start:end], all[end-1].place
}

// cutBackward returns the events of a page before a place, and the place that the page reached: from itself at the head.
func cutBackward(all []stored, from place, limit int, span time.Duration) (events []stored, reached place) {
	end := sort.Search(len(all), func(i int) bool { return all[i].place.compare(from) >= 0 })
	if end == 0 {
		return nil, from
	}
	if span > 0 && from.at-all[end-1].place.at > span.Milliseconds() {
		return nil, place{at: all[end-1].place.at + 1}
	}
	start, size := end, 0
	for start > 0 && end-start < limit {
		size += len(all[start-1].Message) + overhead
		if start < end && (size > maxBytes || span > 0 && all[end-1].place.at-all[start-1].place.at > span.Milliseconds()) {
			break
		}
		start--
	}
	return all[start:end], all[start].place
}
