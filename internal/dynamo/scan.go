package dynamo

import (
	"strings"

	"davit/internal/run"
)

// scanOf chooses the index that q walks, and from where. some is false when no place can lie within the bounds.
func scanOf(q run.Query) (scan indexScan, some bool) {
	if q.Open {
		return openScan(q), true
	}
	w := indexScan{index: indexNamed(createdIndex)}
	switch {
	case q.Family != "":
		w.index, w.value = indexNamed(familyIndex), q.Family
	case q.Group != "":
		w.index, w.value = indexNamed(groupIndex), q.Group
	case q.StartedBy != "":
		w.index, w.value = indexNamed(startedByIndex), q.StartedBy
	case q.Origin != "":
		w.index, w.value = indexNamed(originIndex), q.Origin
	}
	w.chunk = chunkOf(batchOf(q))
	if w.index.name == originIndex {
		w.chunk = batchOf(q) + 1
	}
	return w.within(q)
}

// within adds the bounds of q. A place is a time and an ID, so that no place equals a time alone; that of After is within BETWEEN.
func (w indexScan) within(q run.Query) (scan indexScan, some bool) {
	low, high := "", ""
	if !q.CreatedAfter.IsZero() {
		low = stamp(q.CreatedAfter)
	}
	if !q.CreatedBefore.IsZero() {
		high = stamp(q.CreatedBefore)
	}
	if q.After != nil {
		if at := place(q.After.CreatedAt, q.After.ID); high == "" || at < high {
			high, w.passed = at, at
		}
	}
	switch {
	case low == "" && high == "":
	case low == "":
		w.bound, w.values = "#place < :high", item{":high": text(high)}
	case high == "":
		w.bound, w.values = "#place >= :low", item{":low": text(low)}
	case low >= high:
		return w, false
	default:
		w.bound, w.values = "#place BETWEEN :low AND :high", item{":low": text(low), ":high": text(high)}
	}
	return w, true
}

// openScan reads the open index behind q.After. '~' comes after every digit of an open place's end.
func openScan(q run.Query) indexScan {
	w := indexScan{index: indexNamed(openIndex), forward: true, chunk: chunkOf(batchOf(q))}
	if q.After != nil {
		w.bound, w.values = "#place > :after", item{":after": text(place(q.After.SweepAt, q.After.ID) + "#~")}
	}
	return w
}

// chunkOf is how many entries are asked of each shard when n are wanted of all: rather more than its share, so that a second
// round is rare. Up to 30 entries cost no more than one.
func chunkOf(n int) int { return n/4 + 8 }

// explain returns err, or what it means that the index of origins cannot be read: a table that was made without it gets it by an update.
func (w indexScan) explain(err error) error {
	message := err.Error()
	if w.index.name != originIndex || !malformed(err) || !strings.Contains(message, "specified index") && !strings.Contains(message, "backfilling") {
		return err
	}
	return &run.Error{
		Code: run.CodeUnavailable, Err: err,
		Message: "the lists by schedule and by rerunOf are not ready: the table's index `origin` is still being made",
	}
}
