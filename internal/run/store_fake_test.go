package run

import (
	"context"
	"encoding/json"
	"errors"
	"sort"
	"sync"
	"testing"
	"time"
)

type fakeClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// memoryStore is a Store that keeps records as bytes, so that nothing is shared, and holds every write against the rules that
// no use case may break.
type memoryStore struct {
	t     testing.TB
	clock Clock

	mu           sync.Mutex
	records      map[string]storedRecord
	locks        map[string][]byte
	numbers      int64        // versions of locks, none given twice
	otherWriters []func(*Run) // each changes the stored record before one Update, as another writer would
	fail         func(method string) error
	written      func(r *Run) // told of every write
	reads        int
	writes       int
}

// storedRecord is a record as JSON, with what is asked of all records at once.
type storedRecord struct {
	data             []byte
	sweepAt, expires time.Time
}

func newMemoryStore(t testing.TB, clock Clock) *memoryStore {
	return &memoryStore{t: t, clock: clock, records: map[string]storedRecord{}, locks: map[string][]byte{}}
}

func (m *memoryStore) failure(method string) error {
	if m.fail == nil {
		return nil
	}
	return m.fail(method)
}

// get reads a record that has not expired; nil when there is none.
func (m *memoryStore) get(id string) *Run {
	k, has := m.records[id]
	if !has || m.expired(k) {
		return nil
	}
	var r Run
	if err := json.Unmarshal(k.data, &r); err != nil {
		m.t.Fatalf("the stored record does not decode: %v", err)
	}
	return &r
}

func (m *memoryStore) expired(k storedRecord) bool {
	return !k.expires.IsZero() && !m.clock.Now().Before(k.expires)
}

func (m *memoryStore) put(r *Run) {
	data, err := json.Marshal(r)
	if err != nil {
		m.t.Fatalf("the record does not encode: %v", err)
	}
	m.records[r.ID] = storedRecord{data, r.SweepAt, r.Expires}
}

func (m *memoryStore) Create(_ context.Context, r *Run) (*Run, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failure("Create"); err != nil {
		return nil, false, err
	}
	if old := m.get(r.ID); old != nil {
		return old, false, nil
	}
	if err := CheckRecord(raw(r)); err != nil {
		return nil, false, err
	}
	r.Version = 1
	m.put(r)
	return m.get(r.ID), true, nil
}

func (m *memoryStore) Get(_ context.Context, id string) (*Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	if err := m.failure("Get"); err != nil {
		return nil, err
	}
	if r := m.get(id); r != nil {
		return r, nil
	}
	return nil, ErrNotFound
}

func (m *memoryStore) Update(_ context.Context, r *Run) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failure("Update"); err != nil {
		return err
	}
	old := m.get(r.ID)
	if old == nil {
		return ErrNotFound
	}
	if len(m.otherWriters) > 0 {
		m.otherWriters[0](old)
		m.otherWriters = m.otherWriters[1:]
		old.Version++
		m.put(old)
	}
	if old.Version != r.Version {
		return ErrConflict
	}
	if err := CheckRecord(raw(r)); err != nil {
		return err
	}
	checkStep(m.t, old, r)
	r.Version++
	m.put(r)
	m.writes++
	if m.written != nil {
		m.written(r)
	}
	return nil
}

func (m *memoryStore) List(_ context.Context, q Query) (Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failure("List"); err != nil {
		return Page{}, err
	}
	var all []*Run
	for id := range m.records {
		r := m.get(id)
		if r == nil || !q.Selects(factsOf(r)) || q.Open && r.SweepAt.IsZero() || q.After != nil && !q.behind(r, *q.After) {
			continue
		}
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return q.behind(all[j], q.place(all[i])) })
	if len(all) <= q.Limit {
		return Page{Runs: all}, nil
	}
	next := q.place(all[q.Limit-1])
	return Page{Runs: all[:q.Limit], Next: &next}, nil
}

func factsOf(r *Run) Facts {
	return Facts{
		Owner: r.Owner, Status: r.Status, Class: r.Class, Family: r.Family, Group: r.Group, StartedBy: r.StartedBy, Origin: r.Origin(), CreatedAt: r.CreatedAt,
	}
}

func (q Query) place(r *Run) Position {
	if q.Open {
		return Position{SweepAt: r.SweepAt, ID: r.ID}
	}
	return Position{CreatedAt: r.CreatedAt, ID: r.ID}
}

// behind reports whether r comes after a place in the list.
func (q Query) behind(r *Run, p Position) bool {
	if q.Open {
		return OpenPosition{p.SweepAt, p.ID}.before(OpenPosition{r.SweepAt, r.ID})
	}
	return r.CreatedAt.Before(p.CreatedAt) || r.CreatedAt.Equal(p.CreatedAt) && r.ID < p.ID
}

func (m *memoryStore) Open(_ context.Context, due time.Time, limit int, after *OpenPosition) (OpenPage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failure("Open"); err != nil {
		return OpenPage{}, err
	}
	var all []OpenPosition
	for id, k := range m.records {
		if m.expired(k) || k.sweepAt.IsZero() || k.sweepAt.After(due) {
			continue
		}
		p := OpenPosition{k.sweepAt, id}
		if after == nil || after.before(p) {
			all = append(all, p)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].before(all[j]) })
	var page OpenPage
	for i, p := range all {
		if i == limit {
			page.Next = &all[i-1]
			break
		}
		page.IDs = append(page.IDs, p.ID)
	}
	return page, nil
}

func (p OpenPosition) before(o OpenPosition) bool {
	return p.SweepAt.Before(o.SweepAt) || p.SweepAt.Equal(o.SweepAt) && p.ID < o.ID
}

func (m *memoryStore) Lock(_ context.Context, key string) (*Lock, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failure("Lock"); err != nil {
		return nil, err
	}
	return m.lock(key), nil
}

func (m *memoryStore) lock(key string) *Lock {
	l := &Lock{Key: key}
	if data, has := m.locks[key]; has {
		if err := json.Unmarshal(data, l); err != nil {
			m.t.Fatalf("the stored lock does not decode: %v", err)
		}
	}
	return l
}

func (m *memoryStore) PutLock(_ context.Context, l *Lock) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failure("PutLock"); err != nil {
		return err
	}
	if m.lock(l.Key).Version != l.Version {
		return ErrConflict
	}
	m.numbers++
	l.Version = m.numbers
	if l.Empty() {
		delete(m.locks, l.Key)
		l.Version = 0
		return nil
	}
	if err := CheckRecord(raw(l)); err != nil {
		return err
	}
	m.locks[l.Key] = raw(l)
	return nil
}

// checkStep holds one write against what no writer may do.
func checkStep(t testing.TB, old, next *Run) {
	t.Helper()
	if old.Status != next.Status && !old.Status.May(next.Status) {
		t.Errorf("illegal move %s -> %s", old.Status, next.Status)
	}
	if !old.Status.Terminal() {
		return
	}
	if summary(old) != summary(next) || !old.StoppedAt.Equal(*next.StoppedAt) || old.StatusReason != next.StatusReason {
		t.Errorf("a terminal record changed: %s at %v -> %s at %v", summary(old), old.StoppedAt, summary(next), next.StoppedAt)
	}
	if next.Expires.IsZero() {
		t.Errorf("a terminal record without an expiry")
	}
}

// dieAt makes the nth Update fail, as a process does that dies then.
func dieAt(n int) func(string) error {
	updates := 0
	return func(method string) error {
		if method != "Update" {
			return nil
		}
		if updates++; updates == n {
			return errors.New("the process died")
		}
		return nil
	}
}
