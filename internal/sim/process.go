package sim

import (
	"context"
	"errors"
	"time"
)

// errDied is what a dead process is answered; nobody sees it.
var errDied = errors.New("the process is dead")

// process is an invocation of a function, or a client.
type process struct {
	*coroutine
	w    *world
	name string
	run  string        // whose run it works for, where that is known
	skew time.Duration // of its clock
	dead bool
	ctx  *processContext
	view summary // of the record that it is about to write
	read error   // of the index that it reads
	sure bool    // nothing goes wrong with its calls
}

// Now is the process's clock.
func (p *process) Now() time.Time { return p.w.now.Add(p.skew) }

// newProcess runs body as a process. done is called when it has ended, unless it is dead.
func (w *world) newProcess(name, run string, limit time.Duration, body func(*process)) *process {
	p := &process{w: w, name: name, run: run}
	if w.skew > 0 {
		p.skew = time.Duration(w.rng.Int64N(2*int64(w.skew)+1)) - w.skew
	}
	p.ctx = &processContext{done: make(chan struct{}), deadline: p.Now().Add(limit)}
	p.coroutine = w.spawn(func(c *coroutine) {
		p.coroutine = c
		body(p)
		if c.ended {
			p.dead = true
		}
	})
	return p
}

// processContext ends when the scheduler says so.
type processContext struct {
	done     chan struct{}
	deadline time.Time
	err      error
}

func (c *processContext) Deadline() (time.Time, bool) { return c.deadline, true }
func (c *processContext) Done() <-chan struct{}       { return c.done }
func (c *processContext) Err() error                  { return c.err }
func (c *processContext) Value(any) any               { return nil }

func (c *processContext) cancel() {
	if c.err == nil {
		c.err = context.DeadlineExceeded
		close(c.done)
	}
}

// travel is the time that a request or a reply takes.
func (p *process) travel() {
	if due := p.w.machines.soon(); p.w.rng.IntN(200) == 0 && !due.IsZero() {
		p.sleep(due.Sub(p.w.now) - time.Duration(p.w.rng.IntN(2))) // to the moment at which an execution times out
		p.dead = p.dead || p.ended
		return
	}
	switch n := p.w.rng.IntN(100); {
	case n < 10:
		p.pass()
	case n < 60:
		p.sleep(p.w.upTo(3 * time.Millisecond))
	case n < 95:
		p.sleep(p.w.upTo(20 * time.Millisecond))
	default:
		p.sleep(p.w.upTo(500 * time.Millisecond))
	}
	p.dead = p.dead || p.ended
}

// reply is what became of a call.
type reply struct {
	fault Fault // that the caller sees: None where it is answered as the service does
	done  bool  // it was carried out
	value any   // what do returned, where the caller is answered
}

// try makes one request. do carries it out.
func (p *process) try(seam Seam, what string, f fate, do func() any) reply {
	if p.sure {
		return reply{done: true, value: do()}
	}
	if p.dead {
		return reply{fault: DieBefore}
	}
	w := p.w
	if f.fault == DieBefore {
		p.die(seam, what, "dies before")
		return reply{fault: DieBefore}
	}
	p.travel()
	if p.dead { // the request may have left before
		if !p.ended && w.rng.IntN(2) == 0 {
			do()
			w.note(p, seam, what, "carried out for a dead process")
		}
		return reply{fault: DieBefore}
	}
	return p.carry(seam, what, f, do)
}

// carry is a request that has reached its service.
func (p *process) carry(seam Seam, what string, f fate, do func() any) reply {
	w := p.w
	switch f.fault {
	case LostRequest, Throttle, ServerFault, Dial, Denied, Refuse, Disguised:
		if f.fault == LostRequest {
			p.sleep(w.upTo(5 * time.Second))
		}
		w.note(p, seam, what, string(f.fault))
		return p.answered(f.fault, false)
	case Late:
		w.after(w.upTo(late), func() {
			do()
			w.note(p, seam, what, "carried out late")
		})
		w.note(p, seam, what, "no answer yet")
		return p.answered(LostRequest, false)
	}
	value := do()
	switch f.fault {
	case DieAfter:
		p.die(seam, what, "carried out, dies")
		return reply{fault: DieAfter, done: true}
	case LostReply:
		w.note(p, seam, what, "carried out, reply lost")
		return p.answered(LostReply, true)
	case Slow:
		w.note(p, seam, what, "slow")
		p.sleep(w.upTo(90 * time.Second))
	}
	out := p.answered(None, true)
	out.value = value
	return out
}

func (p *process) answered(f Fault, done bool) reply {
	p.travel()
	if p.dead {
		return reply{fault: DieAfter, done: done}
	}
	return reply{fault: f, done: done}
}

// die ends the process where it stands.
func (p *process) die(seam Seam, what, how string) {
	p.w.note(p, seam, what, how)
	p.kill()
}

func (p *process) kill() {
	p.dead = true
	p.ctx.cancel()
}

// call makes a request and repeats it as an SDK client does that tries up to tries times. again reports whether a fault is repeated.
func (p *process) call(seam Seam, what string, tries int, do func() any) reply {
	f := p.w.fate(seam)
	for n := 1; ; n++ {
		if p.ctx.err != nil && n > 1 {
			return reply{fault: LostReply}
		}
		out := p.try(seam, what, f, do)
		if out.fault == None || out.fault == DieBefore || out.fault == DieAfter || n >= tries || out.fault == Denied || out.fault == Refuse || out.fault == Disguised {
			return out
		}
		if !f.sticky {
			f = fate{}
		}
		p.sleep(p.w.upTo(400 * time.Millisecond))
	}
}

// late is how much later a request may be carried out whose caller has given up. With the lag of lists (maxLag) and clocks that differ it
// stays under the minute that Davit leaves between two looks.
const late = 8 * time.Second
