package sim

import (
	"fmt"
	"time"

	"davit/internal/dynamo/attr"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/run"
)

// summary is what the judge keeps of a written record or lock.
type summary struct {
	id, incarnation string
	version         int64
	status          run.Status
	stoppedAt       time.Time
	sweepAt         time.Time
	attempts        []attemptView
	overlap         *run.Overlap
	lock            *run.Lock
	unclear         bool
	stops           bool // by its policy or somebody's wish
}

type attemptView struct {
	startedBy   string
	want, known int
}

func summarize(r *run.Run) summary {
	s := summary{id: r.ID, incarnation: r.Incarnation, version: r.Version + 1, status: r.Status, sweepAt: r.SweepAt, overlap: r.Policy.Overlap}
	s.stops = r.Stop != nil || r.Policy.TimeoutSeconds > 0 || r.Policy.DeadlineSeconds > 0
	if r.StoppedAt != nil {
		s.stoppedAt = *r.StoppedAt
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		s.attempts = append(s.attempts, attemptView{a.StartedBy, a.Want, len(a.Tasks)})
		s.unclear = s.unclear || a.Unclear
	}
	return s
}

func (s summary) text() string {
	if s.lock != nil {
		return s.lockText()
	}
	return string(s.status)
}

func (s summary) lockText() string {
	if s.lock == nil {
		return ""
	}
	text := s.lock.Key + " ["
	for _, h := range s.lock.Holders {
		text += short(h.Run) + " "
	}
	text += "|"
	for _, h := range s.lock.Waiters {
		text += " " + short(h.Run)
	}
	return text + "]"
}

func cloneLock(l *run.Lock) *run.Lock {
	c := *l
	c.Holders, c.Waiters = append([]run.LockEntry(nil), l.Holders...), append([]run.LockEntry(nil), l.Waiters...)
	return &c
}

// history is what the judge knows of a run.
type history struct {
	last     summary
	accepted bool
	changes  []change
	wants    map[string]int // the most that an attempt wanted, by startedBy
	known    map[string]int // the most tasks that the record knew of it
}

// change is a status change that must be published.
type change struct {
	sequence int64
	from, to run.Status
}

// judge holds the simulation against the invariants.
type judge struct {
	w          *world
	violations []Violation
	runs       []*history
	byID       map[string]*history
	keys       map[string]string // run by key
	locks      map[string]*lockHistory
	launches   map[string]*launches // by startedBy
}

func newJudge(w *world) *judge {
	return &judge{w: w, byID: map[string]*history{}, keys: map[string]string{}, locks: map[string]*lockHistory{}, launches: map[string]*launches{}}
}

func (j *judge) fail(invariant, runID, text string) {
	for _, v := range j.violations {
		if v.Invariant == invariant && v.Run == runID {
			return
		}
	}
	j.w.say(runID, "VIOLATION %s: %s", invariant, text)
	j.violations = append(j.violations, Violation{invariant, runID, text})
}

// Sizes that records and locks must stay under, in bytes.
const maxRecord = 200_000

// wrote takes a write of the table.
func (j *judge) wrote(p *process, it dynamofake.Item, s summary) {
	if size := it.Size(); size > maxRecord {
		j.fail("bounded", s.id, "an item has more than 200,000 bytes")
	}
	if s.lock != nil {
		j.wroteLock(s.lock)
		return
	}
	if s.id != it.Text(attr.RunID) {
		return
	}
	p.run = s.id
	h := j.byID[s.id]
	if h == nil {
		h = &history{wants: map[string]int{}, known: map[string]int{}}
		j.byID[s.id] = h
		j.runs = append(j.runs, h)
	}
	was := h.last
	switch {
	case was.id == "":
		h.changes = append(h.changes, change{1, "", s.status})
		s.version = 1
	case was.incarnation != s.incarnation:
		j.fail("a key is one run", s.id, "the record was made anew")
	case was.status != s.status:
		h.changes = append(h.changes, change{s.version, was.status, s.status})
		if !was.status.May(s.status) {
			j.fail("statuses follow the table", s.id, string(was.status)+" to "+string(s.status))
		}
	}
	for _, a := range s.attempts {
		h.wants[a.startedBy] = max(h.wants[a.startedBy], a.want)
		h.known[a.startedBy] = max(h.known[a.startedBy], a.known)
	}
	h.last = s
}

// accepted takes a 202.
func (j *judge) accepted(c *Client, runID string) {
	if known, has := j.keys[c.Key]; has && known != runID {
		j.fail("a key is one run", runID, "the key "+c.Key+" was answered with "+known+" before")
	}
	j.keys[c.Key] = runID
	h := j.byID[runID]
	if h == nil {
		j.fail("accepted is recorded", runID, "202 without a record")
		return
	}
	h.accepted = true
}

func (j *judge) refused(c *Client, status int, body string) {
	j.fail("a legal request is taken", "", fmt.Sprintf("%s is answered %d %s", c.Key, status, body))
}

func (j *judge) stopped(runID string, status int) {
	if status == 404 {
		j.fail("accepted is recorded", runID, "404 for an accepted run")
	}
}

// due reports whether a sweep would find something to do.
func (j *judge) due() bool {
	for _, h := range j.runs {
		if !h.last.sweepAt.IsZero() && !h.last.sweepAt.After(j.w.now) {
			return true
		}
	}
	return false
}

// quiet reports whether everything is at rest.
func (j *judge) quiet() bool {
	if j.w.faulty() || j.w.clients > 0 || len(j.w.alive) > 0 || len(j.w.stream.records) > 0 {
		return false
	}
	for _, h := range j.runs {
		if !h.last.status.Terminal() || !h.last.sweepAt.IsZero() {
			return false
		}
	}
	return true
}
