package cli

import (
	"errors"
	"fmt"
	"net/http"

	"davit/client"
)

// The exit statuses. A FAILED run ends with its own exit code where that is 1 to 255, and with exitFailed otherwise.
const (
	exitFailed       = 1
	exitUsage        = 2   // wrong arguments, or a request that Davit refuses
	exitSkipped      = 120 // by its overlap policy
	exitLost         = 121 // LOST, or interrupted: its outcome is not the job's own
	exitStopped      = 122
	exitTimedOut     = 124
	exitUnavailable  = 125 // Davit, the network or permissions; the run goes on
	exitNeverStarted = 126
	exitDetached     = 130
)

// ExitStatus is an error whose message was written already: the program ends with that status.
type ExitStatus int

// Error names the status.
func (e ExitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// asExit returns the error of a status: nil for 0.
func asExit(status int) error {
	if status == 0 {
		return nil
	}
	return ExitStatus(status)
}

// usageError is a mistake in the arguments: nothing was sent.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// Outcome returns the exit status of a run that has ended: 0 only for SUCCEEDED.
func Outcome(r *client.Summary) int {
	switch r.Status {
	case client.Succeeded:
		return 0
	case client.Skipped:
		return exitSkipped
	case client.Stopped:
		return exitStopped
	case client.TimedOut:
		return exitTimedOut
	case client.Lost:
		return exitLost
	default:
		return failure(r)
	}
}

// failure returns the exit status of a FAILED run.
func failure(r *client.Summary) int {
	switch r.Class {
	case "INTERRUPTED", "LOST":
		return exitLost
	case "NEVER_STARTED", "CAPACITY", "THROTTLED", "UNAVAILABLE", "INVALID":
		return exitNeverStarted
	}
	if r.ExitCode != nil && *r.ExitCode >= 1 && *r.ExitCode <= 255 {
		return *r.ExitCode
	}
	return exitFailed
}

// statusOf returns the exit status of a command that ended with err.
func statusOf(err error) int {
	var status ExitStatus
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage) || isRefusal(err):
		return exitUsage
	default:
		return exitUnavailable
	}
}

// isRefusal reports whether Davit refuses the request itself, and would refuse it again.
func isRefusal(err error) bool {
	var p *client.Problem
	if !errors.As(err, &p) {
		return false
	}
	switch p.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	default:
		return false
	}
}
