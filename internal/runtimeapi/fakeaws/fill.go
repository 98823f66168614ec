package fakeaws

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"davit/events"
	"davit/internal/awsecs"
	"davit/internal/clock"
	"davit/internal/ecsspec"
	"davit/internal/run"
)

// fill registers the sample job's definition and records the two runs of the samples: one that launch.json is to launch, and one
// that has launched the task of taskevent.json, whose execution waits by the token of observe-token.json.
func (w *Services) fill(ctx context.Context) error {
	registrar := &run.Registrar{Spec: ecsspec.Spec{}, Definitions: awsecs.NewRegistrar(w.ecsClient), Writes: true}
	if _, err := registrar.Register(ctx, events.TaskDefinition); err != nil {
		return err
	}
	var waiting, launched run.StepInput
	var task struct {
		Detail json.RawMessage `json:"detail"`
	}
	for name, into := range map[string]any{"launch.json": &waiting, "observe-token.json": &launched, "taskevent.json": &task} {
		if err := sample(name, into); err != nil {
			return err
		}
	}
	if _, err := w.record(ctx, waiting.Execution); err != nil {
		return err
	}
	r, err := w.record(ctx, launched.Execution)
	if err != nil {
		return err
	}
	return w.launched(ctx, r, launched.Token, task.Detail)
}

func sample(name string, into any) error {
	data, err := events.Samples.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("events/%s: %w", name, err)
	}
	return nil
}

// record submits the sample job as the run of an execution.
func (w *Services) record(ctx context.Context, x run.Execution) (*run.Run, error) {
	submitter := &run.Submitter{
		Keeper: run.Keeper{Store: named{w.Store, x}, Clock: clock.System, Tuning: run.Tuning{Prefix: "davit", TaskEvents: true}, Workflow: nobody{}},
		Spec:   ecsspec.Spec{}, Catalog: awsecs.NewCatalog(w.ecsClient),
	}
	result, err := submitter.Submit(ctx, run.SubmitRequest{Caller: "iam:AROADBQP57FF2AEXAMPLE", Body: events.Run})
	return result.Run, err
}

// launched makes r a run of one task, which is placed and not running yet.
func (w *Services) launched(ctx context.Context, r *run.Run, token string, task json.RawMessage) error {
	var state struct {
		ARN       string `json:"taskArn"`
		StartedBy string `json:"startedBy"`
	}
	if err := json.Unmarshal(task, &state); err != nil {
		return err
	}
	raw, err := pending(task)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	r.Status, r.Count, r.StepAt, r.LastHeardAt = run.Pending, 1, now, now
	r.SweepAt = now.Add(-time.Minute) // due
	r.Waiting = &run.Waiting{Token: token, Due: now.Add(time.Hour)}
	r.Attempts = []run.Attempt{{
		Number: 1, StartedBy: state.StartedBy, Want: 1, BeganAt: now, LaunchedAt: &now, Calls: 1,
		Tasks: []run.Task{{ARN: state.ARN, Raw: raw, LaunchedAt: now, SeenAt: now}},
	}}
	return w.Store.Update(ctx, r)
}

// pending is a task as it was before the event: of a lower version, and not running yet.
func pending(task json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(task, &members); err != nil {
		return nil, err
	}
	members["lastStatus"], members["version"] = json.RawMessage(`"PENDING"`), json.RawMessage(`1`)
	delete(members, "startedAt")
	return json.Marshal(members)
}

// named gives a new record the names of an execution.
type named struct {
	run.Store
	x run.Execution
}

// Create implements run.Store.
func (n named) Create(ctx context.Context, r *run.Run) (*run.Run, bool, error) {
	r.ID, r.Incarnation, r.Generation = n.x.RunID, n.x.Incarnation, n.x.Generation
	return n.Store.Create(ctx, r)
}

// nobody is a state machine that does nothing.
type nobody struct{}

// Start implements run.Workflow.
func (nobody) Start(context.Context, run.Execution, string) error { return nil }

// Wake implements run.Workflow.
func (nobody) Wake(context.Context, string, run.StepOutput) error { return nil }
