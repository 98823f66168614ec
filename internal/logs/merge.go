package logs

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// reading is a stream that this request reads.
type reading struct {
	i     int // of the window
	batch Batch
	next  int       // the first record that is not given yet
	floor time.Time // the latest time given: a stream's order comes before its times
}

// merge fills the page: it reads streams and gives their records by time.
func (s *session) merge(ctx context.Context) error {
	var open []*reading
	for _, i := range s.inTurn() {
		if s.full() || !s.mayCall() {
			break
		}
		s.turn = (i + 1) % len(s.entries)
		r := &reading{i: i}
		if err := s.read(ctx, r); err != nil {
			return err
		}
		open = append(open, r)
	}
	for !s.full() {
		ready, err := s.refill(ctx, open)
		if err != nil || !ready {
			return err
		}
		first := earliest(open)
		if first == nil || !s.give(first) {
			return nil
		}
	}
	return nil
}

// inTurn returns the entries to read, from the one whose turn it is. Where every call counts, those of which nothing more can come are left out.
func (s *session) inTurn() []int {
	var order []int
	for n := range s.entries {
		i := (s.turn + n) % len(s.entries)
		if s.entries[i].untailed || s.traits.Calls > 0 && s.chosen.over && s.settled(i, s.chosen.at, s.traits.Settle) {
			continue
		}
		order = append(order, i)
	}
	return order
}

// read asks the source for what follows in a stream.
func (s *session) read(ctx context.Context, r *reading) error {
	e := &s.entries[r.i]
	q := Query{After: e.position, Records: s.limit() - len(s.out.Events), Bytes: s.bytesEach()}
	if e.position == "" {
		q.Since = s.since
	}
	batch, err := s.source.Read(ctx, s.streams[r.i], q)
	if err != nil {
		return err
	}
	if err := misread(q, batch); err != nil {
		return err
	}
	r.batch, r.next = batch, 0
	if batch.Arrived.After(e.arrived) {
		e.arrived = batch.Arrived
	}
	switch batch.State {
	case Throttled:
		s.throttled = true
	case Unavailable:
		s.unavailable(r.i, batch.Unreadable)
	case More, Quiet:
	}
	s.arrive(r)
	return nil
}

// misread returns an error for an answer with which a request would not end, or not be followed.
func misread(q Query, b Batch) error {
	switch {
	case len(b.Next) > MaxPosition:
		return fmt.Errorf("a source's position has %d bytes, at most %d are allowed", len(b.Next), MaxPosition)
	case b.State == More && len(b.Records) == 0 && (b.Next == "" || b.Next == q.After):
		return errors.New("a source has more and does not go on")
	}
	return nil
}

// arrive notes where a stream stands once all records that were read of it are given.
func (s *session) arrive(r *reading) {
	e := &s.entries[r.i]
	e.quiet = time.Time{}
	if r.next < len(r.batch.Records) {
		return
	}
	if r.batch.Next != "" {
		e.position = r.batch.Next
	}
	if r.batch.State == Quiet || r.batch.State == Unavailable {
		e.quiet = s.now
	}
}

// refill reads on in each stream whose records are used up while it has more. It reports false when that would take more calls than the request may make: what
// follows in that stream may be earlier than what others have.
func (s *session) refill(ctx context.Context, open []*reading) (bool, error) {
	for _, r := range open {
		for r.next == len(r.batch.Records) && r.batch.State == More {
			if !s.mayCall() {
				return false, nil
			}
			if err := s.read(ctx, r); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// earliest returns the reading whose next record is the earliest; nil when there is none.
func earliest(open []*reading) *reading {
	var first *reading
	for _, r := range open {
		if r.next < len(r.batch.Records) && (first == nil || r.at().Before(first.at())) {
			first = r
		}
	}
	return first
}

// at returns the time by which the next record is merged.
func (r *reading) at() time.Time {
	if at := r.batch.Records[r.next].At; at.After(r.floor) {
		return at
	}
	return r.floor
}

// give appends a stream's next record to the page. It reports false when the page has no room for it.
func (s *session) give(r *reading) bool {
	record, stream := &r.batch.Records[r.next], &s.streams[r.i]
	event := Event{At: record.At, Attempt: stream.Attempt, Task: stream.Task, Container: stream.Container, Text: record.Text, Partial: record.Partial}
	size := eventSize(&event)
	if len(s.out.Events) > 0 && s.size+size > maxEvents {
		return false
	}
	s.size += size
	s.out.Events = append(s.out.Events, event)
	s.entries[r.i].position = record.After
	r.floor = r.at()
	r.next++
	s.arrive(r)
	return true
}

func (s *session) limit() int {
	if s.request.Limit == 0 {
		return DefaultLimit
	}
	return s.request.Limit
}

func (s *session) full() bool { return len(s.out.Events) >= s.limit() || s.size >= maxEvents }

// bytesEach returns how many bytes of a stream are read at a time: a page's worth where every call counts, else a share of it, so that a request for many
// streams takes little memory.
func (s *session) bytesEach() int {
	if s.traits.Calls > 0 {
		return MaxPage
	}
	return max(MaxText, MaxPage/max(1, len(s.entries)))
}
