package sim

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"davit/internal/asl"
	"davit/internal/run"
)

// bus is EventBridge: the account's events to Davit, and Davit's to others.
type bus struct {
	w         *world
	published map[string]map[int64]run.StatusChange // by run.born, then sequence
}

func newBus(w *world) *bus { return &bus{w: w, published: map[string]map[int64]run.StatusChange{}} }

// deliver invokes a function for an event, with the delays and faults of a seam.
func (b *bus) deliver(seam Seam, function, runID string, event []byte) {
	w := b.w
	f := w.fate(seam)
	if f.fault != None {
		w.say(runID, "an event for %s: %s", function, f.fault)
	}
	delay := w.upTo(3 * time.Second)
	send := func(after time.Duration) { w.after(after, func() { w.notify(function, runID, event, 3) }) }
	switch f.fault {
	case Lost:
	case Late:
		send(w.upTo(5 * time.Minute))
	case Twice:
		send(delay)
		send(delay)
	case TwiceLate:
		send(delay)
		send(w.upTo(5 * time.Minute))
	default:
		send(delay)
	}
}

// taskChanged is a task state change.
func (b *bus) taskChanged(t *ecsTask) {
	if !b.w.scenario.TaskEvents {
		return
	}
	b.taskEvent(t, t.describe(false))
}

// taskEvent sends a task state change event with that detail.
func (b *bus) taskEvent(t *ecsTask, detail json.RawMessage) {
	b.deliver(TaskEvent, fnEvent, t.run, encode(map[string]any{
		"version": "0", "id": t.arn, "source": "aws.ecs", "detail-type": "ECS Task State Change", "account": account, "region": region,
		"time": stamp(b.w.now), "resources": []string{t.arn}, "detail": detail,
	}))
}

// executionEnded is the rule on executions that did not succeed.
func (b *bus) executionEnded(x asl.Execution) {
	if x.Status == asl.Succeeded {
		return
	}
	b.deliver(ExecEvent, fnSweep, runOf(x.Name), encode(map[string]any{
		"version": "0", "id": x.Name, "source": "aws.states", "detail-type": "Step Functions Execution Status Change", "account": account,
		"region": region, "time": stamp(x.Stopped), "resources": []string{x.ARN},
		"detail": map[string]any{"executionArn": x.ARN, "stateMachineArn": x.MachineARN, "name": x.Name, "status": string(x.Status)},
	}))
}

// publisher is the bus as the notify function sees it. It implements lambdaio.Publisher.
type publisher struct{ p *process }

func (b publisher) Publish(_ context.Context, details []json.RawMessage) []error {
	w := b.p.w
	r := b.p.call(PutEvents, "", 3, func() any {
		for _, d := range details {
			w.bus.take(d)
		}
		w.note(b.p, PutEvents, "", "taken")
		return nil
	})
	errs := make([]error, len(details))
	if r.fault != None {
		for i := range errs {
			errs[i] = errors.New(string(r.fault))
		}
	}
	return errs
}

func (b *bus) take(detail json.RawMessage) {
	var c run.StatusChange
	if json.Unmarshal(detail, &c) != nil || c.EventID == "" {
		return
	}
	key := c.EventID[:len(c.RunID)+9]
	if b.published[key] == nil {
		b.published[key] = map[int64]run.StatusChange{}
	}
	b.published[key][c.Sequence] = c
}
