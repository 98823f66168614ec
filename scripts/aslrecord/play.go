package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"davit/internal/asl"
	"davit/statemachine"
)

// machineARN is the state machine's ARN under moto.
const machineARN = "arn:aws:states:us-east-1:123456789012:stateMachine:run"

// player serves the invocations of one execution.
type player struct {
	engine *asl.Engine
	rec    *recording
	mu     sync.Mutex
}

// play runs every recording concurrently, each on an engine of its own, and completes it.
func play(dir string, recordings []*recording) error {
	machine, err := asl.Parse(statemachine.Run, map[string]string{"LaunchFunctionArn": "launch", "ObserveFunctionArn": "observe"})
	if err != nil {
		return err
	}
	failures := make([]error, len(recordings))
	var all sync.WaitGroup
	for i, rec := range recordings {
		all.Go(func() {
			if err := playOne(filepath.Join(dir, fmt.Sprint(i)), machine, rec); err != nil {
				failures[i] = fmt.Errorf("%s: %w", rec.Name, err)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

func playOne(path string, machine *asl.Machine, rec *recording) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ended := make(chan asl.Execution, 1)
	p := &player{rec: rec}
	p.engine, err = asl.Open(asl.Options{
		Path: path, Machine: machine, ARN: machineARN, Invoker: asl.InvokerFunc(p.invoke), NoSync: true, Clock: newFastClock(),
		Ended: func(_ context.Context, x asl.Execution) error { ended <- x; return nil },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.engine.Close()) }()
	if err := errors.Join(p.engine.Resume(), p.engine.Start(ctx, "x", rec.Input)); err != nil {
		return err
	}
	select {
	case x := <-ended:
		rec.Status, rec.Error, rec.Output = string(x.Status), x.Error, x.Output
	case <-ctx.Done():
		return ctx.Err()
	}
	if len(rec.Payloads) != len(rec.Answers) {
		return fmt.Errorf("%d invocations for %d answers", len(rec.Payloads), len(rec.Answers))
	}
	rec.Path, err = p.engine.Path("x")
	return err
}

func (p *player) invoke(ctx context.Context, _ string, payload []byte) ([]byte, error) {
	var fields map[string]any
	if err := json.Unmarshal(payload, &fields); err != nil {
		return nil, err
	}
	token, _ := fields["token"].(string)
	delete(fields, "token")
	delete(fields, "enteredAt") // another time in each execution
	shown, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.rec.Payloads)
	p.rec.Payloads = append(p.rec.Payloads, shown)
	if n >= len(p.rec.Answers) {
		return nil, &asl.FunctionError{Name: "NoAnswerLeft"}
	}
	a := p.rec.Answers[n]
	if a.Error != "" {
		return nil, &asl.FunctionError{Name: a.Error}
	}
	return a.Output, p.wake(ctx, token, a)
}

func (p *player) wake(ctx context.Context, token string, a answer) error {
	if a.Wake == nil {
		return nil
	}
	if a.Early {
		return p.engine.SendTaskSuccess(ctx, token, a.Wake)
	}
	// If the token is refused, the execution takes another path.
	time.AfterFunc(5*time.Millisecond, func() { _ = p.engine.SendTaskSuccess(ctx, token, a.Wake) })
	return nil
}

// fastClock runs speedup times as fast as the process's clock.
type fastClock struct{ began time.Time }

const speedup = 100

func newFastClock() fastClock { return fastClock{time.Now()} }

// Now implements clock.Clock.
func (c fastClock) Now() time.Time { return c.began.Add(speedup * time.Since(c.began)).UTC() }

// AfterFunc implements clock.Clock.
func (c fastClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d/speedup, f).Stop
}
