package asl

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// store is the file: one bucket each for
//   - executions: name → record
//   - events: name, 0, first id → the events of one transition
//   - open, untold: names of open executions; of closed ones whose end was not notified
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
	bucketUnnotified  bucket = "untold"
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
		for _, b := range []bucket{bucketExecutions, bucketEvents, bucketOpen, bucketUnnotified, bucketClosed, bucketDefinitions, bucketMeta} {
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

// transition is what one step writes. It holds nothing of the execution, which goes on meanwhile when the
// writes are lazy.
type transition struct {
	name            string
	record, history []byte
	firstEvent      int64  // id of the first of history; 0 when there are no events
	closed          []byte // key in bucketClosed, if the execution is closed
	reopen          bool   // the file may hold it as closed
	purge           *record
}

// save writes a transition. purge is what an earlier execution of the name left, if anything.
func (s *store) save(x *execution, events []Event, purge *record) error {
	rec := &x.rec
	t := transition{name: rec.Name, record: appendRecord(nil, rec), reopen: x.doubtful, purge: purge}
	if len(events) > 0 {
		t.history, t.firstEvent = appendEvents(nil, events), events[0].ID
	}
	if rec.Status != Running {
		t.closed = closedKey(rec)
	}
	return s.commit(t.write)
}

func (t *transition) write(tx *bbolt.Tx) error {
	name := []byte(t.name)
	var err error
	if t.purge != nil {
		err = purgeRecord(tx, t.purge)
	}
	if err == nil {
		err = bucketExecutions.in(tx).Put(name, t.record)
	}
	if err == nil && t.firstEvent > 0 {
		err = bucketEvents.in(tx).Put(eventKey(t.name, t.firstEvent), t.history)
	}
	if err == nil && (t.firstEvent == 1 || t.reopen) {
		err = bucketOpen.in(tx).Put(name, nil)
	}
	if err == nil && t.reopen {
		err = bucketUnnotified.in(tx).Delete(name)
	}
	if err != nil || t.closed == nil {
		return err
	}
	return errors.Join(
		bucketOpen.in(tx).Delete(name),
		bucketUnnotified.in(tx).Put(name, nil),
		bucketClosed.in(tx).Put(t.closed, nil),
	)
}

// eventPrefix begins the keys of an execution's events; no name contains the zero.
func eventPrefix(name string) []byte { return append([]byte(name), 0) }

func eventKey(name string, id int64) []byte {
	return binary.BigEndian.AppendUint64(eventPrefix(name), uint64(id))
}

func closedKey(rec *record) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(rec.Stopped.Unix())), rec.Name...)
}
