package logsfake

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Options are the habits of a fake. The zero Options has the real clock and no delay.
type Options struct {
	// Now reads the clock; nil: time.Now.
	Now func() time.Time
	// Delay is the time from an event's put to its first read.
	Delay time.Duration
	// Span is the time that one page looks through; 0: all. AWS cuts pages by time, so that a page before a long pause is short or empty.
	Span time.Duration
	// Token is added to each token: CloudWatch Logs promises no form of them.
	Token string
}

// Event is one line of a container.
type Event struct {
	At      time.Time
	Message string
}

// Logs is a fake of the service. It is safe for concurrent use.
type Logs struct {
	options Options

	mu     sync.Mutex
	groups map[string]map[string]*stream
	refuse func(Call) *Refusal
	calls  []Call
}

// Call is one request that the fake got.
type Call struct {
	Group         string `json:"logGroupName"`
	Stream        string `json:"logStreamName"`
	Token         string `json:"nextToken"`
	StartFromHead bool   `json:"startFromHead"`
	StartTime     *int64 `json:"startTime"`
	EndTime       *int64 `json:"endTime"`
	Limit         *int   `json:"limit"`
}

// Refusal is an error of the service.
type Refusal struct {
	Status  int
	Code    string
	Message string
}

// stream holds events in the order of their times.
type stream struct{ events []stored }

type stored struct {
	Event
	place    place
	ingested time.Time
}

// place is an event's position in its stream.
type place struct {
	at  int64 // milliseconds
	seq int64
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.at, other.at), cmp.Compare(p.seq, other.seq))
}

// New returns a fake without log groups.
func New(o Options) *Logs {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Logs{options: o, groups: map[string]map[string]*stream{}}
}

// CreateGroup makes a log group without streams.
func (l *Logs) CreateGroup(group string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups[group] == nil {
		l.groups[group] = map[string]*stream{}
	}
}

// DeleteGroup removes a log group and its streams.
func (l *Logs) DeleteGroup(group string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.groups, group)
}

// DeleteStream removes a stream.
func (l *Logs) DeleteStream(group, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.groups[group], name)
}

// Put adds events to a stream, which it makes with its group where they are missing.
func (l *Logs) Put(group, name string, events ...Event) {
	l.CreateGroup(group)
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.groups[group][name]
	if s == nil {
		s = &stream{}
		l.groups[group][name] = s
	}
	ingested := l.options.Now().Add(l.options.Delay)
	sorted := true
	for _, e := range events {
		p := place{e.At.UnixMilli(), int64(len(s.events)) + 1}
		sorted = sorted && (len(s.events) == 0 || s.events[len(s.events)-1].place.compare(p) < 0)
		s.events = append(s.events, stored{e, p, ingested})
	}
	if !sorted {
		slices.SortFunc(s.events, func(a, b stored) int { return a.place.compare(b.place) })
	}
}

// Refuse makes the fake call refuse before each answer. What it returns is answered instead, unless it is nil.
func (l *Logs) Refuse(refuse func(Call) *Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse = refuse
}

// Throttle refuses the next n calls as too many.
func (l *Logs) Throttle(n int) {
	l.Refuse(func(Call) *Refusal {
		if n--; n < 0 {
			return nil
		}
		return &Refusal{400, "ThrottlingException", "Rate exceeded"}
	})
}

// Calls returns the requests so far, oldest first.
func (l *Logs) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}
