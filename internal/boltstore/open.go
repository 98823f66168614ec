package boltstore

import (
	"bytes"
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// Open implements run.Store. A limit outside 1..1,000 is taken as the nearer end.
func (s *Store) Open(ctx context.Context, due time.Time, limit int, after *run.OpenPosition) (run.OpenPage, error) {
	var page run.OpenPage
	err := s.view(ctx, "open", func(tx *bolt.Tx, now time.Time) error {
		page = open(tx, due, min(max(limit, 1), maxOpenPage), after, now)
		return nil
	})
	if err != nil {
		return run.OpenPage{}, err
	}
	return page, nil
}

func open(tx *bolt.Tx, due time.Time, limit int, after *run.OpenPosition, now time.Time) run.OpenPage {
	cursor := tx.Bucket([]byte(openBucket)).Cursor()
	bound, passed := timeKey(due), timeKey(now)
	isDue := func(key []byte) bool { return key != nil && bytes.Compare(key[:timeSize], bound) <= 0 }
	var page run.OpenPage
	var last []byte
	read := 0
	key, expires := behind(cursor, after)
	for ; isDue(key) && read < maxRead && len(page.IDs) < limit; key, expires = cursor.Next() {
		last = key
		read++
		if len(expires) == 0 || bytes.Compare(passed, expires) <= 0 {
			page.IDs = append(page.IDs, string(key[timeSize:]))
		}
	}
	if isDue(key) {
		at, id := readPlace(last)
		page.Next = &run.OpenPosition{SweepAt: at, ID: id}
	}
	return page
}

// behind moves to the first key after a position, or to the first of all.
func behind(c *bolt.Cursor, after *run.OpenPosition) (key, value []byte) {
	if after == nil {
		return c.First()
	}
	bound := placeKey(after.SweepAt, after.ID)
	key, value = c.Seek(bound)
	if bytes.Equal(key, bound) {
		return c.Next()
	}
	return key, value
}
