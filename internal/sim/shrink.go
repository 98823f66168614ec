package sim

import (
	"slices"
	"time"
)

// maxShrinks bounds the simulations that one shrinking takes, and shrinkFor its time.
const (
	maxShrinks = 2000
	shrinkFor  = 45 * time.Second
)

// shrinker looks for the shortest scenario that breaks the same invariant with the same seed.
type shrinker struct {
	seed      uint64
	invariant string
	left      int
	until     time.Time
	best      *Scenario
}

// Shrink takes clients, faults and policies from a scenario, one at a time, as long as the invariant breaks. Drawn faults are
// written out as a script first.
func Shrink(seed uint64, sc *Scenario, invariant string) *Scenario {
	s := &shrinker{seed: seed, invariant: invariant, left: maxShrinks, until: time.Now().Add(shrinkFor), best: sc}
	shorter := clone(s.best)
	shorter.Patience = 6 * time.Hour // a run that never ends is not waited for that long
	s.try(shorter)
	if r := Simulate(seed, s.best, false); sc.Script == nil {
		scripted := clone(s.best)
		scripted.Script = append([]Scripted{}, r.Script...)
		s.try(scripted)
	}
	for again := true; again && s.left > 0; {
		again = s.dropFaults()
		again = s.dropClients() || again
		again = s.simplify() || again
	}
	return s.best
}

func clone(sc *Scenario) *Scenario {
	c := *sc
	c.Clients, c.Script = slices.Clone(sc.Clients), slices.Clone(sc.Script)
	return &c
}

// try takes a scenario if it breaks the invariant too.
func (s *shrinker) try(sc *Scenario) bool {
	if s.left--; s.left < 0 || time.Now().After(s.until) || !s.breaks(sc) {
		return false
	}
	s.best = sc
	return true
}

func (s *shrinker) breaks(sc *Scenario) bool {
	return slices.ContainsFunc(Simulate(s.seed, sc, false).Violations, func(v Violation) bool { return v.Invariant == s.invariant })
}

// dropFaults takes faults away, many at once first.
func (s *shrinker) dropFaults() bool {
	any := false
	for size := len(s.best.Script); size > 0; size /= 2 {
		for at := 0; at+size <= len(s.best.Script); {
			c := clone(s.best)
			c.Script = slices.Delete(c.Script, at, at+size)
			if s.try(c) {
				any = true
			} else {
				at += size
			}
		}
	}
	return any
}

func (s *shrinker) dropClients() bool {
	any := false
	for i := 0; len(s.best.Clients) > 1 && i < len(s.best.Clients); {
		c := clone(s.best)
		c.Clients = slices.Delete(c.Clients, i, i+1)
		if s.try(c) {
			any = true
		} else {
			i++
		}
	}
	return any
}

// simplify takes away what a scenario can be without.
func (s *shrinker) simplify() bool {
	any := false
	for _, change := range simplifications {
		c := clone(s.best)
		if change(c) && s.try(c) {
			any = true
		}
	}
	for i := range s.best.Clients {
		for _, change := range clientSimplifications {
			c := clone(s.best)
			if change(&c.Clients[i]) && s.try(c) {
				any = true
			}
		}
	}
	return any
}

func zero[T comparable](v *T) bool {
	var none T
	was := *v
	*v = none
	return was != none
}

var simplifications = []func(*Scenario) bool{
	func(c *Scenario) bool { return zero(&c.Skew) }, func(c *Scenario) bool { return zero(&c.TaskLag) }, func(c *Scenario) bool { return zero(&c.IndexLag) },
	func(c *Scenario) bool { return zero(&c.Tasks.Fails) }, func(c *Scenario) bool { return zero(&c.Tasks.Never) },
	func(c *Scenario) bool { return zero(&c.Tasks.Spot) }, func(c *Scenario) bool { return zero(&c.Tasks.Forever) },
}

var clientSimplifications = []func(*Client) bool{
	func(c *Client) bool { return zero(&c.Overlap) }, func(c *Client) bool { return zero(&c.Deadline) }, func(c *Client) bool { return zero(&c.Timeout) },
	func(c *Client) bool { return zero(&c.StopAfter) }, func(c *Client) bool { return zero(&c.Copies) }, func(c *Client) bool { return zero(&c.Placement) },
	func(c *Client) bool { return zero(&c.StartBy) }, func(c *Client) bool { return zero(&c.LaunchBy) }, func(c *Client) bool { return zero(&c.Schedule) },
	func(c *Client) bool { return zero(&c.QueueFor) }, func(c *Client) bool { return zero(&c.At) }, func(c *Client) bool { return zero(&c.Attempts) },
	func(c *Client) bool {
		if c.Count > 1 {
			c.Count--
			return true
		}
		return false
	},
}
