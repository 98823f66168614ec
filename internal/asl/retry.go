package asl

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// retrier is one element of Retry. How often it was used is run state and kept elsewhere.
type retrier struct {
	errors      []string
	interval    int64 // seconds
	maxAttempts int
	backoff     float64
	maxDelay    int64 // seconds
	jitter      bool
}

// catcher is one element of Catch.
type catcher struct {
	errors []string
	next   string
	result filter
}

// delay is the pause before the retry that follows n earlier ones; random is uniform in [0, 1).
func (r retrier) delay(n int, random func() float64) time.Duration {
	seconds := min(float64(r.interval)*math.Pow(r.backoff, float64(n)), float64(r.maxDelay))
	if r.jitter {
		seconds *= random()
	}
	return time.Duration(seconds * float64(time.Second))
}

func parseRetry(f *fields) []retrier {
	var out []retrier
	list := f.anyList("Retry")
	for i, text := range list {
		inner := newFields(fmt.Sprintf("%s, Retry[%d]", f.where, i), text, f.faults)
		out = append(out, parseRetrier(inner, i == len(list)-1))
	}
	return out
}

func parseRetrier(f *fields, last bool) retrier {
	f.text("Comment")
	limited := f.has("MaxDelaySeconds")
	out := retrier{
		errors:      errorNames(f, last),
		interval:    f.integer("IntervalSeconds", 1, maxSeconds, 1),
		maxAttempts: int(f.integer("MaxAttempts", 0, maxSeconds, 3)),
		backoff:     parseBackoff(f),
		maxDelay:    f.integer("MaxDelaySeconds", 1, 31622400, maxSeconds),
	}
	if limited && out.maxDelay <= out.interval {
		f.refuse(`"MaxDelaySeconds" must be greater than "IntervalSeconds"`)
	}
	switch strategy := f.text("JitterStrategy"); strategy {
	case "FULL":
		out.jitter = true
	case "NONE", "":
	default:
		f.refuse(`field "JitterStrategy" must be FULL or NONE, not %q`, strategy)
	}
	f.close()
	return out
}

func parseBackoff(f *fields) float64 {
	raw, ok := f.take("BackoffRate")
	if !ok {
		return 2
	}
	var rate float64
	if err := json.Unmarshal(raw, &rate); err != nil || rate < 1 {
		f.refuse(`field "BackoffRate" must be a number of at least 1`)
	}
	return rate
}

func parseCatch(f *fields) []catcher {
	var out []catcher
	list := f.anyList("Catch")
	for i, text := range list {
		inner := newFields(fmt.Sprintf("%s, Catch[%d]", f.where, i), text, f.faults)
		inner.text("Comment")
		out = append(out, catcher{
			errors: errorNames(inner, i == len(list)-1),
			next:   inner.needed("Next"),
			result: readFilter(inner, "ResultPath", noContext),
		})
		inner.close()
	}
	return out
}

func errorNames(f *fields, last bool) []string {
	raw, _ := f.take("ErrorEquals")
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil || len(names) == 0 || slices.Contains(names, "") {
		f.refuse(`field "ErrorEquals" must be an array of error names that is not empty`)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "States.") && !slices.Contains(catchable(), name) {
			f.refuse("field \"ErrorEquals\": %s can be neither retried nor caught", name)
		}
	}
	if slices.Contains(names, errAll) && (len(names) > 1 || !last) {
		f.refuse("field \"ErrorEquals\": States.ALL must stand alone and in the last place")
	}
	return names
}

// catchable are the reserved names that a Retry or Catch may list. Some of them stand for errors of
// state types that are not implemented and never occur. States.Runtime may be listed but is never matched.
func catchable() []string {
	return []string{
		errAll, errDataLimit, errHeartbeat, errResultPath, errRuntime, errTaskFailed, errTimeout, errNoChoice,
		"States.BranchFailed", "States.ExceedToleratedFailureThreshold", "States.Http.Socket",
		"States.IntrinsicFailure", "States.ItemReaderFailed", "States.ParameterPathFailure",
		"States.Permissions", "States.ResultWriterFailed",
	}
}
