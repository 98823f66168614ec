package run

import (
	"testing"
	"time"
)

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
