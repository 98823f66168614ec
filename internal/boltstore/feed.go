package boltstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// Limits of the feed.
const (
	feedKept   = 24 * time.Hour
	maxChanges = 1000
)

// Change is one write of one record.
type Change struct {
	Position uint64           `json:"position"` // from 1, one higher with each change, for the file's whole life
	RunID    string           `json:"runId"`
	Version  int64            `json:"version"` // of the record, after the write
	From     run.Status       `json:"from"`    // "" for a new record
	To       run.Status       `json:"to"`      // equal to From when another field changed
	Class    run.Class        `json:"class,omitempty"`
	At       time.Time        `json:"at"` // when it was written
	Was      run.MetricCounts `json:"was,omitzero"`
	Is       run.MetricCounts `json:"is,omitzero"`

	Incarnation string    `json:"born"`
	Family      string    `json:"family,omitempty"`
	Group       string    `json:"group,omitempty"`
	StartedBy   string    `json:"startedBy,omitempty"` // the caller's
	CreatedAt   time.Time `json:"createdAt"`           // of the run
}

// Measures returns what metrics count of the change.
func (c *Change) Measures() []run.Measure {
	return run.Change{From: c.From, To: c.To, Was: c.Was, Is: c.Is}.Measures()
}

// StatusChange is the event of the change; ok is false where the status stayed.
func (c *Change) StatusChange() (detail run.StatusChange, ok bool) {
	detail = run.StatusChange{
		Sequence: c.Version, RunID: c.RunID, From: string(c.From), To: string(c.To), Class: string(c.Class),
		Family: c.Family, Group: c.Group, StartedBy: c.StartedBy, CreatedAt: c.CreatedAt.UTC().Format(time.RFC3339Nano),
	}
	detail.Identify(c.Incarnation, c.At)
	return detail, c.From != c.To
}

// Changes returns up to limit (1..1,000; outside it, the nearer end) changes after a position, oldest first;
// none when nothing is newer. A change is kept for 24 hours: a first Position above after+1 means that those
// between are gone.
func (s *Store) Changes(ctx context.Context, after uint64, limit int) ([]Change, error) {
	var changes []Change
	err := s.view(ctx, "changes", func(tx *bolt.Tx, _ time.Time) (err error) {
		changes, err = changesAfter(tx, after, min(max(limit, 1), maxChanges))
		return err
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

// Last is the position of the latest change; 0 when there has been none.
func (s *Store) Last(ctx context.Context) (position uint64, err error) {
	err = s.view(ctx, "last change", func(tx *bolt.Tx, _ time.Time) error {
		position = tx.Bucket([]byte(feedBucket)).Sequence()
		return nil
	})
	return position, err
}

func changesAfter(tx *bolt.Tx, after uint64, limit int) ([]Change, error) {
	cursor := tx.Bucket([]byte(feedBucket)).Cursor()
	bound := positionKey(after)
	key, value := cursor.Seek(bound)
	if bytes.Equal(key, bound) {
		key, value = cursor.Next()
	}
	var changes []Change
	for ; key != nil && len(changes) < limit; key, value = cursor.Next() {
		c, err := readChange(value)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, nil
}

func readChange(value []byte) (Change, error) {
	var c Change
	if err := json.Unmarshal(value, &c); err != nil {
		return Change{}, fmt.Errorf("%w: change: %w", errDamaged, err)
	}
	return c, nil
}

// appendChange records the write of rec in the place of was; nil: rec is new.
func appendChange(t *txn, rec *record, was *head) error {
	feed := t.Bucket([]byte(feedBucket))
	position, err := feed.NextSequence()
	if err != nil {
		return err
	}
	h := &rec.head
	if was == nil {
		was = &head{}
	}
	value, err := json.Marshal(Change{
		Position: position, RunID: h.ID, Version: h.Version, From: was.Status, To: h.Status, Class: h.Class,
		At: t.now.UTC().Truncate(time.Millisecond), Was: was.MetricCounts, Is: h.MetricCounts,
		Incarnation: h.Incarnation, Family: h.Family, Group: h.Group, StartedBy: h.StartedBy, CreatedAt: h.CreatedAt,
	})
	if err != nil {
		return err
	}
	return feed.Put(positionKey(position), value)
}
