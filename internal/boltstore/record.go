package boltstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// maxID is far above a run's 26 characters and far below bbolt's limit for keys.
const maxID = 1024

// errUnfit: the record that the caller gave cannot be stored.
var errUnfit = errors.New("record cannot be stored")

// head is what indexes, filters, the compare-and-set and the feed need of a run.
type head struct {
	ID           string           `json:"id"`
	Version      int64            `json:"version"`
	Incarnation  string           `json:"born,omitempty"`
	Owner        string           `json:"owner"`
	Status       run.Status       `json:"status"`
	Class        run.Class        `json:"class,omitempty"`
	Family       string           `json:"family,omitempty"`
	Group        string           `json:"group,omitempty"`
	StartedBy    string           `json:"startedBy,omitempty"`
	Origin       string           `json:"origin,omitempty"`
	CreatedAt    time.Time        `json:"createdAt"`
	SweepAt      time.Time        `json:"sweepAt,omitzero"`
	Expires      time.Time        `json:"expires,omitzero"`
	MetricCounts run.MetricCounts `json:"tally,omitzero"`
}

// expired reports whether the record counts as absent at now.
func (h *head) expired(now time.Time) bool { return !h.Expires.IsZero() && now.After(h.Expires) }

// record is a run made ready to be written.
type record struct {
	head           head
	headJSON, body []byte
}

// encode makes r ready to be written with that version. Its head is read back, as JSON replaces what is not
// UTF-8: index entries must be the same when they are taken out again.
func encode(r *run.Run, version int64) (*record, error) {
	if r.ID == "" || len(r.ID) > maxID {
		return nil, fmt.Errorf("%w: ID of %d bytes", errUnfit, len(r.ID))
	}
	c := *r
	c.Version = version
	body, err := json.Marshal(&c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	if err := run.CheckRecord(body); err != nil {
		return nil, err
	}
	rec := &record{body: body}
	rec.headJSON, err = json.Marshal(head{
		ID: c.ID, Version: version, Incarnation: c.Incarnation, MetricCounts: c.MetricCounts(), Owner: c.Owner, Status: c.Status, Class: c.Class, Family: c.Family, Group: c.Group,
		StartedBy: c.StartedBy, Origin: c.Origin(), CreatedAt: c.CreatedAt, SweepAt: c.SweepAt, Expires: c.Expires,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	if err := json.Unmarshal(rec.headJSON, &rec.head); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	return rec, nil
}

// decode reads a body. What it answers shares nothing with body.
func decode(body []byte) (*run.Run, error) {
	var r run.Run
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return &r, nil
}

// headOf reads a record's head, expired or not; nil when there is none.
func headOf(tx *bolt.Tx, id []byte) (*head, error) {
	data := tx.Bucket([]byte(headBucket)).Get(id)
	if data == nil {
		return nil, nil
	}
	var h head
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, fmt.Errorf("%w: head of %q: %w", errDamaged, id, err)
	}
	return &h, nil
}

// bodyOf reads the whole record of a head that is there.
func bodyOf(tx *bolt.Tx, id []byte) (*run.Run, error) {
	return decode(tx.Bucket([]byte(bodyBucket)).Get(id))
}
