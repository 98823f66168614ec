// Package boltstore keeps runs in one bbolt file: the store of local mode.
//
// It has the semantics of the DynamoDB store (both pass internal/storetest) and one thing more, a change
// feed in the place of the table's stream. A record is two values: its head, the few fields that indexes
// and filters need, and its body, the whole run as JSON. Every write moves head, body, index entries and
// feed in one transaction; writes that wait at the same time share a transaction and its fsync.
package boltstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"davit/internal/clock"
	"davit/internal/run"
)

// ErrInUse is what Open answers, without waiting, while another Store has the file open, in this process or another.
var ErrInUse = errors.New("the data file is in use by another process")

// ErrFormat is what Open answers for a file that another layout of this package wrote.
var ErrFormat = errors.New("the data file has another format")

const (
	format      = "1"
	lockWait    = time.Millisecond // below bbolt's retry pause: one try
	initialMmap = 64 << 20         // address space, not memory: growing the map has to wait for readers
)

// Options of a Store. The zero value is right for use.
type Options struct {
	// Clock decides what has expired and dates the changes. Nil: clock.System.
	Clock run.Clock
	// NoSync leaves out fsync: a write may be lost when the machine stops, not when the process does. For tests.
	NoSync bool
}

// Store implements run.Store. Any number of goroutines may use it.
type Store struct {
	db       *bolt.DB
	commitTx func(func(*bolt.Tx) error) error // db.Update
	failing  atomic.Bool                      // the last transaction could not be made durable
	clock    run.Clock
	queue    queue
	signals  signals
}

var _ run.Store = (*Store)(nil)

// Open opens the file at path and makes it if need be, readable by its owner only; its folder must exist.
// Errors: ErrInUse, ErrFormat, and those of the file system.
func Open(path string, opts Options) (*Store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: lockWait, FreelistType: bolt.FreelistMapType, InitialMmapSize: initialMmap,
		NoSync: opts.NoSync, NoStatistics: true,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := prepare(db, path, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	s := &Store{db: db, commitTx: db.Update, clock: opts.Clock}
	if s.clock == nil {
		s.clock = clock.System
	}
	return s, nil
}

// Close ends the store once its transactions have ended. Later calls of its methods answer CodeUnavailable.
func (s *Store) Close() error { return s.db.Close() }

// Writable reports whether the last transaction reached the disk, as is assumed before the first.
func (s *Store) Writable() bool { return !s.failing.Load() }

// prepare makes the file private, its buckets and, unless NoSync, its name in the folder durable.
func prepare(db *bolt.DB, path string, opts Options) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	if err := db.Update(makeBuckets); err != nil {
		return err
	}
	if opts.NoSync {
		return nil
	}
	return syncFolder(filepath.Dir(path))
}

func makeBuckets(tx *bolt.Tx) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	meta, key := tx.Bucket([]byte(metaBucket)), []byte("format")
	switch found := meta.Get(key); {
	case found == nil:
		return meta.Put(key, []byte(format))
	case string(found) != format:
		return fmt.Errorf("%w: %q, not %q", ErrFormat, found, format)
	}
	return nil
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
