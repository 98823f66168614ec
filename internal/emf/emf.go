// Package emf writes metrics as CloudWatch's embedded metric format: one JSON line each, which CloudWatch Logs takes for values of
// metrics. Writing one calls no service.
package emf

import (
	"encoding/json"
	"io"
	"sync"

	"davit/internal/clock"
	"davit/internal/run"
)

// Namespace is where CloudWatch shows the metrics.
const Namespace = "Davit"

// ofStack is the dimension that every metric has.
const ofStack = "Stack"

// Meter writes measures, one line each. It is safe for concurrent use.
type Meter struct {
	mu    sync.Mutex
	out   io.Writer
	stack string
	clock clock.Clock
}

// New makes a Meter that writes to out for a stack.
func New(out io.Writer, stack string, c clock.Clock) *Meter {
	return &Meter{out: out, stack: stack, clock: c}
}

// Record writes measures. An error of the writer is not reported: metrics never keep work from being done.
func (m *Meter) Record(measures []run.Measure) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range measures {
		line, err := json.Marshal(m.document(x))
		if err != nil {
			continue
		}
		if _, err := m.out.Write(append(line, '\n')); err != nil {
			return
		}
	}
}

// document is a measure as CloudWatch reads it. Its level keeps Lambda from dropping it below the function's log level.
func (m *Meter) document(x run.Measure) map[string]any {
	dimensions := []string{ofStack}
	doc := map[string]any{ofStack: m.stack, x.Name: x.Amount, "level": "INFO"}
	if x.Dimension != "" {
		dimensions = append(dimensions, x.Dimension)
		doc[x.Dimension] = x.Value
	}
	doc["_aws"] = map[string]any{
		"Timestamp": m.clock.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": Namespace, "Dimensions": [][]string{dimensions},
			"Metrics": []any{map[string]string{"Name": x.Name, "Unit": x.Unit}},
		}},
	}
	return doc
}
