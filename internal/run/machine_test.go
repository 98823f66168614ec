package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// lifeSimulation runs a fixture as AWS would: it takes the steps of the state machine's definition, repeats those that fail, lets ECS's
// tasks live their lives, delivers their events, sweeps, and lets executions die.
type lifeSimulation struct {
	*fixture
	seed  uint64
	rng   *rand.Rand
	asked *Run
	x     StepInput // the execution's
	alive bool
	over  bool // the record is terminal
	steps int
	log   []string

	ends   map[string]time.Time // when ECS next moves a task
	moved  []TaskState          // events not delivered yet
	swept  time.Time
	stopAt time.Time
}

func newLifeSimulation(t *testing.T, seed uint64) *lifeSimulation {
	m := &lifeSimulation{fixture: newFixture(t), seed: seed, rng: rand.New(rand.NewPCG(seed, 11)), ends: map[string]time.Time{}, swept: start}
	m.tuning.TaskEvents = seed%2 == 0
	m.workflow.gone = map[string]bool{}
	m.ecs.created = func(s *TaskState) {
		m.ends[s.TaskARN] = m.clock.Now().Add(time.Duration(1+m.rng.IntN([]int{2, 40}[m.rng.IntN(2)])) * time.Second)
		m.hide(s)
	}
	m.ecs.stopRequested = func(s *TaskState) { m.ends[s.TaskARN] = m.clock.Now().Add(time.Duration(m.rng.IntN(30)) * time.Second) }
	m.store.fail = m.failWrite
	m.store.written = func(r *Run) { m.over = r.Status.Terminal() }
	m.workflow.onStart = func(x Execution) {
		m.x, m.alive = StepInput{Execution: x, Machine: "arn"}, true
	}
	return m
}

func (m *lifeSimulation) hide(s *TaskState) {
	if m.rng.IntN(4) == 0 {
		m.ecs.hidden[s.TaskARN] = m.clock.Now().Add(time.Duration(m.rng.IntN(30)) * time.Second)
	}
}

// failWrite makes one write in fifty fail, as where a process dies.
func (m *lifeSimulation) failWrite(method string) error {
	if method == "Update" && m.rng.IntN(50) == 0 {
		return errors.New("the process died")
	}
	return nil
}

// faults orders what the next launch call meets.
func (m *lifeSimulation) faults() {
	m.ecs.mu.Lock()
	defer m.ecs.mu.Unlock()
	m.ecs.launches = nil
	fault := launchFault{}
	switch m.rng.IntN(9) {
	case 0:
		fault.err = throttled()
	case 1:
		fault.err = lostReply()
	case 2:
		fault.err, fault.carried = lostReply(), true
	case 3:
		fault.err, fault.carried = serverFault(), m.rng.IntN(2) == 0
	case 4:
		fault.failures = []Failure{{Reason: "RESOURCE:CPU"}}
	case 6:
		if m.asked != nil && m.asked.Count > 1 {
			fault.failures = make([]Failure, 1+m.rng.IntN(m.asked.Count-1))
			for i := range fault.failures {
				fault.failures[i].Reason = "RESOURCE:MEMORY"
			}
		}
	case 5:
		fault.during = func() { m.pass(time.Duration(m.rng.IntN(20)) * time.Second) }
	}
	m.ecs.launches = []launchFault{fault}
	for _, method := range []string{"Describe", "List", "Stop"} {
		m.ecs.fails[method] = nil
		if m.rng.IntN(8) == 0 {
			m.ecs.fails[method] = []error{throttled()}
		}
	}
}

func (m *lifeSimulation) failf(format string, args ...any) {
	m.t.Helper()
	last := m.log[max(0, len(m.log)-25):]
	m.t.Fatalf("DAVIT_SEED=%d: %s\n%s at %v\n%s", m.seed, fmt.Sprintf(format, args...), summary(m.run()), m.clock.Now().Sub(start), strings.Join(last, "\n"))
}

// pass lets time pass: tasks move on, their events come, sometimes late, twice or not at all.
func (m *lifeSimulation) pass(d time.Duration) {
	m.clock.advance(d)
	now := m.clock.Now()
	for _, s := range m.ecs.tasks {
		if due, has := m.ends[s.TaskARN]; has && !now.Before(due) {
			m.move(s.TaskARN, due)
		}
	}
	if m.tuning.TaskEvents {
		m.deliver()
	}
	if !m.stopAt.IsZero() && !now.Before(m.stopAt) {
		m.stopAt = time.Time{}
		m.logf("stop")
		_, _ = m.stopper().Stop(context.Background(), StopRequest{RunID: testID}) // the wish may fail to be written
	}
	if now.Sub(m.swept) >= 5*time.Minute {
		m.swept = now
		m.sweep()
	}
	m.countTasks()
}

