package awslogs_test

import (
	"bytes"
	"testing"
	"time"

	"davit/internal/awslogs/logsfake"
	"davit/internal/clock"
	"davit/internal/logs"
	"davit/internal/logs/logstest"
)

func TestSuite(t *testing.T) {
	habits := map[string]struct {
		options logsfake.Options
		many    int
	}{
		"at once":       {logsfake.Options{}, manyLines},
		"delayed":       {logsfake.Options{Delay: 4 * time.Second}, 20_000},
		"pages of 20 s": {logsfake.Options{Delay: time.Second, Span: 20 * time.Second}, 20_000},
	}
	for name, habit := range habits {
		t.Run(name, func(t *testing.T) {
			logstest.Run(t, func(*testing.T) logstest.Harness {
				h := newDriver(habit.options).harness()
				h.Many = habit.many
				return h
			})
		})
	}
}

// logDriver writes to the fake as ECS's awslogs driver does: an event a line, without empty ones, and what is unfinished when the container ends.
type logDriver struct {
	fake       *logsfake.Logs
	delay      time.Duration
	unfinished map[string][]byte
	skew       map[string]time.Duration
}

func newDriver(o logsfake.Options) *logDriver {
	return &logDriver{fake: logsfake.New(o), delay: o.Delay, unfinished: map[string][]byte{}, skew: map[string]time.Duration{}}
}

func (d *logDriver) harness() logstest.Harness {
	d.fake.CreateGroup(group)
	return logstest.Harness{
		Open:   func() logs.Source { return sourceOf(d.fake, clock.System) },
		Stream: streamOf,
		Write:  d.write, Restart: d.end, End: d.end,
		Skew:   func(task, container string, by time.Duration) { d.skew[streamName(task, container)] = by },
		Coarse: time.Millisecond, Lag: d.delay,
	}
}

func streamName(task, container string) string { return "ecs/" + container + "/" + task }

func (d *logDriver) write(task, container string, output []byte) {
	name := streamName(task, container)
	d.fake.Put(group, name) // the stream is there before the first line
	output = append(d.unfinished[name], output...)
	var events []logsfake.Event
	for {
		line, rest, whole := bytes.Cut(output, []byte("\n"))
		if !whole {
			break
		}
		events, output = append(events, d.events(name, line)...), rest
	}
	d.unfinished[name] = bytes.Clone(output)
	d.fake.Put(group, name, events...)
}

func (d *logDriver) end(task, container string) {
	name := streamName(task, container)
	d.fake.Put(group, name, d.events(name, d.unfinished[name])...)
	delete(d.unfinished, name)
}

// maxEvent is the most bytes of an event: longer lines are several events.
const maxEvent = 1<<20 - 26

func (d *logDriver) events(name string, line []byte) (events []logsfake.Event) {
	for len(line) > 0 {
		n := min(len(line), maxEvent)
		events = append(events, logsfake.Event{At: time.Now().Add(d.skew[name]), Message: string(line[:n])})
		line = line[n:]
	}
	return events
}
