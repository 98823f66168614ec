package client

import "time"

// stream is a container of a task.
type stream struct {
	attempt         int
	task, container string
}

// position is how far a stream was read: to its n-th event of the time at.
type position struct {
	at time.Time
	n  int
}

// positions holds how far each stream was read.
type positions map[stream]*position

func streamOf(e LogEvent) stream { return stream{e.Attempt, e.Task, e.Container} }

// add records that e was read.
func (p positions) add(e LogEvent) {
	s := streamOf(e)
	switch at := p[s]; {
	case at == nil || e.At.After(at.at):
		p[s] = &position{e.At, 1}
	case e.At.Equal(at.at):
		at.n++
	}
}

// take reports whether e is among the events of its stream up to the position, and counts it. The streams' order is kept, so that all behind the first one that is not is new.
func (p positions) take(e LogEvent) bool {
	s := streamOf(e)
	at := p[s]
	switch {
	case at == nil:
		return false
	case e.At.Before(at.at):
		return true
	case e.At.Equal(at.at) && at.n > 0:
		at.n--
		return true
	}
	delete(p, s)
	return false
}

// earliest returns the earliest of the positions' times, from which on nothing is missed; zero where nothing was read.
func (p positions) earliest() time.Time {
	var first time.Time
	for _, at := range p {
		if first.IsZero() || at.at.Before(first) {
			first = at.at
		}
	}
	return first
}

func (p positions) clone() positions {
	all := positions{}
	for s, at := range p {
		all[s] = &position{at.at, at.n}
	}
	return all
}
