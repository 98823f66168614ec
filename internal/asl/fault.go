package asl

import "fmt"

// The names of errors that the interpreter itself reports.
const (
	errAll          = "States.ALL"
	errDataLimit    = "States.DataLimitExceeded"
	errHeartbeat    = "States.HeartbeatTimeout"
	errNoChoice     = "States.NoChoiceMatched"
	errResultPath   = "States.ResultPathMatchFailure"
	errRuntime      = "States.Runtime"
	errTaskFailed   = "States.TaskFailed"
	errTimeout      = "States.Timeout"
	errLambdaOther  = "Lambda.Unknown"
	maxErrorLength  = 256
	maxCauseLength  = 32768
	historyOverflow = "The execution reached the maximum number of history events (%d)."
	resultTooLarge  = "The state/task '%s' returned a result with a size exceeding the maximum number of bytes service limit."
	missingInInput  = "The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'"
)

// fault is an error of a running execution: what Retry and Catch look at. A nil *fault is none.
type fault struct {
	name, cause string
	unlocated   bool // the interpreter's own: locate completes the cause
	heartbeat   bool // States.HeartbeatTimeout stands for it
	ofResult    bool // States.DataLimitExceeded that the wildcards stand for
	nulls       bool // an empty name or cause is null in a Catch's output
}

func runtimeFault(format string, args ...any) *fault {
	return &fault{name: errRuntime, cause: fmt.Sprintf(format, args...), unlocated: true}
}

// locate completes the cause of one of the interpreter's own faults with the state that it occurred in, as Step Functions writes it.
func (s *step) locate(f *fault) *fault {
	if !f.unlocated {
		return f
	}
	out, at := *f, &s.x.rec.At
	out.unlocated = false
	switch {
	case f.name == errDataLimit:
		out.cause = fmt.Sprintf(resultTooLarge, at.State)
	case at.EnteredEvent == 0: // entered by a version that did not record it
		out.cause = fmt.Sprintf("An error occurred while executing the state '%s'. %s", at.State, f.cause)
	default:
		out.cause = fmt.Sprintf("An error occurred while executing the state '%s' (entered at the event id #%d). %s", at.State, at.EnteredEvent, f.cause)
	}
	return &out
}

// matches reports whether one of the names of an ErrorEquals stands for the error. None stands for States.Runtime.
func matches(names []string, f *fault) bool {
	for _, candidate := range names {
		if f.name != errRuntime && candidate == f.name || stands(candidate, f) {
			return true
		}
	}
	return false
}

func stands(candidate string, f *fault) bool {
	terminal := f.name == errRuntime || f.name == errDataLimit && !f.ofResult
	timeout := f.name == errTimeout || f.name == errHeartbeat
	switch candidate {
	case errAll:
		return !terminal
	case errTaskFailed:
		return !terminal && !timeout
	case errTimeout:
		return timeout
	case errHeartbeat:
		return f.heartbeat
	}
	return false
}

// clip shortens text to at most limit characters.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	runes := []rune(text)
	return string(runes[:min(limit, len(runes))])
}
