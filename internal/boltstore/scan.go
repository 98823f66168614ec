package boltstore

import (
	"bytes"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// scan is what is read of an index, and in which order.
type scan struct {
	bucket string
	prefix []byte // of the keys
	// low is the first key; high is the first behind the last, nil where there is none.
	low, high []byte
	rising    bool
}

// scanOf chooses the index that a page of q reads, and from where.
func scanOf(q run.Query) scan {
	if q.Open {
		return openScan(q.After)
	}
	s := scan{}
	switch {
	case q.Family != "":
		s.bucket, s.prefix = familyBucket, valuePrefix(q.Family)
	case q.Group != "":
		s.bucket, s.prefix = groupBucket, valuePrefix(q.Group)
	case q.StartedBy != "":
		s.bucket, s.prefix = startedByBucket, valuePrefix(q.StartedBy)
	case q.Origin != "":
		s.bucket, s.prefix = originBucket, valuePrefix(q.Origin)
	default:
		s.bucket = createdBucket
	}
	s.low, s.high = s.prefix, s.key([]byte{0xff}) // above every time before the year 292 billion
	if !q.CreatedAfter.IsZero() {
		s.low = s.key(timeKey(q.CreatedAfter))
	}
	if !q.CreatedBefore.IsZero() {
		s.high = s.key(timeKey(q.CreatedBefore))
	}
	if q.After != nil {
		if at := s.key(placeKey(q.After.CreatedAt, q.After.ID)); bytes.Compare(at, s.high) < 0 {
			s.high = at
		}
	}
	return s
}

// openScan reads the open index behind a position, from its beginning for nil.
func openScan(after *run.Position) scan {
	s := scan{bucket: openBucket, rising: true}
	if after != nil {
		s.low = append(placeKey(after.SweepAt, after.ID), 0) // the next key that there can be
	}
	return s
}

func (s scan) key(place []byte) []byte {
	return append(s.prefix[:len(s.prefix):len(s.prefix)], place...)
}

// first moves to the first key of the scan, which may be outside of it; nil when there is none.
func (s scan) first(c *bolt.Cursor) []byte {
	if s.rising {
		key, _ := c.Seek(s.low)
		return key
	}
	key, _ := c.Seek(s.high)
	if key == nil {
		key, _ = c.Last()
		return key
	}
	key, _ = c.Prev()
	return key
}

// next moves to the key after the present one.
func (s scan) next(c *bolt.Cursor) []byte {
	step := c.Prev
	if s.rising {
		step = c.Next
	}
	key, _ := step()
	return key
}

// has reports whether a key is part of the scan.
func (s scan) has(key []byte) bool {
	return key != nil && bytes.Compare(key, s.low) >= 0 && (s.high == nil || bytes.Compare(key, s.high) < 0)
}

// position returns the position of a place of the scan's.
func (s scan) position(place []byte) *run.Position {
	at, id := readPlace(place)
	if s.rising {
		return &run.Position{SweepAt: at, ID: id}
	}
	return &run.Position{CreatedAt: at, ID: id}
}
