package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// overlapSimulation is a fixture in which many runs of one overlap key go their ways at once, as AWS would let them: executions take the steps of
// the definition and repeat what fails, tasks live and end, events come, the sweep comes round. Processes die in the middle of what they do.
type overlapSimulation struct {
	*fixture
	seed    uint64
	rng     *rand.Rand
	process *process
	asked   []SubmitRequest
	ids     []string // of accepted runs, in order
	execs   map[string]*exec
	ends    map[string]time.Time // when ECS next moves a task
	stops   map[string]time.Time // when a caller stops the run of an id
	swept   time.Time
	log     []string

	crowded     bool           // another process does something while one is at it
	limits      map[string]int // of each run
	over        map[string]bool
	most        int      // runs that may be asked for
	arrived     []string // runs by when they first had an entry
	entered     []string // QUEUE runs by when they first had an entry
	held        []string // and by when they first held the key
	launchOrder []string // runs by when their first task was born
}

// exec is one execution.
type exec struct {
	x     StepInput
	state Step
	at    time.Time // when its state goes on
	token string    // of a Follow that waits
	tries int
	over  bool
	busy  bool // its step is being taken
}

var errDied = errors.New("the process died")

// process decides when a process dies: of writes and wake-ups, before one is carried out or after it. Nothing of a dead process's
// is carried out any more.
type process struct {
	ops  int
	dies func(op int) (before, after bool)
	dead bool
}

func (l *process) do(act func() error) error {
	if l.dead {
		return errDied
	}
	l.ops++
	before, after := l.dies(l.ops)
	l.dead = before || after
	if before {
		return errDied
	}
	err := act()
	if after {
		return errDied
	}
	return err
}

// dyingStore is the store as a process sees it.
type dyingStore struct {
	*memoryStore
	c *overlapSimulation
}

// interleave lets another process take a step between two things that one does.
func (c *overlapSimulation) interleave() {
	if c.crowded || c.process.dead || c.rng.IntN(12) > 0 {
		return
	}
	c.crowded = true
	defer func() { c.crowded, c.process.dead = false, false }()
	switch c.rng.IntN(8) {
	case 0:
		c.sweepNow()
	case 1, 2, 3:
		if len(c.asked) < c.most && len(c.asked) > 0 {
			c.logf("meanwhile:")
			c.ask([]string{OverlapReplace, OverlapReplace, OverlapQueue}[c.rng.IntN(3)], 1, "")
		}
	default:
		for _, e := range c.due(c.clock.Now().Add(c.upTo(30))) {
			if !e.busy {
				c.logf("meanwhile:")
				c.step(e)
				return
			}
		}
	}
}

func (m dyingStore) Lock(ctx context.Context, key string) (*Lock, error) {
	m.c.interleave()
	if m.c.process.dead {
		return nil, errDied
	}
	return m.memoryStore.Lock(ctx, key)
}

func (m dyingStore) Create(ctx context.Context, r *Run) (stored *Run, created bool, err error) {
	err = m.c.process.do(func() (err error) {
		stored, created, err = m.memoryStore.Create(ctx, r)
		return err
	})
	return stored, created, err
}

func (m dyingStore) Update(ctx context.Context, r *Run) error {
	m.c.interleave()
	return m.c.process.do(func() error { return m.memoryStore.Update(ctx, r) })
}

func (m dyingStore) PutLock(ctx context.Context, l *Lock) error {
	m.c.interleave()
	return m.c.process.do(func() error {
		err := m.memoryStore.PutLock(ctx, l)
		if err == nil {
			m.c.note(l)
		}
		return err
	})
}

// note keeps in which order runs came and those of QUEUE went, and holds the lock against its limits. Nobody replaces who came later.
func (c *overlapSimulation) note(l *Lock) {
	all := append(slices.Clone(l.Holders), l.Waiters...)
	for _, s := range all {
		if !slices.Contains(c.arrived, s.Run) {
			c.arrived = append(c.arrived, s.Run)
		}
	}
	for _, s := range all {
		if s.ReplacedBy != "" && slices.Index(c.arrived, s.ReplacedBy) <= slices.Index(c.arrived, s.Run) {
			c.failf("%s takes the place of %s, which came later", short(s.ReplacedBy), short(s.Run))
		}
		if s.Mode == OverlapQueue && !slices.Contains(c.entered, s.Run) {
			c.entered = append(c.entered, s.Run)
		}
	}
	for _, s := range l.Holders {
		if len(l.Holders) > s.Limit {
			c.failf("%d hold the key, of one the limit is %d", len(l.Holders), s.Limit)
		}
		if s.Mode == OverlapQueue && !slices.Contains(c.held, s.Run) {
			c.held = append(c.held, s.Run)
		}
	}
}

