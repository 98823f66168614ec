package run

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"davit/internal/jsontree"
)

// fixture is everything that the use cases need, fresh for each test.
type fixture struct {
	t        *testing.T
	clock    *fakeClock
	store    *memoryStore
	ecs      *fakeECS
	workflow *fakeWorkflow
	catalog  *fakeCatalog
	tuning   Tuning
	random   func(n int) string // nil reads crypto/rand
	log      *slog.Logger       // nil discards
}

func newFixture(t *testing.T) *fixture {
	clock := &fakeClock{at: start}
	return &fixture{
		t: t, clock: clock, store: newMemoryStore(t, clock), ecs: newFakeECS(clock), workflow: &fakeWorkflow{}, catalog: newCatalog(),
		tuning: Tuning{Prefix: "davit", TaskEvents: true},
	}
}

func polling(w *fixture) *fixture {
	w.tuning.TaskEvents = false
	return w
}

func (w *fixture) keeper() Keeper {
	return Keeper{Store: w.store, Clock: w.clock, Tuning: w.tuning, Workflow: w.workflow, Random: w.random, Log: w.log}
}

func (w *fixture) submitter() *Submitter {
	return &Submitter{Keeper: w.keeper(), Spec: fakeSpec{}, Catalog: w.catalog}
}

func (w *fixture) launcher() *Launcher {
	return &Launcher{Keeper: w.keeper(), Engine: w.ecs, Catalog: w.catalog}
}

func (w *fixture) observer() *Observer { return &Observer{w.keeper(), w.ecs} }

func (w *fixture) stopper() *Stopper {
	return &Stopper{Keeper: w.keeper(), Engine: w.ecs}
}

func (w *fixture) events() *TaskEvents { return &TaskEvents{w.keeper(), w.ecs} }

func (w *fixture) sweeper() *Sweeper {
	return &Sweeper{Keeper: w.keeper(), Engine: w.ecs}
}

// record stores r as its submission would have.
func (w *fixture) record(r *Run) *Run {
	w.t.Helper()
	w.keeper().index(r, w.clock.Now())
	stored, created, err := w.store.Create(context.Background(), r)
	if err != nil || !created {
		w.t.Fatalf("Create: created %v, %v", created, err)
	}
	return stored
}

// now reads the record of testID.
func (w *fixture) run() *Run {
	w.t.Helper()
	r, err := w.store.Get(context.Background(), testID)
	if err != nil {
		w.t.Fatalf("Get: %v", err)
	}
	return r
}

// input is a step's input, of the generation that the record has.
func (w *fixture) input() StepInput {
	return StepInput{Execution: w.run().execution(), Machine: "arn:machine"}
}

func (w *fixture) launch() StepOutput {
	w.t.Helper()
	out, err := w.launcher().Step(context.Background(), w.input())
	if err != nil {
		w.t.Fatalf("Launch: %v", err)
	}
	return out
}

func (w *fixture) observe() StepOutput {
	w.t.Helper()
	out, err := w.observer().Step(context.Background(), w.input())
	if err != nil {
		w.t.Fatalf("Observe: %v", err)
	}
	return out
}

// follow observes with a token.
func (w *fixture) follow(token string) StepOutput {
	w.t.Helper()
	in := w.input()
	in.Token = token
	out, err := w.observer().Step(context.Background(), in)
	if err != nil {
		w.t.Fatalf("Follow: %v", err)
	}
	return out
}

func (w *fixture) handle(s TaskState) {
	w.t.Helper()
	if err := w.events().Handle(context.Background(), event(s)); err != nil {
		w.t.Fatalf("TaskEvents: %v", err)
	}
}

func (w *fixture) sweep() SweepReport {
	w.t.Helper()
	report, err := w.sweeper().Sweep(context.Background())
	if err != nil {
		w.t.Fatalf("Sweep: %v", err)
	}
	return report
}

// fakeWorkflow is a Workflow that writes down what it is asked.
type fakeWorkflow struct {
	onStart func(Execution)
	mu      sync.Mutex
	starts  []Execution
	wakes   []wakeUp
	fails   []error         // of Start, one a call; nil lets it pass
	gone    map[string]bool // tokens that nobody waits with
	wake    error
}

