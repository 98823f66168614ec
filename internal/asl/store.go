package asl

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// keptFor is how long a closed execution is kept and its name stays taken.
const keptFor = 90 * 24 * time.Hour

// store is the file: one bucket each for
//   - executions: name → record
//   - events: name, 0, first id → the events of one transition
//   - open, untold: names of open executions; of closed ones that Ended has not taken note of
//   - closed: time of closing, name
//   - definitions: digest → definition
//   - meta: the key of task tokens
type store struct {
	*committer
}

type bucket string

const (
	bucketExecutions  bucket = "executions"
	bucketEvents      bucket = "events"
	bucketOpen        bucket = "open"
	bucketUntold      bucket = "untold"
	bucketClosed      bucket = "closed"
	bucketDefinitions bucket = "definitions"
	bucketMeta        bucket = "meta"
)

func (b bucket) in(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte(b)) }

func openStore(file string, noSync bool) (*store, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{
		Timeout: 100 * time.Millisecond, NoSync: noSync, NoGrowSync: noSync,
		NoFreelistSync: true, FreelistType: bbolt.FreelistMapType,
	})
	if err != nil {
		return nil, fmt.Errorf("asl: open %s: %w", file, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, b := range []bucket{bucketExecutions, bucketEvents, bucketOpen, bucketUntold, bucketClosed, bucketDefinitions, bucketMeta} {
			if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("asl: prepare %s: %w", file, err), db.Close())
	}
	return &store{startCommitter(db, noSync)}, nil
}

func (s *store) close() error {
	return errors.Join(s.committer.close(), s.db.Close())
}

// key is the secret that task tokens are signed with; it is made once for each file.
func (s *store) key() ([]byte, error) {
	var out []byte
	err := s.db.Update(func(tx *bbolt.Tx) error {
		meta := bucketMeta.in(tx)
		if out = slices.Clone(meta.Get([]byte("key"))); out != nil {
			return nil
		}
		out = make([]byte, 32)
		if _, err := rand.Read(out); err != nil {
			return err
		}
		return meta.Put([]byte("key"), out)
	})
	return out, err
}

// load reads a record; nil when there is none.
func (s *store) load(name string) (*record, error) {
	var out *record
	err := s.view(func(tx *bbolt.Tx) error {
		var err error
		out, err = loadRecord(tx, []byte(name))
		return err
	})
	return out, err
}

func loadRecord(tx *bbolt.Tx, name []byte) (*record, error) {
	text := bucketExecutions.in(tx).Get(name)
	if text == nil {
		return nil, nil
	}
	out := &record{}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("asl: record of %s: %w", name, err)
	}
	return out, nil
}

// save writes a transition. purge removes what an earlier execution of the name left.
func (s *store) save(rec *record, events []Event, purge *record) error {
	text, history := appendRecord(nil, rec), appendEvents(nil, events)
	return s.commit(func(tx *bbolt.Tx) error {
		if purge != nil {
			if err := purgeRecord(tx, purge); err != nil {
				return err
			}
		}
		return saveRecord(tx, rec, text, events, history)
	})
}

func saveRecord(tx *bbolt.Tx, rec *record, text []byte, events []Event, history []byte) error {
	name := []byte(rec.Name)
	err := bucketExecutions.in(tx).Put(name, text)
	if err == nil && len(events) > 0 {
		err = bucketEvents.in(tx).Put(eventKey(rec.Name, events[0].ID), history)
	}
	if err == nil && len(events) > 0 && events[0].ID == 1 {
		err = bucketOpen.in(tx).Put(name, nil)
	}
	if err != nil || rec.Status == Running {
		return err
	}
	return errors.Join(
		bucketOpen.in(tx).Delete(name),
		bucketUntold.in(tx).Put(name, nil),
		bucketClosed.in(tx).Put(closedKey(rec), nil),
	)
}

func purgeRecord(tx *bbolt.Tx, rec *record) error {
	name := []byte(rec.Name)
	err := errors.Join(
		bucketExecutions.in(tx).Delete(name),
		bucketUntold.in(tx).Delete(name),
		bucketClosed.in(tx).Delete(closedKey(rec)),
	)
	var keys [][]byte
	prefix := append(name, 0)
	cursor := bucketEvents.in(tx).Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		keys = append(keys, slices.Clone(key))
	}
	for _, key := range keys {
		err = errors.Join(err, bucketEvents.in(tx).Delete(key))
	}
	return err
}

func eventKey(name string, id int64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(name), 0), uint64(id))
}

func closedKey(rec *record) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(rec.Stopped.Unix())), rec.Name...)
}

// expired says whether the record's name is free again.
func (r *record) expired(now time.Time) bool {
	return r.Status != Running && !r.Stopped.Add(keptFor).After(now)
}

// sweep deletes the executions whose names are free again.
func (s *store) sweep(now time.Time) error {
	return s.commit(func(tx *bbolt.Tx) error {
		var old []*record
		cursor := bucketClosed.in(tx).Cursor()
		for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
			rec, err := loadRecord(tx, key[8:])
			if err != nil {
				return err
			}
			if rec == nil {
				continue
			}
			if !rec.expired(now) {
				break
			}
			old = append(old, rec)
		}
		for _, rec := range old {
			if err := purgeRecord(tx, rec); err != nil {
				return err
			}
		}
		return nil
	})
}
