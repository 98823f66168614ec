package run

import (
	"container/heap"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// fargate is ECS with Fargate's launch rate: a bucket of 100, refilled by 20 a second.
type fargate struct {
	*fakeECS
	left    float64
	last    time.Time
	refused int
}

func (f *fargate) Launch(ctx context.Context, op Operation, input json.RawMessage) (Placement, error) {
	now := f.clock.Now()
	f.left, f.last = min(100, f.left+now.Sub(f.last).Seconds()*20), now
	if f.left < 1 {
		f.refused++
		return Placement{}, throttled()
	}
	f.left--
	return f.fakeECS.Launch(ctx, op, input)
}

// queue is executions by when they next step.
type queue []entry

type entry struct {
	in  StepInput
	due time.Time
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(entry)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// TestAThousandInAMinute: a thousand runs, submitted within a minute, are all placed, each by its first attempt, though
// Fargate refuses most of their calls at first.
func TestAThousandInAMinute(t *testing.T) {
	w := newFixture(t)
	ecs := &fargate{fakeECS: w.ecs, left: 100, last: start}
	launcher := w.launcher()
	launcher.Engine = ecs
	waiting := &queue{}
	const runs = 1000
	for i := range runs {
		r := newRun(1, func(r *Run) { r.ID = keyID("caller", fmt.Sprint(i)) })
		w.keeper().index(r, start)
		if _, _, err := w.store.Create(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		heap.Push(waiting, entry{StepInput{Execution: r.execution()}, after(time.Duration(i) * 20 * time.Millisecond)})
	}
	for waiting.Len() > 0 {
		next := heap.Pop(waiting).(entry)
		w.clock.advance(max(next.due.Sub(w.clock.Now()), 0))
		if _, err := launcher.Step(context.Background(), next.in); err != nil {
			t.Fatal(err)
		}
		r, err := w.store.Get(context.Background(), next.in.RunID)
		if err != nil {
			t.Fatal(err)
		}
		if d := Decide(r, w.clock.Now()); len(r.attempt().Tasks) == 0 && !r.Status.Terminal() {
			heap.Push(waiting, entry{next.in, d.Due})
		} else if r.Status != Pending || len(r.Attempts) != 1 {
			t.Fatalf("%s: %s %q", r.ID, summary(r), r.StatusReason)
		}
	}
	if len(w.ecs.tasks) != runs || ecs.refused == 0 {
		t.Errorf("%d tasks, %d calls refused", len(w.ecs.tasks), ecs.refused)
	}
	took := w.clock.Now().Sub(start)
	t.Logf("%d calls were refused; the last task was placed after %s", ecs.refused, took)
	if took > 5*time.Minute {
		t.Errorf("the last task was placed after %s", took)
	}
}
