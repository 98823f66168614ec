package run

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// unclearLock carries the first write of a lock out and answers it as a conflict.
type unclearLock struct {
	*memoryStore
	done bool
}

func (u *unclearLock) PutLock(ctx context.Context, l *Lock) error {
	err := u.memoryStore.PutLock(ctx, l)
	if err == nil && !u.done {
		u.done = true
		return ErrConflict
	}
	return err
}

// unclear is the fixture's keeper over an unclearLock.
func (w *fixture) unclear() Keeper {
	k := w.keeper()
	k.Store = &unclearLock{memoryStore: w.store}
	return k
}

// over ends a run in the store alone, as a writer does that dies before it passes the key on.
func (w *fixture) over(id string) {
	r := w.read(id)
	r.Status, r.StoppedAt, r.Expires = Failed, &r.CreatedAt, after(1000*time.Hour)
	w.store.put(r)
}

// holders submits runs of the key, as many as its limit, and one more that waits.
func (w *fixture) holders(limit int) (held []string, waits string) {
	more := fmt.Sprintf(`,"limit":%d`, limit)
	for i := range limit {
		held = append(held, w.ask(fmt.Sprint(i), "QUEUE", more))
	}
	return held, w.ask("waits", "QUEUE", more)
}

// A run that ended before it heard that it was promoted leaves the lock to the next one.
func TestOverlap_PromotedRunIsOver_ItsEntryGoesToTheNext(t *testing.T) {
	w := newFixture(t)
	a, b, c := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", ""), w.ask("c", "QUEUE", "")
	w.stepLaunch(a)
	over := w.read(b)
	over.Status, over.StoppedAt, over.Released, over.Expires = Stopped, &start, true, after(1000*time.Hour)
	w.store.put(over)
	w.handle(w.ecs.finish("t1", 0))
	w.wantRun(c, Launching, "")
	w.wantLock(c + " |")
}

// A run is told that it was promoted also where the write that promoted it was answered as a conflict.
func TestOverlap_UnclearWriteOfAnAdmission_ThePromotedRunIsTold(t *testing.T) {
	w := newFixture(t)
	held, waits := w.holders(2)
	w.over(held[0])
	w.over(held[1])
	s := &Submitter{Keeper: w.unclear(), Spec: fakeSpec{}, Catalog: w.catalog}
	if _, err := s.Submit(context.Background(), ask("next", overlapping("QUEUE", `,"limit":2`))); err != nil {
		t.Fatal(err)
	}
	w.wantRun(waits, Launching, "")
}

// The same of the write by which a holder leaves, however many holders there are: of many only some are inspected at a time.
func TestOverlap_UnclearWriteOfARelease_ThePromotedRunIsTold(t *testing.T) {
	for minute := range 4 {
		w := newFixture(t)
		w.clock.advance(time.Duration(minute) * time.Minute)
		held, waits := w.holders(40)
		w.over(held[0])
		if err := w.unclear().releaseLock(context.Background(), w.read(held[0])); err != nil {
			t.Fatal(err)
		}
		w.wantRun(waits, Launching, "")
	}
}

// A holder that is over gives its place up within minutes, wherever it stands among live ones.
func TestOverlap_DeadHolderBehindManyLiveOnes_ItsPlaceIsGiven(t *testing.T) {
	w := newFixture(t)
	held, waits := w.holders(40)
	delete(w.store.records, held[39])
	for range 8 {
		w.clock.advance(time.Minute)
		w.stepLaunch(waits)
	}
	if r := w.read(waits); r.AdmittedAt.IsZero() {
		t.Errorf("after 8 minutes the next run is %s (%s), want it admitted", r.Status, r.StatusReason)
	}
}
