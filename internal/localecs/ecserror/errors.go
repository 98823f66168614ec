package ecserror

import (
	"fmt"
	"net/http"
)

// Error is an answer of ECS that is not a success. Its text is for the caller; internal causes are logged instead.
type Error struct {
	Status      int
	Code        string
	Message     string
	ResourceIDs []string // ConflictException alone
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Refuse returns an error with that code, HTTP status 400.
func Refuse(code, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Client returns a ClientException.
func Client(format string, args ...any) *Error {
	return Refuse("ClientException", format, args...)
}

// Invalid returns an InvalidParameterException.
func Invalid(format string, args ...any) *Error {
	return Refuse("InvalidParameterException", format, args...)
}

// Server returns a ServerException, HTTP status 500.
func Server(message string) *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "ServerException", Message: message}
}

// ClusterNotFound returns a ClusterNotFoundException.
func ClusterNotFound() *Error { return Refuse("ClusterNotFoundException", "Cluster not found.") }

// Throttled returns ECS's ThrottlingException.
func Throttled() *Error { return Refuse("ThrottlingException", "Rate exceeded") }
