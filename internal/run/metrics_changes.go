package run

import (
	"maps"
	"slices"
)

// Change is one write of a record, as a store's feed reports it: the record before and after.
type Change struct {
	From, To Status // From is "" for a new record; equal when another field changed
	Was, Is  MetricCounts
}

// Measure is one value of a metric. Dimension is "", or the name of the one that Value is of: Class or Status.
type Measure struct {
	Name      string
	Unit      string // CloudWatch's: Count, Seconds
	Amount    float64
	Dimension string
	Value     string
}

// The metrics, and when each is measured.
const (
	MetricAccepted  = "RunsAccepted"    // Count: a run was recorded
	MetricLaunched  = "TasksLaunched"   // Count: tasks were placed
	MetricRefused   = "LaunchesRefused" // Count by Class: launch calls were refused, or went unanswered
	MetricRetried   = "AttemptsRetried" // Count by Class: an attempt was followed by another
	MetricEnded     = "RunsEnded"       // Count by Status
	MetricStart     = "LaunchToRunning" // Seconds: of the tasks that began to run, on average
	MetricLag       = "DetectionLag"    // Seconds: from the last task's stop to the run's end
	MetricStuck     = "StopsStuck"      // Count: tasks that were asked to stop long ago and have not
	MetricDidNotRun = "DidNotRun"       // Count: a schedule fired and no run was accepted
)

// The units and dimensions of the metrics. A class EXIT:<code> is EXIT there.
const (
	unitCount   = "Count"
	unitSeconds = "Seconds"
	ofClass     = "Class"
	ofStatus    = "Status"
)

// DidNotRun is the measure of a schedule that fired without a run.
func DidNotRun() Measure { return Measure{Name: MetricDidNotRun, Unit: unitCount, Amount: 1} }

// Measures returns what is new in a change. The same change gives the same measures.
func (c Change) Measures() []Measure {
	var all []Measure
	count := func(name string, n int) {
		if n > 0 {
			all = append(all, Measure{Name: name, Unit: unitCount, Amount: float64(n)})
		}
	}
	if c.From == "" {
		count(MetricAccepted, 1)
	}
	count(MetricLaunched, c.Is.Launched-c.Was.Launched)
	all = append(all, byClass(MetricRefused, c.Was.Refused, c.Is.Refused)...)
	all = append(all, byClass(MetricRetried, c.Was.Retried, c.Is.Retried)...)
	if n := c.Is.Started - c.Was.Started; n > 0 {
		all = append(all, inSeconds(MetricStart, float64(c.Is.StartMS-c.Was.StartMS)/float64(n)))
	}
	count(MetricStuck, c.Is.Stuck-c.Was.Stuck)
	if c.From != c.To && c.To.Terminal() {
		all = append(all, Measure{Name: MetricEnded, Unit: unitCount, Amount: 1, Dimension: ofStatus, Value: string(c.To)})
		if c.Is.EndMS > 0 {
			all = append(all, inSeconds(MetricLag, float64(c.Is.EndMS)))
		}
	}
	return all
}

func inSeconds(name string, milliseconds float64) Measure {
	return Measure{Name: name, Unit: unitSeconds, Amount: max(0, milliseconds) / 1000}
}

func byClass(name string, was, is map[Class]int) []Measure {
	var all []Measure
	for _, c := range slices.Sorted(maps.Keys(is)) {
		if n := is[c] - was[c]; n > 0 {
			all = append(all, Measure{Name: name, Unit: unitCount, Amount: float64(n), Dimension: ofClass, Value: string(c)})
		}
	}
	return all
}
