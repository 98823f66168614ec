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
)

// fault is an error of a running execution: what Retry and Catch look at. A nil *fault is none.
type fault struct{ name, cause string }

func runtimeFault(format string, args ...any) *fault {
	return &fault{errRuntime, fmt.Sprintf(format, args...)}
}

// matches reports whether one of the names of an ErrorEquals stands for the error.
func matches(names []string, name string) bool {
	for _, candidate := range names {
		if candidate == name || stands(candidate, name) {
			return true
		}
	}
	return false
}

func stands(candidate, name string) bool {
	terminal := name == errRuntime || name == errDataLimit
	timeout := name == errTimeout || name == errHeartbeat
	switch candidate {
	case errAll:
		return !terminal
	case errTaskFailed:
		return !terminal && !timeout
	case errTimeout:
		return timeout
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
