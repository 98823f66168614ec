package sim

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"davit/internal/asl"
	"davit/internal/awssfn"
	"davit/internal/ecsspec"
	"davit/internal/ecsspec/refusals"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

// The functions, by the names in the template.
const (
	fnSubmit   = "submit"
	fnGet      = "get"
	fnStop     = "stop"
	fnLaunch   = "launch"
	fnObserve  = "observe"
	fnEvent    = "taskevent"
	fnSweep    = "sweep"
	fnNotify   = "notify"
	fnSchedule = "schedule"
)

// limits are the functions' time-outs, as in template.yaml.
func limitOf(function string) time.Duration {
	switch function {
	case fnLaunch, fnObserve:
		return time.Minute
	case fnSweep:
		return 4 * time.Minute
	default:
		return 25 * time.Second
	}
}

// margin is what package runtime keeps of an invocation's time for its answer.
const margin = 500 * time.Millisecond

// watch is a process's log, which is read for panics only. It implements slog.Handler.
type watch struct{ p *process }

// Enabled implements slog.Handler.
func (watch) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Handle implements slog.Handler.
func (h watch) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "panic" && !h.p.ended {
		text := r.Message
		r.Attrs(func(a slog.Attr) bool {
			text += " " + a.String()
			return true
		})
		h.p.w.judge.fail("no panic", h.p.run, text)
	}
	return nil
}

// WithAttrs implements slog.Handler.
func (h watch) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements slog.Handler.
func (h watch) WithGroup(string) slog.Handler { return h }

// invoke calls a function in a process of its own. done is called once: with its answer, when it dies, or at its time-out.
func (w *world) invoke(function, run string, payload []byte, done func([]byte, error)) {
	w.processes++
	told := false
	tell := func(answer []byte, err error) {
		if !told {
			told = true
			done(answer, err)
		}
	}
	switch w.fate(Invoke).fault {
	case Throttle, Dial, LostRequest:
		w.say(run, "%s cannot be invoked", function)
		w.after(w.upTo(5*time.Second), func() { tell(nil, &asl.FunctionError{Name: "Lambda.TooManyRequestsException", Cause: "sim"}) })
		return
	case DieBefore:
		w.after(w.upTo(5*time.Second), func() { tell(nil, &asl.FunctionError{Name: "Runtime.ExitError", Cause: "sim"}) })
		return
	case Slow:
		w.after(w.upTo(15*time.Second), func() { w.begin(function, run, payload, tell) })
		return
	}
	w.after(soonest+w.upTo(20*time.Millisecond), func() { w.begin(function, run, payload, tell) })
}

// soonest is what a function's invocation takes at least. Step Functions tells times to the millisecond, so two states are never entered in one.
const soonest = 2 * time.Millisecond

// begin runs a function in a process of its own.
func (w *world) begin(function, run string, payload []byte, tell func([]byte, error)) {
	limit := limitOf(function)
	var cancel, kill *timer
	p := w.newProcess(fmt.Sprintf("%s %d", function, w.processes), run, limit, func(p *process) {
		answer, err := w.function(p, function)(p.ctx, payload)
		if p.dead {
			err = &asl.FunctionError{Name: "Runtime.ExitError", Cause: "the process died"}
		}
		cancel.do, kill.do = nil, nil
		if !p.ended {
			w.note(p, "returns", "", result(answer, err))
			tell(answer, functionError(err))
		}
	})
	cancel = w.after(limit-margin, p.ctx.cancel)
	kill = w.after(limit, func() {
		w.note(p, "times out", "", "")
		p.kill()
		tell(nil, &asl.FunctionError{Name: "Sandbox.Timedout", Cause: "timed out"})
	})
}

func result(answer []byte, err error) string {
	if err != nil {
		name, _ := lambdaio.Name(err)
		return name
	}
	if len(answer) > 160 {
		answer = answer[:160]
	}
	return string(answer)
}

// notify invokes a function for an event, and again twice after an error, as Lambda does.
func (w *world) notify(function, run string, payload []byte, tries int) {
	w.invoke(function, run, payload, func(_ []byte, err error) {
		if err != nil && tries > 1 {
			w.after(w.upTo(2*time.Minute), func() { w.notify(function, run, payload, tries-1) })
		}
	})
}

func (p *process) keeper() run.Keeper {
	return run.Keeper{
		Store: p.store(), Clock: p, Tuning: run.Tuning{Prefix: startedPrefix, TaskEvents: p.w.scenario.TaskEvents},
		Workflow: awssfn.New(workflowAPI{p}, machineARN),
		Backoff: func(ctx context.Context, _ int) error {
			p.sleep(p.w.upTo(100 * time.Millisecond))
			return ctx.Err()
		},
		Random: p.w.text,
	}
}

// function wires a function for one invocation, as its main.go does.
func (w *world) function(p *process, name string) lambdaio.Function {
	k, e := p.keeper(), engine{p}
	quiet := slog.New(watch{p})
	o := httpapi.Options{Log: quiet}
	serve := func(routes httpapi.Routes) lambdaio.Function {
		return lambdaio.HTTP(routes.Handler(o), lambdaio.HTTPOptions{Caller: lambdaio.IAMCaller, Context: httpapi.WithIdentity, Log: quiet})
	}
	submitter := &run.Submitter{Keeper: k, Spec: ecsspec.Spec{}, Catalog: e}
	switch name {
	case fnSubmit:
		return serve(httpapi.Routes{Submit: httpapi.Submit(submitter, o), Rerun: httpapi.Rerun(submitter, o)})
	case fnGet:
		return serve(httpapi.Routes{Get: httpapi.Get(&run.Reader{Store: k.Store}, o)})
	case fnStop:
		return serve(httpapi.Routes{Stop: httpapi.Stop(&run.Stopper{Keeper: k, Engine: e}, o)})
	case fnLaunch:
		return lambdaio.Step(&run.Launcher{Keeper: k, Engine: e, Catalog: e, Rules: refusals.Table{}}, quiet)
	case fnObserve:
		return lambdaio.Step(&run.Observer{Keeper: k, Engine: e}, quiet)
	case fnEvent:
		return lambdaio.TaskEvent(&run.TaskEvents{Keeper: k, Engine: e}, quiet)
	case fnSweep:
		return lambdaio.Sweep(&run.Sweeper{Keeper: k, Engine: e}, quiet)
	case fnNotify:
		return lambdaio.Notify(publisher{p}, nometer{}, quiet)
	default:
		return lambdaio.Schedule(&run.Schedules{Submitter: submitter}, publisher{p}, nometer{}, quiet)
	}
}

type nometer struct{}

func (nometer) Record([]run.Measure) {}

// text is n random characters of the id alphabet.
func (w *world) text(n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[w.rng.IntN(len(alphabet))]
	}
	return string(b)
}
