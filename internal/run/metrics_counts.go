package run

import (
	"maps"
	"strings"
	"time"
)

// MetricCounts is what metrics count of one run: totals that only rise. Stores keep it beside the record, so that a reader of changes can compute what is new
// in one.
type MetricCounts struct {
	Launched int           `json:"launched,omitempty"` // tasks that were placed
	Refused  map[Class]int `json:"refused,omitempty"`  // launch calls that ECS refused
	Retried  map[Class]int `json:"retried,omitempty"`  // attempts that were followed by another, by what they ended with
	Started  int           `json:"started,omitempty"`  // tasks that were RUNNING
	StartMS  int64         `json:"startMs,omitempty"`  // of all of those, from launch to RUNNING, in milliseconds
	EndMS    int64         `json:"endMs,omitempty"`    // at the run's end: since its last task stopped, in milliseconds
	Stuck    int           `json:"stuck,omitempty"`    // tasks that do not stop
}

// exitClass stands for every EXIT:<code>: a metric has a series for each value of a dimension.
const exitClass Class = "EXIT"

func (c Class) counted() Class {
	if strings.HasPrefix(string(c), "EXIT:") {
		return exitClass
	}
	return c
}

// MetricCounts counts the record as it stands.
func (r *Run) MetricCounts() MetricCounts {
	y := r.Dropped
	y.Refused, y.Retried = maps.Clone(y.Refused), maps.Clone(y.Retried)
	for i := range r.Attempts {
		a := &r.Attempts[i]
		for _, x := range a.Refusals {
			y.Refused = addCount(y.Refused, x.Class, x.Count)
		}
		for class, n := range a.OmittedRefusals {
			y.Refused = addCount(y.Refused, class, n)
		}
		if i < len(r.Attempts)-1 && a.Outcome != nil {
			y.Retried = addCount(y.Retried, a.Outcome.Class.counted(), 1)
		}
		for j := range a.Tasks {
			y.add(&a.Tasks[j])
		}
	}
	y.EndMS = r.endLag().Milliseconds()
	return y
}

func (y *MetricCounts) add(t *Task) {
	y.Launched++
	if at := t.State().StartedAt; at != nil {
		y.Started++
		y.StartMS += max(0, at.Sub(t.LaunchedAt).Milliseconds())
	}
	if t.Stop != nil && t.Stop.Stuck {
		y.Stuck++
	}
}

func addCount(counts map[Class]int, c Class, n int) map[Class]int {
	if counts == nil {
		counts = map[Class]int{}
	}
	counts[c] += n
	return counts
}

// endLag is how long after its last task the run ended; 0 while it has not, or where no task stopped.
func (r *Run) endLag() time.Duration {
	if r.StoppedAt == nil {
		return 0
	}
	var last *time.Time
	if a := r.attempt(); a != nil {
		for i := range a.Tasks {
			if at := a.Tasks[i].State().StoppedAt; at != nil && (last == nil || at.After(*last)) {
				last = at
			}
		}
	}
	if last == nil {
		return 0
	}
	return max(0, r.StoppedAt.Sub(*last))
}