func (m *lifeSimulation) move(arn string, at time.Time) {
	s := m.ecs.find(arn)
	delete(m.ends, arn)
	switch {
	case s.stopped():
		return
	case s.LastStatus == "PROVISIONING" && s.DesiredStatus != "STOPPED" && m.rng.IntN(6) > 0:
		m.moved = append(m.moved, m.ecs.set(arn, "RUNNING", startedAt(at)))
		m.ends[arn] = at.Add(time.Duration(1+m.rng.IntN([]int{3, 3000}[m.rng.IntN(2)])) * time.Second)
	case s.StartedAt == nil:
		m.moved = append(m.moved, m.ecs.set(arn, "STOPPED", stoppedAt(at), func(s *TaskState) {
			s.DesiredStatus = "STOPPED"
			if s.StopCode == "" {
				s.StopCode = "TaskFailedToStart"
			}
		}))
	default:
		exit := 0
		if m.rng.IntN(5) == 0 || s.StopCode == "UserInitiated" {
			exit = 1 + m.rng.IntN(2)
		}
		m.moved = append(m.moved, m.ecs.set(arn, "STOPPED", stoppedAt(at), exited("app", exit), func(s *TaskState) {
			s.DesiredStatus = "STOPPED"
			if s.StopCode == "" {
				s.StopCode = "EssentialContainerExited"
			}
		}))
	}
}

func (m *lifeSimulation) deliver() {
	m.rng.Shuffle(len(m.moved), func(i, j int) { m.moved[i], m.moved[j] = m.moved[j], m.moved[i] })
	var late []TaskState
	for _, s := range m.moved {
		switch m.rng.IntN(8) {
		case 0: // lost
		case 1:
			late = append(late, s)
		case 2:
			late = append(late, s)
			fallthrough
		default:
			for range 3 {
				if m.events().Handle(context.Background(), event(s)) == nil {
					break
				}
			}
		}
	}
	m.moved = late
}

// countTasks is the promise that matters most: never more work than was asked for.
func (m *lifeSimulation) countTasks() {
	good := 0
	for _, s := range m.ecs.tasks {
		if !s.stopped() || m.asked.judge(&Task{state: s}).Class == "" && m.asked.Policy.Placement != AllOrNone {
			good++
		}
	}
	if good > m.asked.Count {
		m.failf("%d tasks live or succeeded, asked for %d", good, m.asked.Count)
	}
}

func (m *lifeSimulation) logf(format string, args ...any) {
	m.log = append(m.log, fmt.Sprintf("%8v ", m.clock.Now().Sub(start))+fmt.Sprintf(format, args...))
}

// attempt takes one step until it does not fail, as Retry does; false: the execution died of it.
func (m *lifeSimulation) attempt(name string, step func() (StepOutput, error)) (StepOutput, bool) {
	for try := range 8 {
		m.faults()
		m.steps++
		out, err := step()
		m.logf("%s: %s %d %v", name, out.Next, out.WaitSeconds, err)
		if err == nil {
			return out, true
		}
		m.pass(time.Duration(1+try) * time.Second)
	}
	return StepOutput{}, false
}

// live runs the execution until it ends or dies; another may replace it meanwhile.
func (m *lifeSimulation) live(token *int) {
	x := m.x
	state, wait := StepLaunch, 0
	last, still := m.clock.Now(), 0
	for state != StepDone && m.x == x && m.steps < 3000 {
		if m.rng.IntN(120) == 0 {
			m.logf("the execution dies")
			break
		}
		var out StepOutput
		var ok bool
		switch state {
		case StepLaunch:
			out, ok = m.attempt("Launch", func() (StepOutput, error) { return m.launcher().Step(context.Background(), x) })
		case StepPause:
			m.pass(time.Duration(wait) * time.Second)
			out, ok = m.attempt("Observe", func() (StepOutput, error) { return m.observer().Step(context.Background(), x) })
		case StepFollow:
			out, ok = m.wait(x, wait, token)
		default:
			out, ok = m.attempt("Observe", func() (StepOutput, error) { return m.observer().Step(context.Background(), x) })
		}
		if !ok {
			break
		}
		if now := m.clock.Now(); now.Equal(last) {
			still++
		} else {
			last, still = now, 0
		}
		if still > 8 {
			m.failf("it spins: %d steps, and no time passes", still)
		}
		if out.Execution != x.Execution {
			m.failf("an answer for another execution: %+v", out)
		}
		state, wait = out.Next, out.WaitSeconds
	}
	if m.x == x {
		m.alive = false
		if state != StepDone && m.rng.IntN(2) == 0 {
			_ = m.sweeper().ExecutionEnded(context.Background(), x.Execution) // the rule's event, when it is not lost
		}
	}
}

