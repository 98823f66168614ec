package logs

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// tailMark is a Mark with its entry.
type tailMark struct {
	i      int
	at     time.Time
	before Position
}

// seekTails finds where the last events of the streams begin whose tail is pending, as far as the request's calls go. The streams of the latest tasks come
// first, so that where it takes more requests than one, those get what the tail has room for.
func (s *session) seekTails(ctx context.Context) error {
	var marks []tailMark
	ends := map[int]Position{}
	for _, i := range s.latestUntailed() {
		if !s.mayCall() {
			break
		}
		found, err := s.source.Tail(ctx, s.streams[i], max(1, s.tail), s.since)
		if err != nil {
			return err
		}
		switch found.State {
		case Throttled:
			s.throttled = true
			continue
		case Unavailable: // it is read from its beginning once it is there
		case More, Quiet:
			ends[i] = found.End
			marks = lastMarks(appendMarks(marks, i, found.Marks), s.tail)
		}
		s.entries[i].untailed = false
	}
	for i, end := range ends {
		s.entries[i].position = end
	}
	for _, m := range slices.Backward(marks) {
		s.entries[m.i].position = m.before
	}
	s.tail -= len(marks)
	return nil
}

// latestUntailed returns the entries whose tail is pending, those of the latest tasks first.
func (s *session) latestUntailed() []int {
	var order []int
	for i := range s.entries {
		if s.entries[i].untailed {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &s.streams[a], &s.streams[b]
		return cmp.Or(cmp.Compare(y.Attempt, x.Attempt), y.LaunchedAt.Compare(x.LaunchedAt))
	})
	return order
}

// appendMarks appends a stream's marks, with times that do not fall.
func appendMarks(all []tailMark, i int, marks []Mark) []tailMark {
	var floor time.Time
	for _, m := range marks {
		if m.At.After(floor) {
			floor = m.At
		}
		all = append(all, tailMark{i, floor, m.Before})
	}
	return all
}

// lastMarks returns the last n marks by time. Those of one stream stay in order.
func lastMarks(all []tailMark, n int) []tailMark {
	slices.SortStableFunc(all, func(a, b tailMark) int { return a.at.Compare(b.at) })
	return all[max(0, len(all)-n):]
}
