package logs

import (
	"slices"
	"time"

	"davit/internal/run"
)

// window is the streams of one request that are read, with where they stand.
type window struct {
	cursor
	streams []Stream // one for each of cursor.entries
	// whole is true when the window has every stream of the request that there is.
	whole bool
}

// openWindow matches the cursor with the streams that the run has by now. New ones come behind those that the cursor has, as long as there is room. It returns
// an error for more than MaxStreams streams, unless some of them are of later attempts, which a cursor comes to once earlier ones are read.
func openWindow(c cursor, r *run.Run, chosen choice, q Request) (*window, error) {
	left := chosen.streams
	for len(left) > 0 && left[0].Attempt <= c.passed {
		left = left[1:]
	}
	if n := tooWide(r, chosen, left, q); n > MaxStreams {
		return nil, tooMany(n)
	}
	w := &window{cursor: c}
	w.entries = nil
	w.keep(c.entries, left)
	w.whole = w.admit(left, q.Cursor == "" && q.Tail > 0)
	return w, nil
}

// tooWide returns how many streams a request asks for at a time: all of them on its first page, later those of the widest attempt.
func tooWide(r *run.Run, chosen choice, left []Stream, q Request) int {
	if q.Cursor == "" {
		return chosen.expected(r, q)
	}
	widest, width := 0, 0
	for i := range left {
		if i == 0 || left[i].Attempt != left[i-1].Attempt {
			width = 0
		}
		width++
		widest = max(widest, width)
	}
	return widest
}

// keep takes over the entries whose streams are still there, in the cursor's order.
func (w *window) keep(entries []entry, all []Stream) {
	for _, e := range entries {
		if i := slices.IndexFunc(all, func(s Stream) bool { return s.key() == e.key }); i >= 0 {
			w.entries, w.streams = append(w.entries, e), append(w.streams, all[i])
		}
	}
}

// admit appends the streams that have no entry yet. It reports whether all of them found room.
func (w *window) admit(all []Stream, untailed bool) bool {
	for i := range all {
		key := all[i].key()
		switch {
		case slices.ContainsFunc(w.entries, func(e entry) bool { return e.key == key }):
		case len(w.entries) == MaxStreams:
			return false
		default:
			w.entries, w.streams = append(w.entries, entry{key: key, untailed: untailed}), append(w.streams, all[i])
		}
	}
	return true
}

// settled reports whether nothing more of entry i can come, if it was over at a time: it was quiet settle after that, and settle after its latest record.
func (w *window) settled(i int, at time.Time, settle time.Duration) bool {
	e := &w.entries[i]
	if e.untailed || e.quiet.IsZero() {
		return false
	}
	if e.arrived.After(at) {
		at = e.arrived
	}
	return !e.quiet.Before(at.Add(settle))
}

// allSettled reports whether nothing more of any stream of the window can come.
func (w *window) allSettled(at time.Time, settle time.Duration) bool {
	for i := range w.entries {
		if !w.settled(i, at, settle) {
			return false
		}
	}
	return true
}

// pass makes room for streams of later attempts: it drops those of the first attempts that are over and were all read to their ends.
func (w *window) pass(r *run.Run, all []Stream, settle time.Duration) {
	for !w.whole && len(w.streams) > 0 {
		first := w.streams[0].Attempt
		over, at := end(r, first)
		if !over || w.settledOf(first, at, settle) < count(all, first) {
			return
		}
		for i := len(w.streams) - 1; i >= 0; i-- {
			if w.streams[i].Attempt == first {
				w.entries, w.streams = slices.Delete(w.entries, i, i+1), slices.Delete(w.streams, i, i+1)
			}
		}
		w.passed, w.turn = first, 0
	}
}

// settledOf returns how many streams of an attempt are settled.
func (w *window) settledOf(attempt int, at time.Time, settle time.Duration) (n int) {
	for i := range w.streams {
		if w.streams[i].Attempt == attempt && w.settled(i, at, settle) {
			n++
		}
	}
	return n
}

// count returns how many streams are of an attempt.
func count(all []Stream, attempt int) (n int) {
	for i := range all {
		if all[i].Attempt == attempt {
			n++
		}
	}
	return n
}
