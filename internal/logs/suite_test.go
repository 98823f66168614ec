package logs_test

import (
	"testing"
	"time"

	"davit/internal/logs"
	"davit/internal/logs/logstest"
)

// The suite holds for a source as it is meant, so that what fails it elsewhere is the source's.
func TestSuite(t *testing.T) {
	for name, lag := range map[string]time.Duration{"late": 4 * time.Second, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			logstest.Run(t, func(*testing.T) logstest.Harness { return harness(newMemory(lag)) })
		})
	}
}

func harness(m *memory) logstest.Harness {
	return logstest.Harness{
		Open:    func() logs.Source { return m },
		Stream:  stream,
		Write:   func(task, container string, output []byte) { m.write(task, container, string(output)) },
		Restart: m.flush,
		End:     m.flush,
		Skew: func(task, container string, d time.Duration) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.stream(task, container).skew = d
		},
		Lag: m.lag, Raw: true, Many: 20_000,
	}
}

func stream(task, _ string) logs.Stream {
	return logs.Stream{TaskARN: "arn:aws:ecs:eu-west-1:123456789012:task/jobs/" + task, Defined: true, Driver: "awslogs"}
}
