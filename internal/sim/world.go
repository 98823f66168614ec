package sim

import (
	"fmt"
	"time"

	"davit/internal/asl"
	"davit/statemachine"
)

// maxLag is the most by which lists and descriptions of tasks lag in the model.
const maxLag = 45 * time.Second

// world is one simulation.
type world struct {
	*scheduler
	seed     uint64
	scenario *Scenario
	plan     plan
	trace    *trace
	judge    *judge
	db       *database
	ecs      *ecs
	machines *machines
	bus      *bus
	stream   *stream

	skew, indexLag time.Duration
	processes      int
	clients        int // that have not ended
}

// deployed is the state machine of the stack.
var deployed = func() *asl.Machine {
	m, err := asl.Parse(statemachine.Run, map[string]string{"LaunchFunctionArn": fnLaunch, "ObserveFunctionArn": fnObserve})
	if err != nil {
		panic(err) // it is part of the program
	}
	return m
}()

func newWorld(seed uint64, sc *Scenario, keep bool) *world {
	w := &world{scheduler: newScheduler(seed), seed: seed, scenario: sc, trace: newTrace(keep)}
	w.plan = sc.plan(seed)
	w.skew, w.indexLag = sc.Skew, sc.IndexLag
	w.judge = newJudge(w)
	w.db, w.ecs, w.bus, w.stream = newDatabase(w), newECS(w), newBus(w), &stream{w: w}
	w.ecs.lag = sc.TaskLag
	w.machines = newMachines(w, deployed)
	return w
}

// faulty reports whether things may still go wrong.
func (w *world) faulty() bool { return w.now.Sub(start) < w.scenario.Calm }

// Result is what came of a simulation.
type Result struct {
	Seed       uint64
	Violations []Violation
	Sum        uint64 // of everything that happened
	Virtual    time.Duration
	Switches   int
	Choices    int
	Calls      map[Seam]int
	Faults     map[Seam]map[Fault]int
	Script     []Scripted // the faults, as they came
	Runs       int
	Statuses   map[string]int
	Trace      func(run string, lines int) string
}

// Violation is an invariant that does not hold.
type Violation struct {
	Invariant string
	Run       string
	Text      string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: run %.6s: %s", v.Invariant, v.Run, v.Text)
}

// Simulate plays a scenario. keep says whether the trace keeps its lines.
func Simulate(seed uint64, sc *Scenario, keep bool) Result {
	w := newWorld(seed, sc, keep)
	defer w.close()
	for i := range sc.Clients {
		w.startClient(&sc.Clients[i])
	}
	w.startSweeps()
	for steps := 0; w.step(); steps++ {
		if len(w.judge.violations) > 0 && !sc.GoOn {
			break
		}
		if w.now.Sub(start) > sc.Calm+sc.Patience || steps > maxSteps {
			break
		}
	}
	if len(w.judge.violations) == 0 || sc.GoOn {
		w.judge.rest()
	}
	return w.result()
}

// maxSteps bounds a simulation that never comes to rest.
const maxSteps = 3_000_000

func (w *world) result() Result {
	r := Result{
		Seed: w.seed, Violations: w.judge.violations, Sum: w.trace.sum, Virtual: w.now.Sub(start), Switches: w.switches, Choices: w.choices,
		Calls: w.trace.calls, Faults: w.trace.hits, Script: w.trace.script, Runs: len(w.judge.runs), Statuses: map[string]int{}, Trace: w.trace.of,
	}
	for _, s := range w.judge.runs {
		r.Statuses[string(s.last.status)]++
	}
	return r
}

const sweepEvery = 5 * time.Minute

// startSweeps is the sweep's schedule. Once nothing goes wrong any more, those that have nothing to do are left out.
func (w *world) startSweeps() { w.after(w.upTo(sweepEvery), w.sweep) }

func (w *world) sweep() {
	if w.judge.quiet() {
		return
	}
	w.after(sweepEvery, w.sweep)
	if !w.faulty() && !w.judge.due() {
		return
	}
	event := fmt.Appendf(nil, `{"version":"0","source":"aws.events","detail-type":"Scheduled Event","time":%q,"detail":{}}`, stamp(w.now))
	switch w.fate(SweepTimer).fault {
	case Lost:
		return
	case Late:
		w.after(w.upTo(4*time.Minute), func() { w.notify(fnSweep, "", event, 11) })
		return
	case Twice:
		w.notify(fnSweep, "", event, 11)
	}
	w.notify(fnSweep, "", event, 11)
}