func (m dyingStore) Get(ctx context.Context, id string) (*Run, error) {
	if m.c.process.dead {
		return nil, errDied
	}
	return m.memoryStore.Get(ctx, id)
}

// Start implements Workflow, as Step Functions does for one name.
func (c *overlapSimulation) Start(_ context.Context, x Execution, _ string) error {
	return c.process.do(func() error {
		if e := c.execs[x.Name()]; e != nil {
			if e.over {
				return ErrExecutionExists
			}
			return nil
		}
		c.execs[x.Name()] = &exec{x: StepInput{Execution: x, Machine: "arn"}, state: StepLaunch, at: c.clock.Now()}
		return nil
	})
}

// Wake implements Workflow.
func (c *overlapSimulation) Wake(_ context.Context, token string, answer StepOutput) error {
	return c.process.do(func() error {
		for _, e := range c.execs {
			if e.token == token && !e.over {
				c.enter(e, answer)
				return nil
			}
		}
		return ErrTokenGone
	})
}

func newOverlapSimulation(t *testing.T, seed uint64, events bool) *overlapSimulation {
	c := &overlapSimulation{
		fixture: newFixture(t), seed: seed, rng: rand.New(rand.NewPCG(seed, 5)), swept: start, process: &process{dies: func(int) (bool, bool) { return false, false }},
		execs: map[string]*exec{}, ends: map[string]time.Time{}, stops: map[string]time.Time{}, limits: map[string]int{},
	}
	c.tuning.TaskEvents, c.over = events, map[string]bool{}
	c.store.written = func(r *Run) { c.over[r.ID] = r.Status.Terminal() }
	c.ecs.created = func(s *TaskState) { c.ends[s.TaskARN] = c.clock.Now().Add(c.upTo(10)) }
	c.ecs.stopRequested = func(s *TaskState) { c.ends[s.TaskARN] = c.clock.Now().Add(c.upTo(30)) }
	return c
}

func (c *overlapSimulation) upTo(seconds int) time.Duration {
	return time.Duration(1+c.rng.IntN(seconds)) * time.Second
}

func (c *overlapSimulation) keeper() Keeper {
	return Keeper{Store: dyingStore{c.store, c}, Clock: c.clock, Tuning: c.tuning, Workflow: c}
}

func (c *overlapSimulation) failf(format string, args ...any) {
	c.t.Helper()
	c.t.Fatalf("DAVIT_SEED=%d, events %v: %s at %v\nlock %s\n%s", c.seed, c.tuning.TaskEvents, fmt.Sprintf(format, args...),
		c.clock.Now().Sub(start), c.store.lock("k").text(), strings.Join(c.log[max(0, len(c.log)-60):], "\n"))
}

func (c *overlapSimulation) logf(format string, args ...any) {
	c.log = append(c.log, fmt.Sprintf("%8v ", c.clock.Now().Sub(start))+fmt.Sprintf(format, args...))
}

// ask submits a run until it is accepted; every try may die.
func (c *overlapSimulation) ask(mode string, limit int, more string) string {
	c.t.Helper()
	q := ask(fmt.Sprint("run", len(c.asked)), fmt.Sprintf(`{"taskDefinition":"job","cluster":"jobs","policy":{"overlap":{"key":"k","mode":%q,"limit":%d%s}}}`, mode, limit, more))
	c.asked = append(c.asked, q)
	id := keyID(q.Caller, q.Key)
	c.limits[id] = limit
	for range 20 {
		c.process.dead = false
		res, err := (&Submitter{Keeper: c.keeper(), Spec: fakeSpec{}, Catalog: c.catalog}).Submit(context.Background(), q)
		c.logf("submit %s %s %d: %v", short(id), mode, limit, err)
		if err == nil {
			c.logf("  is %s %s", res.Run.Status, res.Run.StatusReason)
			c.ids = append(c.ids, id)
			return id
		}
	}
	c.failf("a run is never accepted")
	return ""
}

