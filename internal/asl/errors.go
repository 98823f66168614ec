package asl

import "errors"

// What the calls of an Engine answer, under Step Functions' names. Look for them with errors.Is.
var (
	// ErrExecutionAlreadyExists: the name is taken by an open execution with another input, or by one
	// that closed less than 90 days ago.
	ErrExecutionAlreadyExists = errors.New("asl: ExecutionAlreadyExists")
	// ErrExecutionDoesNotExist: there is no execution of that name.
	ErrExecutionDoesNotExist = errors.New("asl: ExecutionDoesNotExist")
	// ErrInvalidName: an execution's name is empty, too long, or has a character that is not allowed.
	ErrInvalidName = errors.New("asl: InvalidName")
	// ErrInvalidExecutionInput: the input is not JSON, or has more than 256 KiB.
	ErrInvalidExecutionInput = errors.New("asl: InvalidExecutionInput")
	// ErrInvalidOutput: the output given for a task is not JSON, or has more than 256 KiB.
	ErrInvalidOutput = errors.New("asl: InvalidOutput")
	// ErrTaskDoesNotExist: the token is none that this engine gave out.
	ErrTaskDoesNotExist = errors.New("asl: TaskDoesNotExist")
	// ErrTaskTimedOut: the token's attempt is over: answered, timed out, retried, or its execution ended.
	ErrTaskTimedOut = errors.New("asl: TaskTimedOut")
	// ErrClosed: the engine was closed.
	ErrClosed = errors.New("asl: engine closed")
	// ErrNotWritten: the file could not be written, for example because the disk is full, and nothing was done. The call can be repeated.
	ErrNotWritten = errors.New("asl: not written")
)

// FunctionError is what an [Invoker] returns when the function itself failed.
type FunctionError struct {
	// Name is the error name that Retry and Catch look at; "" counts as Lambda.Unknown.
	Name string
	// Cause is handed on as it is; Lambda gives the function's error document, as JSON.
	Cause string
}

// Error names the error and its cause.
func (e *FunctionError) Error() string { return e.Name + ": " + e.Cause }