type wakeUp struct {
	token  string
	answer StepOutput
}

func (f *fakeWorkflow) Start(_ context.Context, x Execution, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starts = append(f.starts, x)
	if f.onStart != nil {
		f.onStart(x)
	}
	if len(f.fails) > 0 {
		err := f.fails[0]
		f.fails = f.fails[1:]
		return err
	}
	return nil
}

func (f *fakeWorkflow) Wake(_ context.Context, token string, answer StepOutput) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakes = append(f.wakes, wakeUp{token, answer})
	if f.gone[token] {
		return ErrTokenGone
	}
	return f.wake
}

// next takes the answers that were given since the last call.
func (f *fakeWorkflow) woken() []wakeUp {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.wakes
	f.wakes = nil
	return out
}

type fakeCatalog struct {
	definition Definition
	definErr   error
	clusterErr error
	asked      []string
}

func newCatalog() *fakeCatalog { return &fakeCatalog{definition: *newRun(1).Definition} }

func (c *fakeCatalog) Definition(_ context.Context, name string) (Definition, error) {
	c.asked = append(c.asked, name)
	return c.definition, c.definErr
}

func (c *fakeCatalog) Cluster(context.Context, string) error { return c.clusterErr }

// nodeOf parses a text; null where it is not JSON.
func nodeOf[T ~string | ~[]byte](text T) jsontree.Node {
	doc, _ := jsontree.Parse([]byte(text))
	return doc.Root
}

// fakeSpec reads the few members that the tests use; "bad" is a member that breaks a rule.
type fakeSpec struct{}

func (fakeSpec) Parse(body []byte) (Submission, []Violation) {
	var in struct {
		TaskDefinition, Cluster, ClientToken, StartedBy, Group string
		Count                                                  *int
		ContainerInstances                                     []string
		Bad                                                    bool
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Submission{}, []Violation{{"", RuleMalformed, "not JSON"}}
	}
	root := nodeOf(body)
	policy, _ := root.Get("policy")
	sub := Submission{
		Operation: RunTask, Input: root, Request: body, Policy: policy, ClientToken: in.ClientToken, StartedBy: in.StartedBy, Group: in.Group,
		TaskDefinition: in.TaskDefinition, Cluster: in.Cluster, Count: 1, Instances: in.ContainerInstances,
		Canonical: jsontree.Canonical(root.WithoutNulls()), WithNulls: jsontree.Canonical(root),
	}
	if in.Count != nil {
		sub.Count = *in.Count
	}
	if in.ContainerInstances != nil {
		sub.Operation, sub.Count = StartTask, len(in.ContainerInstances)
	}
	var found []Violation
	if in.TaskDefinition == "" {
		found = append(found, Violation{"/taskDefinition", "RT-01", "required"})
	}
	if in.Bad {
		found = append(found, Violation{"/bad", RuleUnknownName, "no such member"})
	}
	return sub, found
}

// Has knows of no launch type and no platform version of StartTask.
func (fakeSpec) Has(op Operation, member string) bool {
	return op != StartTask || member != "launchType" && member != "platformVersion"
}

// CheckAgainst finds the member misfit, whatever the definition.
func (fakeSpec) CheckAgainst(_ *Definition, _ Operation, input jsontree.Node) []Violation {
	if !has(input, "misfit") {
		return nil
	}
	return []Violation{{"/misfit", "RT-18", "it does not fit"}}
}

// Errors of ECS as the adapter reports them.

func refusal(code, message string) error {
	return &EngineError{Operation: "RunTask", Code: code, Message: message}
}

func throttled() error { return refusal("ThrottlingException", "Rate exceeded") }

func lostReply() error {
	return &EngineError{Operation: "RunTask", Unclear: true, Err: errors.New("connection reset")}
}

func serverFault() error {
	return &EngineError{Operation: "RunTask", Code: "ServerException", Message: "Service Unavailable", Unclear: true}
}

func within(t testing.TB, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s: %v, want %v to %v", what, got, least, most)
	}
}
