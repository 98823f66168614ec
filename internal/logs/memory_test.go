package logs_test

import (
	"context"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"davit/internal/logs"
)

// memory is a Source that behaves as a remote one: output arrives late, calls are few, and it can be throttled.
type memory struct {
	traits logs.Traits
	lag    time.Duration

	mu      sync.Mutex
	streams map[string]*kept
	// refuse returns the state of a call instead of its answer; nil: none is refused.
	refuse func(s logs.Stream) (logs.State, *logs.Unreadable)
	reads  []string // the streams of all calls
}

// kept is one stream.
type kept struct {
	records []record
	open    string // a line that has no line feed yet
	skew    time.Duration
}

type record struct {
	at, arrives time.Time
	text        string
	partial     bool
}

func newMemory(lag time.Duration) *memory {
	return &memory{traits: logs.Traits{Settle: 10 * time.Second, Calls: 8}, lag: lag, streams: map[string]*kept{}}
}

func (m *memory) stream(task, container string) *kept {
	name := task + "/" + container
	if m.streams[name] == nil {
		m.streams[name] = &kept{}
	}
	return m.streams[name]
}

// write appends output: each line is one event, which arrives lag later.
func (m *memory) write(task, container, output string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stream(task, container)
	s.open += output
	for {
		line, rest, whole := strings.Cut(s.open, "\n")
		if !whole {
			return
		}
		s.open = rest
		m.event(s, line)
	}
}

// flush ends a line without a line feed.
func (m *memory) flush(task, container string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.stream(task, container); s.open != "" {
		m.event(s, s.open)
		s.open = ""
	}
}

func (m *memory) event(s *kept, line string) {
	now := time.Now().UTC()
	parts := logs.Split(logs.Text([]byte(line)))
	for i, part := range parts {
		s.records = append(s.records, record{now.Add(s.skew), now.Add(m.lag), part, i < len(parts)-1})
	}
}

func (m *memory) Traits() logs.Traits { return m.traits }

// call returns what has arrived of a stream, or why it cannot be read.
func (m *memory) call(s logs.Stream) (all []record, state logs.State, why *logs.Unreadable) {
	m.reads = append(m.reads, s.Task)
	if m.refuse != nil {
		if state, why := m.refuse(s); state != logs.More {
			return nil, state, why
		}
	}
	k := m.streams[s.Task+"/"+s.Container]
	if k == nil {
		return nil, logs.Unavailable, &logs.Unreadable{Where: "memory", Reason: "not there yet", MayCome: true}
	}
	n := sort.Search(len(k.records), func(i int) bool { return k.records[i].arrives.After(time.Now()) })
	return k.records[:n], logs.Quiet, nil
}

func (m *memory) Read(_ context.Context, s logs.Stream, q logs.Query) (logs.Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, err := index(q.After)
	if err != nil {
		return logs.Batch{}, err
	}
	all, state, why := m.call(s)
	if state != logs.Quiet {
		return logs.Batch{State: state, Unreadable: why}, nil
	}
	for q.After == "" && from < len(all) && all[from].at.Before(q.Since) {
		from++
	}
	b := logs.Batch{State: logs.Quiet}
	size := 0
	for i := from; i < len(all); i++ {
		if len(b.Records) == q.Records || size > 0 && size+len(all[i].text) > q.Bytes {
			b.State = logs.More
			break
		}
		size += len(all[i].text)
		b.Next = logs.Position(strconv.Itoa(i + 1))
		b.Records = append(b.Records, logs.Record{At: all[i].at, Text: all[i].text, Partial: all[i].partial, After: b.Next})
		b.Arrived = all[i].arrives
	}
	return b, nil
}

func (m *memory) Tail(_ context.Context, s logs.Stream, n int, since time.Time) (logs.Tail, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all, state, why := m.call(s)
	if state != logs.Quiet {
		return logs.Tail{State: state, Unreadable: why}, nil
	}
	t := logs.Tail{State: logs.Quiet, End: logs.Position(strconv.Itoa(len(all)))}
	for i := max(0, len(all)-n); i < len(all); i++ {
		if !all[i].at.Before(since) {
			t.Marks = append(t.Marks, logs.Mark{At: all[i].at, Before: logs.Position(strconv.Itoa(i))})
		}
	}
	return t, nil
}

func index(p logs.Position) (int, error) {
	if p == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(string(p))
	if err != nil || n < 0 || strconv.Itoa(n) != string(p) {
		return 0, logs.ErrPosition
	}
	return n, nil
}
