package sim

import (
	"container/heap"
	"iter"
	"math/rand/v2"
	"time"
)

// start is when every simulation begins.
var start = time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)

// scheduler runs coroutines one at a time, and timers when none can run.
type scheduler struct {
	rng   *rand.Rand
	now   time.Time
	queue timers
	seq   int64
	ready []*coroutine
	alive map[*coroutine]bool

	switches int // how often a coroutine was resumed
	choices  int // how often another was under way then
}

func newScheduler(seed uint64) *scheduler {
	return &scheduler{rng: rand.New(rand.NewPCG(seed, 2)), now: start, alive: map[*coroutine]bool{}}
}

// timer calls do at a time. Timers of one time go off in the order in which they were made.
type timer struct {
	at  time.Time
	seq int64
	do  func()
}

type timers []*timer

func (q timers) Len() int { return len(q) }
func (q timers) Less(i, j int) bool {
	if c := q[i].at.Compare(q[j].at); c != 0 {
		return c < 0
	}
	return q[i].seq < q[j].seq
}
func (q timers) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *timers) Push(x any)   { *q = append(*q, x.(*timer)) }
func (q *timers) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// at calls do at a time, which is now at the earliest. Setting the timer's do to nil cancels it.
func (s *scheduler) at(when time.Time, do func()) *timer {
	if when.Before(s.now) {
		when = s.now
	}
	s.seq++
	t := &timer{when, s.seq, do}
	heap.Push(&s.queue, t)
	return t
}

func (s *scheduler) after(d time.Duration, do func()) *timer { return s.at(s.now.Add(d), do) }

// coroutine is a process that gives way only when it says so.
type coroutine struct {
	s     *scheduler
	next  func() (struct{}, bool)
	stop  func()
	give  func(struct{}) bool
	ended bool
}

// spawn makes body a coroutine that can run from now on.
func (s *scheduler) spawn(body func(*coroutine)) *coroutine {
	c := &coroutine{s: s}
	c.next, c.stop = iter.Pull(func(give func(struct{}) bool) {
		c.give = give
		body(c)
	})
	s.alive[c] = true
	s.ready = append(s.ready, c)
	return c
}

// pass lets others go first.
func (c *coroutine) pass() {
	if c.ended {
		return
	}
	c.s.ready = append(c.s.ready, c)
	c.suspend()
}

// sleep lets time pass.
func (c *coroutine) sleep(d time.Duration) {
	if c.ended {
		return
	}
	c.s.after(d, func() { c.s.ready = append(c.s.ready, c) })
	c.suspend()
}

// await suspends the coroutine until done is called, which is handed to begin.
func (c *coroutine) await(begin func(done func())) {
	if c.ended {
		return
	}
	begin(func() { c.s.ready = append(c.s.ready, c) })
	c.suspend()
}

func (c *coroutine) suspend() { c.ended = !c.give(struct{}{}) }

// step lets one coroutine run, or else one timer go off. It reports false when nothing is left to do.
func (s *scheduler) step() bool {
	if n := len(s.ready); n > 0 {
		i := 0
		if n > 1 {
			i = s.rng.IntN(n)
		}
		if len(s.alive) > 1 {
			s.choices++
		}
		c := s.ready[i]
		s.ready[i] = s.ready[n-1]
		s.ready[n-1] = nil
		s.ready = s.ready[:n-1]
		s.switches++
		if _, more := c.next(); !more {
			c.ended = true
			delete(s.alive, c)
		}
		return true
	}
	for s.queue.Len() > 0 {
		t := heap.Pop(&s.queue).(*timer)
		if t.do == nil {
			continue
		}
		s.now = t.at
		t.do()
		return true
	}
	return false
}

// close ends the coroutines that wait.
func (s *scheduler) close() {
	for c := range s.alive {
		c.ended = true
		c.stop()
	}
}

// upTo draws a duration in (0, most].
func (s *scheduler) upTo(most time.Duration) time.Duration {
	return time.Duration(1 + s.rng.Int64N(int64(most)))
}

// chance draws whether something happens that does so n times in a thousand.
func (s *scheduler) chance(n int) bool { return n > 0 && s.rng.IntN(1000) < n }
