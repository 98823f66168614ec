package events

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// eventWorkers hand events over side by side; one task's events always go through the same one, which keeps their order.
const eventWorkers = 4

// occurrence is a change of a task: what it looked like then.
type occurrence struct {
	task types.Task
	at   time.Time
}

// Dispatcher hands events over in the background. A nil dispatcher has no one to hand them to.
type Dispatcher struct {
	ctx     context.Context // ends when no more may be handed over
	cancel  context.CancelFunc
	deliver func(ctx context.Context, event []byte)
	told    func(task types.Task)
	drain   chan struct{} // closed: end once the queue is empty
	drained sync.Once
	workers sync.WaitGroup
	queues  [eventWorkers]eventQueue
}

type eventQueue struct {
	mu      sync.Mutex
	waiting []occurrence
	wake    chan struct{}
}

// Start starts the workers; told is called after each event was handed over.
func Start(deliver func(context.Context, []byte), told func(types.Task)) *Dispatcher {
	if deliver == nil {
		return nil
	}
	d := &Dispatcher{deliver: deliver, told: told, drain: make(chan struct{})}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	for i := range d.queues {
		q := &d.queues[i]
		q.wake = make(chan struct{}, 1)
		d.workers.Go(func() { d.work(q) })
	}
	return d
}

// Enqueue adds an event of the task as it was at that time.
func (d *Dispatcher) Enqueue(t types.Task, at time.Time) {
	if d == nil {
		return
	}
	q := &d.queues[shard(*t.TaskArn)]
	q.mu.Lock()
	q.waiting = append(q.waiting, occurrence{t, at})
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// shard is chosen by the id's last character, which is random.
func shard(arn string) int { return int(arn[len(arn)-1]) % eventWorkers }

func (q *eventQueue) next() (occurrence, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.waiting = nil
		return occurrence{}, false
	}
	o := q.waiting[0]
	q.waiting[0] = occurrence{}
	q.waiting = q.waiting[1:]
	return o, true
}

func (q *eventQueue) any() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) > 0
}

func (d *Dispatcher) work(q *eventQueue) {
	for d.ctx.Err() == nil {
		o, ok := q.next()
		if !ok && !d.wait(q) {
			return
		}
		if ok {
			d.deliver(d.ctx, envelope(o))
			d.told(o.task)
		}
	}
}

// wait waits for something to hand over; false when the queue is empty and stays so.
func (d *Dispatcher) wait(q *eventQueue) bool {
	select {
	case <-q.wake:
		return true
	default:
	}
	select {
	case <-q.wake:
		return true
	case <-d.ctx.Done():
		return false
	case <-d.drain:
		return q.any()
	}
}

// Finish hands over what is waiting, until ctx ends; nothing may be enqueued any more.
func (d *Dispatcher) Finish(ctx context.Context) {
	if d == nil {
		return
	}
	d.drained.Do(func() { close(d.drain) })
	ended := make(chan struct{})
	go func() {
		d.workers.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		d.cancel()
		<-ended
	}
}

// Stop ends the workers, whatever is waiting.
func (d *Dispatcher) Stop() {
	if d == nil {
		return
	}
	d.cancel()
	d.workers.Wait()
}