func short(id string) string { return id[:4] }

// enter moves an execution as Route does.
func (c *overlapSimulation) enter(e *exec, out StepOutput) {
	now := c.clock.Now()
	e.token, e.tries, e.state, e.at = "", 0, out.Next, now
	e.x.WaitSeconds = out.WaitSeconds
	switch out.Next {
	case StepDone:
		e.over = true
	case StepPause:
		e.state, e.at = StepObserve, now.Add(time.Duration(out.WaitSeconds)*time.Second)
	}
}

// step takes an execution's next step.
func (c *overlapSimulation) step(e *exec) {
	e.busy = true
	defer func() { e.busy = false }()
	if e.token != "" { // a Follow that nobody woke
		c.enter(e, StepOutput{Next: StepObserve, WaitSeconds: 1})
		return
	}
	c.process.dead = false
	in, state := e.x, e.state // a Follow may be answered while it is being taken
	var out StepOutput
	var err error
	switch state {
	case StepLaunch:
		out, err = (&Launcher{Keeper: c.keeper(), Engine: c.ecs, Catalog: c.catalog}).Step(context.Background(), in)
	case StepFollow:
		in.Token = fmt.Sprintf("token%d", len(c.log))
		e.token, e.at = in.Token, c.clock.Now().Add(time.Duration(in.WaitSeconds)*time.Second)
		_, err = (&Observer{Keeper: c.keeper(), Engine: c.ecs}).Step(context.Background(), in)
	default:
		out, err = (&Observer{Keeper: c.keeper(), Engine: c.ecs}).Step(context.Background(), in)
	}
	c.logf("%s %s: %s %d %v", short(e.x.RunID), state, out.Next, out.WaitSeconds, err)
	switch {
	case err != nil:
		c.again(e)
	case state != StepFollow:
		c.enter(e, out)
	}
}

// again repeats a step that failed, as Retry does, and lets the execution fail in the end.
func (c *overlapSimulation) again(e *exec) {
	e.token = ""
	if e.tries++; e.tries < 6 {
		e.at = c.clock.Now().Add(c.upTo(2 * e.tries))
		return
	}
	e.over = true
	c.logf("%s: the execution fails", short(e.x.RunID))
	if c.rng.IntN(2) == 0 {
		c.process.dead = false
		_ = c.sweeper().ExecutionEnded(context.Background(), e.x.Execution) // the rule's event, when it is not lost
	}
}

func (c *overlapSimulation) sweeper() *Sweeper { return &Sweeper{Keeper: c.keeper(), Engine: c.ecs} }

// pass lets time pass until something happens, and a little longer.
func (c *overlapSimulation) pass() {
	next := c.swept.Add(5 * time.Minute)
	sooner := func(at time.Time) {
		if at.Before(next) {
			next = at
		}
	}
	for _, at := range c.ends {
		sooner(at)
	}
	for _, at := range c.stops {
		sooner(at)
	}
	for _, e := range c.execs {
		if !e.over {
			sooner(e.at)
		}
	}
	c.clock.advance(max(0, next.Sub(c.clock.Now())) + time.Duration(c.rng.IntN(3000))*time.Millisecond)
	now := c.clock.Now()
	for _, s := range c.ecs.tasks {
		if due, has := c.ends[s.TaskARN]; has && !now.Before(due) {
			c.move(s)
		}
	}
	c.stopDue(now)
	for _, e := range c.due(now) {
		if !e.over && !e.at.After(now) {
			c.step(e)
			c.atWork()
		}
	}
	if now.Sub(c.swept) >= 5*time.Minute {
		c.swept, c.process.dead = now, false
		c.sweepNow()
	}
}

func (c *overlapSimulation) sweepNow() {
	report, err := c.sweeper().Sweep(context.Background())
	c.logf("sweep: %+v %v", report, err)
}