// wait is Follow: the observation leaves a token, and the state waits for its answer or its time-out.
func (m *lifeSimulation) wait(x StepInput, seconds int, tokens *int) (StepOutput, bool) {
	x.WaitSeconds = seconds
	until := m.clock.Now().Add(time.Duration(seconds) * time.Second)
	*tokens++
	x.Token = fmt.Sprint("token", *tokens)
	defer func() { m.workflow.gone[x.Token] = true }()
	if _, ok := m.attempt("Follow", func() (StepOutput, error) { return m.observer().Step(context.Background(), x) }); !ok {
		return StepOutput{}, false
	}
	for {
		for _, wake := range m.workflow.woken() {
			if wake.token == x.Token {
				m.logf("woken: %s %d", wake.answer.Next, wake.answer.WaitSeconds)
				return wake.answer, true
			}
		}
		left := until.Sub(m.clock.Now())
		if left <= 0 {
			return StepOutput{Execution: x.Execution, Next: StepObserve, WaitSeconds: 1}, true
		}
		m.pass(min(left, time.Duration(5+m.rng.IntN(60))*time.Second))
	}
}

// TestRunsOnABadDay drives runs through everything that may go wrong at once. Whatever happens, no task too many is launched,
// the run ends, its end is the truth, and no task outlives it.
func TestRunsOnABadDay(t *testing.T) {
	ends := map[Status]int{}
	for _, seed := range seeds(t, 8) {
		m := newLifeSimulation(t, seed)
		m.day()
		ends[m.run().Status]++
	}
	t.Log(ends)
	if len(ends) < 2 && len(seeds(t, 2)) > 1 {
		t.Errorf("too few kinds of ends were tried: %v", ends)
	}
}

func (m *lifeSimulation) day() {
	count := 1 + m.rng.IntN(4)
	changes := []func(*Run){func(r *Run) {
		r.Policy.Retry.MaxAttempts = 1 + m.rng.IntN(5)
		r.Policy.Retry.On = [][]string{{"NEVER_STARTED"}, {"NEVER_STARTED", "EXIT:*"}}[m.rng.IntN(2)]
		r.Policy.Placement = []string{Fill, BestEffort, AllOrNone}[m.rng.IntN(3)]
		for _, limit := range []*int{&r.Policy.TimeoutSeconds, &r.Policy.DeadlineSeconds} {
			if m.rng.IntN(4) == 0 {
				*limit = 60 + m.rng.IntN(7200)
			}
		}
		if m.rng.IntN(4) == 0 {
			r.Policy.StartTimeoutSeconds, r.Policy.LaunchTimeoutSeconds = 5+m.rng.IntN(60), 60+m.rng.IntN(600)
		}
	}}
	if m.rng.IntN(3) == 0 {
		changes = append(changes, onInstances([]string{"i1", "i2", "i3", "i4"}[:count]...))
	}
	m.asked = m.record(newRun(count, changes...))
	if m.rng.IntN(4) == 0 {
		m.stopAt = after(time.Duration(m.rng.IntN(600)) * time.Second)
	}
	if m.rng.IntN(5) > 0 {
		_ = m.workflow.Start(context.Background(), m.run().execution(), "")
	}
	tokens := 0
	for !m.over {
		if m.clock.Now().After(after(72*time.Hour)) || m.steps >= 3000 {
			m.failf("it does not end: %d steps", m.steps)
		}
		if m.alive {
			m.live(&tokens)
		} else {
			m.pass(time.Minute)
		}
	}
	m.checkECS()
}

// checkECS holds the record against ECS.
func (m *lifeSimulation) checkECS() {
	m.pass(time.Hour)
	for range 24 * 60 / 5 { // a day for the loose ends
		if m.run().SweepAt.IsZero() {
			break
		}
		m.pass(5 * time.Minute)
	}
	r := m.run()
	succeeded := 0
	for _, s := range m.ecs.tasks {
		if !s.stopped() {
			m.failf("%s lives", s.TaskARN)
		}
		if r.judge(&Task{state: s}).Class == "" {
			succeeded++
		}
	}
	again := r.Policy.Placement == AllOrNone // work may run twice
	if r.Status == Succeeded && (succeeded < r.goal() || succeeded > r.goal() && !again) {
		m.failf("SUCCEEDED with %d of %d, %d short", succeeded, r.Count, r.UnplacedByPolicy)
	}
	if succeeded == r.Count && !again && r.Status != Succeeded && r.Status != Lost {
		m.failf("all %d succeeded", succeeded)
	}
	if r.Status == TimedOut && r.Policy.TimeoutSeconds == 0 && r.Policy.DeadlineSeconds == 0 && r.Policy.StartTimeoutSeconds == 900 {
		m.failf("TIMED_OUT without a limit")
	}
	if r.Status == Stopped && (r.Stop == nil || r.Stop.Cause != ByCaller) {
		m.failf("STOPPED, and nobody asked for it")
	}
	if !r.SweepAt.IsZero() {
		m.failf("still in the open index: %v", r.SweepAt)
	}
}