// due lists executions whose state goes on, in any order.
func (c *overlapSimulation) due(now time.Time) []*exec {
	var names []string
	for name, e := range c.execs {
		if !e.over && !e.at.After(now) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	c.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var list []*exec
	for _, name := range names {
		list = append(list, c.execs[name])
	}
	return list
}

func (c *overlapSimulation) stopDue(now time.Time) {
	for _, id := range slices.Sorted(func(yield func(string) bool) {
		for id, at := range c.stops {
			if !now.Before(at) && !yield(id) {
				return
			}
		}
	}) {
		c.process.dead = false
		_, err := (&Stopper{Keeper: c.keeper(), Engine: c.ecs}).Stop(context.Background(), StopRequest{RunID: id, Reason: "enough"})
		c.logf("stop %s: %v", short(id), err)
		if err == nil {
			delete(c.stops, id)
		}
	}
}

// move lets a task live on; its event is lost at times.
func (c *overlapSimulation) move(s *TaskState) {
	delete(c.ends, s.TaskARN)
	now := c.clock.Now()
	switch {
	case s.stopped():
		return
	case s.LastStatus == "PROVISIONING" && s.DesiredStatus != "STOPPED":
		c.ecs.set(s.TaskARN, "RUNNING", startedAt(now))
		c.ends[s.TaskARN] = now.Add(c.upTo(120))
	default:
		c.ecs.finish(s.TaskARN, 0)
	}
	for range c.rng.IntN(4) {
		if c.tuning.TaskEvents {
			c.process.dead = false
			_ = (&TaskEvents{Keeper: c.keeper(), Engine: c.ecs}).Handle(context.Background(), event(*s)) // repeated, or heard of otherwise
		}
	}
}

// atWork is the promise: at no time are more runs at work than any of them allows.
func (c *overlapSimulation) atWork() {
	alive := map[string]bool{}
	for _, s := range c.ecs.tasks {
		id, _, _ := ParseStartedBy("davit", s.StartedBy)
		if !s.stopped() {
			alive[id] = true
		}
		if !slices.Contains(c.launchOrder, id) {
			c.launchOrder = append(c.launchOrder, id)
		}
	}
	for id := range alive {
		if len(alive) > c.limits[id] {
			c.failf("%d runs are at work, and %s has limit %d", len(alive), short(id), c.limits[id])
		}
	}
}

// finish lets all runs come to their end, and holds what is left against the promises.
func (c *overlapSimulation) finish() {
	c.t.Helper()
	for !c.ended() {
		if c.clock.Now().After(after(72 * time.Hour)) {
			c.failf("it does not end: %s", c.standing())
		}
		c.pass()
	}
	c.crowded = true // from here on only the sweep is at work
	for range 24 * 60 / 5 {
		if !slices.ContainsFunc(c.ids, func(id string) bool { return !c.store.get(id).SweepAt.IsZero() }) {
			break
		}
		c.clock.advance(5 * time.Minute)
		c.process.dead = false
		if _, err := c.sweeper().Sweep(context.Background()); err != nil {
			c.logf("sweep: %v", err)
		}
	}
	if l := c.store.lock("k"); !l.Empty() {
		c.failf("the lock is not empty: %s", c.standing())
	}
	for _, id := range c.ids {
		if got := c.status(id); got != Succeeded && got != Stopped && got != Skipped {
			c.failf("%s: %s", short(id), c.standing())
		}
		if r := c.store.get(id); !r.SweepAt.IsZero() || !r.Released {
			c.failf("%s is still in the open index, or its key not released: %s %v %v", short(id), r.Status, r.SweepAt, r.Released)
		}
	}
	var held []string
	for _, id := range c.entered {
		if slices.Contains(c.held, id) {
			held = append(held, id)
		}
	}
	if !slices.Equal(held, c.held) {
		c.failf("QUEUE is not first in, first out: entered %v, held %v", held, c.held)
	}
}

func (c *overlapSimulation) ended() bool {
	for _, id := range c.ids {
		if !c.over[id] {
			return false
		}
	}
	return true
}

func (c *overlapSimulation) standing() string {
	var words []string
	for _, id := range c.ids {
		r := c.store.get(id)
		words = append(words, fmt.Sprintf("%s %s %s (%s)", short(id), r.Policy.Overlap.Mode, r.Status, r.StatusReason))
	}
	return strings.Join(words, "\n")
}

func (c *overlapSimulation) status(id string) Status { return c.store.get(id).Status }

// TestManyRunsOfOneKey: whatever dies, no more are at work than any of them allows, none is lost, every run ends, QUEUE keeps its
// order, and nothing is left of the key.
func TestManyRunsOfOneKey(t *testing.T) {
	seen := map[Status]int{}
	n := uint64(9)
	if raceDetector {
		n = 2
	}
	for _, seed := range seeds(t, n) {
		c := newOverlapSimulation(t, seed, seed%2 == 0)
		odds := []int{0, 12, 40}[seed%3]
		c.process.dies = func(int) (before, after bool) {
			if odds == 0 || c.rng.IntN(odds) > 0 {
				return false, false
			}
			before = c.rng.IntN(2) == 0
			return before, !before
		}
		most := 1 + c.rng.IntN(3)
		for c.most = 30; len(c.asked) < 25; {
			mode := []string{OverlapQueue, OverlapQueue, OverlapForbid, OverlapReplace}[c.rng.IntN(4)]
			id := c.ask(mode, 1+c.rng.IntN(most), []string{"", `,"maxQueued":3`, `,"queueTimeoutSeconds":200`}[c.rng.IntN(3)])
			if c.rng.IntN(5) == 0 {
				c.stops[id] = c.clock.Now().Add(c.upTo(100))
			}
			for range c.rng.IntN(20) {
				c.pass()
			}
		}
		c.finish()
		for _, id := range c.ids {
			seen[c.status(id)]++
		}
		if odds == 0 && most == 1 {
			c.checkOrder()
		}
	}
	t.Log(seen)
	if len(seeds(t, n)) > 2 && (seen[Succeeded] == 0 || seen[Stopped] == 0 || seen[Skipped] == 0) {
		t.Errorf("too few kinds of ends: %v", seen)
	}
}

// checkOrder fails the test unless, where nothing dies and one is at work at a time, QUEUE starts in the order in which the runs entered the lock. The order in which
// their submissions were answered does not count: one may have been overtaken on its way to the lock.
func (c *overlapSimulation) checkOrder() {
	var want, got []string
	for _, id := range c.entered {
		if slices.Contains(c.launchOrder, id) {
			want = append(want, id)
		}
	}
	for _, id := range c.launchOrder {
		if slices.Contains(want, id) {
			got = append(got, id)
		}
	}
	if !slices.Equal(want, got) {
		c.failf("entered the lock %v, begun %v", want, got)
	}
}

// TestDeathAtEveryWrite goes one way again and again, and each time the process dies after another of its writes and wake-ups, which is
// before the next. Without task events it is every fourth, under the race detector every tenth of these.
func TestDeathAtEveryWrite(t *testing.T) {
	for events, stride := range map[bool]int{true: 1, false: 4} {
		if raceDetector {
			stride *= 10
		}
		play := func(dies func(int) (bool, bool)) *overlapSimulation {
			c := newOverlapSimulation(t, 1, events)
			c.process.dies = dies
			c.ask(OverlapQueue, 1, "")
			c.pass()
			c.ask(OverlapQueue, 1, "")
			c.ask(OverlapForbid, 1, "")
			c.pass()
			c.ask(OverlapReplace, 1, "")
			c.ask(OverlapReplace, 1, "")
			gone := c.ask(OverlapQueue, 1, "")
			c.stops[gone] = c.clock.Now().Add(time.Second)
			c.finish()
			return c
		}
		whole := play(func(int) (bool, bool) { return false, false })
		for i, want := range []Status{Stopped, Succeeded, Skipped, Skipped, Succeeded, Stopped} {
			if got := whole.status(whole.ids[i]); got != want {
				whole.failf("%s, want %s: %s", got, want, whole.standing())
			}
		}
		ops := whole.process.ops
		if ops < 20 {
			t.Fatalf("%d writes and wake-ups only", ops)
		}
		for n := 1; n <= ops; n += stride {
			play(func(op int) (bool, bool) { return false, op == n })
		}
	}
}
